"""The cumulative picture, as figures: what it is given is what the pure functions say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.sampling import NO_FILTERS, Filters, apply_filters, draw, ranking, reweight
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.tables.batch_choice import SHORTEST, BatchChoice, bars_table, batch_figures_table
from charlstm.playback.tables.choice import Choice, intervals_by_id, visible
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.charts.cumulative import cumulative

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


def lanes_of(table):
    rows = table.to_pylist()
    return [[row for row in rows if row["lane"] == lane] for lane in range(4)]


@given(weights, units, some_filters)
def test_die_falls_into_the_taken_part_of_every_bar(weight, u, filters):
    """One line through all bars; in each it lies within the part of the drawn character."""
    for lane in lanes_of(bars_table(choice_of(weight, u, filters), VOCABULARY)):
        (taken,) = [row for row in lane if row["drawn"]]
        assert taken["start"] <= u + 1e-12
        assert u <= taken["end"] + 1e-12


@given(weights, units, some_filters)
def test_bars_are_the_strip_of_the_write_page(weight, u, filters):
    """Each part starts and ends where the die of one text has it, and bears its own figures."""
    choice = choice_of(weight, u, filters)
    ids = {visible(character): id_ for id_, character in enumerate(VOCABULARY.characters)}
    for number, lane in enumerate(lanes_of(bars_table(choice, VOCABULARY))):
        start, end = intervals_by_id(Choice(choice.raw[number], choice.reweighted[number], TEMPERATURES[number]))
        for row in lane:
            id_ = ids[row["symbol"]]
            assert (row["start"], row["end"]) == pytest.approx((start[id_], end[id_]))
            assert row["raw"] == choice.raw[number, id_]
            assert row["reweighted"] == choice.reweighted[number, id_]


@given(weights, units)
def test_each_bar_has_the_order_of_its_own_raw_probabilities(weight, u):
    """After the texts have parted these differ; nothing that can be seen is left out."""
    choice = choice_of(weight, u)
    for number, lane in enumerate(lanes_of(bars_table(choice, VOCABULARY))):
        order = [visible(VOCABULARY.characters[id_]) for id_ in ranking(choice.raw[number])]
        shown = [row["symbol"] for row in lane]
        assert shown == [symbol for symbol in order if symbol in shown]
        assert sum(row["end"] - row["start"] for row in lane) > 1 - SIZE * SHORTEST


def test_what_a_filter_cut_is_told_beside_what_it_left():
    """Before the cut the parts are those of the temperature alone; without filters nothing is told."""
    weight = np.tile(np.arange(SIZE, 0, -1.0), (4, 1))
    choice = choice_of(weight, 0.5, Filters(top_k=3))
    for number, lane in enumerate(lanes_of(bars_table(choice, VOCABULARY))):
        before = reweight(choice.raw[number], TEMPERATURES[number])
        lengths = [row["before_end"] - row["before_start"] for row in lane]
        np.testing.assert_allclose(lengths, before[: len(lane)], atol=1e-12)
        assert [row["cut"] for row in lane] == [False] * 3 + [True] * (len(lane) - 3)
        assert lane[0]["said"].endswith(playback_sentences.lost(before[3:].sum()))
    plain = bars_table(choice_of(weight, 0.5), VOCABULARY).to_pydict()
    assert not any(plain["cut"])
    assert np.isnan(plain["before_start"]).all()


def test_every_part_knows_its_die_and_whether_all_share_it():
    """The line goes through all bars only where they were given the same die."""
    choice = choice_of(np.ones((4, SIZE)), 0.3)
    table = bars_table(choice, VOCABULARY).to_pydict()
    assert set(table["u"]) == {0.3}
    assert all(table["shared"])
    own = BatchChoice(choice.raw, choice.reweighted, TEMPERATURES, np.array([0.1, 0.2, 0.3, 0.4]), NO_FILTERS)
    table = bars_table(own, VOCABULARY).to_pydict()
    assert table["u"] == [own.u[lane] for lane in table["lane"]]
    assert not any(table["shared"])
    assert not any(table["drawn"])


def test_table_has_every_character_of_every_column():
    """The text alternative leaves nothing out."""
    choice = choice_of(np.tile(np.arange(1.0, SIZE + 1), (4, 1)), 0.3)
    table = batch_figures_table(choice, VOCABULARY).to_pydict()
    assert len(table["raw"]) == 4 * SIZE
    for lane in range(4):
        rows = slice(lane * SIZE, (lane + 1) * SIZE)
        order = ranking(choice.raw[lane])
        assert set(table["column"][rows]) == {lane + 1}
        assert table["reweighted"][rows] == choice.reweighted[lane, order].tolist()
        assert sum(table["drawn"][rows]) == 1


@pytest.mark.parametrize("lanes", [2, 4, 6])
def test_spec_is_built_once_and_names_no_data(lanes):
    """The same object each time, without the table: only then is a view patched and not rebuilt."""
    built = cumulative(lanes)
    assert cumulative(lanes) is built
    assert "data" not in built
    assert "datasets" not in built


def test_networks_are_named_where_they_differ():
    """Over each bar, long and short, taken and ahead; and in the table. Where one writes all, no name is said."""
    raw = np.full((4, SIZE), 1 / SIZE)
    names, dice = ("one", "other", "one", "third"), np.full(4, 0.3)
    ahead = BatchChoice.ahead(raw, dice, TEMPERATURES, NO_FILTERS, names)
    taken = BatchChoice(raw, ahead.reweighted, TEMPERATURES, dice, NO_FILTERS, np.zeros(4, int), names)
    for choice in (ahead, taken):
        said = [(lane[0]["said"], lane[0]["short"]) for lane in lanes_of(bars_table(choice, VOCABULARY))]
        assert all(name in long and name in short for name, (long, short) in zip(names, said, strict=True))
        assert batch_figures_table(choice, VOCABULARY).to_pydict()["network"] == list(np.repeat(names, SIZE))
    plain = BatchChoice.ahead(raw, dice, TEMPERATURES, NO_FILTERS)
    assert bars_table(plain, VOCABULARY).to_pydict()["said"][0] == "temperature 0.20"
    assert "network" not in batch_figures_table(plain, VOCABULARY).column_names
