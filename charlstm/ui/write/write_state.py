"""The run on a viewer's Write page, the runs before it, and where the viewer looks."""

from collections import deque

import streamlit as st

from charlstm.playback.focus import Focus
from charlstm.playback.player import Player
from charlstm.playback.undo import History
from charlstm.ui.components.text_view import MESSAGES


def player() -> Player | None:
    """Return the present run, or None where the page has just been opened."""
    return st.session_state.get("player")


def history() -> History:
    """Return the runs before the present one."""
    return st.session_state.setdefault("history", History())


def look() -> Focus:
    """Return where the viewer looks."""
    return st.session_state.setdefault("look", Focus())


def replace(other: Player) -> None:
    """Put another run on the page; the present one can be undone to."""
    present = player()
    if present is not None:
        history().keep(present)
    _put(other)


def undo() -> None:
    """Put the run before the present one back on the page."""
    _put(history().undo(st.session_state.player))


def redo() -> None:
    """Put the run that was undone last back on the page."""
    _put(history().redo(st.session_state.player))


def _put(other: Player) -> None:
    session = st.session_state
    session.run = session.get("run", 0) + 1  # another text, as the text view knows it
    session.sent = deque(maxlen=MESSAGES)
    look().to("next")
    session.player = other  # last, because Streamlit may end a run at any touch of the session
