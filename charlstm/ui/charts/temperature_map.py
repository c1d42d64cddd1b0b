"""The chart of one choice at every temperature from 0 to infinity: the interval of each character as a band."""

import math
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.sampling import BOOK_TEMPERATURES, Probs, entropy, ranking, reweight
from charlstm.playback.tables.choice import chart_symbol
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.charts import marks
from charlstm.ui.charts.next_character.signals import hand, power
from charlstm.ui.charts.theme import DARK, DRAWN, RAW, Theme, theme
from charlstm.ui.components.temperature_slider import HIGHEST, SHARE_OF_PICTURE
from charlstm.ui.shared import sentences

ALPHABET, SLICE = "alphabet", "slice"  # the two tables of the chart
POINTS_OF_SLIDER, POINTS = 41, 49  # temperatures at which it is calculated: each 0.05 up to 2, and beyond
LABELLED = (0.2, 0.5, 1.0, 1.5, 2.0)
NAMED_FROM = 0.045  # a band as high as this has its character written in it

# The intervals are stacked from 0 to 1; above them, in a strip, the entropy; below them labels of the temperature.
STRIP_BOTTOM, STRIP_TOP = 1.1, 1.42
BOTTOM = -0.11
ABOVE = 24  # pixels over the strip, for the label of its top
LABEL = 90  # pixels that the label of the entropy takes
SHORT = 450  # pixels; a chart of less width has a shorter label at the top of the strip
PHONE = 420  # pixels; a chart of less width has smaller texts


def place(temperature: float) -> float:
    """Return the position of a temperature on the axis: as on the slider, and beyond that up to 1 at infinity."""
    if temperature <= HIGHEST:
        return SHARE_OF_PICTURE * temperature / HIGHEST
    return SHARE_OF_PICTURE + (1.0 - SHARE_OF_PICTURE) * (1.0 - HIGHEST / temperature)


def temperature_at(position: float) -> float:
    """Return the temperature at a position in [0, 1] on the axis."""
    if position <= SHARE_OF_PICTURE:
        return HIGHEST * position / SHARE_OF_PICTURE
    left = 1.0 - (position - SHARE_OF_PICTURE) / (1.0 - SHARE_OF_PICTURE)
    return HIGHEST / left if left > 0.0 else math.inf


def alphabet_table(raw: Probs, vocabulary: Vocabulary) -> pa.Table:
    """Return the interval of each character at each of POINTS temperatures.

    Args:
        raw: float64 (V,).
        vocabulary: of V characters.

    Returns:
        A row for each temperature and character, likeliest first: `low` and `high`, the ends of its
        interval; `rank`, its place in the order of the draw; `named`, true where its symbol is
        written; `curve`, the height of the entropy in the strip.
    """
    slider, beyond = np.linspace(0.0, SHARE_OF_PICTURE, POINTS_OF_SLIDER), np.linspace(SHARE_OF_PICTURE, 1.0, 9)
    positions = np.concatenate([slider, beyond[1:]])
    order = ranking(raw)
    at_each = np.array([reweight(raw, temperature_at(position)) for position in positions.tolist()])
    high = np.cumsum(at_each[:, order], axis=1)
    low = np.concatenate([np.zeros((POINTS, 1)), high[:, :-1]], axis=1)
    count = len(order)
    return pa.table(
        {
            "place": np.repeat(positions.astype(np.float32), count),
            "rank": np.tile(np.arange(count, dtype=np.int16), POINTS),
            "symbol": [chart_symbol(vocabulary.characters[id_]) for id_ in order] * POINTS,
            "low": low.reshape(-1).astype(np.float32),
            "high": high.reshape(-1).astype(np.float32),
            "named": _widest(high - low).reshape(-1),
            "curve": np.repeat(_curve_height(entropy(at_each), count).astype(np.float32), count),
        }
    )


def slice_table(raw: Probs, temperature: float) -> pa.Table:
    """Return the raw probabilities, the likeliest first, from which the slice is calculated in the browser.

    Args:
        raw: float64 (V,).
        temperature: of the slider, as the server knows it.
    """
    return pa.table({"raw": np.sort(raw)[::-1], "rank": np.arange(len(raw)), "known": [temperature] * len(raw)})


