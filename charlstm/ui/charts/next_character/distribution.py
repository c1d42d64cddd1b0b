"""From a choice to rows: each character's probabilities, its interval, its place, and whether it is drawn."""

from collections.abc import Sequence
from typing import Any, TypeVar

import altair as alt

from charlstm.ui.charts.next_character.signals import power

ChartT = TypeVar("ChartT", alt.Chart, alt.LayerChart)


def with_distribution(chart: alt.LayerChart) -> alt.LayerChart:
    """Return the chart with the fields that its layers share, made of the ranks 0, 1, … of the characters.

    The row after the last character is the sum of all that have no row of their own.

    Fields: rank, raw, reweighted, start and end of its interval, symbol, drawn, place (-1 without a row).
    """
    count = "length(choice.raw)"
    return (
        laid_end_to_end(chart.transform_filter(f"choice && datum.rank <= {count}"), "choice", "temperature", "moved")
        .transform_calculate(rank_if_drawn="datum.drawn ? datum.rank : -1")
        .transform_joinaggregate(drawn_rank="max(rank_if_drawn)")
        # The drawn character has a row in any case: the last one but the rest, where it is not among the likeliest.
        .transform_calculate(own_rows=f"min({count}, rows - 1)")
        .transform_calculate(displaced="datum.drawn_rank >= datum.own_rows")
        .transform_calculate(
            place="datum.last ? datum.own_rows : datum.displaced && datum.drawn ? datum.own_rows - 1 "
            ": datum.rank < datum.own_rows - (datum.displaced ? 1 : 0) ? datum.rank : -1"
        )
        .transform_calculate(
            p_left="datum.place < 0 ? datum.p : 0",
            q_left="datum.place < 0 ? datum.q : 0",
            p_bits="datum.p > 0 ? -datum.p * log(datum.p) / LN2 : 0",
            q_bits="datum.q > 0 ? -datum.q * log(datum.q) / LN2 : 0",
        )
        .transform_joinaggregate(
            p_of_rest="sum(p_left)", q_of_rest="sum(q_left)", raw_bits="sum(p_bits)", reweighted_bits="sum(q_bits)"
        )
        # No field is given another value here: a later temperature would find that one in its place.
        .transform_calculate(
            raw="datum.last ? datum.p_of_rest : datum.p",
            reweighted="datum.last ? datum.q_of_rest : datum.q",
            symbol="datum.last ? 'rest' : choice.symbols[datum.rank]",
            removed="choice.filtered && !choice.found && !datum.last && datum.p > 0 && datum.q == 0",
            u="choice.u",
            token="choice.key + ':' + (datum.last ? '' : choice.ids[datum.rank])",
        )
        .transform_calculate(switch="datum.token + ':' + (datum.removed ? 1 : 0)")
    )


def laid_end_to_end(chart: ChartT, choice: str, temperature: str, moved: str, by: Sequence[str] = ()) -> ChartT:
    """Return a chart of ranks with the probabilities of a choice, end to end from 0 to 1, the likeliest first.

    Fields: last (beyond the characters), p (raw), largest, weight and total (before filters), q (reweighted), start and
    end of its interval, drawn.

    Args:
        chart: has a row for each rank.
        choice: the expression of the choice.
        temperature: the expression of its temperature.
        moved: the expression of whether a hand has moved that since the choice was made.
        by: the fields that tell several choices apart.
    """
    groups: list[Any] = list(by)
    # A choice that was made has its character. Where the hand has moved the temperature since, or the number is only
    # being shown, the same number selects: the first character whose interval reaches beyond it.
    number = f"{choice}.u"
    selected = f"{number} !== null && {number} < datum.end && {number} >= datum.start"
    chosen = f"{choice}.drawn"
    drawn = f"{moved} && {number} !== null && {chosen} !== null ? {selected} : {chosen} === datum.rank"
    count = f"length({choice}.raw)"
    return (
        chart.transform_calculate(
            last=f"datum.rank == {count}",
            p=f"datum.rank < {count} ? {choice}.raw[datum.rank] : 0",
            largest=f"{choice}.raw[0]",
        )
        .transform_calculate(weight=power("datum.p", temperature))
        .transform_joinaggregate(total="sum(weight)", groupby=groups)
        .transform_calculate(
            q=f"{choice}.filtered ? (datum.last ? 0 : {choice}.reweighted[datum.rank]) : datum.weight / datum.total"
        )
        .transform_window(sort=[alt.SortField("rank")], frame=[None, 0], sum_to="sum(q)", groupby=groups)
        .transform_joinaggregate(whole="max(sum_to)", groupby=groups)
        .transform_calculate(end="datum.sum_to / datum.whole")
        .transform_calculate(start="(datum.sum_to - datum.q) / datum.whole")
        .transform_calculate(drawn=f"!datum.last && ({drawn})")
    )
