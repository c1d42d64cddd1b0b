"""The chart of several texts: the choice of each as a bar from 0 to 1, and a line at the uniform draw."""

from functools import cache
from typing import Any

import altair as alt

from charlstm.ui.charts.marks import as_dict, themed
from charlstm.ui.charts.next_character.distribution import laid_end_to_end
from charlstm.ui.charts.next_character.marks import RIM_AND_LINE, box, filled, label, percent, x, y
from charlstm.ui.charts.next_character.signals import (
    COLUMNS_EVENT,
    TEMPERATURES_EVENT,
    computed,
    heard,
)
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED, REWEIGHTED_NEXT, theme
from charlstm.ui.shared import sentences

# A row is one unit high: its heading, its bar, and under that a thin bar of what there was before the filters.
HEADING, BAR_TOP, BAR_BOTTOM, UNFILTERED_BOTTOM = 0.2, 0.42, 0.9, 0.98
TOP, BOTTOM = -0.62, 0.45  # units above the first row, and below the last
LAYOUT = {
    "narrow": "width < 520",
    "texts": "choice ? length(choice.columns) : 4",
    "unit": f"height / (texts + {BOTTOM - TOP})",
    "font": "clamp(0.43 * unit, 14, narrow ? 14 : 18)",
}
COLUMN = "choice.columns[datum.row]"
LENGTH = "(datum.end - datum.start) * width"  # of an interval, in pixels
# A letter that is written from right to left, which is to leave the order of a sentence around it as it is.
LEFTWARDS = r"regexp('^[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]')"
SHORTEST = 0.3  # pixels; shorter intervals cannot be seen
HAND = "hand && isValid(hand[datum.row])"


def _level(level: str) -> str:
    """Return a height in units, in pixels."""
    return f"({level} - {TOP}) * unit"


