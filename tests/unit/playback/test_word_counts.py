"""Incremental word counts of a growing text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.evaluation.metrics import distinct_word_share, real_word_share
from charlstm.playback.word_counts import WordCounter
from charlstm.text.words import words_of

REAL_WORDS = {"a", "ab", "abba", "don't", "b's", "ba"}
texts = st.text(alphabet="abdonts' \n.-1’", max_size=80)


@given(st.lists(texts, max_size=12), texts)
def test_word_counter_counts_what_the_pure_functions_count_in_the_whole_text(pieces, seed_text):
    """In whatever pieces it grows, and whatever the seed text is."""
    word_counter, text = WordCounter(REAL_WORDS, seed_text), ""
    for piece in pieces:
        text += piece
        word_counter.update(text)
        assert word_counter.words == len(words_of(text, seed_text))
        assert word_counter.real_share == pytest.approx(real_word_share(text, REAL_WORDS, seed_text), nan_ok=True)
        assert word_counter.distinct_share == pytest.approx(distinct_word_share(text, seed_text), nan_ok=True)


@given(st.lists(texts, max_size=12), texts)
def test_invented_words_are_the_other_words(pieces, seed_text):
    """Each slice of the text is a whole word that is not real."""
    word_counter, text = WordCounter(REAL_WORDS, seed_text), ""
    for piece in pieces:
        invented_before = len(word_counter.invented)
        text += piece
        word_counter.update(text)
        assert all(word.noticed == len(text) for word in word_counter.invented[invented_before:])
    whole = seed_text + text
    found = [whole[len(seed_text) + word.start : len(seed_text) + word.end] for word in word_counter.invented]
    assert found == [word for word in words_of(text, seed_text) if word not in REAL_WORDS]


def test_word_is_counted_when_it_is_finished():
    """By the character after it; until then it may become another word."""
    word_counter = WordCounter(REAL_WORDS, "to b")
    for text, words in (("", 0), ("a", 0), ("ab", 0), ("ab ", 1), ("ab x", 1), ("ab x ", 2)):
        word_counter.update(text)
        assert word_counter.words == words
    assert [word[:2] for word in word_counter.invented] == [(-1, 2), (3, 4)]


def test_shares_without_words_are_nan():
    """And not 0%."""
    word_counter = WordCounter(REAL_WORDS)
    word_counter.update("... 12 ")
    assert math.isnan(word_counter.real_share)
    assert math.isnan(word_counter.distinct_share)
