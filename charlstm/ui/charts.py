"""Every chart: its spec built once, and the table of figures that a step puts into it.

Both pictures of a choice show the raw and the reweighted probabilities of the same characters in
the same order on the same scale, the drawn character, and beneath them the die: the reweighted
probabilities laid end to end from 0 to 1, likeliest first, and a line where u fell. `rows` is for
reading (paused or slow), sorted from the likeliest; `columns` is for streaming, where every
character has its place for good.

A spec is never changed once it is built, and each picture is one layered view on one table, so a
new step only patches the data of a view that stays.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import altair as alt
import numpy as np
import pyarrow as pa

from charlstm.generation import Step
from charlstm.sampling import Probs, entropy, ranking
from charlstm.ui import words
from charlstm.vocabulary import Vocabulary

ROWS = 15  # the likeliest characters that have a bar of their own
NARROW = 520  # pixels of width under which a chart makes itself small
NARROW_COLUMNS = 24  # the most frequent characters: all that a phone has room for
HEIGHT = 352
RAW, REWEIGHTED, DRAWN = "#8d93a1", "#4c6ef5", "#e8590c"
STEPS = {"name": "steps"}
VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


@dataclass(frozen=True)
class Choice:
    """What a chart shows: a step that was taken, or the next one before it is."""

    raw: Probs
    reweighted: Probs
    temperature: float
    character_id: int | None = None
    u: float | None = None  # None where no die was thrown

    @classmethod
    def of(cls, step: Step) -> "Choice":
        """Return a step as a chart shows it."""
        return cls(step.raw, step.reweighted, step.temperature, step.character_id, None if step.picked else step.u)


def visible(character: str) -> str:
    """Return a character as a chart can show it: spaces and line breaks as symbols."""
    return VISIBLE.get(character, character)


def die_ends(choice: Choice) -> tuple[Probs, Probs]:
    """Return where each character's part of the die starts and ends, by id, float64 (V,) each."""
    order = ranking(choice.raw)
    ends = np.cumsum(choice.reweighted[order])
    ends /= ends[-1]
    start, end = np.empty_like(ends), np.empty_like(ends)
    end[order] = ends
    start[order] = np.concatenate([[0.0], ends[:-1]])
    return start, end


def rows_table(choice: Choice, vocabulary: Vocabulary, token: str) -> pa.Table:
    """Return the table of `rows`: ROWS characters, the drawn one among them, and the rest as one.

    `token` prefixes what a click on a bar reports, so that a click is known to be about this choice.
    """
    order = ranking(choice.raw)
    shown = order[:ROWS]
    if choice.character_id is not None and choice.character_id not in shown:
        shown = np.append(shown[: ROWS - 1], choice.character_id)
    rest = np.setdiff1d(order, shown, assume_unique=True)
    start, end = die_ends(choice)
    ids = [*shown.tolist(), -1]
    raw = np.append(choice.raw[shown], choice.raw[rest].sum())
    reweighted = np.append(choice.reweighted[shown], choice.reweighted[rest].sum())
    symbols = [*(visible(vocabulary.characters[id_]) for id_ in shown), "rest"]
    return _table(choice, ids, symbols, raw, reweighted, start[ids], end[ids], token)


def columns_table(choice: Choice, vocabulary: Vocabulary, order: tuple[int, ...]) -> pa.Table:
    """Return the table of `columns`: every character, in the given order of ids."""
    start, end = die_ends(choice)
    ids = list(order)
    symbols = [visible(vocabulary.characters[id_]) for id_ in ids]
    return _table(choice, ids, symbols, choice.raw[ids], choice.reweighted[ids], start[ids], end[ids], "")


