"""How the page says no."""

import re

import streamlit as st


def refuse(sentence: str) -> None:
    """Show a sentence that may quote what a viewer sent."""
    st.error(re.sub(r"([\\*_{}\[\]()#+!|<>~$:])", r"\\\1", sentence))
