"""Streamlit may end a run of the script at any touch of the session, to begin another: nothing is left half done."""

from itertools import count
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.runtime.state import SafeSessionState, SessionState, session_state_proxy

from charlstm.ui.components.address import opened
from charlstm.ui.write import write_state


class CutOff(Exception):
    """What ends a run."""


@pytest.fixture
def each_cut(monkeypatch):
    """Do a thing in sessions of their own that are cut off at its first touch, its second, and so on to its end."""

    def each_cut_(before, deed):
        for touches in count():
            left = [1000]

            def touched(left=left):
                left[0] -= 1
                if left[0] < 0:
                    raise CutOff

            state = SafeSessionState(SessionState(), touched)
            monkeypatch.setattr(session_state_proxy, "get_session_state", lambda state=state: state)
            before()
            left[0] = touches
            try:
                deed()
            except CutOff:
                left[0] = 1000
                yield touches
            else:
                assert touches > 1
                return

    return each_cut_


def test_page_never_begins_with_the_address_of_another(each_cut, monkeypatch):
    """The run after the one that was cut off finds what the address says."""
    monkeypatch.setattr(st, "query_params", SimpleNamespace(to_dict=lambda: {"seed": "map's own"}))
    for _ in each_cut(lambda: opened("write"), lambda: opened("map")):
        assert opened("map").text("seed", "") == "map's own"


def test_text_is_on_the_page_with_all_that_belongs_to_it_or_not_at_all(each_cut):
    """Its number, and what the view has of it."""
    for _ in each_cut(lambda: None, lambda: write_state.replace("a player")):
        assert write_state.player() is None or (st.session_state.run, list(st.session_state.sent)) == (1, [])