def _table(
    choice: Choice,
    ids: list[int],
    symbols: list[str],
    raw: Probs,
    reweighted: Probs,
    start: Probs,
    end: Probs,
    token: str,
) -> pa.Table:
    count = len(ids)
    once = [None] * (count - 1)
    bits_raw, bits_reweighted = float(entropy(choice.raw)), float(entropy(choice.reweighted))
    return pa.table(
        {
            "place": np.arange(count),
            "symbol": symbols,
            "raw": raw,
            "reweighted": reweighted,
            "drawn": [id_ == choice.character_id for id_ in ids],
            "die_start": np.where(np.asarray(ids) < 0, 0.0, start),
            "die_end": np.where(np.asarray(ids) < 0, 0.0, end),
            "token": [f"{token}:{id_}" for id_ in ids],
            # said once a chart, in its first row
            "u": pa.array([choice.u, *once], pa.float64()),
            "said": pa.array([words.die(choice.u, choice.character_id is not None), *once], pa.string()),
            "raw_heading": pa.array([words.RAW_HEADING, *once], pa.string()),
            "raw_uncertainty": pa.array([words.uncertainty(bits_raw), *once], pa.string()),
            "raw_short": pa.array([f"raw|{words.uncertainty_short(bits_raw)}", *once], pa.string()),
            "reweighted_heading": pa.array([words.reweighted_heading(choice.temperature), *once], pa.string()),
            "reweighted_uncertainty": pa.array([words.uncertainty(bits_reweighted), *once], pa.string()),
            "reweighted_short": pa.array(
                [f"reweighted|{words.uncertainty_short(bits_reweighted)}", *once], pa.string()
            ),
        }
    )


def figures_table(choice: Choice, vocabulary: Vocabulary) -> pa.Table:
    """Return the same figures for every character, for reading: likeliest first."""
    order = ranking(choice.raw)
    start, end = die_ends(choice)
    return pa.table(
        {
            "character": [visible(vocabulary.characters[id_]) for id_ in order],
            "raw": choice.raw[order],
            "reweighted": choice.reweighted[order],
            "die from": start[order],
            "die to": end[order],
            "drawn": [id_ == choice.character_id for id_ in order.tolist()],
        }
    )


