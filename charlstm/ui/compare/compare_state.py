"""The state of one viewer's Compare page, and its address."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import BOOK_TEMPERATURES, Filters
from charlstm.model_folder.store import Model
from charlstm.networks.parallel import union
from charlstm.playback.comparison import FEWEST_ROWS, MOST_ROWS, Comparison
from charlstm.playback.player import MOST_CHARACTERS, Player
from charlstm.ui.components.address import Address, shortened
from charlstm.ui.components.batch_view import column_temperatures
from charlstm.ui.components.temperature_slider import DEFAULT, clamped
from charlstm.ui.components.text_view import TIMES_SENT
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings
from charlstm.ui.shared.models import source_of

PREFIX = "compare_"
VIEW = "compare_batch"
SETTINGS = settings.compare
FURTHER_TEMPERATURES = (*BOOK_TEMPERATURES, 1.5, 2.0)  # the first ones of columns that the address does not have


@dataclass
class CompareState:
    """The texts of the page; each row of the batch is a column of the page.

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


def view_key() -> str:
    """Return the key of the view of the columns."""
    return versioned(VIEW)


def versioned(key: str) -> str:
    """Return a widget's key; it changes when the columns begin anew, so that the widget takes its first value again."""
    version = st.session_state.get("compare_view_version", 0)
    return f"{key}-{version}" if version else key


def open_address(address: Address, model: Model) -> None:
    """Set the page's first values to those of an address; after `column_networks.open_networks`."""
    SETTINGS.open_address(address, model)
    session = st.session_state
    texts = [text for text in address.text("temperatures", "").split(",")[:MOST_ROWS] if text]
    temperatures = [clamped(_number(text)) for text in texts]
    columns = max(FEWEST_ROWS, len(session.compare_networks_start))
    default = [DEFAULT] * columns if several_networks() else list(BOOK_TEMPERATURES)
    session.compare_start = temperatures if len(temperatures) >= FEWEST_ROWS else default
    session.compare_independent_start = bool(address.whole("independent", 0, 1, 0))
    session.compare_run_start = address.whole("run", 0, MOST_CHARACTERS // FEWEST_ROWS, 0)


def start_temperatures() -> list[float]:
    """Return the first temperature of each column, those of columns that may be added included."""
    start = st.session_state.get("compare_start", list(BOOK_TEMPERATURES))
    further = (DEFAULT,) * MOST_ROWS if several_networks() else FURTHER_TEMPERATURES
    return [*start, *further[len(start) :]]


def current_temperatures(count: int) -> list[float]:
    """Return the current temperatures of so many columns."""
    return column_temperatures(view_key(), start_temperatures()[:count])


def column_count() -> int:
    """Return how many columns are set."""
    start = len(st.session_state.get("compare_start", BOOK_TEMPERATURES))
    count = int(st.session_state.get(versioned(SETTINGS.key("columns")), start))
    return min(max(count, FEWEST_ROWS), MOST_ROWS)


def several_networks() -> bool:
    """Return whether each column has a network of its own."""
    session = st.session_state
    return bool(session.get(SETTINGS.key("several"), session.get("compare_several_start", False)))


def independent_draws() -> bool:
    """Return whether each column has uniform draws of its own."""
    session = st.session_state
    return bool(session.get(SETTINGS.key("independent"), session.get("compare_independent_start", False)))


def random_seeds() -> tuple[int, ...]:
    """Return the random seed of each column."""
    first = SETTINGS.whole("random_seed")
    return tuple(first + column * independent_draws() for column in range(column_count()))


def compare_state(models: list[Model], titles: Mapping[str, str]) -> CompareState:
    """Return the state of this viewer's page, created or changed as the settings require it.

    Args:
        models: of the columns.
        titles: of all models, by name.
    """
    state: CompareState | None = st.session_state.get("compare_state")
    if state is None:
        length = st.session_state.compare_run_start
        state = begin_texts(models, titles)
        if length:  # of the texts in the address
            state.player.play(length, SETTINGS.first_characters())
            state.shows_next = False
        return state
    if not _can_continue(state, models):
        return begin_texts(models, titles)
    state.models, state.titles, state.several = models, titles, several_networks()
    sources = _sources(models)
    if [source.network for source in state.player.sources] != [source.network for source in sources]:
        state.player.change_networks(sources)
        state.comparison.change_real_words([model.real_words for model in models])
        state.unchanged = state.unchanged and not state.player.steps
    return state


def _can_continue(state: CompareState, models: Sequence[Model]) -> bool:
    """Return whether the texts can be continued; once begun, they ignore a new seed text and new random seeds."""
    player = state.player
    if len(player.rows) != column_count():
        return False
    begun = bool(player.steps) or player.running
    return begun or (player.seed_text, player.random_seeds) == (known_seed_text(models), random_seeds())


def begin_texts(models: list[Model], titles: Mapping[str, str]) -> CompareState:
    """Replace the state of the page by one of new texts, of which nothing is written yet."""
    player = Player(_sources(models), known_seed_text(models), random_seeds())
    comparison = Comparison(player, [model.real_words for model in models])
    old: CompareState | None = st.session_state.get("compare_state")
    state = CompareState(models, titles, several_networks(), player, comparison, run=old.run + 1 if old else 0)
    st.session_state.compare_state = state
    return state


def _sources(models: Sequence[Model]) -> list[NetworkSource]:
    """Return the networks: that of the chosen epoch where one writes all columns, else of the best epoch of each."""
    return [
        source_of(model, model.manifest.best_epoch if several_networks() else SETTINGS.epoch(model)) for model in models
    ]


def known_seed_text(models: Sequence[Model]) -> str:
    """Return the seed text in the field, without characters that none of the networks knows."""
    return union([model.vocabulary for model in models]).fold(st.session_state.compare_seed_text or "").text


def address_of(state: CompareState, model: Model) -> Mapping[str, str | float | None]:
    """Return the values of the address: the texts where they fit, else the seed text in the field and the settings.

    Args:
        state: of the page.
        model: the chosen one.
    """
    values = _current_values(state, model)
    player = state.player
    written = player.goal if player.running else len(player.steps)
    if written and state.unchanged:
        independent = int(player.random_seeds[0] != player.random_seeds[1])
        of_run = {"run": written, "random_seed": player.random_seeds[0], "independent": independent}
        return values | of_run | {"seed": shortened(player.seed_text), "model": model.folder.name}
    defaults: dict[str, str | float | None] = {
        **settings.DEFAULTS,
        "epoch": model.manifest.best_epoch,
        "models": None,
        "temperatures": None if several_networks() else _joined(BOOK_TEMPERATURES),
        "independent": 0,
        "seed": shared_sentences.DEFAULT_SEED,
        "run": 0,
    }
    changed = {name: None if value == defaults[name] else value for name, value in values.items()}
    return changed | {"model": model.folder.name if "model" in st.session_state else None}


def _current_values(state: CompareState, model: Model) -> dict[str, str | float | None]:
    default = start_temperatures()[: len(state.player.rows)], SETTINGS.filters()
    temperatures, filters = state.in_force or default
    return {
        **{name: SETTINGS.value(name) for name in ("speed", "length", "random_seed")},
        **settings.values_of(filters),
        "epoch": SETTINGS.epoch(model),
        "models": ",".join(model.folder.name for model in state.models) if several_networks() else None,
        "temperatures": _joined(temperatures),
        "independent": int(independent_draws()),
        "seed": shortened(st.session_state.compare_seed_text or ""),
        "run": 0,
    }


def _joined(temperatures: Sequence[float]) -> str:
    return ",".join(f"{temperature:g}" for temperature in temperatures)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