def _curve_height(bits: Probs, characters: int) -> Probs:
    return STRIP_BOTTOM + (STRIP_TOP - STRIP_BOTTOM) * bits / max(1.0, math.log2(characters))


def _widest(thickness: Probs) -> NDArray[np.bool_]:
    """[points, V] -> bool [points, V]: where each band is widest, if it is high enough for a symbol"""
    inside = thickness[2:-1]
    widest = inside.argmax(axis=0)
    named = np.zeros(thickness.shape, dtype=np.bool_)
    named[widest + 2, np.arange(thickness.shape[1])] = inside.max(axis=0) >= NAMED_FROM
    return named


@cache
def alphabet_spec(characters: int, dark: bool) -> dict[str, Any]:
    """Return the spec of the chart; its two tables, ALPHABET and SLICE, are given when it is drawn."""
    colours = theme(dark)
    layers = [*_bands(characters, colours), *_axes(characters), _curve(colours.ink), *_slice(colours.ink, characters)]
    chart = alt.LayerChart(layer=layers).properties(
        width="container", height="container", padding=0, autosize=alt.AutoSizeParams(type="none")
    )
    spec = marks.as_dict(marks.themed(chart, dark))
    return {**spec, "config": {**spec["config"], "signals": [hand()]}}


def _x(field: str = "place") -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False, zero=False))


def _y(field: str) -> alt.Y:
    top = alt.expr(f"{STRIP_TOP} + {STRIP_TOP - BOTTOM} * {ABOVE} / max(1, height - {ABOVE})")
    scale = alt.Scale(domainMin=BOTTOM, domainMax=top, nice=False, zero=False)
    return alt.Y(f"{field}:Q", axis=None, scale=scale)


def _bands(characters: int, colours: Theme) -> list[alt.Chart]:
    """Return a band for each character, and its symbol where it is high enough."""
    base = alt.Chart(alt.NamedData(name=ALPHABET))
    scale = alt.Scale(type="pow", exponent=0.35, domain=[0, characters - 1], range=list(colours.bands))
    bands = base.mark_area(interpolate="monotone", stroke=colours.paper, strokeWidth=0.6).encode(
        x=_x(), y=_y("low"), y2="high:Q", color=alt.Color("rank:Q", scale=scale, legend=None), detail="rank:N"
    )
    white = characters if colours is DARK else 1  # bands so dark that their symbols are white
    named = base.transform_filter("datum.named").transform_calculate(middle="(datum.low + datum.high) / 2")
    symbols = named.mark_text(font="monospace", fontWeight="bold", fontSize=marks.font_size(18, PHONE)).encode(
        x=_x(),
        y=_y("middle"),
        text="symbol:N",
        color=alt.condition(f"datum.rank < {white}", alt.value("white"), alt.value(colours.ink)),
    )
    return [bands.properties(name="bands"), symbols.properties(name="symbols")]


