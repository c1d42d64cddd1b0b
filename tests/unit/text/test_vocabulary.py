"""A vocabulary encodes and decodes exactly, and folds any text onto its characters."""

import string
import sys
import tracemalloc
import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charlstm.text.folding import compose_hangul
from charlstm.text.vocabulary import FoldedText, Vocabulary

# The characters of the book's text: lower case, digits, punctuation, some accents.
BOOK = Vocabulary(tuple(sorted("\n !\"'(),-.0123456789:;=?[]_abcdefghijklmnopqrstuvwxyzäæéë")))
any_character = st.characters(codec=None) | st.integers(0xD800, 0xDFFF).map(chr)
any_text = st.text(any_character, max_size=60)


@given(st.text(any_character, min_size=1, max_size=300))
def test_encode_and_decode_are_a_round_trip(text):
    """For any text, including lone surrogates."""
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    assert vocabulary.decode(ids) == text
    assert ids.tolist() == [vocabulary.characters.index(character) for character in text]


@pytest.mark.parametrize(
    ("characters", "dtype"), [(1, np.uint8), (256, np.uint8), (257, np.uint16), (70_000, np.uint32)]
)
def test_encode_uses_the_smallest_dtype_that_holds_every_id(characters, dtype):
    """One byte per character up to 256 characters."""
    vocabulary = Vocabulary(tuple(chr(0x10000 + place) for place in range(characters)))
    ids = vocabulary.encode(vocabulary.characters[-1] + vocabulary.characters[0])
    assert ids.dtype == dtype
    assert ids.tolist() == [characters - 1, 0]


def test_encode_of_an_empty_text_is_empty():
    """Shape (0,)."""
    assert BOOK.encode("").shape == (0,)


@pytest.mark.parametrize("before", [0, 5, (1 << 20) - 1, 1 << 20, 3_000_000])
def test_encode_names_the_first_unknown_character_and_its_position(before):
    """Also in a later block of a long text."""
    with pytest.raises(ValueError, match=f"'한' at position {before} is not in the vocabulary"):
        BOOK.encode("a" * before + "한" + "b한")


def test_encode_of_a_long_text_agrees_with_a_dictionary():
    """Three million characters, several blocks."""
    text = ("the will to power, " * 160_000)[:3_000_001]
    table = {character: id_ for id_, character in enumerate(BOOK.characters)}
    np.testing.assert_array_equal(BOOK.encode(text), np.fromiter(map(table.get, text), dtype=np.uint8))


def test_encode_needs_little_memory_beside_the_ids_of_a_long_text():
    """A block of 2^20 characters as UTF-32, once more as indices, and a few bytes for each: below 14 MiB."""
    text = "will " * 700_000
    tracemalloc.start()
    ids = BOOK.encode(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - ids.nbytes < 14 << 20


@given(st.text(min_size=1))
def test_of_sorts_the_distinct_characters_as_the_book_does(text):
    """Each character once."""
    assert list(Vocabulary.of(text).characters) == sorted(set(text))


@given(st.text("abcdeß“\n", min_size=1), st.integers(1, 5))
def test_of_counts_keeps_the_frequent_characters(text, least):
    """Sorted, those that occur at least that often; where none does, all."""
    frequent = {character for character in text if text.count(character) >= least}
    assert Vocabulary.of_counts(Counter(text), least).characters == tuple(sorted(frequent or set(text)))


@pytest.mark.parametrize(
    ("characters", "message"),
    [
        (("a", "b", "a"), "'a' more than once"),
        (("a", "bc"), "'bc'"),
        (("a", ""), "''"),
        (("a", 1), "1"),
        ((), "^the vocabulary is empty$"),
    ],
)
def test_vocabulary_rejects_repeated_and_malformed_characters(characters, message):
    """The message names the entry."""
    with pytest.raises(ValueError, match=message):
        Vocabulary(characters)


@given(any_text)
@example("ﬃ①½™…ǅİŉ")
@example("e\u0301\u0308\u20dd")
def test_fold_leaves_only_known_characters(text):
    """The result can always be encoded."""
    assert set(BOOK.fold(text).text) <= set(BOOK.characters)


@given(any_text)
def test_fold_is_idempotent(text):
    """Folding a folded text changes and drops nothing."""
    once = BOOK.fold(text)
    again = BOOK.fold(once.text)
    assert again.text == once.text
    assert again.dropped == {}


@given(any_text)
def test_fold_counts_what_it_drops(text):
    """With the number of their occurrences in the text; of a mark, those that its letter is not composed with."""
    dropped = BOOK.fold(text).dropped
    in_text = Counter(compose_hangul(text))
    for character, count in dropped.items():
        is_mark = unicodedata.category(character)[0] == "M"
        assert 0 < count <= in_text[character] if is_mark else count == in_text[character]
    assert not dropped.keys() & set(BOOK.characters)


@given(st.text(st.sampled_from(BOOK.characters)))
def test_fold_does_not_change_known_characters(text):
    """Known characters are never replaced."""
    assert BOOK.fold(text).text == text


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("The WILL", "the will"),
        ("“so” ‘spoke’ „he‟ «there»", '"so" \'spoke\' "he" "there"'),
        ("free–spirit—and‑then", "free-spirit--and-then"),
        ("naïve café Übermensch", "naive café ubermensch"),
        ("Ärger, Ælfric, Œuvre, Straße", "ärger, ælfric, oeuvre, strasse"),
        ("wait…", "wait..."),
        ("a\tb\u00a0c", "a b c"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("ﬁne ① x²", "fine 1 x2"),
        ("o\u0301", "o"),
        ("´quoted″", "'quoted\""),  # Unicode decomposes the one into a blank, the other into two primes
        ("smørrebrød, Ǿ, ‴, ﹘", "smorrebrod, o, ''', --"),
    ],
)
def test_fold_maps_by_meaning(typed, folded):
    """Capitals, quotes, dashes, accents, ligatures, spaces and line ends have counterparts."""
    assert BOOK.fold(typed).text == folded


