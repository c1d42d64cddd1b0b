"""The chart that explains sampling: the choices at one position of a batch as bars from 0 to 1, with a line at u."""

from functools import cache
from typing import Any

import altair as alt

from charlstm.playback.tables.animation import animated_spec
from charlstm.playback.tables.batch_choice import FRAMES_PER_SECOND
from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED, REWEIGHTED_NEXT, theme

# A row is one unit high: its heading, its bar, and under that a thin bar of what there was before the filters.
HEADING, BAR_TOP, BAR_BOTTOM, UNFILTERED_BOTTOM = 0.2, 0.42, 0.9, 0.98
TOP = -0.62
LENGTH = "(datum.end - datum.start) * width"  # of an interval, in pixels
# A symbol that the line at u would hide is moved aside, where its interval is long enough.
ASIDE = f"abs(datum.half - datum.u) * width < 12 && {LENGTH} > 50 ? (datum.half < datum.u ? -16 : 16) : 0"


@cache
def cumulative_spec(batch_size: int, dark: bool = False) -> dict[str, Any]:
    """Return the spec of the chart, without its table (`batch_choice.bars_table`).

    Args:
        batch_size: the number of rows.
        dark: whether the page is dark.
    """
    base = marks.current_frame().transform_calculate(
        top=f"datum.row + {BAR_TOP}",
        bottom=f"datum.row + {BAR_BOTTOM}",
        middle=f"datum.row + {(BAR_TOP + BAR_BOTTOM) / 2}",
        unfiltered_bottom=f"datum.row + {UNFILTERED_BOTTOM}",
        heading_y=f"datum.row + {HEADING}",
        zero="0",
    )
    paper = theme(dark).paper
    layers = [
        *_scale(batch_size),
        *_bars(base, batch_size, paper),
        *_unfiltered(base, batch_size),
        *_draws(base, batch_size),
        *_headings(base, batch_size, paper),
    ]
    chart = marks.layered(*layers, height="container")
    return animated_spec(marks.without_table(marks.themed(chart, dark)), FRAMES_PER_SECOND)


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.004, 1.004], nice=False, zero=False))


def _y(field: str, batch_size: int) -> alt.Y:
    scale = alt.Scale(domain=[TOP, batch_size + 0.45], reverse=True, nice=False, zero=False)
    return alt.Y(f"{field}:Q", axis=None, scale=scale)


def _font_size(batch_size: int) -> alt.ExprRef:
    """Return the size of all texts in pixels: smaller in a narrow chart, and where the rows are low."""
    row = f"height / {batch_size + 0.45 - TOP}"
    return alt.expr(f"min(width < {marks.NARROW} ? 14 : 18, max(12, 0.38 * {row}))")


def _bars(base: alt.Chart, batch_size: int, paper: str) -> list[alt.Chart]:
    """Return each distribution laid end to end, with a symbol in each interval that is long enough."""
    plain = alt.condition("datum.rank % 2 == 0", alt.value(REWEIGHTED), alt.value(REWEIGHTED_NEXT))
    left = base.transform_filter("datum.end > datum.start")
    place: dict[str, Any] = {"x": _x("start"), "x2": "end:Q", "y": _y("top", batch_size), "y2": "bottom:Q"}
    bars = left.mark_rect(stroke=paper, strokeWidth=alt.expr(f"{LENGTH} > 4 ? 1 : 0"))
    taken = left.transform_filter("datum.drawn").mark_rect(color=DRAWN, stroke=paper, strokeWidth=1)
    symbols = left.transform_calculate(half="(datum.start + datum.end) / 2").mark_text(
        text=alt.expr(f"{LENGTH} > 13 ? datum.symbol : ''"),
        font="monospace",
        fontWeight="bold",
        fontSize=_font_size(batch_size),
        color="white",
        baseline="middle",
        dx=alt.expr(ASIDE),
    )
    return [
        bars.encode(**place, color=plain, tooltip=marks.probability_tooltip()).properties(name="bars"),
        taken.encode(**place).properties(name="taken"),
        symbols.encode(x=_x("half"), y=_y("middle", batch_size)),
    ]