def _axes(characters: int) -> list[alt.Chart]:
    """Return the axes: labels of temperatures, lines at the book's four, and the bounds of the strip in bits."""
    named = [{"at": place(temperature), "short": f"{temperature:g}", "more": ""} for temperature in LABELLED]
    named += [
        {"at": 0.0, "short": "0", "more": ""},
        {"at": 1.0, "short": "∞", "more": ""},
    ]
    below = alt.Chart(alt.InlineData(values=named)).mark_text(
        align=alt.expr("datum.at == 0 ? 'left' : datum.at == 1 ? 'right' : 'center'"),
        fontSize=marks.font_size(18, PHONE),
        text=alt.expr(f"width < {marks.NARROW} ? datum.short : datum.short + datum.more"),
    )
    books = [{"at": place(temperature), "label": f"{temperature:g}"} for temperature in BOOK_TEMPERATURES]
    book = alt.Chart(alt.InlineData(values=books))
    rules = book.mark_rule(strokeDash=[3, 4], color=RAW)
    bits = math.log2(characters)
    # Each label is at the end where the curve is not.
    levels = [
        {"at": STRIP_BOTTOM, "label": sentences.STRIP_BOTTOM, "short": sentences.STRIP_BOTTOM, "side": 1},
        {"at": STRIP_TOP, **sentences.strip_top(bits, characters), "side": 0},
    ]
    strip = alt.Chart(alt.InlineData(values=levels))
    level_names = strip.mark_text(
        align=alt.expr("datum.side ? 'right' : 'left'"),
        dy=-8,
        fontSize=marks.font_size(18, PHONE),
        text=alt.expr(f"width < {SHORT} ? datum.short : datum.label"),
    )
    return [
        below.encode(x=_x("at"), y=marks.at(-0.06)),
        rules.encode(x=_x("at"), y=marks.at(0.0), y2=alt.datum(STRIP_TOP)),
        strip.mark_rule(color=RAW, opacity=0.5).encode(y=_y("at")),
        level_names.encode(x=_x("side"), y=_y("at")),
    ]


def _curve(ink: str) -> alt.Chart:
    first = alt.Chart(alt.NamedData(name=ALPHABET)).transform_filter("datum.rank == 0")
    curve = first.mark_line(interpolate="monotone", color=ink, strokeWidth=2)
    return curve.encode(x=_x(), y=_y("curve")).properties(name="curve")


def _slice(ink: str, characters: int) -> list[alt.Chart]:
    """Return the line at the temperature under the viewer's hand, and the entropy there."""
    height = f"{STRIP_BOTTOM} + {(STRIP_TOP - STRIP_BOTTOM) / max(1.0, math.log2(characters))} * datum.bits"
    # A slider reaches no further than HIGHEST, so the axis is linear here.
    base = (
        alt.Chart(alt.NamedData(name=SLICE))
        .transform_calculate(temperature="hand === null ? datum.known : hand")
        .transform_joinaggregate(largest="max(raw)")
        .transform_calculate(weight=power("datum.raw", "datum.temperature"))
        .transform_joinaggregate(total="sum(weight)")
        .transform_calculate(q="datum.weight / datum.total")
        .transform_calculate(q_bits="datum.q > 0 ? -datum.q * log(datum.q) / LN2 : 0")
        .transform_joinaggregate(bits="sum(q_bits)")
        .transform_filter("datum.rank == 0")
        .transform_calculate(place=f"{SHARE_OF_PICTURE / HIGHEST} * datum.temperature", curve=height)
        # The curve rises, so that its lower right and its upper left are free, but for the names of the strip's bounds.
        .transform_calculate(up=f"(datum.curve - {STRIP_BOTTOM}) * (height - {ABOVE}) / {STRIP_TOP - BOTTOM}")
        .transform_calculate(
            under=f"(1 - datum.place) * width < {2.1 * LABEL} && datum.up < (width < {PHONE} ? 38 : 48)"
        )
        .transform_calculate(low=f"datum.place * width > {LABEL} && (datum.up < 12 || datum.under)")
        .transform_calculate(above=f"datum.low || (1 - datum.place) * width < {LABEL}")
        .transform_calculate(label=f"format(datum.bits, '.2f') + ' {sentences.BITS}'")
    )
    label = base.mark_text(
        align=alt.expr("datum.above ? 'right' : 'left'"),
        dx=alt.expr("datum.above ? -10 : 10"),
        dy=alt.expr("datum.above ? -14 : 14"),
        fontSize=marks.font_size(18, PHONE),
        fontWeight="bold",
        color=ink,
    )
    return [
        base.mark_rule(color=DRAWN, strokeWidth=3)
        .encode(x=_x(), y=marks.at(0.0), y2=alt.datum(STRIP_TOP))
        .properties(name="slice"),
        base.mark_point(filled=True, size=110, color=DRAWN, opacity=1)
        .encode(x=_x(), y=_y("curve"))
        .properties(name="slice_entropy"),
        label.encode(x=_x(), y=_y("curve"), text="label:N"),
    ]
