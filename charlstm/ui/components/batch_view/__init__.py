"""All columns of Compare in one component: temperatures, growing texts, their divergences, figures.

It receives only what is new, and reports the temperatures and the position that the viewer selects.
"""

from collections import deque
from collections.abc import Container, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple, TypedDict

import streamlit as st

from charlstm.playback.comparison import Comparison
from charlstm.playback.message_id import next_message_id
from charlstm.playback.player import Player
from charlstm.playback.word_counts import InventedWord
from charlstm.text.marks import without_rest
from charlstm.ui.components.source import component
from charlstm.ui.components.temperature_slider import HIGHEST, LOWEST, STEP, clamped
from charlstm.ui.components.text_view import Choices, Pacing
from charlstm.ui.shared import sentences

HERE = Path(__file__).parent
SHARED = ("focus", "dom", "requests", "hand_report", "chart_events", "streaming_view", "range", "text")
SHOWN_SEED_LENGTH = 40  # characters of the seed text that are shown before each text

_component = component(
    HERE,
    '<div class="batch"></div>',
    "focus",
    "dom",
    "requests",
    "hand_report",
    "chart_events",
    "streaming_view",
    "range",
    "text",
)


class Figure(NamedTuple):
    """One line below a column."""

    label: str
    value: str
    spread: str = ""  # over many runs
    place: int | None = None  # the position that a click on the value selects


def column_temperatures(key: str, starts: Sequence[float]) -> list[float]:
    """Return the temperature of each column as the component of this key reported it, or else its first one."""
    reported = st.session_state.get(key, {}).get("temperatures")
    temperatures = [clamped(one) for one in reported] if isinstance(reported, list) else []
    return [*temperatures[: len(starts)], *starts[len(temperatures) :]]


def column_networks(key: str, starts: Sequence[str], offered: Container[str]) -> list[str]:
    """Return the name of each column's network as the component of this key reported it, or else its first one."""
    reported = st.session_state.get(key, {}).get("networks")
    names = reported if isinstance(reported, list) else []
    chosen = [
        name if isinstance(name, str) and name in offered else start for name, start in zip(names, starts, strict=False)
    ]
    return [*chosen, *starts[len(chosen) :]]


def selected_position(key: str, run: str, characters: int) -> int | None:
    """Return the position that the component of this key reported as selected, if it is one of this run's."""
    reported = st.session_state.get(key, {}).get("selected")
    if not isinstance(reported, dict) or reported.get("run") != run:
        return None
    place = reported.get("place")
    return place if type(place) is int and 0 <= place < characters else None


class Networks(NamedTuple):
    """The names of the columns' networks, and those that may be chosen: each title by its name."""

    chosen: Sequence[str]
    offered: Mapping[str, str]


class Setup(TypedDict):
    """What the component needs once, at its beginning."""

    seed: str
    temperatures: Sequence[float]
    networks: dict[str, Sequence[str] | Sequence[tuple[str, str]]] | None
    range: list[float]
    words: dict[str, str | list[list[str]]]


def batch_view(
    player: Player,
    comparison: Comparison,
    temperatures: Sequence[float],
    figures: Sequence[Sequence[Figure]],
    choices: Choices,
    run: str,
    sent: deque[int],
    pacing: Pacing,
    goes_on: bool,
    key: str,
    networks: Networks | None = None,
) -> None:
    """Show the columns, and the figures below them.

    Args:
        player: of the texts.
        comparison: their figures.
        temperatures: the first one of each column.
        figures: of each column, shown below it.
        choices: which the view hands on to the chart as their characters appear.
        run: names the texts; with another name the view begins anew.
        sent: the number of characters at each of the last calls; empty when the view needs all of them.
            It is emptied when the view reports a gap.
        pacing: how the new characters appear.
        goes_on: whether the view asks for another message.
        key: of the component.
        networks: where each column has one of its own; it is then chosen at the head of the column.
    """
    start = sent[0] if sent else 0
    data = {
        "run": run,
        "start": start,
        "texts": [text[start:] for text in player.texts],
        "invented": [_since(word_counter.invented, start) for word_counter in comparison.word_counters],
        "divergences": comparison.divergences,
        "figures": figures,
        "choices": choices,
        "running": player.running,
        "goes_on": goes_on,
        "tick": pacing.tick,
        "rate": pacing.rate,
        "message_id": next_message_id(),
        "whole": None if sent else _setup(player.seed_text, temperatures, networks),
    }
    _component(
        key=key,
        data=data,
        default={"temperatures": None, "networks": None, "selected": None},
        on_ask_change=lambda: None,
        on_temperatures_change=lambda: None,
        on_networks_change=lambda: None,
        on_selected_change=lambda: None,
        on_lost_change=sent.clear,
    )


def _setup(seed_text: str, temperatures: Sequence[float], networks: Networks | None) -> Setup:
    return {
        "seed": seed_text
        if len(seed_text) <= SHOWN_SEED_LENGTH
        else f"…{without_rest(seed_text[-SHOWN_SEED_LENGTH:])}",
        "temperatures": temperatures,
        "networks": networks and {"chosen": networks.chosen, "offered": list(networks.offered.items())},
        "range": [LOWEST, HIGHEST, STEP],
        "words": sentences.COMPARE_VIEW,
    }


def _since(invented: Sequence[InventedWord], start: int) -> list[tuple[int, int]]:
    """Return the slices of the words that were counted after the text had `start` characters, the last first."""
    new = takewhile(lambda word: word.noticed > start, reversed(invented))
    return [(max(word.start, 0), word.end) for word in new]
