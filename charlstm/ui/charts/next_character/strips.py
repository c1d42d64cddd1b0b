"""The strips: the same choice's distribution laid end to end from 0 to 1, at several temperatures, under one number."""

from typing import Any

import altair as alt

from charlstm.ui.charts.next_character.marks import RIM_AND_LINE, box, label, once, x, y
from charlstm.ui.charts.next_character.signals import BOOK_STRIPS, power, strip_x
from charlstm.ui.charts.theme import DRAWN, RAW, REWEIGHTED, REWEIGHTED_NEXT

TOP, BOTTOM = "strips_top + datum.slot * strip_pitch + 1", "strips_top + (datum.slot + 1) * strip_pitch - 2"


def strips(base: alt.Chart, ranks: alt.SequenceGenerator) -> list[alt.Chart]:
    """Return the layers of the strips: the book's temperatures, last the present one; the line at u, and its axis.

    Args:
        base: of `with_distribution`.
        ranks: of the characters, from which the book's strips are made; they change with the choice alone.
    """
    layers = [*_strip(_at_books_temperatures(ranks), "book_"), *_strip(_at_the_present_one(base), "")]
    return [
        *_names(),
        *layers,
        *_draw(),
        *_selected(_at_books_temperatures(ranks)),
        *_selected(_at_the_present_one(base)),
    ]


def _strip(laid: alt.Chart, prefix: str) -> list[alt.Chart]:
    """Return the layers of intervals and their symbols."""
    measured = laid.transform_calculate(length_px="(datum.to - datum.from) * strips_width")
    intervals = box(
        measured.transform_filter("datum.length_px > 0.4 || datum.selected"),
        name=f"{prefix}intervals",
        left=strip_x("datum.from"),
        right=strip_x("datum.to"),
        top=TOP,
        bottom=BOTTOM,
        color=alt.expr(f"datum.selected ? '{DRAWN}' : datum.rank % 2 ? '{REWEIGHTED_NEXT}' : '{REWEIGHTED}'"),
        stroke="white",
        strokeWidth=alt.expr("datum.length_px > 4 ? 0.7 : 0"),
    )
    return [intervals, _symbols(laid.transform_filter("!datum.selected"))]


def _selected(laid: alt.Chart) -> list[alt.Chart]:
    """Return the selected characters, over the line at u, with a rim."""
    selected = laid.transform_filter("datum.selected")
    return [_symbols(selected, stroke=DRAWN, strokeWidth=5, strokeJoin="round"), _symbols(selected)]


def _symbols(laid: alt.Chart, **mark: Any) -> alt.Chart:
    """Return the characters in those intervals that are long enough."""
    needed = "font * max(1, 0.6 * length(choice.symbols[datum.rank]) - 0.2)"
    return label(
        laid.transform_filter(f"(datum.to - datum.from) * strips_width > {needed}"),
        "choice.symbols[datum.rank]",
        strip_x("(datum.from + datum.to) / 2"),
        f"({TOP} + {BOTTOM}) / 2 + 1",
        align="center",
        font="monospace",
        fontWeight="bold",
        fill="white",
        **mark,
    )


def _at_the_present_one(base: alt.Chart) -> alt.Chart:
    """Return a row for each character, with the bounds of its interval."""
    return (
        base.transform_filter("!datum.last && stage >= 2 && datum.end > datum.start")
        .transform_calculate(
            slot="strips - 1",
            to="datum.end",
            **{"from": "datum.start"},
            interval_end="datum.end",
        )
        .transform_calculate(
            selected=f"stage >= 3 && (choice.picked || choice.standing || choice.found ? datum.drawn : {_HIT})"
        )
    )


def _at_books_temperatures(ranks: alt.SequenceGenerator) -> alt.Chart:
    """Return a row for each character and temperature of the book, with the bounds of its interval.

    With filters in force, the server has sent what they leave.
    """
    weight = f"choice.filtered ? choice.at_book[datum.slot][datum.rank] : {power('datum.raw', 'datum.strip')}"
    return (
        alt.Chart(ranks)
        .transform_filter("choice && strips == 5 && stage >= 2 && datum.rank < length(choice.raw)")
        .transform_calculate(
            raw="choice.raw[datum.rank]", largest="choice.raw[0]", slot="[0, 1, 2, 3]", strip=f"[{BOOK_STRIPS}]"
        )
        .transform_flatten(["slot", "strip"])
        .transform_calculate(weight=weight)
        .transform_joinaggregate(total="sum(weight)", groupby=["slot"])
        .transform_window(sort=[alt.SortField("rank")], frame=[None, 0], sum_to="sum(weight)", groupby=["slot"])
        .transform_filter("datum.weight > 0")
        .transform_calculate(to="datum.sum_to / datum.total", **{"from": "(datum.sum_to - datum.weight) / datum.total"})
        .transform_calculate(
            selected="choice.standing || choice.found && stage >= 4 ? datum.rank == choice.drawn "
            f": stage >= 3 && !choice.picked && {_HIT}"
        )
    )


_HIT = "choice.u !== null && choice.u >= datum.from && choice.u < datum.to"


def _names() -> list[alt.Chart]:
    """Return the temperature of each strip, and a place for each before it is known."""
    slots = alt.Chart(alt.InlineData(values=[{"slot": slot} for slot in range(5)])).transform_filter(
        "datum.slot < strips"
    )
    present = "temperature > 1e300 ? '∞' : format(temperature, '.2f')"
    name = f"datum.slot == strips - 1 ? ({present}) : '' + [{BOOK_STRIPS}][datum.slot]"
    places = box(
        slots,
        name="strip_places",
        left="strips_left",
        right=strip_x("1"),
        top=TOP,
        bottom=BOTTOM,
        color=RAW,
        opacity=0.2,
    )
    weight = alt.expr("datum.slot == strips - 1 ? 'bold' : 'normal'")
    return [places, label(slots, f"'T ' + ({name})", "0", f"({TOP} + {BOTTOM}) / 2 + 1", fontWeight=weight)]


def _draw() -> list[alt.Chart]:
    """Return the line at u through all strips, the number under it, and the ends of the axis."""
    one = once()
    known = one.transform_filter("stage >= 3 && choice.u !== null && !choice.picked").transform_calculate(
        u="choice.u", u_x=strip_x("choice.u"), top="strips_top - 3", bottom="strips_top + strips * strip_pitch + 1"
    )
    lines = [
        known.mark_rule(strokeWidth=width, color=colour).encode(x=x("u_x"), y=y("top"), y2="bottom:Q")
        for width, colour in RIM_AND_LINE
    ]
    under = "height - line / 2"
    ends = alt.Chart(alt.InlineData(values=[{"at": 0}, {"at": 1}])).transform_filter(
        "!choice || stage < 3 || choice.u === null || abs(choice.u - datum.at) > 0.14"
    )
    within = f"clamp({strip_x('choice.u')}, strips_left + 2.6 * font, width - 2.6 * font)"
    number = label(known, "'u = ' + format(datum.u, '.3f')", within, under, align="center", fontWeight="bold")
    note = label(
        one.transform_filter("choice && stage >= 2 && (stage < 3 || choice.picked || choice.u === null)"),
        "choice.note",
        strip_x("0.5"),
        under,
        align="center",
    )
    axis = label(ends, "'' + datum.at", strip_x("datum.at"), under, align=alt.expr("datum.at ? 'right' : 'left'"))
    return [*lines, axis.properties(name="strip_axis"), number.properties(name="random_number"), note]
