"""What the parts of the chart are made of: positions in pixels, texts, and colours."""

import json
from collections.abc import Mapping
from string import Formatter
from typing import Any, Literal

import altair as alt

from charlstm.ui.charts.theme import DRAWN

RIM_AND_LINE = ((6, "white"), (3, "#111"))  # a dark line with a light rim is seen on every colour


def x(field: str) -> alt.X:
    """Return the horizontal position that a field has in pixels."""
    return alt.X(f"{field}:Q", axis=None, scale=None)


def y(field: str) -> alt.Y:
    """Return the vertical position that a field has in pixels."""
    return alt.Y(f"{field}:Q", axis=None, scale=None)


def box(chart: alt.Chart, *, name: str, left: str, right: str, top: str, bottom: str, **mark: Any) -> alt.Chart:
    """Return a layer of rectangles whose bounds are expressions in pixels."""
    placed = chart.transform_calculate(left_px=left, right_px=right, top_px=top, bottom_px=bottom)
    return (
        placed.mark_rect(**mark)
        .encode(x=x("left_px"), x2="right_px:Q", y=y("top_px"), y2="bottom_px:Q")
        .properties(name=name)
    )


def label(
    chart: alt.Chart,
    text: str,
    left: str,
    middle: str,
    *,
    align: Literal["left", "center", "right"] | alt.ExprRef = "left",
    **mark: Any,
) -> alt.Chart:
    """Return a layer of texts: an expression, at a place that is given by expressions in pixels."""
    placed = chart.transform_calculate(text_px=left, middle_px=middle, shown_text=text)
    mark = {"fontSize": alt.expr("font"), "baseline": "middle", **mark}
    return placed.mark_text(align=align, **mark).encode(x=x("text_px"), y=y("middle_px"), text="shown_text:N")


def colour(plain: str) -> Any:
    """Return the fill of what belongs to a character: its own colour where it is the drawn one."""
    return alt.expr(f"datum.drawn ? '{DRAWN}' : '{plain}'")


def once(**values: Any) -> alt.Chart:
    """Return a chart of one row of its own."""
    return alt.Chart(alt.InlineData(values=[{"only": 1, **values}]))


def percent(share: str) -> str:
    """Return the expression of a share in percent; what is not 0 is never shown as 0."""
    small, large = f"{share} > 0 && {share} < 0.0005", f"{share} > 0.9995 && {share} < 1"
    return f"({small} ? '<0.1%' : {large} ? '>99.9%' : format({share}, '.1%'))"


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return the expression of a text: a template of `str.format` whose fields are expressions.

    >>> filled("T {hand}", {"hand": "temperature"})
    '"T " + (temperature)'
    """
    parts = []
    for text, field, *_ in Formatter().parse(template):
        parts += [json.dumps(text, ensure_ascii=False)] if text else []
        parts += [f"({values[field]})"] if field else []
    return " + ".join(parts)