def test_fold_counts_a_combining_accent_that_no_known_character_has():
    """Its letter stays; the accent of a single character goes with that, as its capital does."""
    assert BOOK.fold("o\u0302\u0323a") == FoldedText("oa", {"\u0323": 1, "\u0302": 1})
    assert BOOK.fold("ộa") == FoldedText("oa", {})
    assert BOOK.fold("ê\u0302\u0301") == FoldedText("é", {"\u0302": 1})
    assert Vocabulary.of("ê").fold("e\u0302\u0302") == FoldedText("ê", {"\u0302": 1})
    assert BOOK.fold("ж\u0301") == FoldedText("", {"ж": 1, "\u0301": 1})
    assert BOOK.fold("\u0301") == FoldedText("", {"\u0301": 1})


accented_text = st.text(
    st.sampled_from("aeouAEI \n“ßéêëếộÅ\u212bİ한\u0301\u0302\u0323\u0308\u0307हि\u093c\u0915\u0958שָׁوَّÇ\u200d")
    | any_character,
    max_size=40,
)


@given(accented_text)
@example("\u0958\u0344")
@example("e\u0302\u0301\u0301க\u0bca")
@example("Café हिन्दी שָׁלוֹם İyi 한국어 ộ Tiếng Việt")
def test_a_text_is_read_by_a_network_that_learned_the_other_normal_form(text):
    """Decomposed or composed: the equivalent text, all of it."""
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    for learned, typed in ((composed, decomposed), (decomposed, composed)):
        if learned:
            folded = Vocabulary.of(learned.replace("\r\n", "\n")).fold(typed)
            assert folded.dropped == {}
            assert unicodedata.normalize("NFC", folded.text) == composed.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("known", "typed", "folded"),
    [
        ("café", "cafe\u0301", "café"),
        ("café", "CAFE\u0301", "café"),
        ("cafe\u0301", "café", "cafe\u0301"),
        ("cafe\u0301", "CAFÉ", "cafe\u0301"),
        ("cafe\u0301é", "e\u0301é", "e\u0301é"),  # what is known stays as it is
        ("aåÅ", "A\u030a\u212b", "ÅÅ"),  # the very letter before its lower case
        ("Å\u212b", "A\u030a", "Å"),
        ("bB", "B\u0301", "B"),  # small only where that keeps an accent
        ("eEé", "E\u0301\u0302", "é"),
        ("\u212b", "A\u030aÅ", "\u212b\u212b"),
        ("ộ", "o\u0302\u0323", "ộ"),  # in any order, and where no part is known
        ("ê\u0301", "e\u0302\u0301ếẾ", "ê\u0301" * 3),  # one mark composed, one as itself
        ("ế\u0301", "e\u0302\u0301\u0301", "ế\u0301"),
        ("க\u0bca", "க\u0bc6\u0bbe", "க\u0bca"),  # two vowel signs are one
        ("க\u0bc6\u0bbe", "க\u0bca", "க\u0bc6\u0bbe"),
        ("ô\u0323", "ộo\u0323\u0302", "ô\u0323" * 2),
        ("eê", "ếẾ", "êê"),  # as many accents as are known
        ("eÊ", "Ế", "e"),
        ("aá", "ǻ", "á"),
        ("\u0958", "\u0915\u093c", "\u0958"),  # which no normal form composes
        ("\u0915\u093c", "\u0958", "\u0915\u093c"),
        ("\u0b92", "\u0b94", ""),  # a vowel sign is no accent: without it the letter is another
        ("iy\u0307", "İyi", "i\u0307yi"),
        ("iy", "İyi", "iyi"),
        ("각", "\u1100\u1161\u11a8", "각"),
        ("\u1100\u1161\u11a8", "각가", "\u1100\u1161\u11a8\u1100\u1161"),
        ("가", "각", ""),
        ("\ufb2c", "\u05e9\u05bc\u05c1", "\ufb2c"),
        ("xe\u0301é", "Xe\u0301é", "xe\u0301é"),
        ("x한\u1112\u1161\u11ab", "X\u1112\u1161\u11ab", "x\u1112\u1161\u11ab"),
        ("xשׁ", "x\ufb2a", "xשׁ"),
        ("❤", "❤\ufe0f", "❤"),
    ],
)
def test_fold_keeps_every_accent_that_the_known_characters_have(known, typed, folded):
    """Composed or decomposed, in the case that is known."""
    assert Vocabulary.of(known).fold(typed).text == folded


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_known_characters_with_accents_change_nothing_for_a_text_without(text):
    """What is folded is the same as without them."""
    more = Vocabulary((*BOOK.characters, "ñ", "\u0301", "Ê"))
    assert more.fold(text) == BOOK.fold(text)


