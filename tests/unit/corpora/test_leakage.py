"""No held-out character is learned, and passages that stand in both parts are found and named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.corpora.leakage import LEAST, check_leakage
from charlstm.corpora.overlap import BLOCK, Passage, ngram_hashes, ngram_overlap, shared_passages
from charlstm.text.decoding import CorpusError
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.data.chunks import ChunkStream
from charlstm.training.data.windows import WindowStream


def prose(characters, seed):
    """Text in which no run of LEAST characters repeats."""
    return "".join(np.random.default_rng(seed).choice(list("abcdefgh "), characters))


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.integers(0, 50))
def test_no_training_window_overlaps_a_held_out_character(lengths, seed):
    """Texts whose held-out characters are marked: no example of either kind has a mark."""
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
@given(st.integers(LEAST, 700), st.integers(0, 900), st.integers(0, 900), st.integers(0, 99))
def test_a_passage_that_stands_in_both_is_found_wherever_it_stands(length, before, behind, seed):
    """Its place in both texts and its length, to the character."""
    passage = prose(length, 10_000 + seed)
    learned = prose(before, 1) + "<" + passage + ">" + prose(300, 2)
    held_out = prose(behind, 3) + "{" + passage + "}" + prose(100, 4)
    assert shared_passages(learned, held_out, LEAST) == [Passage(before + 1, behind + 1, length)]


@given(st.integers(0, 500), st.integers(0, 50))
def test_shorter_passages_are_nobodys_business(before, seed):
    """One character less than LEAST is not told."""
    passage = prose(LEAST - 1, 10_000 + seed)
    assert shared_passages("<" + passage + ">", prose(before, 3) + "{" + passage + "}", LEAST) == []


@pytest.mark.parametrize(("learned", "held_out"), [("", ""), ("a", "b"), ("a" * 1000, "b" * 1000), ("ab" * 99, "")])
def test_texts_that_share_nothing_have_no_passages(learned, held_out):
    """Short and empty ones too."""
    assert shared_passages(learned, held_out, LEAST) == []


def test_a_passage_is_found_across_the_pieces_that_a_long_text_is_looked_at_in(monkeypatch):
    """Where a piece ends within the passage."""
    monkeypatch.setattr("charlstm.corpora.overlap.AT_ONCE", 500)
    passage = prose(300, 5)
    learned = prose(480, 1) + "<" + passage + ">" + prose(300, 2)
    assert shared_passages(learned, "{" + passage + "}", LEAST) == [Passage(481, 1, 300)]


def test_a_line_of_dashes_is_told_once_a_place_and_ends():
    """Runs of one character match everywhere; what is told stays short."""
    assert 0 < len(shared_passages("-" * 2000, "-" * 1000, LEAST)) <= 100


def test_check_leaks_names_the_places():
    """Which file, where, and how long; one sentence."""
    passage = prose(250, 7)
    repeated = "one:<" + passage + prose(5000, 1)
    other = prose(6000, 2)
    other = other[:5500] + "two:>" + passage + other[5755:]
    corpus = InMemoryCorpus("twice", (repeated, other), "", ("one.txt", "two.txt"))
    with pytest.raises(CorpusError) as error:
        check_leakage(corpus)
    assert "250 characters at 5,505 of two.txt are those at 5 of one.txt" in str(error.value)
    check_leakage(InMemoryCorpus("once", (prose(5000, 1), prose(6000, 2)), "", ("one.txt", "two.txt")))


def test_least_must_hold_two_blocks():
    """Below, a passage could slip between the blocks."""
    with pytest.raises(ValueError, match=str(2 * BLOCK)):
        shared_passages("a", "b", 2 * BLOCK - 1)


@given(st.text("ab", max_size=60), st.text("ab", max_size=40), st.integers(1, 12))
def test_copied_share_is_that_of_a_plain_reading(learned, text, length):
    """Each character of the text that lies in a run of `length` which stands in the other text, one by one."""
    inside = [
        any(
            text[start : start + length] in learned
            for start in range(max(0, place - length + 1), min(place, len(text) - length) + 1)
        )
        for place in range(len(text))
    ]
    expected = sum(inside) / len(text) if text else 0.0
    assert ngram_overlap(text, np.sort(ngram_hashes(learned, length)), length) == pytest.approx(expected)


@given(st.text("abc", max_size=80), st.integers(1, 70))
def test_run_hashes_are_equal_exactly_where_the_runs_are(text, length):
    """For every length, powers of two and others."""
    runs = [text[start : start + length] for start in range(len(text) - length + 1)]
    hashes = ngram_hashes(text, length).tolist()
    assert len(hashes) == len(runs)
    assert len(set(zip(runs, hashes, strict=True))) == len(set(runs)) == len(set(hashes))
