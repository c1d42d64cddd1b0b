"""The chart of what a text costs a network at each temperature."""

from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.evaluation.reading import TEMPERATURES, best_temperature
from charlstm.ui.charts import marks
from charlstm.ui.charts.next_character.signals import hand
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED
from charlstm.ui.shared import sentences

FONT_SIZE = 18  # pixels
EVERY = 2  # of the temperatures that the curve has; more would not be seen
HIGHEST = 2.0  # times the least cost; lower temperatures can cost any number of times as much


def costs_table(costs: NDArray[np.float64], temperature: float) -> pa.Table:
    """Return the table of the curve, in bits per character.

    Args:
        costs: of a text at each of TEMPERATURES, in nats per character, as `Reading.costs` has them.
        temperature: of the slider, as the server knows it.
    """
    bits, best = costs / np.log(2), best_temperature(costs)
    places = {*range(0, len(TEMPERATURES), EVERY), *(() if best is None else (TEMPERATURES.index(best),))}
    least = np.nanmin(bits, initial=np.inf)
    shown = [place for place in sorted(places) if best is not None and bits[place] <= HIGHEST * least + 1e-9]
    return pa.table(
        {
            "temperature": pa.array([TEMPERATURES[place] for place in shown], pa.float64()),
            "bits": pa.array([float(bits[place]) for place in shown], pa.float64()),
            "best": pa.array([TEMPERATURES[place] == best for place in shown], pa.bool_()),
            "known": pa.array([temperature] * len(shown), pa.float64()),
        }
    )


@cache
def costs_spec(dark: bool = False) -> dict[str, Any]:
    """Return the spec of the curve, its minimum marked, and the temperature under the viewer's hand."""
    base, size = marks.table(), FONT_SIZE
    fonts: dict[str, Any] = {"labelFontSize": size, "titleFontSize": size, "titlePadding": 4}
    scale = alt.Scale(domain=[TEMPERATURES[0], TEMPERATURES[-1]], nice=False)
    x = alt.X(
        "temperature:Q", title=sentences.TEMPERATURE, scale=scale, axis=alt.Axis(tickCount=4, format="~g", **fonts)
    )
    y = alt.Y(
        "bits:Q", title=sentences.BITS, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=4, **fonts)
    )
    tooltip = ["temperature:Q", alt.Tooltip("bits:Q", title=sentences.BITS, format=".2f")]
    line = base.mark_line(strokeWidth=3, color=REWEIGHTED).encode(x=x, y=y)
    one = base.mark_rule(strokeDash=[3, 4], color=RAW).encode(x=alt.datum(1.0))
    first = base.transform_aggregate(known="max(known)")
    now = first.transform_calculate(now="hand === null ? datum.known : hand").mark_rule(color=DRAWN, strokeWidth=3)
    best = base.transform_filter("datum.best")
    least = best.mark_point(filled=True, size=130, color=REWEIGHTED, opacity=1).encode(x=x, y=y, tooltip=tooltip)
    at = alt.expr("datum.temperature > 1.6 ? 'right' : datum.temperature < 0.4 ? 'left' : 'center'")
    named = best.transform_calculate(label="format(datum.temperature, '.2f')").mark_text(
        dy=-16, fontSize=size, fontWeight="bold", align=at
    )
    layers = (
        one,
        line.properties(name="costs"),
        now.encode(x=alt.X("now:Q")).properties(name="now"),
        least.properties(name="least"),
        named.encode(x=x, y=y, text="label:N"),
    )
    spec = marks.without_table(marks.themed(marks.layered(*layers, height="container"), dark))
    return {**spec, "config": {**spec["config"], "signals": [hand()]}}
