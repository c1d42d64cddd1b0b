"""The tables of the charts of one choice: their figures are those of the pure functions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.sampling import draw, ranking, reweight
from charlstm.playback.tables.choice import (
    Choice,
    chart_symbol,
    columns_figures_table,
    display_symbol,
    figures_table,
    intervals_by_id,
    quoted_end,
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


def test_figures_table_has_the_figures_of_the_chart():
    """The text alternative leaves nothing out."""
    choice = choice_of(np.arange(1.0, SIZE + 1), 0.5, 0.3)
    table = figures_table(choice, VOCABULARY).to_pydict()
    order = ranking(choice.raw)
    assert table["raw"] == choice.raw[order].tolist()
    assert table["reweighted"] == choice.reweighted[order].tolist()
    assert table["interval to"][-1] == pytest.approx(1)
    assert sum(table["drawn"]) == 1


@pytest.mark.parametrize("networks", [[], ["one", "other"]])
def test_figures_of_several_texts_are_those_of_each(networks):
    """One text after the other, told apart by column, temperature, and network where there are several."""
    choices = [choice_of(np.arange(1.0, SIZE + 1), temperature, 0.3) for temperature in (0.5, 1.0)]
    table = columns_figures_table(choices, networks, VOCABULARY)
    for number, choice in enumerate(choices):
        own = table.slice(number * SIZE, SIZE)
        assert own.select(figures_table(choice, VOCABULARY).column_names) == figures_table(choice, VOCABULARY)
        assert set(own["column"].to_pylist()) == {number + 1}
        assert set(own["temperature"].to_pylist()) == {choice.temperature}
        assert set(own["u"].to_pylist()) == {0.3}
        assert not networks or set(own["network"].to_pylist()) == {networks[number]}
    assert ("network" in table.column_names) == bool(networks)


def test_display_symbol_makes_spaces_and_line_breaks_visible():
    """Other characters stay as they are."""
    assert display_symbol(" ") == "␣"
    assert display_symbol("\n") == "↵"


@pytest.mark.parametrize(
    ("character", "symbol"),
    [
        ("\u200d", "ZWJ"), ("\ufe0f", "VS16"), ("\xa0", "NBSP"), ("\u2028", "U+2028"), ("\x07", "U+0007"),
        ("\u0301", "◌\u0301"), ("\u093f", "◌\u093f"), ("\u05b8", "◌\u05b8"),
        ("ש", "ש"), ("ü", "ü"), ("👩", "👩"), ("🏽", "🏽"),
    ],
)  # fmt: skip
def test_chart_symbol_makes_marks_and_what_is_invisible_visible(character, symbol):
    assert chart_symbol(character) == symbol


def test_what_is_written_from_right_to_left_is_isolated_in_a_sentence():
    """Else the numbers after it would stand before it; all others are quoted as they are."""
    assert display_symbol("ש") == "\u2068ש\u2069"
    assert display_symbol("ل") == "\u2068ل\u2069"
    assert quoted_end("שלום לך") == "\u2068שלום␣לך\u2069"
    assert display_symbol("é") == "é"
    assert quoted_end("at\n") == "at↵"


def test_quoted_end_begins_with_a_whole_letter():
    text = "ק" + "ש\u05c1\u05b8" * 8
    assert quoted_end(text) == f"\u2068{text[1:]}\u2069"
    assert quoted_end(text + "!") == f"\u2068{text[4:]}!\u2069"
