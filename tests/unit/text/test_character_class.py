"""Sets of characters as people type them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.text.character_class import characters_in, numbers_in, pattern_of

ALPHABET = string.printable + "é한␣↵⇥"
subsets = st.lists(st.sampled_from(ALPHABET), unique=True).map("".join)


@given(subsets)
def test_pattern_of_characters_names_just_these(characters):
    """Whatever they mean in a pattern."""
    assert sorted(characters_in(pattern_of(characters), ALPHABET)) == sorted(characters)


@given(st.dictionaries(st.sampled_from(ALPHABET), st.floats(-100, 100), max_size=6))
def test_numbers_of_characters_are_read_as_they_were_written(numbers):
    """With as many digits as they have."""
    text = " ".join(f"{pattern_of(one)}={value:.17g}" for one, value in numbers.items())
    assert numbers_in(text, ALPHABET) == numbers


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_a_sentence(text):
    """Nothing else comes of it."""
    for read in (characters_in, numbers_in):
        try:
            read(text, ALPHABET)
        except ValueError as error:
            assert "\n" not in str(error)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["\\" * 5000, "1" * 20_000, "a-" * 10_000, "=" * 20_000, "e=1 " * 5000 + "x"])
def test_long_text_that_means_nothing_takes_no_time(text):
    """It may come from an address: its time grows with its length alone."""
    characters_in(text, ALPHABET)
    with pytest.raises(ValueError, match="is not characters, = and a number"):
        numbers_in(text, ALPHABET)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("0-9", "0123456789"),
        ("a-", "-a"),
        ("-a", "-a"),
        ("a-c-e", "-abce"),
        (r"\-", "-"),
        ("␣", " "),
        (r"\n\t", "\t\n"),
        ("", ""),
    ],
)
def test_pattern_is_read_as_people_mean_it(pattern, found):
    """A minus sign at an end is one."""
    assert sorted(characters_in(pattern, ALPHABET)) == sorted(found)
