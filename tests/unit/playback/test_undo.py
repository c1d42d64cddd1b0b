"""Undo and Redo: no run is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.generation.step import Step
from charlstm.playback.player import Player
from charlstm.playback.undo import MOST_RUNS, History

STEP = Step(0, 0, temperature=1.0, u=0.5, raw=np.ones(1), reweighted=np.ones(1))


class Text(Player):
    """A run, as the history uses it; its seed text is its name."""

    def __init__(self, name, length=1):
        self.seed_text = name
        self.rows = [[STEP] * length]
        self.stopped = False

    def stop(self):
        self.stopped = True


def test_history_goes_back_and_forward():
    """Undo and Redo return the run before and after, and stop the current one."""
    history, first, second = History(), Text("first"), Text("second")
    history.keep(first)
    assert first.stopped
    assert history.undo(second) is first
    assert second.stopped
    assert history.redo(first) is second
    assert (history.past, history.future) == ([first], [])


@given(st.lists(st.sampled_from(["make", "undo", "redo"]), max_size=MOST_RUNS))
def test_history_loses_no_run(actions):
    """Whatever was made, undone, and made after that: Undo and Redo reach all of it."""
    history, made = History(), 1
    current: Player = Text(0)
    for action in actions:
        if action == "make":
            history.keep(current)
            current, made = Text(made), made + 1
        elif action == "undo" and history.past:
            current = history.undo(current)
        elif action == "redo" and history.future:
            current = history.redo(current)
    reached = [current.seed_text, *(text.seed_text for text in history.past + history.future)]
    assert sorted(reached) == list(range(made))


def test_undo_after_a_new_run_leads_first_to_the_run_it_replaced():
    """And then to what had been undone before."""
    history = History()
    first, second, third = Text("first"), Text("second"), Text("third")
    history.keep(first)
    back = history.undo(second)
    history.keep(back)
    assert history.undo(third) is first
    assert history.undo(first) is second


def test_history_does_not_keep_an_empty_text():
    """It has nothing to go back to."""
    history = History()
    history.keep(Text("empty", 0))
    assert history.past == []


@pytest.mark.parametrize(("length", "kept"), [(1, MOST_RUNS), (LONGEST_RUN, 2)])
def test_history_is_bounded(length, kept):
    """One viewer cannot use up the server's memory; the newest runs stay."""
    history = History()
    for name in range(50):
        history.keep(Text(name, length))
    assert [text.seed_text for text in history.past] == list(range(50 - kept, 50))
