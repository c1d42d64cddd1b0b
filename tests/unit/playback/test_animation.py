"""The frames of an animated chart: which steps they show, and how a chart knows of new ones."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from charlstm.playback.tables import animation


@given(st.integers(0, 60), st.floats(0.01, 2.0), st.integers(1, 20))
def test_frames_are_sampled_evenly(count, seconds, frames_per_second):
    """From the first step on, as many as there is time for, and no step twice."""
    steps = list(range(count))
    shown = animation.sample_evenly(steps, seconds, frames_per_second)
    assert len(shown) == min(count, max(1, round(seconds * frames_per_second)))
    assert shown[:1] == steps[:1]
    gaps = np.diff([*shown, count]) if shown else np.array([1])
    assert gaps.min() >= 1
    assert gaps.max() - gaps.min() <= 1


def test_each_message_has_another_id():
    """Rising, the same in all rows, and one that a browser's numbers can hold."""
    tables = [pa.table({"frame": [number, number], "place": [0, 1]}) for number in range(3)]
    first, second = (animation.animated_table(tables).to_pydict() for _ in range(2))
    assert first["frame"] == [0, 0, 1, 1, 2, 2]
    assert len(set(first["message_id"])) == len(set(second["message_id"])) == 1
    assert first["message_id"][0] < second["message_id"][0] < 2**53


def test_animated_spec_is_otherwise_the_same():
    """Its config has the signals in addition; the given spec does not change."""
    spec = {"mark": "bar", "config": {"view": {"stroke": None}}}
    made = animation.animated_spec(spec, 4)
    assert {name: value for name, value in made.items() if name != "config"} == {"mark": "bar"}
    assert made["config"]["view"] == {"stroke": None}
    assert {signal["name"] for signal in made["config"]["signals"]} == {"message_id", "last_frame", "began", "frame"}
    assert "signals" not in spec["config"]
