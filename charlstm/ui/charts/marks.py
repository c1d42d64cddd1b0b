"""What several charts are made of: their table, layers, sizes, texts, and the line of the uniform draw."""

from collections.abc import Callable
from typing import Any, Literal

import altair as alt

from charlstm.ui.charts.theme import theme

NARROW = 520  # pixels; a chart of less width has smaller texts and fewer of them
HEIGHT = 352
TABLE = "table"  # the name of the table, which is given when a chart is drawn

Scaled = Callable[[str], alt.X]  # a field of the table -> its position on a scale


def table() -> alt.Chart:
    """Return a chart of the table, to be given marks."""
    return alt.Chart(alt.NamedData(name=TABLE))


def layered(*layers: alt.Chart, height: int | Literal["container"] = HEIGHT) -> alt.LayerChart:
    """Return the layers as one view of the table, as wide as its container."""
    return alt.LayerChart(data=alt.NamedData(name=TABLE), layer=layers).properties(width="container", height=height)


def at(level: float) -> alt.YDatum:
    """Return a fixed height, in units of the vertical scale."""
    return alt.YDatum(level, axis=None)


def font_size(wide: int, narrow: int = NARROW) -> alt.ExprRef:
    """Return a font size in pixels, smaller where the chart is less than `narrow` pixels wide."""
    return alt.expr(f"width < {narrow} ? {max(14, wide - 4)} : {wide}")


def themed(chart: alt.LayerChart, dark: bool) -> alt.LayerChart:
    """Return a chart without a frame, its texts in the colour of the page's."""
    ink = theme(dark).ink
    framed = chart.configure_view(stroke=None).configure_text(color=ink).configure_title(color=ink)
    return framed.configure_axis(labelColor=ink, titleColor=ink).configure_legend(labelColor=ink)


def without_table(chart: alt.LayerChart) -> dict[str, Any]:
    """Return a chart's spec in which no layer names the table: it is given when the chart is drawn."""
    return _without(as_dict(chart), "data", {"name": TABLE})


def as_dict(chart: alt.LayerChart) -> dict[str, Any]:
    """Return a chart's spec, with each small data set in the layer that uses it.

    For a screen reader it is one picture, with the text that is given when it is drawn, and not one of each mark.
    """
    with alt.data_transformers.enable(consolidate_datasets=False):
        spec = chart.to_dict()
    config = spec.get("config", {})
    return {**spec, "config": {**config, "aria": False, "mark": {**config.get("mark", {}), "aria": False}}}


def _without(spec: Any, key: str, value: Any) -> Any:
    if isinstance(spec, dict):
        return {name: _without(inner, key, value) for name, inner in spec.items() if (name, inner) != (key, value)}
    return [_without(inner, key, value) for inner in spec] if isinstance(spec, list) else spec
