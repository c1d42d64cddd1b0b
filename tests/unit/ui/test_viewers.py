"""How many viewers are served at once."""

from hypothesis import given
from hypothesis import strategies as st

from charlstm.ui import viewers
from charlstm.ui.viewers import Places


@given(st.integers(1, 5), st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), max_size=60))
def test_no_more_have_a_place_than_there_are_and_who_has_one_keeps_it(most, events):
    """Until they leave; whoever asks then has it."""
    active: set[str] = set()
    inside: set[str] = set()
    places = Places(active.__contains__)
    for session, comes in events:
        if comes:
            active.add(session)
            had, room = session in inside, len(inside) < most
            assert places.take(session, most) == (had or room)
            inside |= {session} if had or room else set()
        else:
            active.discard(session)
            inside.discard(session)
        assert len(inside) <= most


def test_only_a_whole_number_limits(monkeypatch):
    """Anything else is as if it was not set."""
    for text, most in {"30": 30, "": None, "0": None, "-3": None, "many": None, "1.5": None}.items():
        monkeypatch.setenv(viewers.VARIABLE, text)
        assert viewers._most() == most
    monkeypatch.delenv(viewers.VARIABLE)
    assert viewers._most() is None
