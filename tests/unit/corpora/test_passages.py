"""Copied passages are found by an index: every one, and hardly any other."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.corpora import passages
from charlstm.corpora.overlap import ngram_hashes
from charlstm.corpora.passages import MIN_PASSAGE, NGRAM, copied_passages, index_passages
from charlstm.text.decoding import CorpusError

LETTERS = "abcdefgh \n"
small_texts = st.integers(1, 3).flatmap(lambda letters: st.text("abc"[:letters], max_size=150))


def prose(characters, seed, letters=LETTERS):
    """Random text without a repeated passage of any length that matters."""
    return "".join(np.random.default_rng(seed).choice(list(letters), characters))


def exact_passages(learned, text):
    """Return the longest passages of a text, of at least MIN_PASSAGE characters, that are in another: by searching."""
    found, last = [], 0
    for begin in range(len(text) - MIN_PASSAGE + 1):
        end = begin + MIN_PASSAGE
        if text[begin:end] in learned:
            while end < len(text) and text[begin : end + 1] in learned:
                end += 1
            if end > last:
                found.append((begin, end))
            last = end
    return found


def all_within(inner, outer):
    """Whether each span of `inner` is inside one of `outer`."""
    return all(any(begin <= first and last <= end for begin, end in outer) for first, last in inner)


@settings(max_examples=200)
@given(
    length=st.integers(MIN_PASSAGE, 300),
    place=st.floats(0, 1),
    before=st.integers(0, 200),
    behind=st.integers(0, 200),
    seed=st.integers(0, 99),
)
def test_planted_passage_is_found_at_any_place(length, place, before, behind, seed):
    """From its first character to its last, give or take one that is found by chance; and nothing else is."""
    learned = prose(2000, seed)
    first = int(place * (len(learned) - length))
    text = prose(before, 1, "rstuvwxyz") + learned[first : first + length] + prose(behind, 2, "rstuvwxyz")
    ((begin, end),) = copied_passages(index_passages(learned), text)
    assert before - 1 <= begin <= before
    assert before + length <= end <= before + length + 1


@settings(max_examples=300)
@given(learned=small_texts, text=small_texts, joined=st.booleans())
def test_no_copied_passage_is_missed(learned, text, joined):
    """Compared with a search for each, in texts that repeat themselves; what is found is never shorter."""
    text = text + learned[: len(learned) // 2] if joined else text
    found = copied_passages(index_passages(learned), text)
    assert all_within(exact_passages(learned, text), found)
    assert all(end - begin >= MIN_PASSAGE for begin, end in found)
    assert found == sorted(found)


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_passages_are_those_of_a_search(seed):
    """In a text sewn together from pieces of the learned one, copied ends and seams included."""
    generator = np.random.default_rng(seed)
    learned = prose(3000, seed)
    pieces = [learned[start : start + 80] for start in generator.integers(0, 2900, 8)]
    text = "".join(piece[: generator.integers(20, 80)] + prose(5, seed, "xyz") for piece in pieces)
    exact, found = exact_passages(learned, text), copied_passages(index_passages(learned), text)
    assert all_within(exact, found)
    # An end lies too far with a probability of under 1%, and 29 copied characters are rare here.
    assert len(found) <= len(exact) + 1


@pytest.mark.parametrize("length", [MIN_PASSAGE - 2, MIN_PASSAGE - 4, NGRAM, 1])
def test_shorter_copy_is_not_found(length):
    """Of 28 characters and fewer; that of 29 is rarely taken for one of 30."""
    learned = prose(20_000, 1)
    text = "".join(learned[start : start + length] + "xyz" for start in range(0, 10_000, 100))
    assert copied_passages(index_passages(learned), text) == []


@settings(max_examples=30)
@given(st.integers(0, 4000), st.integers(0, 99))
def test_text_of_other_characters_has_no_copied_passage(length, seed):
    """Whatever the length of both."""
    assert copied_passages(index_passages(prose(length, seed)), prose(4000, seed, "äöüßéèë")) == []


@pytest.mark.parametrize("text", ["", "a", "a" * (NGRAM - 1), "a" * (MIN_PASSAGE - 1)])
def test_short_texts_have_no_copied_passage(text):
    """Neither in themselves nor in another text."""
    assert copied_passages(index_passages(text), text) == []
    assert copied_passages(index_passages(text), "b" * 100) == []
    assert copied_passages(index_passages("a" * 100), text) == []


def test_whole_text_is_one_passage():
    """However long, and with characters of any plane."""
    text = prose(5000, 3, "abcö“한😀")
    assert copied_passages(index_passages(text), text) == [(0, len(text))]


def test_ngrams_are_taken_for_learned_ones_as_rarely_as_the_index_says(monkeypatch):
    """Counted in random text, in a filter of ten bits for each n-gram and in one that had to be smaller."""
    learned, other = prose(30_000, 5), prose(200_000, 6, "rstuvwxyz")
    for largest, expected in ((10**6, 0.0082), (26_000, 0.0353)):
        monkeypatch.setattr(passages, "LARGEST", largest)
        index = index_passages(learned)
        assert len(index.bits) <= largest
        share = passages._contained(index, ngram_hashes(other, NGRAM)).mean()
        assert share == pytest.approx(index.ngram_error, rel=0.1)
        assert index.ngram_error == pytest.approx(expected, rel=0.05)
        assert index.passage_error < 1e-7


def test_text_too_long_for_an_index_is_refused(monkeypatch):
    """In a sentence that says how much fits."""
    monkeypatch.setattr(passages, "MOST_NGRAMS", 1000)
    with pytest.raises(CorpusError, match="1,100 characters is too long for an index of its passages: about 1,000 fit"):
        index_passages(prose(1100, 1))
    assert copied_passages(index_passages("ab" * 3000), "ab" * 20) == [(0, 40)]  # of which the n-grams are two


def test_index_is_the_same_on_every_machine():
    """Since its bits are kept in files, and looked up elsewhere."""
    index = index_passages("what is noble? what does the word noble still mean for us nowadays?")
    assert (index.hash_count, len(index.bits), zlib.crc32(index.bits)) == (7, 64, 2899179124)