def _unfiltered(base: alt.Chart, batch_size: int) -> list[alt.Chart]:
    """Return the intervals before the filters, under each bar: grey what they kept, hollow what they removed."""
    unfiltered = base.transform_filter("isValid(datum.unfiltered_start)")
    place: dict[str, Any] = {
        "x": _x("unfiltered_start"),
        "x2": "unfiltered_end:Q",
        "y": _y("bottom", batch_size),
        "y2": "unfiltered_bottom:Q",
    }
    kept = unfiltered.transform_filter("!datum.removed").mark_rect(color=RAW)
    wide_enough = alt.expr("(datum.unfiltered_end - datum.unfiltered_start) * width > 3 ? 1 : 0")
    outline: dict[str, Any] = {"stroke": DRAWN, "strokeDash": [3, 2], "strokeWidth": wide_enough}
    removed = unfiltered.transform_filter("datum.removed").mark_rect(fill="transparent", **outline)
    return [kept.encode(**place).properties(name="kept"), removed.encode(**place).properties(name="removed")]


def _headings(base: alt.Chart, batch_size: int, paper: str) -> list[alt.Chart]:
    """Return the heading of each bar, shorter where the chart is narrow, with a rim that covers the line at u."""
    text = alt.expr(f"width < {marks.NARROW} ? datum.short_heading : datum.heading")
    mark: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "fontSize": _font_size(batch_size),
        "fontWeight": "bold",
    }
    headings = base.transform_filter("isValid(datum.heading)")
    rims = headings.mark_text(text=text, stroke=paper, strokeWidth=4, strokeJoin="round", **mark)
    layers = (rims, headings.mark_text(text=text, **mark))
    return [layer.encode(x=_x("zero"), y=_y("heading_y", batch_size)) for layer in layers]


def _draws(base: alt.Chart, batch_size: int) -> list[alt.Chart]:
    """Return the line at u: one through all bars where they share it, else a line for each bar."""
    first = base.transform_filter("datum.rank == 0")
    shared = first.transform_filter("datum.same_u && datum.row == 0")
    own = first.transform_filter("!datum.same_u")
    whole = {"x": _x("u"), "y": marks.at(-0.1), "y2": alt.datum(batch_size + 0.02)}
    bar = {"x": _x("u"), "y": _y("top", batch_size), "y2": "bottom:Q"}
    lines = [
        chart.mark_rule(strokeWidth=width, color=colour).encode(**place).properties(name=name + suffix)
        for chart, place, name in ((shared, whole, "shared_draw"), (own, bar, "own_draw"))
        for width, colour, suffix in marks.RIM_AND_LINE
    ]
    label = shared.transform_calculate(label="'u = ' + format(datum.u, '.3f')").mark_text(
        align=alt.expr("datum.u < 0.1 ? 'left' : datum.u > 0.9 ? 'right' : 'center'"),
        fontSize=_font_size(batch_size),
        fontWeight="bold",
    )
    return [*lines, label.encode(x=_x("u"), y=marks.at(-0.32), text="label:N")]


def _scale(batch_size: int) -> list[alt.Chart]:
    """Return the background of each bar, and the scale from 0 to 1 beneath them all."""
    rows = [{"top": row + BAR_TOP, "bottom": row + BAR_BOTTOM} for row in range(batch_size)]
    backgrounds = alt.Chart(alt.InlineData(values=rows)).transform_calculate(zero="0", one="1")
    quarters = alt.Chart(alt.InlineData(values=[{"at": q, "label": f"{q:g}"} for q in (0, 0.25, 0.5, 0.75, 1)]))
    labels = quarters.mark_text(
        align=alt.expr("datum.at == 0 ? 'left' : datum.at == 1 ? 'right' : 'center'"), fontSize=_font_size(batch_size)
    )
    return [
        backgrounds.mark_rect(color=RAW, opacity=0.25).encode(
            x=_x("zero"), x2="one:Q", y=_y("top", batch_size), y2="bottom:Q"
        ),
        labels.encode(x=_x("at"), y=marks.at(batch_size + 0.25), text="label:N"),
    ]
