"""Everything as it was when the visit began: the network, the seed text, and all settings, on all pages."""

from dataclasses import dataclass

import streamlit as st

from charlstm.ui.components.address import forget_addresses
from charlstm.ui.shared import sentences
from charlstm.ui.shared.models import usable_models
from charlstm.ui.shared.seed_field import forget_seed_text


@dataclass
class Resets:
    """How often a viewer has asked for a reset, and how many of them were done.

    The button only counts, because Streamlit ends what a button does at any access to the session where another
    request has come; what a run of the script does is done again by the next one.
    """

    asked: int = 0
    done: int = 0

    def ask(self) -> None:
        """Ask for a reset, which the next run of the script does."""
        self.asked += 1


def show_reset() -> None:
    """Show the button."""
    resets = st.session_state.setdefault("resets", Resets())
    st.button(sentences.RESET, key="reset_all", width="stretch", help=sentences.RESET_HELP, on_click=resets.ask)


def reset_if_asked() -> None:
    """Forget what was chosen on any page, where that was asked for; before anything is drawn.

    Networks of the viewer's own stay, and so does what Undo can bring back.
    """
    session = st.session_state
    resets: Resets | None = session.get("resets")
    if resets is None or resets.done == resets.asked:
        return
    asked = resets.asked
    session.pop("network_to_choose", None)
    models, _ = usable_models()
    if "model" in session and models:
        session.model = models[0].folder.name
    forget_seed_text()
    forget_addresses(asked)
    session.more = False  # the menu that the button is in
    resets.done = asked
