"""The picture that explains sampling: one position in all columns, as bars from 0 to 1, and the die through them."""

from functools import cache
from typing import Any

import altair as alt

from charlstm.playback.tables.animation import played
from charlstm.ui.charts import marks

# A lane is one unit high: what is said of it, its bar, and under that a thin one which shows what a filter cut.
SAID, BAR_TOP, BAR_BOTTOM, CUT_BOTTOM = 0.16, 0.34, 0.86, 0.97
TOP = -0.62
LANE_HEIGHT = 62  # pixels
FRAMES_A_SECOND = 4  # each is four distributions to be read
SECOND_BLUE = "#7089f4"  # so that neighbours differ
WIDE_ENOUGH = "(datum.end - datum.start) * width"  # of a part, in pixels
# A character whose middle the die would hide makes way, where its part has room.
ASIDE = f"abs(datum.half - datum.u) * width < 12 && {WIDE_ENOUGH} > 50 ? (datum.half < datum.u ? -16 : 16) : 0"


@cache
def cumulative(lanes: int, dark: bool = False) -> dict[str, Any]:
    """Return the spec of the picture for so many lanes, without its table (`lanes_choice.bars_table`)."""
    base = marks.played_table().transform_calculate(
        top=f"datum.lane + {BAR_TOP}",
        bottom=f"datum.lane + {BAR_BOTTOM}",
        middle=f"datum.lane + {(BAR_TOP + BAR_BOTTOM) / 2}",
        low=f"datum.lane + {CUT_BOTTOM}",
        over=f"datum.lane + {SAID}",
        zero="0",
    )
    ground = "#15161b" if dark else "white"
    layers = [
        *_scale(lanes),
        *_bars(base, lanes, ground),
        *_before_the_cut(base, lanes),
        *_die(base, lanes),
        *_said(base, lanes, ground),
    ]
    chart = alt.layer(*layers, data=alt.NamedData(name=marks.STEPS))
    chart = chart.properties(width="container", height=int((lanes + 0.45 - TOP) * LANE_HEIGHT))
    chart = chart.configure_view(stroke=None).configure_text(color="#ecebe6" if dark else "#1c1d22")
    return played(marks.without_table(chart), FRAMES_A_SECOND)


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[-0.004, 1.004], nice=False, zero=False))


def _y(field: str, lanes: int) -> alt.Y:
    scale = alt.Scale(domain=[TOP, lanes + 0.45], reverse=True, nice=False, zero=False)
    return alt.Y(f"{field}:Q", axis=None, scale=scale)


def _bars(base: alt.Chart, lanes: int, ground: str) -> list[alt.Chart]:
    """Draw each distribution laid end to end; a part has its character where there is room for it."""
    tooltip = [
        alt.Tooltip("symbol:N", title="character"),
        alt.Tooltip("raw:Q", format=".3%"),
        alt.Tooltip("reweighted:Q", format=".3%"),
    ]
    plain = alt.condition("datum.rank % 2 == 0", alt.value(marks.REWEIGHTED), alt.value(SECOND_BLUE))
    left = base.transform_filter("datum.end > datum.start")
    strips = left.mark_rect(stroke=ground, strokeWidth=alt.expr(f"{WIDE_ENOUGH} > 4 ? 1 : 0")).encode(
        x=_x("start"), x2="end:Q", y=_y("top", lanes), y2="bottom:Q", color=plain, tooltip=tooltip
    )
    taken = left.transform_filter("datum.drawn").mark_rect(color=marks.DRAWN, stroke=ground, strokeWidth=1)
    symbols = left.transform_calculate(half="(datum.start + datum.end) / 2").mark_text(
        text=alt.expr(f"{WIDE_ENOUGH} > 13 ? datum.symbol : ''"),
        font="monospace",
        fontWeight="bold",
        fontSize=marks.font_size(16),
        color="white",
        baseline="middle",
        dx=alt.expr(ASIDE),
    )
    return [
        strips.properties(name="bars"),
        taken.encode(x=_x("start"), x2="end:Q", y=_y("top", lanes), y2="bottom:Q").properties(name="taken"),
        symbols.encode(x=_x("half"), y=_y("middle", lanes)),
    ]


