"""Everything as it was when the visit began: the network, the seed text, and all settings, on all pages."""

import streamlit as st

from charlstm.ui.components.address import forget_addresses
from charlstm.ui.shared import sentences
from charlstm.ui.shared.models import usable_models
from charlstm.ui.shared.seed_field import forget_seed_text


def show_reset() -> None:
    """Show the button."""
    st.button(sentences.RESET, key="reset_all", width="stretch", help=sentences.RESET_HELP, on_click=reset_all)


def reset_all() -> None:
    """Forget what was chosen on any page; networks of the viewer's own stay, and so does what Undo can bring back."""
    session = st.session_state
    session.pop("network_to_choose", None)
    models, _ = usable_models()
    if "model" in session and models:
        session.model = models[0].folder.name
    forget_seed_text()
    forget_addresses()
