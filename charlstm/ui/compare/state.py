"""The state of one viewer's Compare page: the first values of its settings, and the texts."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from charlstm.generation.filters import Filters
from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.store import Model
from charlstm.networks.parallel import union
from charlstm.playback.comparison import FEWEST_ROWS, MOST_ROWS, Comparison
from charlstm.playback.player import Player
from charlstm.playback.sweeps.repeated_runs import RepeatedRuns
from charlstm.ui.components.address import Address
from charlstm.ui.components.batch_view import column_temperatures
from charlstm.ui.components.temperature_slider import DEFAULT
from charlstm.ui.components.text_view import TIMES_SENT
from charlstm.ui.shared import settings
from charlstm.ui.shared.models import source_of

PREFIX = "compare_"
VIEW = "compare_batch"
SETTINGS = settings.compare
FURTHER_TEMPERATURES = (*BOOK_TEMPERATURES, 1.5, 2.0)  # the first ones of columns that the address does not have


@dataclass
class Texts:
    """The texts of the page; each row of the player is a column of the page.

    Attributes:
        models: of the columns.
        titles: of all models, by name.
        several: whether each column has a model of its own.
        player: of the texts.
        comparison: their figures.
        run: the number of the texts; others have another number.
        sent: the number of characters at each of the last messages to the view.
        shows_next: whether the chart shows the next choice, where no position is selected.
        in_force: the temperatures of the columns and the filters of the last tick.
        unchanged: whether nothing has changed since the first character, so that an address can hold the texts.
        address_updates_left: for how many ticks more the address is updated, while the texts grow.
    """

    models: list[Model]
    titles: Mapping[str, str]
    several: bool
    player: Player
    comparison: Comparison
    run: int
    sent: deque[int] = field(default_factory=lambda: deque(maxlen=TIMES_SENT))
    shows_next: bool = True
    in_force: tuple[list[float], Filters] | None = None
    unchanged: bool = True
    address_updates_left: int = TIMES_SENT

    def set_in_force(self, temperatures: list[float], filters: Filters) -> None:
        """Set the temperatures and filters of this tick, and note whether they have changed."""
        if self.in_force not in (None, (temperatures, filters)):
            self.unchanged = self.unchanged and not self.player.steps
            self.shows_next = self.shows_next or not self.player.running
            self.address_updates_left = TIMES_SENT
        self.in_force = (temperatures, filters)


@dataclass
class CompareState:
    """What the page remembers of one viewer.

    Attributes:
        address: with which the page was opened last.
        temperatures: the first one of each column.
        networks: the names of the first networks of the columns; empty where the address names none.
        several: whether each column has a network of its own at first.
        independent: whether each column has uniform draws of its own at first.
        length: of the texts that the address holds; 0 for none.
        version: how often the columns have begun anew, so that their widgets take first values again.
        left: the temperatures of the columns when the way of comparing was left, by whether that had several networks.
        texts: None before the page is drawn for the first time.
        repeated_runs: many texts for each column, if they were asked for.
        runs_ended_at: the texts, their length and the position selected when the repeated runs ended.
        ends_tour: whether the tour of Write has just led here, of which the page has not told yet.
    """

    address: Address | None = None
    temperatures: list[float] = field(default_factory=lambda: list(BOOK_TEMPERATURES))
    networks: list[str] = field(default_factory=list)
    several: bool = False
    independent: bool = False
    length: int = 0
    version: int = 0
    left: dict[bool, list[float]] = field(default_factory=dict)
    texts: Texts | None = None
    repeated_runs: RepeatedRuns | None = None
    runs_ended_at: tuple[int, int, int | None] | None = None
    ends_tour: bool = False

    def open_address(self, address: Address) -> None:
        """Note the address with which the page was opened; after a reset, the page begins without texts."""
        if self.address is not None and self.address.resets != address.resets:
            if self.repeated_runs is not None:
                self.repeated_runs.sweep.cancel()
            self.repeated_runs = self.texts = None
            self.left = {}
            self.version += 1
        self.address = address


def compare_state() -> CompareState:
    """Return the state of this viewer's page."""
    return st.session_state.setdefault("compare_state", CompareState())


