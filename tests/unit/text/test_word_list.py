"""Word lists contain the words they were made from, and the English one covers English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.model_folder.store import open_model
from charlstm.text import word_list
from charlstm.text.word_list import WordList, coverage, english, english_coverage
from tests import golden

words = st.text(alphabet="abcé", min_size=1, max_size=4)


@given(st.lists(words), words)
def test_word_list_of_a_text_contains_its_words_and_no_others(some, other):
    """Compared with a Python list."""
    known = WordList.of_text(" ".join(some))
    assert all(word in known for word in some)
    assert (other in known) == (other in some)
    assert dict(known.counts()) == {word: some.count(word) for word in some}


@given(st.lists(words), st.lists(words), words)
def test_union_contains_the_words_of_both_lists(first, second, word):
    """`|` of two word lists."""
    joined = WordList.of_text(" ".join(first)) | WordList.of_text(" ".join(second))
    assert (word in joined) == (word in first + second)


@pytest.mark.parametrize("word", ["truth", "Truth", "truth's", "truth’s", "don't", "don’t"])
def test_word_list_contains_a_word_in_any_case_with_any_apostrophe_and_possessive(word):
    """Straight and curly apostrophes are equal."""
    assert word in WordList.of_text("The truth is: I don’t know")


@pytest.mark.parametrize("word", ["café", "cafe\u0301", "Café’s", "CAFE\u0301", "हिन्दी", "i\u0307yi", "İyi"])
def test_word_list_contains_a_word_with_its_accents_composed_or_not(word):
    """Whichever of the two the text has."""
    for text in ("café हिन्दी İyi ", "cafe\u0301 हिन्दी i\u0307yi"):
        assert word in WordList.of_text(text)


def test_word_list_of_an_older_version_is_read_and_found():
    """It may have words of scripts that do not separate them, and letters that Unicode decomposes ever since."""
    lines = "क़ 2\n我是猫 1\n".encode()
    assert WordList.of_lines(lines).lists == (lines,)
    assert "我是猫" in WordList.of_lines(lines)
    assert "\u0958" in WordList.of_lines("\u0958 2\n".encode())


@pytest.mark.parametrize("word", ["", "'s", "s", "tru", "truths", "truth ", "truth 1", "the\ntruth", "\ud800", 7, None])
def test_word_list_does_not_contain_parts_of_its_lines(word):
    """Parts of words, counts, several lines, and other types."""
    assert word not in WordList.of_text("the truth")


@given(st.text(alphabet="aB ’'é1\n-İßΣ\u0301\u0307\u200dहिशक़我ก"))
def test_word_list_read_back_is_equal(text):
    """The content that is written to a file passes the checks."""
    written = WordList.of_text(text)
    assert WordList.of_lines(b"".join(written.lists)) == written


@pytest.mark.parametrize(
    "content",
    [b"b 1\na 1\n", b"a 1\na 2\n", b"a 0\n", b"a 1", b"a\n\n", b"A 1\n", b"a b\n", b"a  1\n", b"\xff\n", b"1\n"],
)
def test_damaged_word_list_is_rejected(content):
    """Lines that are not words, are out of order, repeated or incomplete."""
    with pytest.raises(ValueError, match=r"line|decode"):
        WordList.of_lines(content)


def test_number_of_words_is_bounded(monkeypatch):
    """The first distinct words are kept, and counted in the whole text."""
    monkeypatch.setattr(word_list, "MAX_WORDS", 3)
    assert dict(WordList.of_text("a b c d a e b").counts()) == {"a": 2, "b": 2, "c": 1}


def test_english_list_contains_inflections_and_no_abbreviations():
    """160,000 words in order; random letters are rarely in it."""
    (lines,) = english().lists
    assert WordList.of_lines(lines) == english()
    assert lines.count(b"\n") > 160_000
    assert all(word in english() for word in "a i walked walking philosophies truth's don't attaché".split())
    assert not any(word in english() for word in "b q zz qx th st hz strifk attent".split())


def test_english_list_covers_the_words_of_the_book():
    """99% of them, by occurrences; together with its own words, all."""
    words_of_book = open_model(golden.MODEL).words
    assert 0.985 < english_coverage(words_of_book) == coverage(words_of_book, english()) < 0.995
    assert coverage(words_of_book, open_model(golden.MODEL).real_words) == 1.0
    assert coverage(words_of_book, words_of_book) == 1.0


def test_coverage_weights_words_by_their_occurrences():
    """NaN for a text without words."""
    assert coverage(WordList.of_text("the the the hund"), WordList.of_text("the")) == 0.75
    assert coverage(WordList.of_text("1 2"), english()) != coverage(WordList.of_text("1 2"), english())
