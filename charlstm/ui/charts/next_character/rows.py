"""The rows: a character each, with its raw bar above its reweighted one, both on one axis."""

import altair as alt

from charlstm.ui.charts.next_character.marks import box, colour, label, once, percent
from charlstm.ui.charts.next_character.signals import bar_x, row_y
from charlstm.ui.charts.theme import RAW, REWEIGHTED
from charlstm.ui.shared import sentences

MIDDLE = row_y("datum.place + 0.52")  # of the text of a row


def rows(base: alt.Chart) -> list[alt.Chart]:
    """Return the layers of the heading, the axis, the bars and their numbers."""
    shown = base.transform_filter("datum.place >= 0")
    return [*_axis(), *_heading(base), *_bars(shown), *_texts(shown)]


def said_of_drawn(base: alt.Chart) -> list[alt.Chart]:
    """Return the layers of what is said beside the drawn character."""
    drawn = base.transform_filter("datum.place >= 0 && stage >= 2 && datum.drawn")
    how = (
        f"'← ' + (choice.standing ? '{sentences.STANDING}' : choice.picked ? '{sentences.PICKED}'"
        f" : choice.found ? '{sentences.FOUND}'"
        f" : choice.what_if || moved && stage >= 4 ? '{sentences.WOULD_BE_DRAWN}' : '{sentences.DRAWN}')"
    )
    # After the bar, or where that is long, over its end: at most as far right as the numbers leave room for.
    after, furthest = bar_x("max(datum.raw, datum.reweighted)"), f"{bar_x('1')} - 0.55 * font * length({how})"
    said = drawn, how, f"min({after} + 6, {furthest})", MIDDLE
    rim = label(*said, fontWeight="bold", stroke=alt.expr("paper"), strokeWidth=5, strokeJoin="round")
    return [rim, label(*said, fontWeight="bold").properties(name="drawn_text")]


def targets(base: alt.Chart) -> alt.Chart:
    """Return an invisible mark over each row, which is hovered and clicked: to pick, or with Shift to switch it off."""
    pick = alt.selection_point(name="pick", fields=["token"], on="click[!event.shiftKey]", toggle=False, clear=False)
    # A selection that stays the same is no event: once the character is removed, its row has another name.
    switch = alt.selection_point(
        name="switch", fields=["switch"], on="click[event.shiftKey]", toggle=False, clear=False
    )
    tooltip = [
        alt.Tooltip("symbol:N", title="character"),
        alt.Tooltip("raw:Q", format=".3%"),
        alt.Tooltip("reweighted:Q", format=".3%"),
    ]
    target = box(
        base.transform_filter("datum.place >= 0 && stage >= 1"),
        name="targets",
        left="0",
        right="width",
        top=row_y("datum.place"),
        bottom=row_y("datum.place + 1"),
        opacity=0.001,
        cursor="pointer",
    )
    return target.encode(tooltip=tooltip).add_params(pick, switch)


def _bars(shown: alt.Chart) -> list[alt.Chart]:
    top = row_y("datum.place")
    raw = box(
        shown.transform_filter("stage >= 1"),
        name="raw_bars",
        left="bars_left",
        right=bar_x("datum.raw"),
        top=f"{top} + 0.1 * pitch",
        bottom=f"{top} + 0.42 * pitch",
        color=colour(RAW),
        opacity=alt.expr("datum.drawn ? 0.85 : 1"),
    )
    reweighted = box(
        shown.transform_filter("stage >= 2"),
        name="reweighted_bars",
        left="bars_left",
        right=bar_x("datum.reweighted"),
        top=f"{top} + 0.45 * pitch",
        bottom=f"{top} + 0.92 * pitch",
        color=colour(REWEIGHTED),
    )
    return [raw, reweighted]


def _texts(shown: alt.Chart) -> list[alt.Chart]:
    """Return the characters, and the numbers in their two columns."""
    known, reweighted = shown.transform_filter("stage >= 1"), shown.transform_filter("stage >= 2")
    bold = alt.expr("datum.drawn ? 'bold' : 'normal'")
    # The name of what is invisible, such as ZWNJ, is as small as it must be.
    narrow = "min(font, (bars_left - 3) / (0.62 * length(datum.symbol)))"
    size = alt.expr(f"datum.last || length(datum.symbol) < 3 ? font : {narrow}")
    characters = label(known, "datum.last ? '…' : datum.symbol", "bars_left / 2 - 2", MIDDLE, align="center",
                       font="monospace", fontWeight="bold", fontSize=size)  # fmt: skip
    raw = label(known, percent("datum.raw"), "width - number_width", MIDDLE, align="right", fontWeight=bold)
    # What a filter removed keeps its raw number.
    number = f"datum.removed ? '{sentences.REMOVED}' : {percent('datum.reweighted')}"
    return [
        characters,
        raw.properties(name="raw_numbers"),
        label(reweighted, number, "width", MIDDLE, align="right", fontWeight=bold).properties(
            name="reweighted_numbers"
        ),
    ]


def _axis() -> list[alt.Chart]:
    quarters = alt.Chart(alt.InlineData(values=[{"at": quarter / 4} for quarter in range(5)]))
    lines = box(
        quarters,
        name="gridlines",
        left=bar_x("datum.at"),
        right=f"{bar_x('datum.at')} + 1",
        top="line",
        bottom="rows_bottom + 3",
        color=RAW,
        opacity=0.35,
    )
    labelled = quarters.transform_filter("datum.at * 2 == floor(datum.at * 2)")
    return [lines, label(labelled, "format(datum.at, '.0%')", bar_x("datum.at"), "rows_bottom + line / 2 + 2",
                         align=alt.expr("datum.at == 0 ? 'left' : 'center'"))]  # fmt: skip


def _heading(base: alt.Chart) -> list[alt.Chart]:
    """Return the entropy of both distributions, and the names of the two columns of numbers."""
    first = base.transform_filter("datum.rank == 0")
    raw, reweighted = "format(datum.raw_bits, '.2f')", "format(datum.reweighted_bits, '.2f')"
    both = f"{raw} + (stage >= 2 ? ' → ' + {reweighted} : '') + ' {sentences.BITS}'"
    bits = f"(narrow ? '' : '{sentences.ENTROPY} ') + {both}"
    one = once()
    return [
        label(first.transform_filter("stage >= 1"), bits, "0", "line / 2"),
        _swatch(one, "raw", "muted", "width - number_width"),
        _swatch(one, "temperature > 1e300 ? 'T = ∞' : 'T ' + format(temperature, '.2f')", "primary", "width"),
    ]


def _swatch(one: alt.Chart, text: str, fill: str, right: str) -> alt.Chart:
    shown = f"'■ {text}'" if text == "raw" else f"'■ ' + ({text})"
    return label(one, shown, right, "line / 2", align="right", fontWeight="bold", fill=alt.expr(fill))
