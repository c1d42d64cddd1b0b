"""Training and held-out text are disjoint, and passages that they share are found; n-gram overlap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.corpora.leakage import MIN_LENGTH, check_leakage
from charlstm.corpora.overlap import BLOCK, Passage, ngram_hashes, ngram_overlap, shared_passages
from charlstm.text.decoding import CorpusError
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.data.chunks import ChunkStream
from charlstm.training.data.windows import WindowStream


def prose(characters, seed):
    """Random text without a repeated passage of MIN_LENGTH characters."""
    return "".join(np.random.default_rng(seed).choice(list("abcdefgh "), characters))


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.integers(0, 50))
def test_no_training_window_overlaps_a_held_out_character(lengths, seed):
    """No example of either kind contains the character of the held-out parts."""
    texts = []
    for length in lengths:
        held_out = len("x" * length) // 10
        texts.append("x" * (length - held_out) + "H" * held_out)
    corpus = InMemoryCorpus("marked", tuple(texts), "")
    ids = Vocabulary(("\n", "x", "H")).encode(corpus.training)
    generator = np.random.default_rng(seed)
    for stream in (WindowStream(ids, 7, 3, 4), ChunkStream(ids, 7, 4)):
        for x, y in stream.batches(generator):
            assert x.max() < 2
            assert y.max() < 2
    assert set("".join(corpus.held_out)) <= {"H"}


@settings(max_examples=50)
@given(st.integers(MIN_LENGTH, 700), st.integers(0, 900), st.integers(0, 900), st.integers(0, 99))
def test_shared_passage_is_found_at_any_position(length, before, behind, seed):
    """With its exact start in both texts and its exact length."""
    passage = prose(length, 10_000 + seed)
    training = prose(before, 1) + "<" + passage + ">" + prose(300, 2)
    held_out = prose(behind, 3) + "{" + passage + "}" + prose(100, 4)
    assert shared_passages(training, held_out, MIN_LENGTH) == [Passage(before + 1, behind + 1, length)]


@given(st.integers(0, 500), st.integers(0, 50))
def test_shorter_passage_is_not_reported(before, seed):
    """By one character."""
    passage = prose(MIN_LENGTH - 1, 10_000 + seed)
    assert shared_passages("<" + passage + ">", prose(before, 3) + "{" + passage + "}", MIN_LENGTH) == []


@pytest.mark.parametrize(("training", "held_out"), [("", ""), ("a", "b"), ("a" * 1000, "b" * 1000), ("ab" * 99, "")])
def test_texts_without_shared_passages_have_none(training, held_out):
    """Short and empty ones too."""
    assert shared_passages(training, held_out, MIN_LENGTH) == []


def test_shared_passage_is_found_across_two_searched_parts(monkeypatch):
    """Where the first part ends inside the passage."""
    monkeypatch.setattr("charlstm.corpora.overlap.SEARCH_LENGTH", 500)
    passage = prose(300, 5)
    training = prose(480, 1) + "<" + passage + ">" + prose(300, 2)
    assert shared_passages(training, "{" + passage + "}", MIN_LENGTH) == [Passage(481, 1, 300)]


def test_number_of_passages_is_bounded():
    """A line of dashes matches everywhere."""
    assert 0 < len(shared_passages("-" * 2000, "-" * 1000, MIN_LENGTH)) <= 100


def test_check_leakage_names_files_and_positions():
    """And the length; texts without shared passages pass."""
    passage = prose(250, 7)
    repeated = "one:<" + passage + prose(5000, 1)
    other = prose(6000, 2)
    other = other[:5500] + "two:>" + passage + other[5755:]
    corpus = InMemoryCorpus("twice", (repeated, other), "", ("one.txt", "two.txt"))
    with pytest.raises(CorpusError) as error:
        check_leakage(corpus)
    assert "250 characters at 5,505 of two.txt are those at 5 of one.txt" in str(error.value)
    check_leakage(InMemoryCorpus("once", (prose(5000, 1), prose(6000, 2)), "", ("one.txt", "two.txt")))


def test_shared_passages_rejects_a_length_below_two_blocks():
    """A shorter passage may not contain a whole block."""
    with pytest.raises(ValueError, match=str(2 * BLOCK)):
        shared_passages("a", "b", 2 * BLOCK - 1)


@given(st.text("ab", max_size=60), st.text("ab", max_size=40), st.integers(1, 12))
def test_ngram_overlap_is_the_share_of_characters_inside_a_shared_ngram(known, text, length):
    """Compared with a search for every n-gram that covers each character."""
    inside = [
        any(
            text[start : start + length] in known
            for start in range(max(0, position - length + 1), min(position, len(text) - length) + 1)
        )
        for position in range(len(text))
    ]
    expected = sum(inside) / len(text) if text else 0.0
    assert ngram_overlap(text, np.sort(ngram_hashes(known, length)), length) == pytest.approx(expected)


@given(st.text("abc", max_size=80), st.integers(1, 70))
def test_ngram_hashes_are_equal_exactly_for_equal_ngrams(text, length):
    """For any length, powers of two and others."""
    ngrams = [text[start : start + length] for start in range(len(text) - length + 1)]
    hashes = ngram_hashes(text, length).tolist()
    assert len(hashes) == len(ngrams)
    assert len(set(zip(ngrams, hashes, strict=True))) == len(set(ngrams)) == len(set(hashes))
