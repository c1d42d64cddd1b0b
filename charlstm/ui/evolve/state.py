"""The state of a viewer's Evolve page, beside the values of its widgets."""

from dataclasses import dataclass

import streamlit as st


@dataclass
class EvolveState:
    """What the page remembers of one viewer.

    Attributes:
        playing: whether the epochs go on by themselves.
        chosen: whether the viewer has chosen the current epoch.
        drawn: whether the current epoch has been shown since Play was pressed.
    """

    playing: bool = False
    drawn: bool = False
    chosen: bool = False


def evolve_state() -> EvolveState:
    """Return the state of this viewer's page."""
    return st.session_state.setdefault("evolve_state", EvolveState())
