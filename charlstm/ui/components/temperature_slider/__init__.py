"""A temperature slider that changes the chart in the browser, and reports to the server when the hand rests."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.ui.components.source import component

HERE = Path(__file__).parent
LOWEST, HIGHEST, DEFAULT, STEP = 0.0, 2.0, 0.5, 0.01
SHARE_OF_PICTURE = 0.88  # of a chart's width which temperatures up to HIGHEST have; the rest is up to infinity

_component = component(
    HERE, '<div class="temperature"></div>', "focus", "dom", "requests", "hand_report", "chart_events", "range"
)


def temperature_slider(
    key: str,
    start: float = DEFAULT,
    writing: bool = False,
    choice: Mapping[str, Any] | None = None,
    picture: str | None = None,
    said: str = "",
) -> float:
    """Show the slider, at first at `start`, and return its current temperature, in [LOWEST, HIGHEST].

    Args:
        key: of the component.
        start: the first temperature.
        writing: whether a text is being written: then it also reports while it is dragged.
        choice: for the chart of the next character, where no text hands it on, with an `alphabet`; see
            `playback.tables.frames`.
        picture: the key of the container of a chart whose horizontal axis is that of the slider; clicked or dragged
            there, the slider moves.
        said: what charts show at this temperature, in words, which are read aloud.
    """
    current = reported_temperature(key, start)
    data = {
        "lowest": LOWEST,
        "highest": HIGHEST,
        "step": STEP,
        "value": current,
        "presets": BOOK_TEMPERATURES,
        "writing": writing,
        "choice": choice,
        "picture": picture,
        "said": said,
        "share": SHARE_OF_PICTURE,
    }
    state = _component(key=key, data=data, default={"temperature": start}, on_temperature_change=lambda: None)
    return clamped(state.temperature)


def reported_temperature(key: str, start: float = DEFAULT) -> float:
    """Return the temperature that the slider of this key has reported, or else its first one."""
    return clamped(st.session_state.get(key, {}).get("temperature", start))


def clamped(value: object) -> float:
    """Return a temperature that a browser has reported, clamped to [LOWEST, HIGHEST]; DEFAULT for no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return DEFAULT
    return min(max(float(value), LOWEST), HIGHEST)
