"""The seed text of a training's samples."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.recipes.recipe import find_recipe, recipe_names
from charlstm.recipes.sample_seed import sample_seed
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import WordList
from tests.scripts import TEXTS

BOOK = find_recipe("book")
SENTENCE = BOOK.sample_seed_text
GERMAN = "Der Fluß ist am Morgen still. Später kommen die Boote, und die Kinder zählen sie am Ufer.\n"


def seed_of(text, recipe=BOOK, held_out=None):
    """Return the seed text of a training on a text, the last tenth of which is held out unless it is given."""
    return sample_seed(recipe, Vocabulary.of(text), WordList.of_text(text), held_out or [text[-len(text) // 10 :]])


@pytest.mark.parametrize("name", recipe_names())
def test_recipes_that_come_with_the_program_have_the_sentence_of_the_books(name):
    assert find_recipe(name).sample_seed_text == SENTENCE


def test_sentence_of_the_recipe_is_kept_where_the_text_has_nearly_all_its_words():
    """The book's corpus has all but "spelling"."""
    seed = seed_of(f"{SENTENCE.replace('spelling', 'language')}. some zealous gods spell it.\n" * 9)
    assert (seed.text, seed.dropped, seed.held_out) == (SENTENCE, {}, False)


@pytest.mark.parametrize("text", [GERMAN, *TEXTS.values()], ids=["German", *TEXTS])
def test_samples_begin_with_the_held_outs_own_words(text):
    """Nothing is lost, a line or sentence is begun, and no word is cut."""
    seed = seed_of(text * 60 + "".join(map(chr, range(32, 127))))
    line = text * 3
    assert seed.held_out
    assert seed.dropped == {}
    assert len(SENTENCE) / 2 <= len(seed.text) <= len(SENTENCE)
    assert line.startswith(seed.text) or re.search(rf"[.।؟]\s{re.escape(seed.text)}", line)
    assert seed.text[-1].isspace()


def test_a_seed_text_that_was_chosen_is_taken_and_what_it_loses_is_known():
    seed = seed_of(TEXTS["Thai"] * 60, replace(BOOK, sample_seed_text="แม่น้ำ no no"))
    assert (seed.text, seed.dropped, seed.held_out) == ("แม่น้ำ  ", {"n": 2, "o": 2}, False)


def test_the_first_beginning_is_taken_of_which_nothing_is_lost():
    """Rare characters are not in a vocabulary."""
    text = GERMAN * 30
    seed = seed_of(text, held_out=["halb.\n§ 12 ¶ " + GERMAN * 3])
    assert seed.text.startswith("Später kommen die Boote, ")
    assert seed.dropped == {}


def test_a_text_without_lines_and_sentences_is_begun_with_a_whole_word():
    seed = seed_of("ab cde fgh " * 60, held_out=["e fgh ab cde" + " fgh ab cde" * 20])
    assert seed.text.startswith("fgh ab cde ")
    assert seed.text.split()[-1] in ("ab", "cde", "fgh")


def test_a_text_that_is_too_short_has_what_there_is():
    assert seed_of("ab cde fgh " * 60, held_out=["", "e fgh"]).text == "fgh"


def test_the_sentence_loses_what_is_unknown_where_the_held_out_text_has_no_characters():
    seed = seed_of("abc", held_out=["???"])
    assert seed.text == Vocabulary.of("abc").fold(SENTENCE).text
    assert seed.dropped[" "] == SENTENCE.count(" ")


WHOLE = ["👨\u200d👩\u200d👧\u200d👦", "👩🏽\u200d🚀", "🇩🇪", "ทุ", "ที่", "हि", "न्", "e\u0301", "ab"]


@given(st.lists(st.sampled_from(WHOLE), min_size=60, max_size=90), st.integers(0, 8))
def test_letters_with_marks_and_emoji_are_not_torn(pieces, cut):
    """Where there are no blanks, a seed text ends between two of them; it begins so, too."""
    text = "".join(pieces)
    seed = seed_of("".join(WHOLE), held_out=[text[cut:]]).text
    first = text.index(seed, cut)
    ends = {len("".join(pieces[:count])) for count in range(len(pieces) + 1)} | {cut}
    inside_ascii = {place + 1 for place in range(len(text) - 1) if text[place : place + 2] == "ab"}
    flags = {place + 1 for place in range(len(text) - 1) if text[place : place + 2] == "🇩🇪"}
    assert first in ends | inside_ascii | flags
    assert first + len(seed) in ends | inside_ascii
