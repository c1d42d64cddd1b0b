"""The error messages of the page."""

import streamlit as st

from charlstm.ui.shared import sentences


def show_error(sentence: str) -> None:
    """Show a sentence that may quote a viewer's input, as plain text."""
    st.error(sentences.literally(sentence))