def current_texts() -> Texts:
    """Return the texts of this viewer's page, which it has from its first drawing on."""
    current = compare_state().texts
    assert current is not None
    return current


def view_key() -> str:
    """Return the key of the view of the columns."""
    return versioned(VIEW)


def versioned(key: str) -> str:
    """Return a widget's key; it changes when the columns begin anew, so that the widget takes its first value again."""
    version = compare_state().version
    return f"{key}-{version}" if version else key


def start_temperatures() -> list[float]:
    """Return the first temperature of each column, those of columns that may be added included."""
    start = compare_state().temperatures
    further = (DEFAULT,) * MOST_ROWS if several_networks() else FURTHER_TEMPERATURES
    return [*start, *further[len(start) :]]


def current_temperatures(count: int) -> list[float]:
    """Return the current temperatures of so many columns."""
    return column_temperatures(view_key(), start_temperatures()[:count])


def current_filters(player: Player) -> Filters:
    """Return the current filters, which may name the characters of all networks that write."""
    return SETTINGS.filters(player.vocabulary_of(len(player.steps)))


def column_count() -> int:
    """Return how many columns are set."""
    start = len(compare_state().temperatures)
    count = int(st.session_state.get(versioned(SETTINGS.key("columns")), start))
    return min(max(count, FEWEST_ROWS), MOST_ROWS)


def several_networks() -> bool:
    """Return whether each column has a network of its own."""
    return bool(st.session_state.get(SETTINGS.key("several"), compare_state().several))


def independent_draws() -> bool:
    """Return whether each column has uniform draws of its own."""
    return bool(st.session_state.get(SETTINGS.key("independent"), compare_state().independent))


def random_seeds() -> tuple[int, ...]:
    """Return the random seed of each column."""
    first = SETTINGS.whole("random_seed")
    return tuple(first + column * independent_draws() for column in range(column_count()))


def update_texts(models: list[Model], titles: Mapping[str, str]) -> Texts:
    """Return the texts of this viewer's page, created or changed as the settings require it.

    Args:
        models: of the columns.
        titles: of all models, by name.
    """
    state = compare_state()
    current = state.texts
    if current is None:
        current = begin_texts(models, titles)
        if state.length:
            current.player.play(state.length, SETTINGS.first_characters())
            current.shows_next = False
        return current
    if not _can_continue(current, models):
        return begin_texts(models, titles)
    current.models, current.titles, current.several = models, titles, several_networks()
    sources = _sources(models)
    if [source.network for source in current.player.sources] != [source.network for source in sources]:
        current.player.change_networks(sources)
        current.comparison.change_real_words([model.real_words for model in models])
        current.unchanged = current.unchanged and not current.player.steps
    return current


def _can_continue(current: Texts, models: Sequence[Model]) -> bool:
    """Return whether the texts can be continued; once begun, they ignore a new seed text and new random seeds."""
    player = current.player
    if len(player.rows) != column_count():
        return False
    begun = bool(player.steps) or player.running
    return begun or (player.seed_text, player.random_seeds) == (known_seed_text(models), random_seeds())


def begin_texts(models: list[Model], titles: Mapping[str, str]) -> Texts:
    """Replace the texts of the page by new ones, of which nothing is written yet."""
    state = compare_state()
    player = Player(_sources(models), known_seed_text(models), random_seeds())
    comparison = Comparison(player, [model.real_words for model in models])
    run = state.texts.run + 1 if state.texts else 0
    state.texts = Texts(models, titles, several_networks(), player, comparison, run)
    return state.texts


def _sources(models: Sequence[Model]) -> list[NetworkSource]:
    """Return the networks: that of the chosen epoch where one writes all columns, else of the best epoch of each."""
    return [
        source_of(model, model.manifest.best_epoch if several_networks() else SETTINGS.epoch(model)) for model in models
    ]


def known_seed_text(models: Sequence[Model]) -> str:
    """Return the seed text in the field, without characters that none of the networks knows."""
    return union([model.vocabulary for model in models]).fold(st.session_state.compare_seed_text or "").text
