"""All columns of Compare in one component: temperatures, growing texts, where they part, figures.

It is sent only what is new, and reports the temperatures and the position that a person looks at.
"""

from collections import deque
from collections.abc import Container, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from charlstm.playback.batch_player import BatchPlayer
from charlstm.playback.message_id import rising_number
from charlstm.playback.word_counts import InventedWord
from charlstm.ui.components.temperature_slider import HIGHEST, LOWEST, STEP, clamped
from charlstm.ui.shared import sentences

HERE = Path(__file__).parent
SEED_SHOWN = 40  # characters of the seed text that stand before each text

_component = st.components.v2.component(
    "charlstm_lanes_view",
    html='<div class="lanes"></div>',
    css=(HERE / "batch_view.css").read_text(encoding="utf-8"),
    js=(HERE / "batch_view.js").read_text(encoding="utf-8"),
)


class Figure(NamedTuple):
    """One line below a column."""

    label: str
    value: str
    spread: str = ""  # of many runs
    place: int | None = None  # the position that a click on the value leads to


def column_temperatures(key: str, starts: Sequence[float]) -> list[float]:
    """Return the present temperature of each column, as the component of this key last told them.

    Columns that it has not told of are where they start.
    """
    told = st.session_state.get(key, {}).get("temperatures")
    told = [clamped(one) for one in told] if isinstance(told, list) else []
    return [*told[: len(starts)], *starts[len(told) :]]


def column_networks(key: str, starts: Sequence[str], offered: Container[str]) -> list[str]:
    """Return the name of each column's network, as the component of this key last told them.

    Columns that it has not told of, or told nonsense, are where they start.
    """
    told = st.session_state.get(key, {}).get("networks")
    told = told if isinstance(told, list) else []
    chosen = [
        one if isinstance(one, str) and one in offered else start for one, start in zip(told, starts, strict=False)
    ]
    return [*chosen, *starts[len(chosen) :]]


class Networks(NamedTuple):
    """The networks of the columns by name, and those that may be chosen."""

    chosen: Sequence[str]
    offered: Sequence[str]


def lanes_view(
    player: BatchPlayer,
    temperatures: Sequence[float],
    figures: Sequence[Sequence[Figure]],
    run: str,
    sent: deque[int],
    interval: float,
    key: str,
    networks: Networks | None = None,
) -> int | None:
    """Show the columns, and return the position that the person looks at, None where none is.

    Args:
        player: whose texts.
        temperatures: at which the columns begin.
        figures: what stands below each column.
        run: another name means other texts; the view then starts over.
        sent: how many characters this run had at each of the last calls; none when the view must get all.
            It is emptied when the view says that it has lost its place.
        interval: seconds over which the new characters are let appear.
        key: of the component.
        networks: where each column has one of its own; a choice of them stands at the head of each.
    """
    start = sent[0] if sent else 0
    data = {
        "run": run,
        "start": start,
        "texts": [text[start:] for text in player.texts],
        "invented": [_since(word_counter.invented, start) for word_counter in player.word_counters],
        "partings": player.divergences,
        "figures": figures,
        "interval": interval if player.running else 0,
        "number": rising_number(),
        # what need not be said again
        "whole": None if sent else _whole(player.seed_text, temperatures, networks),
    }
    events = _component(
        key=key,
        data=data,
        default={"temperatures": None, "networks": None, "selected": None},
        on_temperatures_change=lambda: None,
        on_networks_change=lambda: None,
        on_selected_change=lambda: None,
        on_lost_change=sent.clear,
    )
    return _place(events.selected, run, len(player.steps))


def _whole(seed_text: str, temperatures: Sequence[float], networks: Networks | None) -> dict[str, Any]:
    return {
        "seed": seed_text if len(seed_text) <= SEED_SHOWN else f"…{seed_text[-SEED_SHOWN:]}",
        "temperatures": temperatures,
        "networks": networks and networks._asdict(),
        "range": [LOWEST, HIGHEST, STEP],
        "words": sentences.COMPARE_VIEW,
    }


def _since(invented: Sequence[InventedWord], start: int) -> list[tuple[int, int]]:
    """Return where the words stand that were noticed after the text had `start` characters, the last first."""
    new = takewhile(lambda word: word.noticed > start, reversed(invented))
    return [(max(word.start, 0), word.end) for word in new]


def _place(told: Any, run: str, characters: int) -> int | None:
    """Return the position that a browser says is looked at, if it is one of this run's."""
    if not isinstance(told, dict) or told.get("run") != run:
        return None
    place = told.get("place")
    return place if type(place) is int and 0 <= place < characters else None
