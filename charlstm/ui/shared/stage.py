"""What every page begins with: its title, what it is for, and the menu More."""

from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from charlstm.model_folder.store import Model
from charlstm.ui.components.address import Address
from charlstm.ui.components.keyboard import keyboard
from charlstm.ui.components.source import bring_sources
from charlstm.ui.shared import sentences
from charlstm.ui.shared.buttons import show_letters_switch
from charlstm.ui.shared.models import chosen_model


def heading(title: str) -> DeltaGenerator:
    """Show the title of a page, and return the place beside it, for one sentence in Markdown."""
    bring_sources()
    keyboard()
    with st.container(key="heading", horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(title, anchor=False, width="content")
        return st.empty()


class Head(NamedTuple):
    """The head of a page that shows a network.

    Attributes:
        sentence: the place beside the title, for one sentence in Markdown.
        field: the place for a field beside Settings.
        model: the chosen one; None where there is none.
    """

    sentence: DeltaGenerator
    field: DeltaGenerator
    model: Model | None


def head(title: str, page: str, address: Address) -> Head:
    """Show the title of a page, and under it the menu Settings with the choice of the network.

    Args:
        title: of the page.
        page: its name, with which the keys begin.
        address: with which it was opened.
    """
    sentence = heading(title)
    with st.container(key=f"{page}_head", horizontal=True, vertical_alignment="top"):
        field = st.container(key=f"{page}_field")
        with st.popover(sentences.SETTINGS, icon=":material/tune:", key="settings"):
            model = chosen_model(address)
            show_letters_switch()
    return Head(sentence, field, model)


def more() -> PopoverContainer:
    """Show the menu More, and return it.

    Fill it only while it is `open`: a button that is drawn before would be that of an older run of the script, and a
    download that is asked for by it fails.
    """
    return st.popover(sentences.MORE, icon=":material/more_horiz:", key="more", on_change="rerun")
