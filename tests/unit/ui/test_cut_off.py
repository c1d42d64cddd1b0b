"""Streamlit may end a run of the script at any access to the session: the session is never left inconsistent."""

from itertools import count
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.state import SafeSessionState, SessionState, session_state_proxy

from charlstm.playback.player import Player
from charlstm.ui.components.address import page_address
from charlstm.ui.write.state import write_state


class CutOff(Exception):
    """Ends a run of the script."""


@pytest.fixture
def each_cut(monkeypatch):
    """Run an action in new sessions, ended at the first access to the session, at the second, and so on to its end."""

    def each_cut_(before, action):
        for accesses in count():
            left = [1000]

            def on_access(left=left):
                left[0] -= 1
                if left[0] < 0:
                    raise CutOff

            state = SafeSessionState(SessionState(), on_access)
            monkeypatch.setattr(session_state_proxy, "get_session_state", lambda state=state: state)
            before()
            left[0] = accesses
            try:
                action()
            except CutOff:
                left[0] = 1000
                yield accesses
            else:
                assert accesses > 1
                return

    return each_cut_


def test_page_never_begins_with_the_address_of_another(each_cut, monkeypatch):
    """The next run of the script has the values of the address."""
    monkeypatch.setattr(st, "query_params", SimpleNamespace(to_dict=lambda: {"seed": "map's own"}))
    for _ in each_cut(lambda: page_address("write"), lambda: page_address("map")):
        assert page_address("map").text("seed", "") == "map's own"


def test_run_is_replaced_with_all_that_belongs_to_it_or_not_at_all(each_cut):
    """Its number, and what the view has received of it."""
    player = Player.__new__(Player)  # the state only keeps it
    for _ in each_cut(lambda: None, lambda: write_state().replace(player)):
        assert (write_state().current, write_state().run_number) == (None, 0)
