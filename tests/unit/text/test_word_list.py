"""Which words are real: the lists hold what they were given, and the English one knows English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.model_folder.store import open_model
from charlstm.text import word_list
from charlstm.text.word_list import Lexicon, coverage, english
from tests import golden

words = st.text(alphabet="abcé", min_size=1, max_size=4)


@given(st.lists(words), words)
def test_lexicon_of_a_text_holds_its_words_and_no_others(some, other):
    """Against a Python set and plain counting."""
    known = Lexicon.of_text(" ".join(some))
    assert all(word in known for word in some)
    assert (other in known) == (other in some)
    assert dict(known.counts()) == {word: some.count(word) for word in some}


@given(st.lists(words), st.lists(words), words)
def test_joined_lexicons_know_what_either_knows(first, second, word):
    """The union of two lists."""
    joined = Lexicon.of_text(" ".join(first)) | Lexicon.of_text(" ".join(second))
    assert (word in joined) == (word in first + second)


@pytest.mark.parametrize("word", ["truth", "Truth", "truth's", "truth’s", "don't", "don’t"])
def test_word_is_known_in_any_case_with_any_apostrophe_and_as_a_possessor(word):
    """As a reader would take it."""
    assert word in Lexicon.of_text("The truth is: I don’t know")


@pytest.mark.parametrize("word", ["", "'s", "s", "tru", "truths", "truth ", "truth 1", "the\ntruth", "\ud800", 7, None])
def test_what_was_not_in_the_text_is_not_known(word):
    """Parts of lines, counts and nonsense are no words."""
    assert word not in Lexicon.of_text("the truth")


@given(st.text(alphabet="aB ’'é1\n-İß"))
def test_lexicon_is_read_as_it_is_written(text):
    """What a file holds is checked and is the same lexicon."""
    written = Lexicon.of_text(text)
    assert Lexicon.of_lines(b"".join(written.lists)) == written


@pytest.mark.parametrize(
    "content",
    [b"b 1\na 1\n", b"a 1\na 2\n", b"a 0\n", b"a 1", b"a\n\n", b"A 1\n", b"a b\n", b"a  1\n", b"\xff\n", b"1\n"],
)
def test_damaged_list_is_refused(content):
    """Lines that are no words, out of order, twice or cut off."""
    with pytest.raises(ValueError, match=r"line|decode"):
        Lexicon.of_lines(content)


def test_words_that_are_kept_of_a_text_are_bounded(monkeypatch):
    """A text of endlessly many words costs bounded memory."""
    monkeypatch.setattr(word_list, "LARGEST", 3)
    assert dict(Lexicon.of_text("a b c d a e b").counts()) == {"a": 2, "b": 2, "c": 1}


def test_english_list_is_whole_and_knows_its_inflections():
    """160,000 words in order; no abbreviations that random letters would hit upon."""
    (lines,) = english().lists
    assert Lexicon.of_lines(lines) == english()
    assert lines.count(b"\n") > 160_000
    assert all(word in english() for word in "a i walked walking philosophies truth's don't attaché".split())
    assert not any(word in english() for word in "b q zz qx th st hz strifk attent".split())


def test_english_list_covers_the_books_words():
    """The committed words of the book, as often as they stand there."""
    words_of_book = open_model(golden.MODEL).words
    assert 0.985 < coverage(words_of_book, english()) < 0.995
    assert coverage(words_of_book, words_of_book) == 1.0


def test_coverage_counts_each_word_as_often_as_it_stands_there():
    """And a text without words has none."""
    assert coverage(Lexicon.of_text("the the the hund"), Lexicon.of_text("the")) == 0.75
    assert coverage(Lexicon.of_text("1 2"), english()) != coverage(Lexicon.of_text("1 2"), english())
