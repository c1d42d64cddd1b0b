"""The state of a viewer's Write page: the current run, the runs before it, the focus, and the settings."""

from collections import deque

import streamlit as st

from charlstm.generation.sampling import Filters
from charlstm.playback.focus import Focus
from charlstm.playback.player import Player
from charlstm.playback.undo import History
from charlstm.ui.components.text_view import TIMES_SENT


def player() -> Player | None:
    """Return the current run, or None before the page has made one."""
    return st.session_state.get("player")


def history() -> History:
    """Return the runs before and after the current one."""
    return st.session_state.setdefault("history", History())


def focus() -> Focus:
    """Return which choice the chart shows."""
    return st.session_state.setdefault("focus", Focus())


def current_settings() -> tuple[float, Filters]:
    """Return the temperature and the filters that were set when the page was last drawn."""
    return st.session_state.current_settings


def replace(other: Player) -> None:
    """Put another run on the page; Undo leads back to the current one."""
    current = player()
    if current is not None:
        history().keep(current)
    _put(other)


def undo() -> None:
    """Put the run before the current one back on the page."""
    _put(history().undo(st.session_state.player))


def redo() -> None:
    """Put the run that was undone last back on the page."""
    _put(history().redo(st.session_state.player))


def _put(other: Player) -> None:
    session = st.session_state
    session.run_number = session.get("run_number", 0) + 1  # by which the text view knows that the text is another
    session.sent = deque(maxlen=TIMES_SENT)
    focus().move_to("next")
    session.player = other  # last, because Streamlit may end a run of the script at any access to the session
