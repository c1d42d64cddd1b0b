"""Undo and Redo: nothing that was made is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.playback import undo as histories
from charlstm.playback.undo import History


class Text:
    """A run as the history sees it."""

    def __init__(self, name, length=1):
        self.name = name
        self.steps = range(length)
        self.stopped = False

    def stop(self):
        self.stopped = True


def test_undo_goes_back_and_redo_forward():
    """Each brings what was on the page, and stops what was running."""
    history, first, second = History(), Text("first"), Text("second")
    history.keep(first)
    assert first.stopped
    assert history.undo(second) is first
    assert second.stopped
    assert history.redo(first) is second
    assert (history.past, history.future) == ([first], [])


@given(st.lists(st.sampled_from(["make", "undo", "redo"]), max_size=histories.MOST_RUNS))
def test_nothing_that_was_made_is_lost(deeds):
    """Whatever was made, and undone, and made after that: Undo and Redo reach all of it."""
    history, present, made = History(), Text(0), 1
    for deed in deeds:
        if deed == "make":
            history.keep(present)
            present, made = Text(made), made + 1
        elif deed == "undo" and history.past:
            present = history.undo(present)
        elif deed == "redo" and history.future:
            present = history.redo(present)
    reached = [present.name, *(text.name for text in history.past + history.future)]
    assert sorted(reached) == list(range(made))


def test_undo_after_a_new_run_leads_first_to_what_it_took_the_place_of():
    """And then to what had been undone before."""
    history = History()
    first, second, third = Text("first"), Text("second"), Text("third")
    history.keep(first)
    back = history.undo(second)
    history.keep(back)
    assert history.undo(third) is first
    assert history.undo(first) is second


def test_an_empty_text_is_not_remembered():
    """There is nothing in it to go back to."""
    history = History()
    history.keep(Text("empty", 0))
    assert history.past == []


@pytest.mark.parametrize(("length", "kept"), [(1, histories.MOST_RUNS), (LONGEST_RUN, 2)])
def test_history_is_bounded(length, kept):
    """One viewer cannot make the server remember without end; the newest stay."""
    history = History()
    for name in range(50):
        history.keep(Text(name, length))
    assert [text.name for text in history.past] == list(range(50 - kept, 50))
