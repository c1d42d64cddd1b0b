"""The chart for reading: a choice as bars in rows, raw on the left, reweighted on the right."""

from typing import Literal

import altair as alt

from charlstm.playback.tables.choice import ROWS
from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import RAW, REWEIGHTED
from charlstm.ui.shared.sentences import REMOVED

# One horizontal scale: raw bars from 0 to 1, reweighted ones from OFFSET to OFFSET + 1, the draw over
# the whole; so both halves shrink and grow together with the page. A row is one unit high.
OFFSET = 1.2
WIDTH = OFFSET + 1
LEFT, RIGHT = -0.16, WIDTH + 0.14
TOP, BOTTOM = -2.5, ROWS + 4.3
STRIP_TOP, STRIP_BOTTOM = ROWS + 1.6, ROWS + 2.9


def rows() -> alt.LayerChart:
    """Return the chart."""
    base = marks.table().transform_calculate(
        # In slow motion a side is not known at first: then nothing of it is drawn.
        raw_zero="datum.raw >= 0 ? 0 : NaN",
        side_zero=f"datum.reweighted >= 0 ? {OFFSET} : NaN",
        side_end=f"{OFFSET} + datum.reweighted",
        side_raw="datum.side_zero + datum.raw",
        **marks.interval_fields(lambda share: f"{share} * {WIDTH}"),
        top="datum.place - 0.38",
        bottom="datum.place + 0.38",
    )
    row = alt.Y("place:Q", axis=None)
    tick = base.mark_tick(orient="vertical", thickness=2, height=15, color=RAW, opacity=0.9)
    return marks.layered(
        *_gridlines(),
        _bars(base, "raw_zero", "raw", RAW).properties(name="raw_bars"),
        _bars(base, "side_zero", "side_end", REWEIGHTED).properties(name="reweighted_bars"),
        tick.encode(x=_x("side_raw"), y=row),
        *(marks.symbol_text(base, _x(z), row, align="right", dx=-8, size=14) for z in ("raw_zero", "side_zero")),
        *_percentages(base, row),
        *_headings(base),
        *_draw(base),
        _click_targets(base),
    )


def _x(field: str) -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[LEFT, RIGHT], nice=False, zero=False))


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[TOP, BOTTOM], reverse=True, nice=False, zero=False))


def _bars(base: alt.Chart, zero: str, end: str, plain: str) -> alt.Chart:
    return base.mark_rect(cornerRadius=2).encode(
        x=_x(zero), x2=f"{end}:Q", y=_y("top"), y2="bottom:Q", color=marks.colour_of(plain)
    )


def _percentages(base: alt.Chart, row: alt.Y) -> list[alt.Chart]:
    """Return the number of each bar, behind it or, where it is long, inside; the drawn one is named."""
    layers = []
    for field, zero, longer in (("raw", 0.0, "datum.raw"), ("reweighted", OFFSET, "max(datum.raw, datum.reweighted)")):
        # What a filter removed is marked, not hidden; on the raw side it keeps its number.
        number = f"format(datum.{field}, '.1%')"
        shown = f"datum.removed ? '✂ {REMOVED}' : {number}" if field == "reweighted" else number
        chart = base.transform_calculate(
            label=f"({shown}) + (datum.drawn && width >= {marks.NARROW} ? '  ← drawn' : '')",
            label_x=f"{zero} + (datum.{field} > 0.75 ? datum.{field} : {longer})",
        )
        outside = chart.transform_filter(f"datum.{field} <= 0.75")
        inside = chart.transform_filter(f"datum.{field} > 0.75")
        layers.append(marks.text(outside, "label", _x("label_x"), row, align="left", dx=6, size=12))
        layers.append(marks.text(inside, "label", _x("label_x"), row, align="right", dx=-6, size=12, color="white"))
    return layers


def _headings(base: alt.Chart) -> list[alt.Chart]:
    """Return two lines over each half: what it is, and its entropy; shorter where the chart is narrow."""
    first = base.transform_filter("datum.place == 0")
    layers = []
    for side, zero in (("raw", "raw_zero"), ("reweighted", "side_zero")):
        for line, field in enumerate((f"{side}_heading", f"{side}_uncertainty")):
            heading = f"width < {marks.NARROW} ? split(datum.{side}_short, '|')[{line}] : datum.{field}"
            weight: Literal["normal", "bold"] = "normal" if line else "bold"
            mark = first.mark_text(
                align="left", fontSize=marks.font_size(14), fontWeight=weight, text=alt.expr(heading)
            )
            layers.append(mark.encode(x=_x(zero), y=marks.at(-2.1 + line)))
    return layers


def _draw(base: alt.Chart) -> list[alt.Chart]:
    """Return the intervals and the line at u over the whole width, and the text beneath them."""
    described = base.transform_filter("isValid(datum.draw_text)").transform_calculate(
        draw_text_x=f"isValid(datum.u) ? datum.u_x : {WIDTH / 2}"
    )
    description = described.mark_text(
        align=alt.expr("!isValid(datum.u) ? 'center' : datum.u < 0.5 ? 'left' : 'right'"),
        fontSize=marks.font_size(13),
        fontWeight="bold",
        baseline="middle",
    )
    whole = alt.Chart(alt.InlineData(values=[{"from": 0, "to": WIDTH}])).mark_rect(color=RAW, opacity=0.25)
    return [
        whole.encode(x=_x("from"), x2="to:Q", y=marks.at(STRIP_TOP), y2=alt.datum(STRIP_BOTTOM)),
        *marks.draw_strip(base, _x, STRIP_TOP, STRIP_BOTTOM, overhang=0.35),
        description.encode(x=_x("draw_text_x"), y=marks.at(STRIP_BOTTOM + 0.95), text="draw_text:N"),
    ]


def _gridlines() -> list[alt.Chart]:
    """Return lines at each quarter of both halves, with labels at their lower ends."""
    quarters = [0, 0.25, 0.5, 0.75, 1]
    values = [{"at": side + q, "label": f"{q:.0%}"} for side in (0, OFFSET) for q in quarters]
    grid = alt.Chart(alt.InlineData(values=values))
    lines = grid.mark_rule(color=RAW, opacity=0.35, strokeWidth=1)
    return [
        lines.encode(x=_x("at"), y=marks.at(-0.6), y2=alt.datum(ROWS + 0.6)),
        marks.text(grid, "label", _x("at"), marks.at(ROWS + 1.05), align="center", size=11),
    ]


def _click_targets(base: alt.Chart) -> alt.Chart:
    """Return an invisible mark over each row, which is hovered and clicked."""
    pick = alt.selection_point(name="pick", fields=["token"], toggle=False, clear=False)
    tooltip = marks.probability_tooltip()
    target = base.transform_calculate(left=str(LEFT), right=str(RIGHT)).mark_rect(opacity=0.001, cursor="pointer")
    return (
        target.encode(x=_x("left"), x2="right:Q", y=_y("top"), y2="bottom:Q", tooltip=tooltip)
        .add_params(pick)
        .properties(name="targets")
    )
