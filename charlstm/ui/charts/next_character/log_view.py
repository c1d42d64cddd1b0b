"""The log view: on logarithmic axes the reweighted probabilities are a line through the likeliest, of slope 1/T."""

import altair as alt

from charlstm.ui.charts.next_character.marks import box, label, once, x, y
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED
from charlstm.ui.shared import sentences

# It lies where no bar can be: the third likeliest has at most a third.
FIRST_ROW = 2
LEFT, RIGHT = "bars_left + bars_width - max(0.44 * bars_width, 8 * font)", "bars_left + bars_width"  # 8: the heading
TOP, BOTTOM = f"line + {FIRST_ROW} * pitch + 2", "line + (rows - 1) * pitch - 2"
PLOT_TOP = f"({TOP} + line)"
DEEPEST = 9  # nats below the likeliest, at the edges of both axes
ROOM = f"(rows >= {FIRST_ROW + 5} && bars_width >= max(200, 12.2 * font) && stage >= 2)"


def log_view(base: alt.Chart, paper: str) -> list[alt.Chart]:
    """Return its layers: a frame, the line of slope 1/T, and a dot for each character."""
    one = once().transform_filter(f"choice && {ROOM}")
    frame = box(one, name="log_frame", left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM,
                fill=paper, stroke=RAW, cornerRadius=4)  # fmt: skip
    slope = "temperature <= 0 ? '∞' : format(1 / temperature, '.2f')"
    heading = label(one, f"'{sentences.SLOPE} ' + ({slope})", f"({LEFT} + {RIGHT}) / 2", f"{TOP} + line / 2 + 2",
                    align="center")  # fmt: skip
    return [frame, *_lines(one), _dots(base), heading.properties(name="slope_text")]


def _log_x(value: str) -> str:
    return f"{RIGHT} - 8 + ({value}) / {DEEPEST} * ({RIGHT} - ({LEFT}) - 16)"


def _log_y(value: str) -> str:
    return f"{PLOT_TOP} + 6 - ({value}) / {DEEPEST} * ({BOTTOM} - {PLOT_TOP} - 14)"


def _lines(one: alt.Chart) -> list[alt.Chart]:
    """Return the line of temperature 1, dashed, and that of the present temperature, both from the likeliest."""
    # The line leaves the view at its bottom where it is steep, else at its left.
    far_x = f"-{DEEPEST} * min(1, temperature)"
    far_y = f"temperature <= 0 ? -{DEEPEST} : -{DEEPEST} * min(1, 1 / temperature)"
    layers = []
    for name, end_x, end_y, mark in (
        ("slope_1", f"-{DEEPEST}", f"-{DEEPEST}", {"strokeDash": [4, 4], "color": RAW}),
        ("slope", far_x, far_y, {"strokeWidth": 3, "color": REWEIGHTED}),
    ):
        placed = one.transform_calculate(x0=_log_x("0"), y0=_log_y("0"), x1=_log_x(end_x), y1=_log_y(end_y))
        rule = placed.mark_rule(**mark).encode(x=x("x0"), y=y("y0"), x2="x1:Q", y2="y1:Q")
        layers.append(rule.properties(name=name))
    return layers


def _dots(base: alt.Chart) -> alt.Chart:
    """Return a dot for each character; those that a filter removed lie hollow at the bottom, off the line."""
    deep = f"max(log(datum.raw / datum.largest), -{DEEPEST})"
    shown = (
        base.transform_filter(f"!datum.last && {ROOM} && datum.raw > 0")
        .transform_joinaggregate(highest="max(reweighted)")
        .transform_calculate(
            log_q=f"datum.reweighted > 0 ? log(datum.reweighted / datum.highest) : -{DEEPEST}", log_p=deep
        )
        .transform_filter(f"datum.removed || (datum.log_q > -{DEEPEST} && datum.log_p > -{DEEPEST})")
        .transform_calculate(dot_x=_log_x("datum.log_p"), dot_y=_log_y("datum.log_q"))
    )
    dots = shown.mark_circle(
        size=alt.expr("narrow ? 26 : 40"),
        opacity=1,
        fill=alt.expr(f"datum.removed ? 'transparent' : datum.drawn ? '{DRAWN}' : '{REWEIGHTED}'"),
        stroke=alt.expr(f"datum.removed ? '{RAW}' : 'white'"),
        strokeWidth=1,
    )
    return dots.encode(x=x("dot_x"), y=y("dot_y")).properties(name="log_dots")
