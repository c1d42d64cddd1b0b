"""How the page says no."""

import streamlit as st

from charlstm.ui import words


def refuse(sentence: str) -> None:
    """Show a sentence that may quote what a viewer sent."""
    st.error(words.literally(sentence))
