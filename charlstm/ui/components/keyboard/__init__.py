"""What the keyboard needs on every page: the focus stays on the page, and single letters can be switched off."""

from pathlib import Path

import streamlit as st

from charlstm.ui.components.source import component

HERE = Path(__file__).parent
LETTERS = "letter_shortcuts"  # the session's key of whether they are on; absent until it is known
FROM_BROWSER = "letter_shortcuts_from_browser"

_component = component(HERE, "<span></span>", "menus")


def keyboard() -> None:
    """Draw what shows nothing; on every page, once in a run of the script."""
    with st.container(key="hidden-keyboard"):
        _component(key="keyboard", data={"letters": st.session_state.get(LETTERS)}, on_letters_off_change=_switch_off)


def _switch_off() -> None:
    """Switch single letters off, as they were when this browser was here before."""
    st.session_state[LETTERS] = False
    st.session_state[FROM_BROWSER] = True


def shortcut(letter: str) -> str | None:
    """Return the letter that presses a button, or None where single letters are switched off."""
    return letter if st.session_state.get(LETTERS, True) else None


def letters_switch(label: str, explanation: str) -> None:
    """Show the switch for single letters, which holds on all pages."""
    session = st.session_state
    # A widget in a closed popover takes a value only when it is created.
    key = f"letters_switch{'_from_browser' if session.get(FROM_BROWSER) else ''}"
    session.setdefault(key, session.get(LETTERS, True))
    st.toggle(label, session[key], key=key, help=explanation, on_change=lambda: _hold(session[key]))


def _hold(letters: bool) -> None:
    st.session_state[LETTERS] = letters
