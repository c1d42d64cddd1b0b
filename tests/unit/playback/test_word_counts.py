"""Words counted while a text grows."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.evaluation.metrics import distinct_word_share, real_word_share, words_of
from charlstm.playback.word_counts import WordCounter

KNOWN = {"a", "ab", "abba", "don't", "b's", "ba"}
texts = st.text(alphabet="abdonts' \n.-1’", max_size=80)


@given(st.lists(texts, max_size=12), texts)
def test_tally_counts_what_the_pure_functions_count_in_the_whole_text(pieces, seed_text):
    """In whatever pieces it comes, and whatever it goes on from."""
    word_counter, text = WordCounter(KNOWN, seed_text), ""
    for piece in pieces:
        text += piece
        word_counter.update(text)
        assert word_counter.words == len(words_of(text, seed_text))
        assert word_counter.real_share == pytest.approx(real_word_share(text, KNOWN, seed_text), nan_ok=True)
        assert word_counter.distinct_share == pytest.approx(distinct_word_share(text, seed_text), nan_ok=True)


@given(st.lists(texts, max_size=12), texts)
def test_invented_words_are_the_others_at_their_places(pieces, seed_text):
    """Cut out of the text at its place, each stands there whole, and is not known."""
    word_counter, text = WordCounter(KNOWN, seed_text), ""
    for piece in pieces:
        known_before = len(word_counter.invented)
        text += piece
        word_counter.update(text)
        assert all(word.noticed == len(text) for word in word_counter.invented[known_before:])
    whole = seed_text + text
    found = [whole[len(seed_text) + word.start : len(seed_text) + word.end] for word in word_counter.invented]
    assert found == [word for word in words_of(text, seed_text) if word not in KNOWN]


def test_word_counts_when_it_is_finished():
    """A space behind it ends it; until then it may become another."""
    word_counter = WordCounter(KNOWN, "to b")
    for text, words in (("", 0), ("a", 0), ("ab", 0), ("ab ", 1), ("ab x", 1), ("ab x ", 2)):
        word_counter.update(text)
        assert word_counter.words == words
    assert [word[:2] for word in word_counter.invented] == [(-1, 2), (3, 4)]


def test_no_words_no_shares():
    """Nothing is not 0%."""
    word_counter = WordCounter(KNOWN)
    word_counter.update("... 12 ")
    assert math.isnan(word_counter.real_share)
    assert math.isnan(word_counter.distinct_share)
