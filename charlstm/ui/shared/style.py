"""What the theme cannot say: less room around things, and none of the machinery that would disturb a projector."""

from pathlib import Path

import streamlit as st

CSS = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def apply() -> None:
    """Put the style sheet into the page."""
    st.html(f"<style>{CSS}</style>")
