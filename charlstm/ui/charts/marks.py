"""What several charts are made of: their table, layers, sizes, texts, and the line of the uniform draw."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import altair as alt

from charlstm.playback.tables.animation import IS_CURRENT_FRAME
from charlstm.ui.charts.theme import DRAWN, REWEIGHTED, theme

NARROW = 520  # pixels; a chart of less width has smaller texts and fewer of them
HEIGHT = 352
TABLE = "table"  # the name of the table, which is given when a chart is drawn
# A dark line with a light rim can be seen on every colour and in both themes: width, colour, and suffix of its name.
RIM_AND_LINE = ((6, "white", "_rim"), (3, "#111", ""))

Scaled = Callable[[str], alt.X]  # a field of the table -> its position on a scale


def table() -> alt.Chart:
    """Return a chart of the table, to be given marks."""
    return alt.Chart(alt.NamedData(name=TABLE))


def current_frame() -> alt.Chart:
    """Return a chart of the frame that is shown now, of a table with several, see `playback.tables.animation`."""
    return table().transform_filter(IS_CURRENT_FRAME)


def layered(*layers: alt.Chart, height: int = HEIGHT) -> alt.LayerChart:
    """Return the layers as one view of the table, as wide as its container."""
    return alt.LayerChart(data=alt.NamedData(name=TABLE), layer=layers).properties(width="container", height=height)


def at(level: float) -> alt.YDatum:
    """Return a fixed height, in units of the vertical scale."""
    return alt.YDatum(level, axis=None)


def colour_of(plain: str) -> Mapping[str, Any]:
    """Return the colour of a bar: that of the drawn character, or a plain one."""
    return alt.condition("datum.drawn", alt.value(DRAWN), alt.value(plain))


def font_size(wide: int) -> alt.ExprRef:
    """Return a font size in pixels, smaller where the chart is narrow."""
    return alt.expr(f"width < {NARROW} ? {max(9, wide - 3)} : {wide}")


def text(
    chart: alt.Chart,
    field: str,
    x: alt.X,
    y: alt.Y | alt.YDatum,
    *,
    align: Literal["left", "center", "right"],
    size: int,
    **mark: Any,
) -> alt.Chart:
    """Return a layer with a field of the table as text; `mark` are further arguments of `mark_text`."""
    layer = chart.mark_text(align=align, fontSize=font_size(size), baseline="middle", **mark)
    return layer.encode(x=x, y=y, text=f"{field}:N")


def symbol_text(chart: alt.Chart, x: alt.X, y: alt.Y | alt.YDatum, **mark: Any) -> alt.Chart:
    """Return a layer with the characters themselves."""
    return text(chart, "symbol", x, y, font="monospace", fontWeight="bold", **mark)


def probability_tooltip() -> list[alt.Tooltip]:
    """Return the tooltip of a character's bar."""
    return [
        alt.Tooltip("symbol:N", title="character"),
        alt.Tooltip("raw:Q", format=".3%"),
        alt.Tooltip("reweighted:Q", format=".3%"),
    ]


def interval_fields(scaled: Callable[[str], str]) -> dict[str, str]:
    """Return the calculated fields that `draw_strip` needs.

    Args:
        scaled: returns the expression of a position on the horizontal scale for that of a number in [0, 1].
    """
    return {
        "interval_x": scaled("datum.interval_start"),
        "interval_x2": scaled("datum.interval_end"),
        "interval_middle": scaled("(datum.interval_start + datum.interval_end) / 2"),
        "interval_length": "datum.interval_end - datum.interval_start",
        "u_x": scaled("datum.u"),
    }


def draw_strip(base: alt.Chart, x: Scaled, top: float, bottom: float, overhang: float) -> list[alt.Chart]:
    """Return the layers of the intervals from 0 to 1, and of the line at u, which sticks out by `overhang`."""
    intervals = base.transform_filter("datum.interval_length > 0")
    wide_enough = intervals.transform_filter("datum.interval_length > 0.022")
    drawn = base.transform_filter("isValid(datum.u)")
    strip = intervals.mark_rect(stroke="white", strokeWidth=1).encode(
        x=x("interval_x"), x2="interval_x2:Q", y=at(top), y2=alt.datum(bottom), color=colour_of(REWEIGHTED)
    )
    middle = at((top + bottom) / 2)
    symbols = symbol_text(wide_enough, x("interval_middle"), middle, align="center", size=15, color="white")
    lines = [
        drawn.mark_rule(strokeWidth=width, color=colour).encode(
            x=x("u_x"), y=at(top - overhang), y2=alt.datum(bottom + overhang)
        )
        for width, colour, _ in RIM_AND_LINE
    ]
    return [strip.properties(name="intervals"), symbols, *lines]


def themed(chart: alt.LayerChart, dark: bool) -> alt.LayerChart:
    """Return a chart without a frame, its texts in the colour of the page's."""
    return chart.configure_view(stroke=None).configure_text(color=theme(dark).ink)


def without_table(chart: alt.LayerChart) -> dict[str, Any]:
    """Return a chart's spec in which no layer names the table: it is given when the chart is drawn."""
    return _without(as_dict(chart), "data", {"name": TABLE})


def as_dict(chart: alt.LayerChart) -> dict[str, Any]:
    """Return a chart's spec, with each small data set in the layer that uses it."""
    with alt.data_transformers.enable(consolidate_datasets=False):
        return chart.to_dict()


def _without(spec: Any, key: str, value: Any) -> Any:
    if isinstance(spec, dict):
        return {name: _without(inner, key, value) for name, inner in spec.items() if (name, inner) != (key, value)}
    return [_without(inner, key, value) for inner in spec] if isinstance(spec, list) else spec
