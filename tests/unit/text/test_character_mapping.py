"""A text as a network reads it: the same as folding it whole, with what became of each character."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.text import character_mapping
from charlstm.text.character_mapping import MappedCharacter, TextEncoder, count_characters, told
from charlstm.text.folding import LOOK_ALIKES, PUNCTUATION, TABLE, compose_hangul, plain_punctuation
from charlstm.text.vocabulary import Vocabulary

BOOK = Vocabulary(tuple(sorted("\n !\"'(),-.0123456789:;=?[]_abcdefghijklmnopqrstuvwxyzäæéë")))
corpus_text = st.text(st.characters(codec=None) | st.sampled_from("ab “—…ß한½\u0301"), max_size=80).map(
    lambda text: compose_hangul(text.replace("\r", "\n"))
)


@given(corpus_text, st.sampled_from(["none", "plain"]))
def test_read_is_folding_and_encoding(text, folding):
    """Prepared whole, folded whole, encoded whole: the same ids, and as many characters left out."""
    prepared = plain_punctuation(text) if folding == "plain" else text
    folded = BOOK.fold(prepared)
    reader = TextEncoder(BOOK, folding)
    ids = reader.encode(text)
    assert ids.dtype == BOOK.dtype
    assert ids.tolist() == BOOK.encode(folded.text).tolist()
    assert reader.left_out == folded.dropped


@given(corpus_text, st.integers(0, 80))
def test_read_may_be_done_in_parts(text, cut):
    """The parts' ids are those of the whole, whatever was met before."""
    whole, parts = TextEncoder(BOOK, "plain"), TextEncoder(BOOK, "plain")
    assert whole.encode(text).tolist() == parts.encode(text[:cut]).tolist() + parts.encode(text[cut:]).tolist()
    assert whole.left_out == parts.left_out


def test_a_text_of_many_pieces_is_read_whole(monkeypatch):
    """Where pieces end between characters of all kinds."""
    monkeypatch.setattr(character_mapping, "READ_AT_ONCE", 3)
    monkeypatch.setattr(character_mapping, "COUNTED_AT_ONCE", 4)
    text = "abc“—”…한글ab" * 9
    assert BOOK.decode(TextEncoder(BOOK, "none").encode(text).tolist()) == BOOK.fold(text).text
    assert count_characters([text, "x"]) == Counter(text + "x")


@given(corpus_text.filter(bool), st.integers(1, 4))
def test_the_vocabulary_is_what_stands_often_enough_in_the_prepared_text(text, least):
    """And all of it where nothing does."""
    counts = Counter(plain_punctuation(text))
    reader = TextEncoder.of_counts(Counter(text), "plain", least)
    expected = {character for character, count in counts.items() if count >= least} or set(counts)
    assert set(reader.vocabulary.characters) == expected
    assert set(reader.by_frequency(Counter(text))) == expected


def test_fates_are_told_in_the_order_of_their_number():
    """What becomes what, and what is left out, each with its count; further kinds are only counted."""
    reader = TextEncoder(BOOK, "plain")
    fates = reader.fates(Counter("a““”—한한한글"))
    assert fates == [
        MappedCharacter("한", None, 3),
        MappedCharacter("“", '"', 2),
        MappedCharacter("—", "--", 1),
        MappedCharacter("”", '"', 1),
        MappedCharacter("글", None, 1),
    ]
    assert told(BOOK, fates, "the whole text", 1) == [
        f"{len(BOOK)} characters make the vocabulary, counted in the whole text",
        'folded: 4 characters of 3 kinds: “ → " 2; and 2 more',
        "left out: 4 characters of 2 kinds: 한 3; and 1 more",
    ]


def test_the_table_of_foldings_can_be_read():
    """One character a line on the left, what a typewriter has on the right, and every group named."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert sum(" = " in line for line in lines) == len(LOOK_ALIKES)
    assert sum(line.startswith("# ") for line in lines) >= 8
    assert all(len(character) == 1 for character in LOOK_ALIKES)
    assert all(plain.isascii() and plain not in LOOK_ALIKES for plain in LOOK_ALIKES.values())
    assert all(plain_punctuation(character) == plain for character, plain in PUNCTUATION.items())


@pytest.mark.parametrize("text", ["한국어는 쉽다", "plain", "", "각 갂 힣"])
def test_hangul_in_parts_becomes_whole(text):
    """And what is whole, or no Hangul, stays."""
    assert compose_hangul(unicodedata.normalize("NFD", text)) == text == compose_hangul(text)
    parts = unicodedata.normalize("NFD", text)
    assert compose_hangul(parts, known=set(parts)) == parts
