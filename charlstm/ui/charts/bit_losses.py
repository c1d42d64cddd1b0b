"""The chart of what networks learned of bits: their held-out losses, by epoch, against that of a coin."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt
import pyarrow as pa

from charlstm.model_folder.training_records import EpochFigures
from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED

FONT_SIZE, NARROW = 18, 330  # pixels
COIN = math.log(2)  # nats a bit


def bit_losses_table(histories: Mapping[str, Sequence[EpochFigures]]) -> pa.Table:
    """Return the table of the held-out losses, a row for each code and epoch.

    Args:
        histories: of the networks' trainings, by what the code is called.
    """
    rows = [(name, line) for name, history in histories.items() for line in history]
    return pa.table(
        {
            "code": [name for name, _ in rows],
            "epoch": [line.epoch for _, line in rows],
            "loss": [line.held_out_loss for _, line in rows],
        }
    )


@cache
def bit_losses_spec(dark: bool = False) -> dict[str, Any]:
    """Return the spec of the curves, and a line at the loss of coin tosses."""
    base = marks.table()
    size = marks.font_size(FONT_SIZE, NARROW)
    fonts: dict[str, Any] = {"labelFontSize": size, "titleFontSize": size, "titlePadding": 4}
    x = alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1, format="d", tickCount=6, **fonts))
    y = alt.Y("loss:Q", title="nats per bit", scale=alt.Scale(domain=[0, 0.8]), axis=alt.Axis(tickCount=4, **fonts))
    legend = alt.Legend(orient="top", title=None, labelFontSize=size, labelLimit=0, offset=4, symbolStrokeWidth=3)
    # Two curves lie on each other: the dashes of one let both be seen.
    colour = alt.Color("code:N", sort=None, legend=legend, scale=alt.Scale(range=[DRAWN, RAW, REWEIGHTED]))
    dash = alt.StrokeDash("code:N", sort=None, legend=legend, scale=alt.Scale(range=[[1, 0], [1, 0], [6, 6]]))
    lines = base.mark_line(strokeWidth=3).encode(x=x, y=y, color=colour, strokeDash=dash)
    tooltip = ["code:N", "epoch:Q", alt.Tooltip("loss:Q", format=".4f")]
    points = base.mark_point(filled=True, size=70, opacity=0.01).encode(x=x, y=y, tooltip=tooltip)
    first = base.transform_aggregate(loss="min(loss)")
    coin = first.mark_rule(strokeDash=[2, 4], strokeWidth=2).encode(y=alt.datum(COIN))
    told = first.mark_text(align="right", dy=-12, fontSize=size, fontWeight="bold").encode(
        x=alt.value("width"), y=alt.datum(COIN), text=alt.value(f"coin tosses: {COIN:.3f} nats = 1 bit")
    )
    layers = (coin, told, lines.properties(name="losses"), points)
    return marks.without_table(marks.themed(marks.layered(*layers, height="container"), dark))
