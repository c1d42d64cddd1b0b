"""A temperature slider that reports while it is dragged, not only when it is released."""

import math
from pathlib import Path

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.ui.components.source import component_source

HERE = Path(__file__).parent
LOWEST, HIGHEST, DEFAULT, STEP = 0.0, 2.0, 0.5, 0.01

_component = st.components.v2.component(
    "charlstm_temperature_slider",
    html='<div class="temperature"></div>',
    **component_source(HERE, "dom", "range"),
)


def temperature_slider(key: str, start: float = DEFAULT) -> float:
    """Show the slider, at first at `start`, and return its current temperature, in [LOWEST, HIGHEST]."""
    current = clamped(st.session_state.get(key, {}).get("temperature", start))
    data = {"lowest": LOWEST, "highest": HIGHEST, "step": STEP, "value": current, "presets": BOOK_TEMPERATURES}
    state = _component(key=key, data=data, default={"temperature": start}, on_temperature_change=lambda: None)
    return clamped(state.temperature)


def clamped(value: object) -> float:
    """Return a temperature that a browser has reported, clamped to [LOWEST, HIGHEST]; DEFAULT for no number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return DEFAULT
    return min(max(float(value), LOWEST), HIGHEST)
