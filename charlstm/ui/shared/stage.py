"""What every page begins with: its title, and what it is for."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charlstm.ui.components.keyboard import keyboard


def heading(title: str) -> DeltaGenerator:
    """Show the title of a page, and return the place beside it, for one sentence in Markdown."""
    keyboard()
    with st.container(key="heading", horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(title, anchor=False, width="content")
        return st.empty()
