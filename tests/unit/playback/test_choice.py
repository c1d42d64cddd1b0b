"""The tables of the charts of one choice: their figures are those of the pure functions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.sampling import Filters, apply_filters, draw, entropy, ranking, reweight
from charlstm.playback.tables.choice import (
    ROWS,
    Choice,
    columns_table,
    display_symbol,
    figures_table,
    intervals_by_id,
    rows_table,
)
from charlstm.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary(tuple("\n !abcdefghijklmnopqrstuvwxyz"))
SIZE = len(VOCABULARY)
weights = arrays(np.float64, SIZE, elements=st.floats(1e-6, 1.0))
units = st.floats(0, 1, exclude_max=True)


def choice_of(weight, temperature, u):
    raw = weight / weight.sum()
    reweighted = reweight(raw, temperature)
    return Choice(raw, reweighted, temperature, int(draw(raw, reweighted, u)), u)


@given(weights, st.sampled_from([0.0, 0.2, 0.5, 1.0, 2.0]), units)
def test_draw_is_in_the_interval_of_the_drawn_character(weight, temperature, u):
    """At every temperature."""
    choice = choice_of(weight, temperature, u)
    start, end = intervals_by_id(choice)
    assert start[choice.character_id] <= u + 1e-12
    assert u <= end[choice.character_id] + 1e-12


@given(weights, st.sampled_from([0.2, 1.0, 1.7]), units)
def test_rows_table_leaves_nothing_out(weight, temperature, u):
    """Its bars add up to one on both sides; the drawn character always has a bar."""
    table = rows_table(choice_of(weight, temperature, u), VOCABULARY, "1:0").to_pydict()
    assert len(table["place"]) == ROWS + 1
    assert sum(table["raw"]) == pytest.approx(1)
    assert sum(table["reweighted"]) == pytest.approx(1)
    assert sum(table["drawn"]) == 1


@given(weights)
def test_rows_table_begins_with_the_likeliest(weight):
    """Its characters are in the order of the raw probabilities."""
    choice = Choice(weight / weight.sum(), reweight(weight / weight.sum(), 0.5), 0.5)
    table = rows_table(choice, VOCABULARY, "1:0").to_pydict()
    expected = ranking(choice.raw)[:ROWS]
    assert table["symbol"][:-1] == [display_symbol(VOCABULARY.characters[id_]) for id_ in expected]
    assert table["symbol"][-1] == "rest"
    assert table["raw"][:-1] == choice.raw[expected].tolist()
    assert table["u"][0] is None


@given(weights, units)
def test_columns_table_has_every_character_in_the_given_order(weight, u):
    """Which does not depend on the probabilities."""
    order = tuple(reversed(range(SIZE)))
    choice = choice_of(weight, 0.7, u)
    table = columns_table([choice], VOCABULARY, order).to_pydict()
    assert table["reweighted"] == choice.reweighted[list(order)].tolist()
    assert table["symbol"][0] == "z"
    assert table["symbol"][-1] == "↵"


@given(st.lists(weights, min_size=1, max_size=4), units)
def test_columns_table_of_several_choices_has_a_frame_for_each(several, u):
    """With the rows of that choice alone."""
    choices, order = [choice_of(weight, 0.7, u) for weight in several], tuple(range(SIZE))
    table = columns_table(choices, VOCABULARY, order).to_pylist()
    for number, choice in enumerate(choices):
        alone = columns_table([choice], VOCABULARY, order).to_pylist()
        assert [row for row in table if row["frame"] == number] == [{**row, "frame": number} for row in alone]


def test_rows_table_marks_what_a_filter_removed():
    """It keeps its row and its raw figure; without filters a probability of 0 is not marked."""
    raw = np.arange(1.0, SIZE + 1) / np.arange(1.0, SIZE + 1).sum()
    left = apply_filters(raw, raw, Filters(top_k=3))
    table = rows_table(Choice(raw, left, 1.0, filtered=True), VOCABULARY, "").to_pydict()
    assert table["removed"] == [False] * 3 + [True] * (ROWS - 2)
    assert table["raw"][:ROWS] == sorted(raw, reverse=True)[:ROWS]
    cold = rows_table(Choice(raw, reweight(raw, 0.0), 0.0), VOCABULARY, "").to_pydict()
    assert not any(cold["removed"])


def test_rows_table_has_the_entropies_in_its_headings():
    """In bits and as a number of characters."""
    raw = np.full(SIZE, 1 / SIZE)
    table = rows_table(Choice(raw, reweight(raw, 0.0), 0.0), VOCABULARY, "").to_pydict()
    assert f"{entropy(raw):.2f} bits ≈ {SIZE}.0 equally likely characters" in table["raw_uncertainty"][0]
    assert "0.00 bits ≈ 1.0 equally likely characters" in table["reweighted_uncertainty"][0]


def test_figures_table_has_the_figures_of_the_chart():
    """The text alternative leaves nothing out."""
    choice = choice_of(np.arange(1.0, SIZE + 1), 0.5, 0.3)
    table = figures_table(choice, VOCABULARY).to_pydict()
    order = ranking(choice.raw)
    assert table["raw"] == choice.raw[order].tolist()
    assert table["reweighted"] == choice.reweighted[order].tolist()
    assert table["interval to"][-1] == pytest.approx(1)
    assert sum(table["drawn"]) == 1


def test_display_symbol_makes_spaces_and_line_breaks_visible():
    """Other characters stay as they are."""
    assert display_symbol(" ") == "␣"
    assert display_symbol("\n") == "↵"
