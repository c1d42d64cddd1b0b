"""From a choice to rows: each character's probabilities, its interval, its place, and whether it is drawn."""

import altair as alt

from charlstm.ui.charts.next_character.signals import power


def with_distribution(chart: alt.LayerChart) -> alt.LayerChart:
    """Return the chart with the fields that its layers share, made of the ranks 0, 1, … of the characters.

    The row after the last character is the sum of all that have no row of their own.

    Fields: rank, raw, reweighted, start and end of its interval, symbol, drawn, place (NaN without a row), known.
    """
    count = "length(choice.raw)"
    return (
        chart.transform_filter(f"choice && datum.rank <= {count}")
        .transform_calculate(
            last=f"datum.rank == {count}",
            raw=f"datum.rank < {count} ? choice.raw[datum.rank] : 0",
            largest="choice.raw[0]",
        )
        .transform_calculate(weight=power("datum.raw", "temperature"))
        .transform_joinaggregate(total="sum(weight)")
        .transform_calculate(
            reweighted="choice.filtered ? (datum.last ? 0 : choice.reweighted[datum.rank]) : datum.weight / datum.total"
        )
        .transform_window(sort=[alt.SortField("rank")], frame=[None, 0], sum_to="sum(reweighted)", sum_raw="sum(raw)")
        .transform_joinaggregate(whole="max(sum_to)")
        .transform_calculate(end="datum.sum_to / datum.whole")
        .transform_calculate(start="(datum.sum_to - datum.reweighted) / datum.whole")
        .transform_calculate(drawn=f"!datum.last && ({_IS_DRAWN})")
        .transform_calculate(drawn_rank="datum.drawn ? datum.rank : -1")
        .transform_joinaggregate(drawn_rank="max(drawn_rank)")
        # The drawn character has a row in any case: the last one but the rest, where it is not among the likeliest.
        .transform_calculate(own_rows=f"min({count}, rows - 1)")
        .transform_calculate(displaced="datum.drawn_rank >= datum.own_rows")
        .transform_calculate(
            place="datum.last ? datum.own_rows : datum.displaced && datum.drawn ? datum.own_rows - 1 "
            ": datum.rank < datum.own_rows - (datum.displaced ? 1 : 0) ? datum.rank : -1"
        )
        .transform_calculate(
            raw_left="datum.place < 0 ? datum.raw : 0", q_left="datum.place < 0 ? datum.reweighted : 0"
        )
        .transform_calculate(
            raw_bits="datum.raw > 0 ? -datum.raw * log(datum.raw) / LN2 : 0",
            q_bits="datum.reweighted > 0 ? -datum.reweighted * log(datum.reweighted) / LN2 : 0",
        )
        .transform_joinaggregate(
            raw_left="sum(raw_left)", q_left="sum(q_left)", raw_bits="sum(raw_bits)", q_bits="sum(q_bits)"
        )
        .transform_calculate(
            raw="datum.last ? datum.raw_left : datum.raw",
            reweighted="datum.last ? datum.q_left : datum.reweighted",
            symbol="datum.last ? 'rest' : choice.symbols[datum.rank]",
            removed="choice.filtered && !datum.last && datum.raw > 0 && datum.reweighted == 0",
            u="choice.u",
            token="choice.key + ':' + (datum.last ? '' : choice.ids[datum.rank])",
        )
    )


# A choice that was made has its character. Where the hand has moved the temperature since, or the number is only
# being shown, the same number selects: the first character whose interval reaches beyond it.
_SELECTED = "choice.u !== null && choice.u < datum.end && choice.u >= datum.start"
_IS_DRAWN = f"moved && choice.u !== null && choice.drawn !== null ? {_SELECTED} : choice.drawn === datum.rank"
