"""Several choices in one message to a chart, which shows them one after the other as the frames of an animation."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from charlstm.playback.message_id import next_message_id

STREAMLIT_DATA = "source"  # Streamlit's name of the table that a chart is given
IS_CURRENT_FRAME = "datum.frame == frame"  # Vega's expression: the rows of the frame that is shown now
T = TypeVar("T")


def sample_evenly(steps: Sequence[T], seconds: float, frames_per_second: int) -> list[T]:
    """Return as many of the steps as frames are shown in so many seconds, evenly spaced from the first on."""
    count = min(len(steps), max(1, round(seconds * frames_per_second)))
    return [steps[number * len(steps) // count] for number in range(count)]


def animated_table(tables: Sequence[pa.Table]) -> pa.Table:
    """Return one table for an `animated_spec`, made of tables with a column `frame` that rises from 0."""
    table = pa.concat_tables(tables)
    # By a new number the chart knows that it must begin again at the first frame.
    return table.append_column("message_id", [np.full(len(table), next_message_id())])


def animated_spec(spec: dict[str, Any], frames_per_second: int) -> dict[str, Any]:
    """Return the Vega-Lite spec of a chart that filters by IS_CURRENT_FRAME, with a clock that changes the frame.

    Vega-Lite has no clock, but it hands the signals in its config on to Vega.
    """
    pause, rows = 1000 / frames_per_second, f"data('{STREAMLIT_DATA}')"  # milliseconds
    frame = f"clamp(floor((now() - began) / {pause}), 0, last_frame)"
    events = [{"type": "timer", "throttle": min(pause, 100)}, {"signal": "began"}]
    signals = [
        {"name": "message_id", "update": f"length({rows}) ? {rows}[0].message_id : 0"},
        {"name": "last_frame", "update": f"length({rows}) ? peek({rows}).frame : 0"},
        {"name": "began", "update": "message_id >= 0 ? now() : 0"},
        {"name": "frame", "value": 0, "on": [{"events": events, "update": frame}]},
    ]
    return {**spec, "config": {**spec.get("config", {}), "signals": signals}}
