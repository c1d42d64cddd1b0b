"""What the theme cannot set: smaller margins, and no moving elements that would disturb on a projector."""

from pathlib import Path

import streamlit as st

CSS = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def apply() -> None:
    """Put the style sheet into the page."""
    st.html(f"<style>{CSS}</style>")
