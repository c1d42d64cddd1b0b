"""How many viewers the page has at once, at most: `$CHARLSTM_VIEWERS`; without it, as many as come."""

import os
import threading
from collections.abc import Callable

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from charlstm.ui.shared import sentences

VARIABLE = "CHARLSTM_VIEWERS"
RETRY = 5.0  # seconds after which somebody who waits is asked in again


class Places:
    """The places of those who are in, at most so many.

    Args:
        is_active: whether the session of this name is still connected.
    """

    def __init__(self, is_active: Callable[[str], bool]) -> None:
        self._is_active = is_active
        self._taken: set[str] = set()
        self._lock = threading.Lock()  # sessions run in threads of their own

    def take(self, session: str, most: int) -> bool:
        """Return whether a session has a place; one that has gone has left its own to others."""
        with self._lock:
            self._taken = {one for one in self._taken if one == session or self._is_active(one)}
            if session not in self._taken and len(self._taken) < most:
                self._taken.add(session)
            return session in self._taken


def has_place() -> bool:
    """Return whether this viewer can be served now; where not, show a page that says so and tries again by itself."""
    most = _most()
    context = get_script_run_ctx()
    if most is None or context is None or not runtime.exists() or _places().take(context.session_id, most):
        return True
    st.title(sentences.FULL_TITLE)
    st.markdown(sentences.FULL)
    st.fragment(_try_again, run_every=RETRY)(context.session_id, most)
    return False


def _try_again(session: str, most: int) -> None:
    if _places().take(session, most):
        st.rerun()


def _most() -> int | None:
    """Return the number of the environment's variable; None where it is not a whole number above 0."""
    text = os.environ.get(VARIABLE, "")
    return int(text) if text.isdecimal() and int(text) > 0 else None


@st.cache_resource(show_spinner=False)
def _places() -> Places:
    return Places(runtime.get_instance().is_active_session)
