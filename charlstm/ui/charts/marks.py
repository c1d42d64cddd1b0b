"""What both pictures of a choice are made of: their table, colours, sizes, text, and the line of the die."""

from typing import Any, Literal

import altair as alt

from charlstm.playback.tables.animation import SHOWN

NARROW = 520  # pixels of width under which a chart makes itself small
HEIGHT = 352
RAW, REWEIGHTED, DRAWN = "#8d93a1", "#4c6ef5", "#e8590c"
STEPS = "steps"  # the name of the table, which is given when a chart is drawn


def table() -> alt.Chart:
    """Return a chart of the table, to be given marks."""
    return alt.Chart(alt.NamedData(name=STEPS))


def played_table() -> alt.Chart:
    """Return the same of a table of several choices: of the one that is shown now, see `frames.played`."""
    return table().transform_filter(SHOWN)


def layered(*layers: alt.Chart) -> Any:
    """Return the layers as one view, as wide as its place on the page."""
    return alt.layer(*layers, data=alt.NamedData(name=STEPS)).properties(width="container", height=HEIGHT)


def at(level: float) -> alt.YDatum:
    """Return a fixed height, in units of the vertical scale."""
    return alt.YDatum(level, axis=None)


def colour_of(plain: str) -> Any:
    """Return a bar's colour: its own, or the drawn one's."""
    return alt.condition("datum.drawn", alt.value(DRAWN), alt.value(plain))


def font_size(wide: int) -> Any:
    """Return a size in pixels that is smaller where the chart is narrow."""
    return alt.expr(f"width < {NARROW} ? {max(9, wide - 3)} : {wide}")


def text(
    chart: alt.Chart,
    field: str,
    x: Any,
    y: Any,
    *,
    align: Literal["left", "center", "right"],
    size: int,
    **more: Any,
) -> alt.Chart:
    """Write a field of the table; `more` goes to the mark as it is."""
    mark = chart.mark_text(align=align, fontSize=font_size(size), baseline="middle", **more)
    return mark.encode(x=x, y=y, text=f"{field}:N")


def symbol_text(chart: alt.Chart, x: Any, y: Any, **more: Any) -> alt.Chart:
    """Write the characters themselves."""
    return text(chart, "symbol", x, y, font="monospace", fontWeight="bold", **more)


def die(base: alt.Chart, x: Any, top: float, bottom: float, over: float) -> list[alt.Chart]:
    """Draw the reweighted probabilities laid end to end, and the line at u, which sticks out by `over`."""
    parts = base.transform_filter("datum.die_width > 0")
    wide_enough = parts.transform_filter("datum.die_width > 0.022")
    thrown = base.transform_filter("isValid(datum.u)")
    strip = parts.mark_rect(stroke="white", strokeWidth=1).encode(
        x=x("die_x"), x2="die_x2:Q", y=at(top), y2=alt.datum(bottom), color=colour_of(REWEIGHTED)
    )
    middle = at((top + bottom) / 2)
    names = symbol_text(wide_enough, x("die_middle"), middle, align="center", size=15, color="white")
    # A dark line with a light rim, to be seen on every colour and in both themes.
    lines = [
        thrown.mark_rule(strokeWidth=width, color=colour).encode(
            x=x("u_x"), y=at(top - over), y2=alt.datum(bottom + over)
        )
        for width, colour in ((6, "white"), (3, "#111"))
    ]
    return [strip.properties(name="die"), names, *lines]


def without_table(chart: Any) -> dict[str, Any]:
    """Return a chart's spec in which no part names the table: it is given when the chart is drawn."""
    return _without(as_dict(chart), "data", {"name": STEPS})


def as_dict(chart: Any) -> dict[str, Any]:
    """Return a chart's spec in which small data stand where they are used."""
    with alt.data_transformers.enable(consolidate_datasets=False):
        return chart.to_dict()


def _without(part: Any, key: str, value: Any) -> Any:
    if isinstance(part, dict):
        return {name: _without(inner, key, value) for name, inner in part.items() if (name, inner) != (key, value)}
    return [_without(inner, key, value) for inner in part] if isinstance(part, list) else part
