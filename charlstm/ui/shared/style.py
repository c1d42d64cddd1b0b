"""What the theme cannot set: smaller margins, and no moving elements that would disturb on a projector."""

from pathlib import Path

import streamlit as st

from charlstm.ui.charts.theme import theme
from charlstm.ui.shared import sentences

CSS = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def is_dark() -> bool:
    """Return whether the page is dark."""
    return st.context.theme.type == "dark"


def apply() -> None:
    """Put the style sheet into the page."""
    colours = theme(is_dark())
    names = ("ink", "paper", "line", "primary", "button")
    variables = {name: getattr(colours, name) for name in names}
    variables["pages"] = f"'{sentences.PAGES}'"
    declared = " ".join(f"--{name}: {value};" for name, value in variables.items())
    st.html(f"<style>:root {{ {declared} }}\n{CSS}</style>")
