"""What every page begins with: its title, what it is for, and the menu More."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from charlstm.ui.components.keyboard import keyboard
from charlstm.ui.shared import sentences


def heading(title: str) -> DeltaGenerator:
    """Show the title of a page, and return the place beside it, for one sentence in Markdown."""
    keyboard()
    with st.container(key="heading", horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(title, anchor=False, width="content")
        return st.empty()


def more() -> PopoverContainer:
    """Show the menu More, and return it.

    Fill it only while it is `open`: a button that is drawn before would be that of an older run of the script, and a
    download that is asked for by it fails.
    """
    return st.popover(sentences.MORE, icon=":material/more_horiz:", key="more", on_change="rerun")