@cache
def spec(kind: Literal["rows", "columns"], characters: int, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite spec of a picture, without data.

    Args:
        kind: which picture.
        characters: V.
        dark: whether the page is dark.
    """
    chart = rows() if kind == "rows" else columns(characters)
    chart = chart.configure_view(stroke=None).configure_text(color="#ecebe6" if dark else "#1c1d22")
    with alt.data_transformers.enable(consolidate_datasets=False):
        return _without(chart.to_dict(), "data", STEPS)


def _without(part: Any, key: str, value: Any) -> Any:
    """Return a spec in which no part names the data: the table is given when it is drawn."""
    if isinstance(part, dict):
        return {name: _without(inner, key, value) for name, inner in part.items() if (name, inner) != (key, value)}
    return [_without(inner, key, value) for inner in part] if isinstance(part, list) else part


# The rows picture has one horizontal scale: raw bars from 0 to 1, reweighted ones from OFFSET to
# OFFSET + 1, the die over the whole; so both halves shrink and grow together with the page.
OFFSET = 1.2
LEFT, RIGHT = -0.16, OFFSET + 1.14


def rows() -> alt.LayerChart:
    """Build the picture for reading: bars in rows, raw on the left, reweighted on the right."""
    base = alt.Chart(alt.NamedData(name="steps")).transform_calculate(
        raw_zero="0",
        side_zero=str(OFFSET),
        side_end=f"{OFFSET} + datum.reweighted",
        side_raw=f"{OFFSET} + datum.raw",
        die_x=f"datum.die_start * {OFFSET + 1}",
        die_x2=f"datum.die_end * {OFFSET + 1}",
        die_middle=f"(datum.die_start + datum.die_end) / 2 * {OFFSET + 1}",
        die_width="datum.die_end - datum.die_start",
        u_x=f"datum.u * {OFFSET + 1}",
        top="datum.place - 0.38",
        bottom="datum.place + 0.38",
    )
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[-2.5, ROWS + 4.3], reverse=True, nice=False, zero=False))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[LEFT, RIGHT], nice=False, zero=False))

    def bars(zero: str, end: str, plain: str) -> alt.Chart:
        return base.mark_rect(cornerRadius=2).encode(x=x(zero), x2=f"{end}:Q", y=y, y2="bottom:Q", color=_colour(plain))

    row = alt.Y("place:Q", axis=None)
    return _finished(
        *_gridlines(x),
        bars("raw_zero", "raw", RAW).properties(name="raw_bars"),
        bars("side_zero", "side_end", REWEIGHTED).properties(name="reweighted_bars"),
        base.mark_tick(orient="vertical", thickness=2, height=15, color=RAW, opacity=0.9).encode(
            x=x("side_raw"), y=row
        ),
        *(_text(base, "symbol", x(zero), row, align="right", dx=-8, size=14, font="monospace", bold=True)
          for zero in ("raw_zero", "side_zero")),
        *_percentages(base, x, row),
        *_headings(base, x),
        *_die_in_rows(base, x),
        _click_targets(base, x, y),
    )  # fmt: skip


def _percentages(base: alt.Chart, x: Any, row: alt.Y) -> list[alt.Chart]:
    """Write each bar's figure behind it, or inside where it is long; the drawn one is named."""
    layers = []
    for field, zero, longer in (("raw", 0.0, "datum.raw"), ("reweighted", OFFSET, "max(datum.raw, datum.reweighted)")):
        chart = base.transform_calculate(
            label=f"format(datum.{field}, '.1%') + (datum.drawn && width >= {NARROW} ? '  ← drawn' : '')",
            label_x=f"{zero} + (datum.{field} > 0.75 ? datum.{field} : {longer})",
        )
        outside = chart.transform_filter(f"datum.{field} <= 0.75")
        inside = chart.transform_filter(f"datum.{field} > 0.75")
        layers.append(_text(outside, "label", x("label_x"), row, align="left", dx=6, size=12))
        layers.append(_text(inside, "label", x("label_x"), row, align="right", dx=-6, size=12, colour="white"))
    return layers


def _headings(base: alt.Chart, x: Any) -> list[alt.Chart]:
    first = base.transform_filter("datum.place == 0")
    layers = []
    for side, zero in (("raw", "raw_zero"), ("reweighted", "side_zero")):
        for line, (field, short_part) in enumerate(((f"{side}_heading", 0), (f"{side}_uncertainty", 1))):
            fitting = f"width < {NARROW} ? split(datum.{side}_short, '|')[{short_part}] : datum.{field}"
            layers.append(
                first.mark_text(
                    align="left", fontSize=_size(14), fontWeight="normal" if line else "bold", text=alt.expr(fitting)
                ).encode(x=x(zero), y=_at(-2.1 + line))
            )
    return layers


def _die_in_rows(base: alt.Chart, x: Any) -> list[alt.Chart]:
    top, bottom = ROWS + 1.6, ROWS + 2.9
    parts = base.transform_filter("datum.die_width > 0")
    thrown = base.transform_filter("isValid(datum.u)")
    told = base.transform_filter("isValid(datum.said)").transform_calculate(
        said_x=f"isValid(datum.u) ? datum.u_x : {(OFFSET + 1) / 2}"
    )
    frame = alt.Chart(alt.InlineData(values=[{"from": 0, "to": OFFSET + 1}]))
    wide_enough = parts.transform_filter("datum.die_width > 0.022")
    return [
        frame.mark_rect(color=RAW, opacity=0.25).encode(
            x=x("from"), x2="to:Q", y=_at(top), y2=alt.datum(bottom)
        ),
        parts.mark_rect(stroke="white", strokeWidth=1).encode(
            x=x("die_x"), x2="die_x2:Q", y=_at(top), y2=alt.datum(bottom), color=_colour(REWEIGHTED)
        ),
        _text(wide_enough, "symbol", x("die_middle"), _at((top + bottom) / 2), align="center", size=15,
              font="monospace", bold=True, colour="white"),
        *_die_line(thrown, x, top - 0.35, bottom + 0.35),
        told.mark_text(
            align=alt.expr("!isValid(datum.u) ? 'center' : datum.u < 0.5 ? 'left' : 'right'"),
            fontSize=_size(13), fontWeight="bold", baseline="middle",
        ).encode(x=x("said_x"), y=_at(bottom + 0.95), text="said:N"),
    ]  # fmt: skip


def _gridlines(x: Any) -> list[alt.Chart]:
    """Lines at each quarter of both halves, labelled at their feet."""
    quarters = [0, 0.25, 0.5, 0.75, 1]
    values = [{"at": side + q, "label": f"{q:.0%}"} for side in (0, OFFSET) for q in quarters]
    grid = alt.Chart(alt.InlineData(values=values))
    return [
        grid.mark_rule(color=RAW, opacity=0.35, strokeWidth=1).encode(x=x("at"), y=_at(-0.6), y2=alt.datum(ROWS + 0.6)),
        _text(grid, "label", x("at"), _at(ROWS + 1.05), align="center", size=11),
    ]


def _click_targets(base: alt.Chart, x: Any, y: alt.Y) -> alt.Chart:
    """Lay an invisible mark over each row: what is hovered and clicked."""
    pick = alt.selection_point(name="pick", fields=["token"], toggle=False, clear=False)
    tooltip = [
        alt.Tooltip("symbol:N", title="character"),
        alt.Tooltip("raw:Q", format=".3%"),
        alt.Tooltip("reweighted:Q", format=".3%"),
    ]
    target = base.transform_calculate(left=str(LEFT), right=str(RIGHT))
    return (
        target.mark_rect(opacity=0.001, cursor="pointer")
        .encode(x=x("left"), x2="right:Q", y=y, y2="bottom:Q", tooltip=tooltip)
        .add_params(pick)
        .properties(name="targets")
    )


# The columns picture has one vertical scale: raw bars from 0 up to 1, reweighted ones from -BAND
# down to -BAND - 1, and the die under them.
BAND = 0.24
DIE_TOP, DIE_BOTTOM = -BAND - 1.12, -BAND - 1.34


def columns(characters: int) -> alt.LayerChart:
    """Build the picture for streaming: the whole alphabet in columns that never change place."""
    room = f"(width < {NARROW} ? {min(NARROW_COLUMNS, characters)} : {characters})"
    base = alt.Chart(alt.NamedData(name="steps")).transform_calculate(
        zero="0",
        minus_band=str(-BAND),
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

    y_scale = alt.Scale(domain=[DIE_BOTTOM - 0.14, 1.2], nice=False, zero=False)
    middle = alt.Y("middle:Q", axis=None, scale=y_scale)
    symbols = base.transform_calculate(middle=str(-BAND / 2))

    def bars(zero: str, end: str, plain: str) -> alt.Chart:
        return base.mark_rect(clip=True).encode(
            x=x("left"), x2="right:Q", y=alt.Y(f"{zero}:Q", axis=None), y2=f"{end}:Q", color=_colour(plain)
        )

    letter = alt.expr(f"clamp(width / {room} * 0.85, 8, 19)")
    return _finished(
        *_levels(x),
        bars("zero", "raw", RAW).properties(name="raw_bars"),
        bars("minus_band", "down", REWEIGHTED).properties(name="reweighted_bars"),
        symbols.mark_text(font="monospace", fontSize=letter, clip=True).encode(
            x=x("place"), y=middle, text="symbol:N", color=_text_colour()
        ),
        *_column_headings(base),
        *_die_in_columns(base, x),
    )


def _levels(x: Any) -> list[alt.Chart]:
    """Lines at each half of both scales."""
    del x
    values = [{"at": at, "label": label} for at, label in
              [(0.5, "50%"), (1, "100%"), (-BAND - 0.5, "50%"), (-BAND - 1, "100%"), (0, ""), (-BAND, "")]]  # fmt: skip
    grid = alt.Chart(alt.InlineData(values=values))
    level = alt.Y("at:Q", axis=None)
    return [
        grid.mark_rule(color=RAW, opacity=0.35, strokeWidth=1).encode(y=level),
        grid.mark_text(align="right", baseline="bottom", dy=-2, fontSize=_size(11)).encode(
            x=alt.value(alt.expr("width")), y=level, text="label:N"
        ),
    ]


def _column_headings(base: alt.Chart) -> list[alt.Chart]:
    first = base.transform_filter("datum.place == 0")
    layers = []
    for side, at in (("raw", 1.12), ("reweighted", -BAND - 0.92)):
        fitting = (
            f"width < {NARROW} ? replace(datum.{side}_short, '|', ': ') "
            f": datum.{side}_heading + ' (' + datum.{side}_uncertainty + ')'"
        )
        layers.append(
            first.mark_text(align="center", fontSize=_size(14), fontWeight="bold", text=alt.expr(fitting)).encode(
                x=alt.value(alt.expr("width / 2")), y=_at(at)
            )
        )
    return layers


def _die_in_columns(base: alt.Chart, x: Any) -> list[alt.Chart]:
    parts = base.transform_filter("datum.die_width > 0")
    wide_enough = parts.transform_filter("datum.die_width > 0.022")
    thrown = base.transform_filter("isValid(datum.u)")
    return [
        parts.mark_rect(stroke="white", strokeWidth=1).encode(
            x=x("die_x"), x2="die_x2:Q", y=_at(DIE_TOP), y2=alt.datum(DIE_BOTTOM), color=_colour(REWEIGHTED)
        ),
        _text(wide_enough, "symbol", x("die_middle"), _at((DIE_TOP + DIE_BOTTOM) / 2), align="center",
              size=15, font="monospace", bold=True, colour="white"),
        *_die_line(thrown, x, DIE_TOP + 0.06, DIE_BOTTOM - 0.06),
    ]  # fmt: skip


def _die_line(thrown: alt.Chart, x: Any, top: float, bottom: float) -> list[alt.Chart]:
    """A dark line with a light rim, to be seen on every colour and in both themes."""
    return [
        thrown.mark_rule(strokeWidth=width, color=colour).encode(x=x("u_x"), y=_at(top), y2=alt.datum(bottom))
        for width, colour in ((6, "white"), (3, "#111"))
    ]


def _finished(*layers: alt.Chart) -> Any:
    return alt.layer(*layers, data=alt.NamedData(name="steps")).properties(width="container", height=HEIGHT)


def _at(level: float) -> alt.YDatum:
    return alt.YDatum(level, axis=None)


def _colour(plain: str) -> Any:
    return alt.condition("datum.drawn", alt.value(DRAWN), alt.value(plain))


def _text_colour() -> Any:
    return alt.condition("datum.drawn", alt.value(DRAWN), alt.value("gray"))


def _size(wide: int) -> Any:
    return alt.expr(f"width < {NARROW} ? {max(9, wide - 3)} : {wide}")


def _text(
    chart: alt.Chart,
    field: str,
    x: Any,
    y: Any,
    *,
    align: Literal["left", "center", "right"],
    size: int,
    dx: int = 0,
    font: str | None = None,
    bold: bool = False,
    colour: str | None = None,
) -> alt.Chart:
    options: dict[str, Any] = {"align": align, "dx": dx, "fontSize": _size(size), "baseline": "middle"}
    if font:
        options["font"] = font
    if bold:
        options["fontWeight"] = "bold"
    if colour:
        options["color"] = colour
    return chart.mark_text(**options).encode(x=x, y=y, text=f"{field}:N")
