"""Every chart: its spec built once, and the table of figures that a step puts into it.

Both pictures of a choice show the raw and the reweighted probabilities of the same characters in
the same order on the same scale, the drawn character, and beneath them the die: the reweighted
probabilities laid end to end from 0 to 1, likeliest first, and a line where u fell. `rows` is for
reading (paused or slow), sorted from the likeliest; `columns` is for streaming, where every
character has its place for good.

A spec is never changed once it is built, and each picture is one layered view on one table, so a
new step only patches the data of a view that stays.
"""

from functools import cache
from typing import Any, Literal

from charlstm.playback.tables.animation import played
from charlstm.ui.charts.columns import FRAMES_A_SECOND, columns
from charlstm.ui.charts.marks import without_table
from charlstm.ui.charts.rows import rows


@cache
def spec(kind: Literal["rows", "columns"], characters: int, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite spec of a picture, without data.

    Args:
        kind: which picture.
        characters: V.
        dark: whether the page is dark.
    """
    chart = rows() if kind == "rows" else columns(characters)
    chart = chart.configure_view(stroke=None).configure_text(color="#ecebe6" if dark else "#1c1d22")
    made = without_table(chart)
    return played(made, FRAMES_A_SECOND) if kind == "columns" else made