def _before_the_cut(base: alt.Chart, lanes: int) -> list[alt.Chart]:
    """Draw under each bar what the temperature had left: in grey what passed, hollow what the filters cut."""
    told = base.transform_filter("isValid(datum.before_start)")
    place: dict[str, Any] = {"x": _x("before_start"), "x2": "before_end:Q", "y": _y("bottom", lanes), "y2": "low:Q"}
    passed = told.transform_filter("!datum.cut").mark_rect(color=marks.RAW)
    wide_enough = alt.expr("(datum.before_end - datum.before_start) * width > 3 ? 1 : 0")
    outline: dict[str, Any] = {"stroke": marks.DRAWN, "strokeDash": [3, 2], "strokeWidth": wide_enough}
    cut = told.transform_filter("datum.cut").mark_rect(fill="transparent", **outline)
    return [passed.encode(**place).properties(name="passed"), cut.encode(**place).properties(name="cut")]


def _said(base: alt.Chart, lanes: int, ground: str) -> list[alt.Chart]:
    """Say over each bar what was taken, in fewer words where there is less room; the die's line makes way for it."""
    fitting = alt.expr(f"width < {marks.NARROW} ? datum.short : datum.said")
    mark: dict[str, Any] = {
        "align": "left",
        "baseline": "middle",
        "fontSize": marks.font_size(14),
        "fontWeight": "bold",
    }
    said = base.transform_filter("isValid(datum.said)")
    rim = said.mark_text(text=fitting, stroke=ground, strokeWidth=7, strokeJoin="round", **mark)
    return [layer.encode(x=_x("zero"), y=_y("over", lanes)) for layer in (rim, said.mark_text(text=fitting, **mark))]


def _die(base: alt.Chart, lanes: int) -> list[alt.Chart]:
    """Draw the die: one line through all bars where they share it, else a line a bar."""
    thrown = base.transform_filter("datum.rank == 0")
    shared = thrown.transform_filter("datum.shared && datum.lane == 0")
    own = thrown.transform_filter("!datum.shared")
    whole = {"x": _x("u"), "y": marks.at(-0.1), "y2": alt.datum(lanes + 0.02)}
    bar = {"x": _x("u"), "y": _y("top", lanes), "y2": "bottom:Q"}
    # A dark line with a light rim, to be seen on every colour and in both themes.
    layers = [
        place.mark_rule(strokeWidth=width, color=colour).encode(**where).properties(name=name)
        for place, where, names in ((shared, whole, ("die_rim", "die")), (own, bar, ("dice_rim", "dice")))
        for width, colour, name in ((6, "white", names[0]), (3, "#111", names[1]))
    ]
    figure = shared.transform_calculate(told="'u = ' + format(datum.u, '.3f')").mark_text(
        align=alt.expr("datum.u < 0.1 ? 'left' : datum.u > 0.9 ? 'right' : 'center'"),
        fontSize=marks.font_size(15),
        fontWeight="bold",
    )
    return [*layers, figure.encode(x=_x("u"), y=marks.at(-0.32), text="told:N")]


def _scale(lanes: int) -> list[alt.Chart]:
    """Draw what is empty of each bar, and the scale from 0 to 1 beneath them all."""
    beds = alt.Chart(
        alt.InlineData(values=[{"top": lane + BAR_TOP, "bottom": lane + BAR_BOTTOM} for lane in range(lanes)])
    ).transform_calculate(zero="0", one="1")
    quarters = alt.Chart(alt.InlineData(values=[{"at": q, "label": f"{q:g}"} for q in (0, 0.25, 0.5, 0.75, 1)]))
    labels = quarters.mark_text(
        align=alt.expr("datum.at == 0 ? 'left' : datum.at == 1 ? 'right' : 'center'"), fontSize=marks.font_size(12)
    )
    return [
        beds.mark_rect(color=marks.RAW, opacity=0.25).encode(
            x=_x("zero"), x2="one:Q", y=_y("top", lanes), y2="bottom:Q"
        ),
        labels.encode(x=_x("at"), y=marks.at(lanes + 0.25), text="label:N"),
    ]
