"""What a chart plays of a message: which steps, and in what order."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from charlstm.playback.tables import animation


@given(st.integers(0, 60), st.floats(0.01, 2.0), st.integers(1, 20))
def test_what_is_played_is_spread_evenly_over_what_was_written(count, seconds, a_second):
    """From the first step on, as many as there is time for, and no step twice."""
    steps = list(range(count))
    shown = animation.spread_over(steps, seconds, a_second)
    assert len(shown) == min(count, max(1, round(seconds * a_second)))
    assert shown[:1] == steps[:1]
    gaps = np.diff([*shown, count]) if shown else np.array([1])
    assert gaps.min() >= 1
    assert gaps.max() - gaps.min() <= 1


def test_each_message_has_another_number():
    """Rising, one for all its rows, and one that a browser's numbers can hold."""
    tables = [pa.table({"frame": [number, number], "place": [0, 1]}) for number in range(3)]
    first, second = (animation.message(tables).to_pydict() for _ in range(2))
    assert first["frame"] == [0, 0, 1, 1, 2, 2]
    assert len(set(first["batch"])) == len(set(second["batch"])) == 1
    assert first["batch"][0] < second["batch"][0] < 2**53


def test_a_chart_with_a_clock_is_the_same_otherwise():
    """Its config has the signals beside what it had; the spec that was given stays as it is."""
    spec = {"mark": "bar", "config": {"view": {"stroke": None}}}
    made = animation.played(spec, 4)
    assert {name: value for name, value in made.items() if name != "config"} == {"mark": "bar"}
    assert made["config"]["view"] == {"stroke": None}
    assert {signal["name"] for signal in made["config"]["signals"]} == {"batch", "last_frame", "began", "frame"}
    assert "signals" not in spec["config"]
