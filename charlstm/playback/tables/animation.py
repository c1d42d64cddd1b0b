"""Several choices in one message to a chart, which plays them: it moves more often than it is told anything."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from charlstm.playback.message_id import rising_number

GIVEN = "source"  # what Streamlit calls the table that a chart is given
SHOWN = "datum.frame == frame"  # the rows of the choice that is shown now
T = TypeVar("T")


def spread_over(steps: Sequence[T], seconds: float, a_second: int) -> list[T]:
    """Return the steps that are played in so many seconds, `a_second` of them in each: evenly, from the first on."""
    count = min(len(steps), max(1, round(seconds * a_second)))
    return [steps[number * len(steps) // count] for number in range(count)]


def message(tables: Sequence[pa.Table]) -> pa.Table:
    """Return some tables with a column `frame`, rising from 0, as one that is played when it comes."""
    table = pa.concat_tables(tables)
    # Another number for each message, so that the chart knows when to begin at the first frame.
    return table.append_column("batch", [np.full(len(table), rising_number())])


def played(spec: dict[str, Any], a_second: int) -> dict[str, Any]:
    """Return the spec of a chart that filters by SHOWN, with the clock that plays `a_second` frames in a second.

    Vega-Lite has no clock, but what its config says of signals it hands on to Vega.
    """
    pause, rows = 1000 / a_second, f"data('{GIVEN}')"  # milliseconds
    shown = f"clamp(floor((now() - began) / {pause}), 0, last_frame)"
    moments = [{"type": "timer", "throttle": min(pause, 100)}, {"signal": "began"}]
    signals = [
        {"name": "batch", "update": f"length({rows}) ? {rows}[0].batch : 0"},
        {"name": "last_frame", "update": f"length({rows}) ? peek({rows}).frame : 0"},
        {"name": "began", "update": "batch >= 0 ? now() : 0"},
        {"name": "frame", "value": 0, "on": [{"events": moments, "update": shown}]},
    ]
    return {**spec, "config": {**spec.get("config", {}), "signals": signals}}