@cache
def columns_spec(characters: int, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite spec of the chart, as wide and as high as its place; it needs no table.

    Args:
        characters: the most that several networks have together.
        dark: whether the page is dark.
    """
    colours = theme(dark)
    ranks = alt.sequence(0, characters, as_="rank")
    base = alt.Chart()
    layers = [*_scale(base), *_bars(base), *_unfiltered(base), *_draws(base), *_headings(base)]
    chart = _with_distributions(alt.LayerChart(data=ranks, layer=layers))
    spec = as_dict(themed(chart.properties(width="container", height="container", padding=0), dark))
    signals = [heard("choice", COLUMNS_EVENT), heard("hand", TEMPERATURES_EVENT), *computed(LAYOUT)]
    return {**spec, "config": {**spec["config"], "signals": [*signals, {"name": "paper", "value": colours.paper}]}}


def _with_distributions(chart: alt.LayerChart) -> alt.LayerChart:
    """Return the chart with a row for each text and rank; more fields than those of `laid_end_to_end`:

    row, moved, temperature, symbol, raw, reweighted, u, plain_start and plain_end of the interval before filters,
    removed, drawn_rank, drawn_share and removed_share of the text.
    """
    moved = f"choice.follows && !{COLUMN}.filtered && {HAND} && hand[datum.row] !== {COLUMN}.slider"
    rows = (
        chart.transform_filter("choice")
        .transform_calculate(row="sequence(length(choice.columns))")
        .transform_flatten(["row"])
        .transform_filter(f"datum.rank < length({COLUMN}.raw)")
        .transform_calculate(moved=moved)
        .transform_calculate(temperature=f"datum.moved ? hand[datum.row] : {COLUMN}.temperature")
    )
    return (
        laid_end_to_end(rows, COLUMN, "datum.temperature", "datum.moved", ["row"])
        .transform_window(sort=[alt.SortField("rank")], frame=[None, 0], plain_to="sum(weight)", groupby=["row"])
        .transform_calculate(
            plain_start="(datum.plain_to - datum.weight) / datum.total",
            plain_end="datum.plain_to / datum.total",
            removed=f"{COLUMN}.filtered && datum.p > 0 && datum.q == 0",
            rank_if_drawn="datum.drawn ? datum.rank : -1",
            share_if_drawn="datum.drawn ? datum.q : 0",
        )
        .transform_calculate(share_if_removed="datum.removed ? datum.weight / datum.total : 0")
        .transform_joinaggregate(
            drawn_rank="max(rank_if_drawn)",
            drawn_share="max(share_if_drawn)",
            removed_share="sum(share_if_removed)",
            groupby=["row"],
        )
        .transform_calculate(
            symbol=f"{COLUMN}.symbols[datum.rank]", raw="datum.p", reweighted="datum.q", u=f"{COLUMN}.u"
        )
    )


def _bars(base: alt.Chart) -> list[alt.Chart]:
    """Return each distribution laid end to end, with a symbol in each interval that is long enough."""
    left = base.transform_filter(f"datum.end > datum.start && ({LENGTH} > {SHORTEST} || datum.drawn)")
    place = {
        "left": "datum.start * width",
        "right": "datum.end * width",
        "top": _level(f"datum.row + {BAR_TOP}"),
        "bottom": _level(f"datum.row + {BAR_BOTTOM}"),
    }
    tooltip = [
        alt.Tooltip("symbol:N", title="character"),
        alt.Tooltip("raw:Q", format=".3%"),
        alt.Tooltip("reweighted:Q", format=".3%"),
    ]
    rim: dict[str, Any] = {"stroke": alt.expr("paper"), "strokeWidth": alt.expr(f"{LENGTH} > 4 ? 1 : 0")}
    plain = alt.expr(f"datum.rank % 2 ? '{REWEIGHTED_NEXT}' : '{REWEIGHTED}'")
    # A symbol that the line at u would hide is moved aside, where its interval is long enough.
    half = "(datum.start + datum.end) / 2"
    aside = f"abs({half} - datum.u) * width < 12 && {LENGTH} > 50 ? ({half} < datum.u ? -16 : 16) : 0"
    symbols = label(
        left.transform_filter(f"{LENGTH} > max(13, 11 * length(datum.symbol) - 9)"),
        "datum.symbol",
        f"{half} * width + ({aside})",
        _level(f"datum.row + {(BAR_TOP + BAR_BOTTOM) / 2}"),
        align="center",
        font="monospace",
        fontWeight="bold",
        fill="white",
    )
    return [
        box(left, name="bars", color=plain, **place, **rim).encode(tooltip=tooltip),
        box(left.transform_filter("datum.drawn"), name="taken", color=DRAWN, **place, **rim),
        symbols,
    ]


def _unfiltered(base: alt.Chart) -> list[alt.Chart]:
    """Return the intervals before the filters, under each bar: grey what they kept, hollow what they removed."""
    place = {
        "left": "datum.plain_start * width",
        "right": "datum.plain_end * width",
        "top": _level(f"datum.row + {BAR_BOTTOM}"),
        "bottom": _level(f"datum.row + {UNFILTERED_BOTTOM}"),
    }
    seen = f"(datum.plain_end - datum.plain_start) * width > {SHORTEST}"
    filtered = base.transform_filter(f"{COLUMN}.filtered && {seen}")
    outline = alt.expr("(datum.plain_end - datum.plain_start) * width > 3 ? 1 : 0")
    removed: dict[str, Any] = {"fill": "transparent", "stroke": DRAWN, "strokeDash": [3, 2], "strokeWidth": outline}
    return [
        box(filtered.transform_filter("!datum.removed"), name="kept", color=RAW, **place),
        box(filtered.transform_filter("datum.removed"), name="removed", **removed, **place),
    ]


def _headings(base: alt.Chart) -> list[alt.Chart]:
    """Return the heading of each bar, shorter where the chart is narrow, with a rim that covers the line at u."""
    values = {
        "network": f"{COLUMN}.network",
        "temperature": "format(datum.temperature, '.2f')",
        "character": f"replace({COLUMN}.symbols[datum.drawn_rank] || '', {LEFTWARDS}, '\u2068$&\u2069')",
        "raw": percent(f"{COLUMN}.raw[datum.drawn_rank]"),
        "reweighted": percent("datum.drawn_share"),
        "removed": "format(datum.removed_share, '.0%')",
    }
    one, many, drew, would_draw, removed = (
        f"narrow ? {filled(short, values)} : {filled(whole, values)}" for whole, short in sentences.COLUMN_HEADINGS
    )
    drawn = f"choice.what_if || datum.moved ? ({would_draw}) : ({drew})"
    text = (
        f"(isValid({COLUMN}.network) ? ({many}) : ({one})) + (datum.drawn_rank < 0 ? '' : {drawn})"
        f" + (datum.removed_share > 0 ? ({removed}) : '')"
    )
    first = base.transform_filter("datum.rank == 0")
    place = (text, "0", _level(f"datum.row + {HEADING}"))
    rim = label(first, *place, fontWeight="bold", stroke=alt.expr("paper"), strokeWidth=4, strokeJoin="round")
    return [rim, label(first, *place, fontWeight="bold").properties(name="headings")]


def _draws(base: alt.Chart) -> list[alt.Chart]:
    """Return the line at u: one through all bars where they share it, else a line for each bar."""
    first = base.transform_filter("datum.rank == 0 && datum.u !== null").transform_calculate(u_px="datum.u * width")
    shared, own = first.transform_filter("choice.same_u && datum.row == 0"), first.transform_filter("!choice.same_u")
    parts = (
        (shared, "shared_draw", _level("-0.1"), _level("texts + 0.02")),
        (own, "own_draw", _level(f"datum.row + {BAR_TOP}"), _level(f"datum.row + {BAR_BOTTOM}")),
    )
    lines = [
        chart.transform_calculate(top_px=top, bottom_px=bottom)
        .mark_rule(strokeWidth=width, color=colour)
        .encode(x=x("u_px"), y=y("top_px"), y2="bottom_px:Q")
        .properties(name=name if colour != "white" else f"{name}_rim")
        for chart, name, top, bottom in parts
        for width, colour in RIM_AND_LINE
    ]
    within = "clamp(datum.u * width, 2.6 * font, width - 2.6 * font)"
    number = label(
        shared, "'u = ' + format(datum.u, '.3f')", within, _level("-0.32"), align="center", fontWeight="bold"
    )
    return [*lines, number]


def _scale(base: alt.Chart) -> list[alt.Chart]:
    """Return the background of each bar, and the scale from 0 to 1 beneath them all."""
    backgrounds = box(
        base.transform_filter("datum.rank == 0"),
        name="backgrounds",
        left="0",
        right="width",
        top=_level(f"datum.row + {BAR_TOP}"),
        bottom=_level(f"datum.row + {BAR_BOTTOM}"),
        color=RAW,
        opacity=0.25,
    )
    quarters = alt.Chart(alt.InlineData(values=[{"at": quarter / 4} for quarter in range(5)]))
    align = alt.expr("datum.at == 0 ? 'left' : datum.at == 1 ? 'right' : 'center'")
    return [backgrounds, label(quarters, "'' + datum.at", "datum.at * width", _level("texts + 0.25"), align=align)]
