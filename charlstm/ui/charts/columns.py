"""The picture for streaming: the whole alphabet in columns that never change place.

Its table holds a few choices, which it plays one after the other, so that it moves more often than
it is sent anything.
"""

from typing import Any

import altair as alt

from charlstm.ui.charts import marks

# The most frequent characters: all that a phone, and a page, has room for.
NARROW_COLUMNS, MOST_COLUMNS = 24, 80

# One vertical scale: raw bars from 0 up to 1, the characters in a band under them, reweighted bars
# from -BAND down to -BAND - 1, and the die below. A column is one unit wide.
BAND = 0.24
FRAMES_A_SECOND = 10
DIE_TOP, DIE_BOTTOM = -BAND - 1.12, -BAND - 1.34
TOP, BOTTOM = 1.2, DIE_BOTTOM - 0.14


def columns(characters: int) -> Any:
    """Build the picture for a vocabulary of so many characters."""
    room = f"(width < {marks.NARROW} ? {min(NARROW_COLUMNS, characters)} : {min(MOST_COLUMNS, characters)})"
    base = marks.played_table().transform_calculate(
        zero="0",
        minus_band=str(-BAND),
        middle=str(-BAND / 2),
        down=f"{-BAND} - datum.reweighted",
        left="datum.place - 0.42",
        right="datum.place + 0.42",
        die_x=f"datum.die_start * {room} - 0.5",
        die_x2=f"datum.die_end * {room} - 0.5",
        die_middle=f"(datum.die_start + datum.die_end) / 2 * {room} - 0.5",
        die_width="datum.die_end - datum.die_start",
        u_x=f"datum.u * {room} - 0.5",
    )
    x_scale = alt.Scale(domain=[-0.5, alt.expr(f"{room} - 0.5")], nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=x_scale)

    def bars(zero: str, end: str, plain: str) -> alt.Chart:
        return base.mark_rect(clip=True).encode(
            x=x("left"), x2="right:Q", y=_y(zero), y2=f"{end}:Q", color=marks.colour_of(plain)
        )

    letter = alt.expr(f"clamp(width / {room} * 0.85, 8, 19)")
    # What a filter cut is drawn as cut, not hidden.
    letters = base.mark_text(font="monospace", fontSize=letter, clip=True, opacity=alt.expr("datum.cut ? 0.25 : 1"))
    return marks.layered(
        *_levels(),
        bars("zero", "raw", marks.RAW).properties(name="raw_bars"),
        bars("minus_band", "down", marks.REWEIGHTED).properties(name="reweighted_bars"),
        letters.encode(x=x("place"), y=_y("middle"), text="symbol:N", color=marks.colour_of("gray")),
        *_headings(base),
        *marks.die(base, x, DIE_TOP, DIE_BOTTOM, over=-0.06),
    )


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[BOTTOM, TOP], nice=False, zero=False))


def _levels() -> list[alt.Chart]:
    """Draw lines at each half of both scales."""
    levels = {0: "", 0.5: "50%", 1: "100%", -BAND: "", -BAND - 0.5: "50%", -BAND - 1: "100%"}
    grid = alt.Chart(alt.InlineData(values=[{"at": level, "label": label} for level, label in levels.items()]))
    names = grid.mark_text(align="right", baseline="bottom", dy=-2, fontSize=marks.font_size(11))
    return [
        grid.mark_rule(color=marks.RAW, opacity=0.35, strokeWidth=1).encode(y=_y("at")),
        names.encode(x=alt.value(alt.expr("width")), y=_y("at"), text="label:N"),
    ]


def _headings(base: alt.Chart) -> list[alt.Chart]:
    """Say over each half what it is and how uncertain; in shorter words where there is less room."""
    first = base.transform_filter("datum.place == 0")
    layers = []
    for side, level in (("raw", 1.12), ("reweighted", -BAND - 0.92)):
        fitting = (
            f"width < {marks.NARROW} ? replace(datum.{side}_short, '|', ': ') "
            f": datum.{side}_heading + ' (' + datum.{side}_uncertainty + ')'"
        )
        mark = first.mark_text(align="center", fontSize=marks.font_size(14), fontWeight="bold", text=alt.expr(fitting))
        layers.append(mark.encode(x=alt.value(alt.expr("width / 2")), y=marks.at(level)))
    return layers
