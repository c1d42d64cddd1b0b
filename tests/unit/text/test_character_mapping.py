"""Encoding a text block by block: the same ids as by folding it whole, and what each character is mapped to."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from charlstm.text import character_mapping
from charlstm.text.character_mapping import (
    MappedCharacter,
    TextEncoder,
    count_accented,
    count_characters,
    describe_mappings,
    printable_name,
)
from charlstm.text.folding import LOOK_ALIKES, PUNCTUATION, TABLE, compose_hangul, plain_punctuation
from charlstm.text.vocabulary import Vocabulary

BOOK = Vocabulary(tuple(sorted("\n !\"'(),-.0123456789:;=?[]_abcdefghijklmnopqrstuvwxyzäæéë")))
corpus_text = st.text(st.characters(codec=None) | st.sampled_from("abeE “—…ß한½\u0301\u0302"), max_size=80).map(
    lambda text: compose_hangul(text.replace("\r", "\n"))
)


@given(corpus_text, st.sampled_from(["none", "plain"]))
def test_encoder_gives_the_ids_of_the_normalised_and_folded_text(text, folding):
    """The same ids and dropped characters as from normalising, folding and encoding the whole text."""
    folded = BOOK.fold(plain_punctuation(text) if folding == "plain" else text)
    encoder = TextEncoder(BOOK, folding)
    ids = encoder.encode(text)
    assert ids.dtype == BOOK.dtype
    assert ids.tolist() == BOOK.encode(folded.text).tolist()
    assert encoder.dropped == folded.dropped
    assert encoder.fold(text) == folded.text


@given(corpus_text, st.integers(0, 80))
def test_encoder_gives_the_same_ids_for_a_text_in_parts(text, middle):
    """Whatever was encoded before; no part begins with a combining mark."""
    assume(unicodedata.category(text[middle : middle + 1] or "a")[0] != "M")
    whole, parts = TextEncoder(BOOK, "plain"), TextEncoder(BOOK, "plain")
    assert whole.encode(text).tolist() == parts.encode(text[:middle]).tolist() + parts.encode(text[middle:]).tolist()
    assert whole.dropped == parts.dropped


def test_encoder_joins_the_blocks_of_a_long_text(monkeypatch):
    """Block boundaries are between characters of all kinds."""
    monkeypatch.setattr(character_mapping, "ENCODE_BLOCK", 3)
    monkeypatch.setattr(character_mapping, "COUNT_BLOCK", 4)
    text = "abc“—”…한글abe\u0301" * 9
    assert BOOK.decode(TextEncoder(BOOK, "none").encode(text).tolist()) == BOOK.fold(text).text
    assert count_characters([text, "x"]) == Counter(text + "x")


@given(corpus_text.filter(bool), st.integers(1, 4))
def test_vocabulary_of_an_encoder_is_the_frequent_characters_of_the_normalised_text(text, least):
    """All of its characters if none is frequent enough."""
    counts = Counter(plain_punctuation(text).replace("\ufeff", "") or text)
    encoder = TextEncoder.of_counts(Counter(text), "plain", least)
    expected = {character for character, count in counts.items() if count >= least} or set(counts)
    assert set(encoder.vocabulary.characters) == expected
    assert set(encoder.characters_by_frequency(Counter(text))) == expected


def test_mappings_are_listed_most_frequent_first():
    """Folded and dropped characters, each with its count; beyond the limit they are only counted."""
    encoder = TextEncoder(BOOK, "plain")
    mappings = encoder.mappings(Counter("a““”—한한한글"))
    assert mappings == [
        MappedCharacter("한", None, 3),
        MappedCharacter("“", '"', 2),
        MappedCharacter("—", "--", 1),
        MappedCharacter("”", '"', 1),
        MappedCharacter("글", None, 1),
    ]
    assert describe_mappings(BOOK, mappings, "the whole text", 1) == [
        f"{len(BOOK)} characters make the vocabulary, counted in the whole text",
        'folded: 4 characters of 3 kinds: “ → " 2; and 2 more',
        "left out: 4 characters of 2 kinds: 한 3; and 1 more",
    ]


@given(st.characters())
def test_printable_name_can_be_seen(character):
    """It begins with something that is neither blank nor a mark, and tells every character from the others."""
    name = printable_name(character)
    assert unicodedata.category(name[0])[0] not in "MZC"
    assert character in name or name in ("a space", "a line end", f"U+{ord(character):04X}")


@pytest.mark.parametrize(
    ("character", "name"), [("\u3164", "U+3164"), ("\ufe0f", "U+FE0F"), ("\u093e", "◌\u093e"), ("ह", "ह")]
)
def test_printable_name_of_marks_and_fillers(character, name):
    assert printable_name(character) == name


def test_a_letter_whose_marks_are_spelled_otherwise_is_told_as_one():
    """Its characters are not told again, but for marks that are left out."""
    text = "e\u0301e\u0301o\u0301e\u0302\u0301xé"
    counts, accented = count_characters([text]), count_accented(["ascii", text])
    assert accented == {"e\u0301": 2, "o\u0301": 1, "e\u0302\u0301": 1}
    encoder = TextEncoder(BOOK, "plain")
    mappings = encoder.mappings(counts, accented)
    assert mappings == [
        MappedCharacter("e\u0301", "é", 2),
        MappedCharacter("e\u0302\u0301", "é", 1),
        MappedCharacter("\u0301", None, 1),
        MappedCharacter("\u0302", None, 1),
    ]
    assert describe_mappings(BOOK, mappings, "it")[1:] == [
        "folded: 3 characters of 2 kinds: e◌\u0301 → é 2; e◌\u0302◌\u0301 → é 1",
        "left out: 2 characters of 2 kinds: ◌\u0301 1; ◌\u0302 1",
    ]
    encoder.encode(text)
    assert encoder.dropped == {"\u0301": 1, "\u0302": 1}


@given(corpus_text)
def test_told_characters_are_those_that_are_dropped(text):
    """As many as encoding drops."""
    encoder = TextEncoder(BOOK, "plain")
    encoder.encode(text)
    told = encoder.mappings(count_characters([text]), count_accented([text]))
    assert {one.character: one.occurrences for one in told if one.replacement is None} == encoder.dropped


def test_folding_table_maps_single_characters_to_ascii():
    """One character per line on the left, ASCII on the right, and a comment above each group."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    assert sum(" = " in line for line in lines) == len(LOOK_ALIKES)
    assert sum(line.startswith("# ") for line in lines) >= 8
    assert all(len(character) == 1 for character in LOOK_ALIKES)
    assert all(plain.isascii() and plain not in LOOK_ALIKES for plain in LOOK_ALIKES.values())
    assert all(plain_punctuation(character) == plain for character, plain in PUNCTUATION.items())


@pytest.mark.parametrize("text", ["한국어는 쉽다", "plain", "", "각 갂 힣"])
def test_compose_hangul_joins_decomposed_syllables(text):
    """Composed syllables and other characters stay as they are, and so do letters that are known."""
    assert compose_hangul(unicodedata.normalize("NFD", text)) == text == compose_hangul(text)
    parts = unicodedata.normalize("NFD", text)
    assert compose_hangul(parts, known=set(parts)) == parts
