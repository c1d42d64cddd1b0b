"""How the page says no."""

import streamlit as st

from charlstm.ui.shared import sentences


def refuse(sentence: str) -> None:
    """Show a sentence that may quote what a viewer sent."""
    st.error(sentences.literally(sentence))
