"""The chart for streaming: the whole alphabet in columns that never change place.

Its table holds several choices, which it shows one after the other, so that it moves more often than
it is sent a message.
"""

import altair as alt

from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import RAW, REWEIGHTED

# The most frequent characters, as many as fit on a phone, and on a page.
NARROW_COLUMNS, MOST_COLUMNS = 24, 80

# One vertical scale: raw bars from 0 up to 1, the characters in a band under them, reweighted bars
# from -BAND down to -BAND - 1, and the draw below. A column is one unit wide.
BAND = 0.24
FRAMES_PER_SECOND = 10
STRIP_TOP, STRIP_BOTTOM = -BAND - 1.12, -BAND - 1.34
TOP, BOTTOM = 1.2, STRIP_BOTTOM - 0.14


def columns(characters: int) -> alt.LayerChart:
    """Return the chart for a vocabulary of so many characters."""
    count = f"(width < {marks.NARROW} ? {min(NARROW_COLUMNS, characters)} : {min(MOST_COLUMNS, characters)})"
    base = marks.current_frame().transform_calculate(
        zero="0",
        minus_band=str(-BAND),
        middle=str(-BAND / 2),
        down=f"{-BAND} - datum.reweighted",
        left="datum.place - 0.42",
        right="datum.place + 0.42",
        **marks.interval_fields(lambda share: f"{share} * {count} - 0.5"),
    )
    x_scale = alt.Scale(domain=[-0.5, alt.expr(f"{count} - 0.5")], nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=x_scale)

    def bars(zero: str, end: str, plain: str) -> alt.Chart:
        return base.mark_rect(clip=True).encode(
            x=x("left"), x2="right:Q", y=_y(zero), y2=f"{end}:Q", color=marks.colour_of(plain)
        )

    font_size = alt.expr(f"clamp(width / {count} * 0.85, 8, 19)")
    # What a filter removed is faint, not hidden.
    opacity = alt.expr("datum.removed ? 0.25 : 1")
    symbols = base.mark_text(font="monospace", fontSize=font_size, clip=True, opacity=opacity)
    return marks.layered(
        *_levels(),
        bars("zero", "raw", RAW).properties(name="raw_bars"),
        bars("minus_band", "down", REWEIGHTED).properties(name="reweighted_bars"),
        symbols.encode(x=x("place"), y=_y("middle"), text="symbol:N", color=marks.colour_of("gray")),
        *_headings(base),
        *marks.draw_strip(base, x, STRIP_TOP, STRIP_BOTTOM, overhang=-0.06),
    )


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[BOTTOM, TOP], nice=False, zero=False))


def _levels() -> list[alt.Chart]:
    """Return lines at each half of both scales, with their names."""
    levels = {0: "", 0.5: "50%", 1: "100%", -BAND: "", -BAND - 0.5: "50%", -BAND - 1: "100%"}
    grid = alt.Chart(alt.InlineData(values=[{"at": level, "label": label} for level, label in levels.items()]))
    labels = grid.mark_text(align="right", baseline="bottom", dy=-2, fontSize=marks.font_size(11))
    return [
        grid.mark_rule(color=RAW, opacity=0.35, strokeWidth=1).encode(y=_y("at")),
        labels.encode(x=alt.value(alt.expr("width")), y=_y("at"), text="label:N"),
    ]


def _headings(base: alt.Chart) -> list[alt.Chart]:
    """Return the heading of each half: what it is, and its entropy; shorter where the chart is narrow."""
    first = base.transform_filter("datum.place == 0")
    layers = []
    for side, level in (("raw", 1.12), ("reweighted", -BAND - 0.92)):
        heading = (
            f"width < {marks.NARROW} ? replace(datum.{side}_short, '|', ': ') "
            f": datum.{side}_heading + ' (' + datum.{side}_uncertainty + ')'"
        )
        mark = first.mark_text(align="center", fontSize=marks.font_size(14), fontWeight="bold", text=alt.expr(heading))
        layers.append(mark.encode(x=alt.value(alt.expr("width / 2")), y=marks.at(level)))
    return layers
