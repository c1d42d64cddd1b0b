"""The two charts of one choice, each a spec that is built once.

Both show the raw and the reweighted probabilities of the same characters in the same order on the
same scale, the drawn character, and beneath them the draw: the reweighted probabilities laid end to
end from 0 to 1, the likeliest first, and a line at u. `rows` is for reading (stopped or slow), sorted
from the likeliest; `columns` is for streaming, where every character keeps its place.

A spec never changes, and each chart is one layered view of one table, so a new step only patches the
data of the view, which stays.
"""

from functools import cache
from typing import Any, Literal

from charlstm.playback.tables.animation import animated_spec
from charlstm.ui.charts import marks
from charlstm.ui.charts.columns import FRAMES_PER_SECOND, columns
from charlstm.ui.charts.rows import rows


@cache
def choice_spec(kind: Literal["rows", "columns"], characters: int, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite spec of a chart, without data.

    Args:
        kind: which chart.
        characters: V.
        dark: whether the page is dark.
    """
    chart = rows() if kind == "rows" else columns(characters)
    spec = marks.without_table(marks.themed(chart, dark))
    return spec if kind == "rows" else animated_spec(spec, FRAMES_PER_SECOND)
