"""The tables of the cumulative chart: their figures are those of the pure functions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.loop import make_batch_step
from charlstm.generation.sampling import NO_FILTERS, Filters, apply_filters, draw, ranking, reweight
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.tables.batch_choice import SHORTEST_INTERVAL, BatchChoice, bars_table, batch_figures_table
from charlstm.playback.tables.choice import Choice, display_symbol, intervals_by_id
from charlstm.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(tuple("\n !abcdefghijklmnopqrstuvwxyz"))
SIZE = len(VOCABULARY)
TEMPERATURES = np.array([0.2, 0.5, 1.0, 1.2])
units = st.floats(0, 1, exclude_max=True)
weights = arrays(np.float64, (4, SIZE), elements=st.floats(1e-6, 1.0))
some_filters = st.sampled_from([NO_FILTERS, Filters(top_k=3), Filters(top_p=0.8), Filters(typical_p=0.5)])


def choice_of(weight, u, filters=NO_FILTERS):
    raw = weight / weight.sum(axis=-1, keepdims=True)
    u = np.full(len(raw), u)
    reweighted = apply_filters(raw, reweight(raw, TEMPERATURES), filters)
    return BatchChoice(raw, reweighted, TEMPERATURES, u, filters, draw(raw, reweighted, u))


def intervals_by_row(table):
    """Return the intervals of each row of the batch."""
    intervals = table.to_pylist()
    return [[interval for interval in intervals if interval["row"] == row] for row in range(4)]


@given(weights, units, some_filters)
def test_draw_is_in_the_interval_of_the_drawn_character_in_every_row(weight, u, filters):
    """One line through all bars."""
    for intervals in intervals_by_row(bars_table(choice_of(weight, u, filters), VOCABULARY)):
        (taken,) = [interval for interval in intervals if interval["drawn"]]
        assert taken["start"] <= u + 1e-12
        assert u <= taken["end"] + 1e-12


@given(weights, units, some_filters)
def test_bars_have_the_intervals_of_one_choice(weight, u, filters):
    """As on the Write page, with the figures of each character."""
    choice = choice_of(weight, u, filters)
    ids = {display_symbol(character): id_ for id_, character in enumerate(VOCABULARY.characters)}
    for row, intervals in enumerate(intervals_by_row(bars_table(choice, VOCABULARY))):
        start, end = intervals_by_id(Choice(choice.raw[row], choice.reweighted[row], TEMPERATURES[row]))
        for interval in intervals:
            id_ = ids[interval["symbol"]]
            assert (interval["start"], interval["end"]) == pytest.approx((start[id_], end[id_]))
            assert interval["raw"] == choice.raw[row, id_]
            assert interval["reweighted"] == choice.reweighted[row, id_]


@given(weights, units)
def test_each_bar_has_the_order_of_its_own_raw_probabilities(weight, u):
    """These differ after the texts have diverged; nothing that can be seen is left out."""
    choice = choice_of(weight, u)
    for row, intervals in enumerate(intervals_by_row(bars_table(choice, VOCABULARY))):
        order = [display_symbol(VOCABULARY.characters[id_]) for id_ in ranking(choice.raw[row])]
        shown = [interval["symbol"] for interval in intervals]
        assert shown == [symbol for symbol in order if symbol in shown]
        assert sum(interval["end"] - interval["start"] for interval in intervals) > 1 - SIZE * SHORTEST_INTERVAL


def test_bars_have_the_intervals_before_the_filters():
    """Those of the temperature alone; without filters they are NaN."""
    weight = np.tile(np.arange(SIZE, 0, -1.0), (4, 1))
    choice = choice_of(weight, 0.5, Filters(top_k=3))
    for row, intervals in enumerate(intervals_by_row(bars_table(choice, VOCABULARY))):
        unfiltered = reweight(choice.raw[row], TEMPERATURES[row])
        lengths = [interval["unfiltered_end"] - interval["unfiltered_start"] for interval in intervals]
        np.testing.assert_allclose(lengths, unfiltered[: len(intervals)], atol=1e-12)
        assert [interval["removed"] for interval in intervals] == [False] * 3 + [True] * (len(intervals) - 3)
        assert intervals[0]["heading"].endswith(playback_sentences.removed_share(unfiltered[3:].sum()))
    plain = bars_table(choice_of(weight, 0.5), VOCABULARY).to_pydict()
    assert not any(plain["removed"])
    assert np.isnan(plain["unfiltered_start"]).all()


def test_bars_have_their_draw_and_whether_all_rows_share_it():
    """The line goes through all bars only where they have the same draw."""
    choice = choice_of(np.ones((4, SIZE)), 0.3)
    table = bars_table(choice, VOCABULARY).to_pydict()
    assert set(table["u"]) == {0.3}
    assert all(table["same_u"])
    own = BatchChoice(choice.raw, choice.reweighted, TEMPERATURES, np.array([0.1, 0.2, 0.3, 0.4]), NO_FILTERS)
    table = bars_table(own, VOCABULARY).to_pydict()
    assert table["u"] == [own.u[row] for row in table["row"]]
    assert not any(table["same_u"])
    assert not any(table["drawn"])


def test_figures_table_has_every_character_of_every_row():
    """The text alternative leaves nothing out."""
    choice = choice_of(np.tile(np.arange(1.0, SIZE + 1), (4, 1)), 0.3)
    table = batch_figures_table(choice, VOCABULARY).to_pydict()
    assert len(table["raw"]) == 4 * SIZE
    for row in range(4):
        place = slice(row * SIZE, (row + 1) * SIZE)
        order = ranking(choice.raw[row])
        assert set(table["column"][place]) == {row + 1}
        assert table["reweighted"][place] == choice.reweighted[row, order].tolist()
        assert sum(table["drawn"][place]) == 1


def test_networks_are_named_where_they_differ():
    """In both headings of each bar, before and after the draw, and in the table; where one writes all rows, nowhere."""
    raw = np.full((4, SIZE), 1 / SIZE)
    names, u = ("one", "other", "one", "third"), np.full(4, 0.3)
    steps = make_batch_step(0, raw, u, TEMPERATURES).rows()
    following, taken = (BatchChoice.of(steps, names, taken) for taken in (False, True))
    for choice in (following, taken):
        for name, intervals in zip(names, intervals_by_row(bars_table(choice, VOCABULARY)), strict=True):
            assert name in intervals[0]["heading"]
            assert name in intervals[0]["short_heading"]
        assert batch_figures_table(choice, VOCABULARY).to_pydict()["network"] == list(np.repeat(names, SIZE))
    plain = BatchChoice.of(steps, taken=False)
    assert bars_table(plain, VOCABULARY).to_pydict()["heading"][0] == "temperature 0.20"
    assert "network" not in batch_figures_table(plain, VOCABULARY).column_names
