"""The charts of a network as it learns: its losses, and one next character through the epochs."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from charlstm.generation.sampling import Probs
from charlstm.model_folder.training_records import EpochFigures
from charlstm.playback.tables.choice import chart_symbol
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED

ROWS = 8  # characters
NARROW = 330  # pixels; a chart beside samples is narrower than one alone
MOST_POINTS = 300  # of the loss within the epochs; more would not be seen
LEARNED, HELD_OUT = "training loss", "held-out loss"


def losses_table(history: Sequence[EpochFigures], epoch: int) -> pa.Table:
    """Return the table of the losses, a row for each epoch and text, with the chosen epoch in every row."""
    rows: list[tuple[float, str, float]] = [(line.epoch, LEARNED, line.train_loss) for line in history]
    rows += [(line.epoch, HELD_OUT, line.held_out_loss) for line in history]
    return _losses(rows, epoch)


def _losses(rows: Sequence[tuple[float, str, float]], epoch: int) -> pa.Table:
    finite = [row for row in rows if np.isfinite(row[2])]
    return pa.table(
        {
            "epoch": [row[0] for row in finite],
            "text": [row[1] for row in finite],
            "loss": [row[2] for row in finite],
            "chosen": [epoch] * len(finite),
        }
    )


def progress_table(points: Sequence[tuple[float, float]], history: Sequence[EpochFigures], epoch: int) -> pa.Table:
    """Return the table of the losses of a network in training, with the training loss within the epochs.

    Args:
        points: the number of epochs, as 2.5, and the training loss there.
        history: of the finished epochs.
        epoch: the chosen one.
    """
    every = max(1, len(points) // MOST_POINTS)
    rows = [(place, LEARNED, loss) for place, loss in points[::every]]
    rows += [(float(line.epoch), HELD_OUT, line.held_out_loss) for line in history]
    return _losses(rows, epoch)


@cache
def losses_spec(dark: bool = False) -> dict[str, Any]:
    """Return the spec of the loss curves, with a mark at the chosen epoch, for a light or a dark page."""
    base = marks.table()
    colours = alt.Scale(domain=[LEARNED, HELD_OUT], range=[RAW, REWEIGHTED])
    dashes = alt.Scale(domain=[LEARNED, HELD_OUT], range=[[6, 4], [1, 0]])
    size = marks.font_size(18, NARROW)
    legend = alt.Legend(orient="top", title=None, labelFontSize=size, labelLimit=0, offset=4)
    fonts: dict[str, Any] = {"labelFontSize": size, "titleFontSize": size, "titlePadding": 4}
    epoch = alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1, format="d", tickCount=8, **fonts))
    # Logarithmic: the untrained network and a run that diverges are far from all the rest.
    loss = alt.Y("loss:Q", title="nats", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(tickCount=4, **fonts))
    lines = base.mark_line(strokeWidth=2.5).encode(
        x=epoch,
        y=loss,
        color=alt.Color("text:N", scale=colours, legend=legend),
        strokeDash=alt.StrokeDash("text:N", scale=dashes, legend=legend),
    )
    points = base.mark_point(filled=True, size=60, opacity=0.01).encode(
        x=epoch, y=loss, tooltip=["epoch:Q", "text:N", alt.Tooltip("loss:Q", format=".3f")]
    )
    rule = base.transform_aggregate(chosen="max(chosen)").mark_rule(color=DRAWN, strokeWidth=2)
    place = base.transform_filter("datum.epoch == datum.chosen").mark_point(filled=True, size=90, color=DRAWN)
    layers = (lines, points, rule.encode(x=alt.X("chosen:Q")), place.encode(x=epoch, y=loss).properties(name="place"))
    return marks.without_table(marks.themed(marks.layered(*layers, height="container"), dark))


def through_table(epochs: Sequence[int], raw: Probs, vocabulary: Vocabulary, epoch: int) -> pa.Table:
    """Return the table of a next character through the epochs, a row for each epoch and each likely character.

    Args:
        epochs: the kept epochs.
        raw: the probs at each of them, float64 (epochs, V).
        vocabulary: of V characters.
        epoch: the chosen one.
    """
    likeliest = np.argsort(-raw.max(axis=0), kind="stable")[:ROWS]
    shown = likeliest[np.argsort(-raw[-1, likeliest], kind="stable")]
    count = len(epochs)
    return pa.table(
        {
            "epoch": np.repeat(np.asarray(epochs), len(shown)),
            "symbol": [chart_symbol(vocabulary.characters[id_]) for id_ in shown] * count,
            "rank": np.tile(np.arange(len(shown)), count),
            "raw": raw[:, shown].reshape(-1),
            "chosen": np.repeat(np.asarray(epochs) == epoch, len(shown)),
        }
    )


@cache
def through_spec(dark: bool = False) -> dict[str, Any]:
    """Return the spec of a next character through the epochs: epochs across, characters down."""
    base, size = marks.table(), marks.font_size(18, NARROW)
    epoch = alt.X(
        "epoch:O",
        title="epoch",
        axis=alt.Axis(labelOverlap=True, labelAngle=0, labelFontSize=size, titleFontSize=size, titlePadding=4),
    )
    row = alt.Y(
        "symbol:N",
        title=None,
        sort=alt.EncodingSortField("rank", order="ascending"),
        axis=alt.Axis(labelFontSize=size, labelFont="monospace", labelOverlap=False, labelFlush=False),
    )
    cells = base.mark_rect(color=REWEIGHTED).encode(
        x=epoch,
        y=row,
        opacity=alt.Opacity("raw:Q", title="probability", scale=alt.Scale(domain=[0, 1], range=[0.04, 1]), legend=None),
        tooltip=["epoch:O", alt.Tooltip("symbol:N", title="character"), alt.Tooltip("raw:Q", format=".2%")],
    )
    whole_height = {"y": alt.value(0), "y2": alt.value("height")}
    frame = base.transform_filter("datum.chosen && datum.rank == 0").mark_rect(
        filled=False, stroke=DRAWN, strokeWidth=2
    )
    frame = frame.encode(x=epoch, **whole_height)
    return marks.without_table(marks.themed(marks.layered(cells, frame, height="container"), dark))
