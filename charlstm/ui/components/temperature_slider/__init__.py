"""A temperature slider that reports while it is dragged, not when it is let go."""

import math
from pathlib import Path
from typing import Any

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES

HERE = Path(__file__).parent
LOWEST, HIGHEST, DEFAULT, STEP = 0.0, 2.0, 0.5, 0.01

_component = st.components.v2.component(
    "charlstm_temperature_slider",
    html='<div class="temperature"></div>',
    css=(HERE / "temperature_slider.css").read_text(encoding="utf-8"),
    js=(HERE / "temperature_slider.js").read_text(encoding="utf-8"),
)


def temperature_slider(key: str, start: float = DEFAULT) -> float:
    """Show the slider, at first at `start`, and return its present temperature, always in [LOWEST, HIGHEST]."""
    present = clamped(st.session_state.get(key, {}).get("temperature", start))
    data = {"lowest": LOWEST, "highest": HIGHEST, "step": STEP, "value": present, "presets": BOOK_TEMPERATURES}
    state = _component(key=key, data=data, default={"temperature": start}, on_temperature_change=lambda: None)
    return clamped(state.temperature)


def clamped(value: Any) -> float:
    """Return what a browser sent as a temperature: out of range is moved inside, nonsense is the default."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return DEFAULT
    return min(max(float(value), LOWEST), HIGHEST)
