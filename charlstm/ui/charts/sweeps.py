"""The charts of a sweep: curves of the figures over the temperature, with bands of their spread over the runs."""

from functools import cache
from typing import Any, Literal

import altair as alt
import numpy as np
import pyarrow as pa

from charlstm.evaluation.sweep import SweepFigures, spread
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import DRAWN, RAW, REAL_WORDS, REWEIGHTED
from charlstm.ui.shared import sentences

Kind = Literal["shares", "entropy", "own_loss"]
# The figures of each chart.
KINDS: dict[Kind, tuple[str, ...]] = {
    "shares": ("real_words", "distinct_words", "repetition", "likeliest"),
    "entropy": ("entropy",),
    "own_loss": ("own_loss",),
}
COLOURS = {
    "real_words": REAL_WORDS,
    "distinct_words": REWEIGHTED,
    "repetition": DRAWN,
    "likeliest": RAW,
    "entropy": REWEIGHTED,
    "own_loss": REWEIGHTED,
}
NARROW = 345  # pixels; on a phone
DASHES = {"real_words": [1, 0], "distinct_words": [8, 3], "repetition": [3, 3], "likeliest": [1, 3]}


def sweep_table(figures: SweepFigures, kind: Kind, reference: float | None = None) -> pa.Table:
    """Return the table of one chart, a row for each temperature and figure.

    Args:
        figures: of the sweep; what is NaN has no row.
        kind: which chart.
        reference: of a horizontal line, or None.
    """
    rows = []
    for name in KINDS[kind]:
        for temperature, *bounds in zip(figures.temperatures, *spread(getattr(figures, name)), strict=True):
            if np.isfinite(bounds).all():
                rows.append((float(temperature), sentences.FIGURES[name], *map(float, bounds), reference))
    columns = list(zip(*rows, strict=True)) or [()] * 6
    types = [pa.float64(), pa.string(), *[pa.float64()] * 4]
    names = ["temperature", "figure", "low", "middle", "high", "reference"]
    arrays = [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True)))


@cache
def sweep_spec(kind: Kind, hottest: float, dark: bool = False) -> dict[str, Any]:
    """Return the spec of one chart.

    Args:
        kind: which chart.
        hottest: the highest temperature; the lowest is 0.
        dark: whether the page is dark.
    """
    base = marks.table()
    x = _temperature("temperature", hottest)
    shares = kind == "shares"
    y_axis = alt.Axis(format="%" if shares else "", tickCount=5, **_fonts())
    y = alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 1]) if shares else alt.Scale(zero=True), axis=y_axis)
    colour, dash = _styles(kind)
    middle = y.copy()
    middle.shorthand = "middle:Q"
    form = ".1%" if shares else ".2f"
    tooltip = ["temperature:Q", alt.Tooltip("figure:N")]
    tooltip += [
        alt.Tooltip(f"{name}:Q", title=sentences.BOUNDS[name], format=form) for name in ("low", "middle", "high")
    ]
    layers = [
        *_book_temperatures(),
        base.mark_area(opacity=0.18).encode(x=x, y=y, y2="high:Q", color=colour).properties(name="bands"),
        base.mark_line(strokeWidth=3).encode(x=x, y=middle, color=colour, strokeDash=dash).properties(name="curves"),
        base.mark_point(filled=True, size=45, opacity=1)
        .encode(x=x, y=middle, color=colour, tooltip=tooltip)
        .properties(name="points"),
        *(_reference(base) if kind == "own_loss" else []),
    ]
    title = alt.Title(sentences.FIGURE_TITLES[kind], anchor="start", fontSize=_size())
    chart = marks.layered(*layers, height=380 if shares else 260).properties(title=title)
    return marks.without_table(marks.themed(chart, dark))


def _temperature(field: str, hottest: float) -> alt.X:
    axis = alt.Axis(values=[0, *BOOK_TEMPERATURES, 1.5, hottest], format=".1f", grid=False, **_fonts())
    return alt.X(f"{field}:Q", title=sentences.TEMPERATURE, scale=alt.Scale(domain=[0, hottest], nice=False), axis=axis)


def _size() -> alt.ExprRef:
    return marks.font_size(18, NARROW)


def _fonts() -> dict[str, Any]:
    return {"labelFontSize": _size(), "titleFontSize": _size()}


def _styles(kind: Kind) -> tuple[alt.Color, alt.StrokeDash]:
    """Return the colours and the dashes of the figures, with one legend for both where there are several figures."""
    names = KINDS[kind]
    figures = [sentences.FIGURES[name] for name in names]
    columns = alt.expr(f"width < {marks.NARROW} ? 2 : 4")
    legend = alt.Legend(
        orient="top", title=None, columns=columns, symbolType="stroke", symbolSize=600, symbolStrokeWidth=3,
        symbolOpacity=1, labelFontSize=_size(), labelLimit=0,
    )  # fmt: skip
    colours = alt.Scale(domain=figures, range=[COLOURS[name] for name in names])
    dashes = alt.Scale(domain=figures, range=[DASHES.get(name, [1, 0]) for name in names])
    shown = legend if len(names) > 1 else None
    return (
        alt.Color("figure:N", scale=colours, legend=shown),
        alt.StrokeDash("figure:N", scale=dashes, legend=shown),
    )


def _book_temperatures() -> list[alt.Chart]:
    """Return a line at each of the book's four temperatures."""
    values = [{"temperature": temperature, "label": f"{temperature:g}"} for temperature in BOOK_TEMPERATURES]
    rules = alt.Chart(alt.InlineData(values=values)).mark_rule(strokeDash=[3, 4], color=RAW)
    return [rules.encode(x="temperature:Q").properties(name="book_temperatures")]


def _reference(base: alt.Chart) -> list[alt.Chart]:
    """Return a horizontal line at the loss on real text."""
    level = base.transform_aggregate(reference="max(reference)").transform_filter("isValid(datum.reference)")
    name = level.mark_text(align="right", dx=-4, dy=-8, text=sentences.REFERENCE, fontSize=_size())
    return [
        level.mark_rule(color=DRAWN, strokeWidth=2).encode(y="reference:Q").properties(name="reference"),
        name.encode(x=alt.value(alt.expr("width")), y="reference:Q"),
    ]
