"""What one viewer has on the Compare page, and how the address bar says it."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from charlstm.sampling import Filters
from charlstm.store import Model
from charlstm.ui import knobs, words
from charlstm.ui.address import Address, fitting
from charlstm.ui.lanes_player import FEWEST, LONGEST_RUN, MOST, LanesPlayer
from charlstm.ui.temperature_slider import BOOKS, clamped
from charlstm.ui.text_view import MESSAGES

PREFIX = "compare_"
KNOBS = knobs.compare
FURTHER = (*BOOKS, 1.5, 2.0)  # the first temperatures of columns that the address says nothing of


@dataclass
class Comparison:
    """The texts, and what is known of them beside.

    Attributes:
        model: what writes.
        player: the texts.
        run: another number means other texts.
        sent: how many characters the run had at each of the last messages to the view.
        looks_ahead: whether the chart shows the next choice, where no position is selected.
        seen: the temperatures of the columns and the filters, as they last were.
        steady: whether nothing was changed since the first character, so that an address can say the texts.
        to_say: for how many ticks more the address is told, while writing.
    """

    model: Model
    player: LanesPlayer
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


def open_address(address: Address, model: Model) -> None:
    """Let the page begin where an address says."""
    KNOBS.begin(address, model)
    session = st.session_state
    told = [clamped(_number(one)) for one in address.text("temperatures", "").split(",")[:MOST] if one]
    session.compare_start = told if len(told) >= FEWEST else list(BOOKS)
    session.compare_independent_start = bool(address.whole("independent", 0, 1, 0))
    session.compare_run_start = address.whole("run", 0, LONGEST_RUN // FEWEST, 0)


def starts() -> list[float]:
    """Return the temperatures that the page began with, and those of columns that come to them."""
    start = st.session_state.get("compare_start", list(BOOKS))
    return [*start, *FURTHER[len(start) :]]


def columns() -> int:
    """Return how many columns are asked for."""
    start = len(st.session_state.get("compare_start", BOOKS))
    return min(max(int(st.session_state.get(KNOBS.key("columns"), start)), FEWEST), MOST)


def independent() -> bool:
    """Return whether each column throws dice of its own."""
    session = st.session_state
    return bool(session.get(KNOBS.key("independent"), session.get("compare_independent_start", False)))


def dice() -> tuple[int, ...]:
    """Return the random seed of each column."""
    return tuple(KNOBS.whole("random_seed") + column * independent() for column in range(columns()))


def address_of(comparison: Comparison) -> Mapping[str, str | float | None]:
    """Return what the address bar should say: the texts, where it can; else the seed text and the knobs alone."""
    player, session, model = comparison.player, st.session_state, comparison.model
    temperatures, filters = comparison.seen or (starts()[: player.lanes], KNOBS.filters())
    written = player.pace.goal if player.running else len(player.steps)
    said: dict[str, str | float] = {
        **{name: KNOBS.value(name) for name in ("speed", "length", "random_seed")},
        **knobs.places_of(filters),
        "epoch": KNOBS.epoch(model),
        "temperatures": _listed(temperatures),
        "independent": int(independent()),
        "seed": fitting(session.compare_seed_text or ""),
        "run": 0,
    }
    if written and comparison.steady:
        apart = int(player.random_seeds[0] != player.random_seeds[1])
        of_run = {"run": written, "random_seed": player.random_seeds[0], "independent": apart}
        return said | of_run | {"seed": fitting(player.seed_text), "model": model.folder.name}
    ends: dict[str, str | float] = {
        **knobs.DEFAULTS,
        "epoch": model.manifest.best_epoch,
        "temperatures": _listed(BOOKS),
        "independent": 0,
        "seed": words.DEFAULT_SEED,
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