def test_a_byte_order_mark_inside_a_text_is_dropped_and_counted():
    """It is no character of a text, unless an older network has learned it."""
    text = "ab\ufeffab\ufeff"
    assert Vocabulary.of_counts(Counter(text), 1).characters == ("a", "b")
    assert Vocabulary.of_counts(Counter(text), 1).fold(text) == FoldedText("abab", {"\ufeff": 2})
    assert Vocabulary.of_counts(Counter("\ufeff"), 1).characters == ("\ufeff",)
    assert Vocabulary.of_counts(Counter("a\ufeff\ufeff"), 2).characters == ("a",)
    assert Vocabulary.of(text).fold(text) == FoldedText(text, {})


def test_fold_leaves_the_parts_of_hangul_alone_where_all_are_known():
    """Only where one of a run is unknown do they become syllables."""
    parts = "\u1112\u1161\u11ab"
    assert Vocabulary.of(parts).fold(parts).text == parts
    assert Vocabulary.of(parts + "한").fold(parts).text == parts
    assert Vocabulary.of("한" + parts[:2]).fold(parts).text == "한"


@given(any_text)
def test_fold_and_encode_gives_the_ids_of_the_folded_text(text):
    """Any text can be read: decoding gives what folding gives."""
    assert BOOK.decode(BOOK.fold_and_encode(text)) == BOOK.fold(text).text


def test_fold_drops_and_counts_hangul():
    """A syllable has no counterpart, and neither do its letters."""
    folded = BOOK.fold("a한글b한")
    assert folded.text == "ab"
    assert folded.dropped == {"한": 2, "글": 1}


def test_fold_keeps_capitals_that_are_in_the_vocabulary():
    """Lower case is only tried for unknown characters."""
    assert Vocabulary(("a", "A")).fold("aA").text == "aA"
    assert Vocabulary(tuple(string.ascii_uppercase)).fold("a").dropped == {"a": 1}


def test_fold_never_raises_for_any_character():
    """Every assigned character of Unicode, and one in 64 of the code points that have no meaning."""
    for code in range(sys.maxunicode + 1):
        if code % 64 == 0 or unicodedata.category(chr(code)) not in ("Cn", "Co"):
            BOOK.counterpart(chr(code))
