"""The chart of one choice at every temperature from 0 to infinity: the interval of each character as a band."""

import math
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.sampling import BOOK_TEMPERATURES, Probs, entropy, ranking, reweight
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.tables.choice import display_symbol
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.charts import marks
from charlstm.ui.charts.theme import DRAWN, RAW, Theme, theme
from charlstm.ui.shared import sentences

ALPHABET, SLICE = "alphabet", "slice"  # the two tables of the chart
POINTS = 49  # temperatures at which it is calculated; 0.2, 0.5, 1, 2 and 5 are among them
LABELLED = (0.2, 0.5, 1.0, 2.0, 5.0)
NAMED_FROM = 0.045  # a band as high as this has its character written in it

# The intervals are stacked from 0 to 1; above them, in a strip, the entropy; below them labels of the temperature.
STRIP_BOTTOM, STRIP_TOP = 1.1, 1.42
BOTTOM, TOP = -0.11, 1.53


def place(temperature: float) -> float:
    """Return the position of a temperature on the axis, T / (1 + T): 0 at 0, and infinity at 1."""
    return 1.0 if temperature == math.inf else temperature / (1.0 + temperature)


def temperature_at(position: float) -> float:
    """Return the temperature at a position in [0, 1] on the axis."""
    return math.inf if position == 1.0 else position / (1.0 - position)


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
    positions = np.linspace(0.0, 1.0, POINTS)
    order = ranking(raw)
    at_each = np.array([reweight(raw, temperature_at(position)) for position in positions.tolist()])
    high = np.cumsum(at_each[:, order], axis=1)
    low = np.concatenate([np.zeros((POINTS, 1)), high[:, :-1]], axis=1)
    count = len(order)
    return pa.table(
        {
            "place": np.repeat(positions.astype(np.float32), count),
            "rank": np.tile(np.arange(count, dtype=np.int16), POINTS),
            "symbol": [display_symbol(vocabulary.characters[id_]) for id_ in order] * POINTS,
            "low": low.reshape(-1).astype(np.float32),
            "high": high.reshape(-1).astype(np.float32),
            "named": _widest(high - low).reshape(-1),
            "curve": np.repeat(_curve_height(entropy(at_each), count).astype(np.float32), count),
        }
    )


def slice_table(raw: Probs, temperature: float) -> pa.Table:
    """Return the one row of the slice at a temperature: its place, its entropy, and its label."""
    bits = float(entropy(reweight(raw, temperature)))
    return pa.table(
        {
            "place": [place(temperature)],
            "temperature": [temperature],
            "bits": [bits],
            "curve": [float(_curve_height(np.array(bits), len(raw)))],
            "label": [playback_sentences.uncertainty_short(bits)],
        }
    )


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
    layers = [*_bands(characters, colours), *_axes(characters), _curve(colours.ink), *_slice(colours.ink)]
    chart = alt.LayerChart(layer=layers).properties(width="container", height=420)
    return marks.as_dict(marks.themed(chart, dark))


def _x(field: str = "place") -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False, zero=False))


def _y(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", axis=None, scale=alt.Scale(domain=[BOTTOM, TOP], nice=False, zero=False))


def _bands(characters: int, colours: Theme) -> list[alt.Chart]:
    """Return a band for each character, and its symbol where it is high enough."""
    base = alt.Chart(alt.NamedData(name=ALPHABET))
    scale = alt.Scale(type="pow", exponent=0.35, domain=[0, characters - 1], range=list(colours.bands))
    bands = base.mark_area(interpolate="monotone", stroke=colours.paper, strokeWidth=0.6).encode(
        x=_x(), y=_y("low"), y2="high:Q", color=alt.Color("rank:Q", scale=scale, legend=None), detail="rank:N"
    )
    named = base.transform_filter("datum.named").transform_calculate(middle="(datum.low + datum.high) / 2")
    symbols = named.mark_text(font="monospace", fontWeight="bold", fontSize=marks.font_size(15)).encode(
        x=_x(),
        y=_y("middle"),
        text="symbol:N",
        color=alt.condition(f"datum.rank < {characters / 5}", alt.value("white"), alt.value(colours.ink)),
    )
    return [bands.properties(name="bands"), symbols.properties(name="symbols")]


def _axes(characters: int) -> list[alt.Chart]:
    """Return the axes: labels of temperatures, lines at the book's four, and the bounds of the strip in bits."""
    named = [{"at": place(temperature), "short": f"{temperature:g}", "more": ""} for temperature in LABELLED]
    named += [
        {"at": 0.0, "short": "0", "more": sentences.ONE_CHARACTER},
        {"at": 1.0, "short": "∞", "more": sentences.UNIFORM},
    ]
    below = alt.Chart(alt.InlineData(values=named)).mark_text(
        align=alt.expr("datum.at == 0 ? 'left' : datum.at == 1 ? 'right' : 'center'"),
        fontSize=marks.font_size(13),
        text=alt.expr(f"width < {marks.NARROW} ? datum.short : datum.short + datum.more"),
    )
    books = [{"at": place(temperature), "label": f"{temperature:g}"} for temperature in BOOK_TEMPERATURES]
    book = alt.Chart(alt.InlineData(values=books))
    rules = book.mark_rule(strokeDash=[3, 4], color=RAW)
    bits = math.log2(characters)
    # Each label is at the end where the curve is not.
    levels = [
        {"at": STRIP_BOTTOM, "label": sentences.STRIP_BOTTOM, "side": 1},
        {"at": STRIP_TOP, "label": sentences.strip_top(bits, characters), "side": 0},
    ]
    strip = alt.Chart(alt.InlineData(values=levels))
    level_names = strip.mark_text(align=alt.expr("datum.side ? 'right' : 'left'"), dy=-8, fontSize=marks.font_size(12))
    return [
        below.encode(x=_x("at"), y=marks.at(-0.06)),
        rules.encode(x=_x("at"), y=marks.at(0.0), y2=alt.datum(STRIP_TOP)),
        strip.mark_rule(color=RAW, opacity=0.5).encode(y=_y("at")),
        level_names.encode(x=_x("side"), y=_y("at"), text="label:N"),
    ]


def _curve(ink: str) -> alt.Chart:
    first = alt.Chart(alt.NamedData(name=ALPHABET)).transform_filter("datum.rank == 0")
    curve = first.mark_line(interpolate="monotone", color=ink, strokeWidth=2)
    return curve.encode(x=_x(), y=_y("curve")).properties(name="curve")


def _slice(ink: str) -> list[alt.Chart]:
    """Return the line at the current temperature, and the entropy there."""
    base = alt.Chart(alt.NamedData(name=SLICE))
    label = base.mark_text(
        align=alt.expr("datum.place < 0.5 ? 'left' : 'right'"),
        dx=alt.expr("datum.place < 0.5 ? 8 : -8"),
        dy=alt.expr("datum.place < 0.5 ? 12 : -12"),
        fontSize=marks.font_size(14),
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
