"""What one viewer has on the Compare page, and how the address bar says it."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from charlstm.generation.run import Source
from charlstm.generation.sampling import BOOK_TEMPERATURES, Filters
from charlstm.model_folder.store import Model
from charlstm.networks.parallel import union
from charlstm.playback.batch_player import FEWEST, LONGEST_RUN, MOST, BatchPlayer
from charlstm.playback.real_words import real_words
from charlstm.ui.components.address import Address, fitting
from charlstm.ui.components.batch_view import column_temperatures
from charlstm.ui.components.temperature_slider import DEFAULT, clamped
from charlstm.ui.components.text_view import MESSAGES
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings
from charlstm.ui.shared.models import source_of

PREFIX = "compare_"
VIEW = "compare_lanes"
KNOBS = settings.compare
TICK = 0.75  # seconds between two messages of a run, which the views play meanwhile
FURTHER = (*BOOK_TEMPERATURES, 1.5, 2.0)  # the first temperatures of columns that the address says nothing of


@dataclass
class CompareState:
    """The texts, and what is known of them beside.

    Attributes:
        models: what writes each column.
        offered: the names of the networks that may be chosen for a column; none where one network writes all.
        player: the texts.
        run: another number means other texts.
        sent: how many characters the run had at each of the last messages to the view.
        looks_ahead: whether the chart shows the next choice, where no position is selected.
        seen: the temperatures of the columns and the filters, as they last were.
        steady: whether nothing was changed since the first character, so that an address can say the texts.
        to_say: for how many ticks more the address is told, while writing.
    """

    models: list[Model]
    offered: list[str]
    player: BatchPlayer
    run: int
    sent: deque[int] = field(default_factory=lambda: deque(maxlen=MESSAGES))
    looks_ahead: bool = True
    seen: tuple[list[float], Filters] | None = None
    steady: bool = True
    to_say: int = MESSAGES

    def see(self, temperatures: list[float], filters: Filters) -> None:
        """Take note of what is in force from now on."""
        if self.seen not in (None, (temperatures, filters)):
            self.steady = self.steady and not self.player.steps
            self.looks_ahead = self.looks_ahead or not self.player.running
            self.to_say = MESSAGES
        self.seen = (temperatures, filters)


def view() -> str:
    """Return the key of the columns. Another one, where they begin anew at `starts`, makes another view of them."""
    return turned(VIEW)


def turned(key: str) -> str:
    """Return a key that is another one where the columns begin anew."""
    turn = st.session_state.get("compare_view_turn", 0)
    return f"{key}-{turn}" if turn else key


def open_address(address: Address, model: Model) -> None:
    """Let the page begin where an address says; `column_networks.open_networks` has been called."""
    KNOBS.begin(address, model)
    session = st.session_state
    told = [clamped(_number(one)) for one in address.text("temperatures", "").split(",")[:MOST] if one]
    beginning = [DEFAULT] * max(FEWEST, len(session.compare_networks_start)) if several() else list(BOOK_TEMPERATURES)
    session.compare_start = told if len(told) >= FEWEST else beginning
    session.compare_independent_start = bool(address.whole("independent", 0, 1, 0))
    session.compare_run_start = address.whole("run", 0, LONGEST_RUN // FEWEST, 0)


def starts() -> list[float]:
    """Return the temperatures that the page began with, and those of columns that come to them."""
    start = st.session_state.get("compare_start", list(BOOK_TEMPERATURES))
    further = (DEFAULT,) * MOST if several() else FURTHER
    return [*start, *further[len(start) :]]


def current_temperatures(count: int) -> list[float]:
    """Return the temperatures of so many columns as they are now."""
    return column_temperatures(view(), starts()[:count])


def columns() -> int:
    """Return how many columns are asked for."""
    start = len(st.session_state.get("compare_start", BOOK_TEMPERATURES))
    return min(max(int(st.session_state.get(turned(KNOBS.key("columns")), start)), FEWEST), MOST)


def several() -> bool:
    """Return whether each column has a network of its own."""
    session = st.session_state
    return bool(session.get(KNOBS.key("several"), session.get("compare_several_start", False)))


def independent() -> bool:
    """Return whether each column throws dice of its own."""
    session = st.session_state
    return bool(session.get(KNOBS.key("independent"), session.get("compare_independent_start", False)))


def dice() -> tuple[int, ...]:
    """Return the random seed of each column."""
    return tuple(KNOBS.whole("random_seed") + column * independent() for column in range(columns()))


def compare_state(models: list[Model], offered: list[str]) -> CompareState:
    """Return this viewer's texts, made anew or changed where the knobs ask for it.

    Args:
        models: what writes each column.
        offered: see `CompareState`.
    """
    comparison: CompareState | None = st.session_state.get("comparison")
    if comparison is None:
        length = st.session_state.compare_run_start
        comparison = begin_texts(models, offered)
        if length:  # the address says that texts were written
            comparison.player.play(length, KNOBS.first(TICK))
            comparison.looks_ahead = False
        return comparison
    if not _may_stay(comparison, models):
        return begin_texts(models, offered)
    comparison.models, comparison.offered, sources = models, offered, _sources(models)
    if [source.network for source in comparison.player.sources] != [source.network for source in sources]:
        comparison.player.change_networks(sources, [real_words(model) for model in models])
        comparison.steady = comparison.steady and not comparison.player.steps
    return comparison


def _may_stay(comparison: CompareState, models: Sequence[Model]) -> bool:
    """Return whether the texts can go on; a new seed text or new dice wait until those that are written are cleared."""
    player = comparison.player
    if player.lanes != columns():
        return False
    begun = bool(player.steps) or player.running
    return begun or (player.seed_text, player.random_seeds) == (known_seed_text(models), dice())


def begin_texts(models: list[Model], offered: list[str]) -> CompareState:
    """Begin new texts, of which nothing is written yet."""
    player = BatchPlayer(_sources(models), known_seed_text(models), dice(), [real_words(model) for model in models])
    old: CompareState | None = st.session_state.get("comparison")
    comparison = CompareState(models, offered, player, run=old.run + 1 if old else 0)
    st.session_state.comparison = comparison
    return comparison


def _sources(models: Sequence[Model]) -> list[Source]:
    """Return the networks: the chosen one at the chosen epoch, or each as it is best."""
    return [source_of(model, model.manifest.best_epoch if several() else KNOBS.epoch(model)) for model in models]


def known_seed_text(models: Sequence[Model]) -> str:
    """Return what of the seed text in the field one network or another can read."""
    return union([model.vocabulary for model in models]).fold(st.session_state.compare_seed_text or "").text


def address_of(comparison: CompareState, model: Model) -> Mapping[str, str | float | None]:
    """Return what the address bar should say: the texts, where it can; else the seed text and the knobs alone.

    Args:
        comparison: what is on the page.
        model: the chosen one.
    """
    player, session = comparison.player, st.session_state
    temperatures, filters = comparison.seen or (starts()[: player.lanes], KNOBS.filters())
    written = player.pace.goal if player.running else len(player.steps)
    said: dict[str, str | float | None] = {
        **{name: KNOBS.value(name) for name in ("speed", "length", "random_seed")},
        **settings.places_of(filters),
        "epoch": KNOBS.epoch(model),
        "models": ",".join(one.folder.name for one in comparison.models) if several() else None,
        "temperatures": _listed(temperatures),
        "independent": int(independent()),
        "seed": fitting(session.compare_seed_text or ""),
        "run": 0,
    }
    if written and comparison.steady:
        apart = int(player.random_seeds[0] != player.random_seeds[1])
        of_run = {"run": written, "random_seed": player.random_seeds[0], "independent": apart}
        return said | of_run | {"seed": fitting(player.seed_text), "model": model.folder.name}
    ends: dict[str, str | float | None] = {
        **settings.DEFAULTS,
        "epoch": model.manifest.best_epoch,
        "models": None,
        "temperatures": None if several() else _listed(BOOK_TEMPERATURES),
        "independent": 0,
        "seed": shared_sentences.DEFAULT_SEED,
        "run": 0,
    }
    told = {name: None if place == ends[name] else place for name, place in said.items()}
    return told | {"model": model.folder.name if "model" in session else None}


def _listed(temperatures: list[float] | tuple[float, ...]) -> str:
    return ",".join(f"{temperature:g}" for temperature in temperatures)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
