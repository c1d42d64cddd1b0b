"""A viewer's own text: accepted, or refused in one sentence."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.playback.user_training.user_text import (
    LARGEST_TEXT,
    SHORTEST_TEXT,
    folder_name,
    least_count,
    preview,
    read_text,
)
from charlstm.recipes.recipe import check_corpus, find_recipe
from charlstm.text.decoding import CorpusError
from charlstm.text.folding import plain_punctuation
from charlstm.ui.train import sentences as train_sentences

PROSE = "".join(
    f"chapter {number}: the “{'owl' * (number % 7)}” and the pussy-cat — went to sea.\n" for number in range(99)
)


def test_text_is_read_as_training_reads_it():
    """Lower case and plain quotes; its characters are those that the network will know."""
    text = read_text(("\ufeff" + PROSE.replace("\n", "\r\n").upper()).encode(), "My Poems.TXT")
    plain = plain_punctuation(PROSE)
    assert text.content == PROSE
    assert (text.characters, text.different, text.left_out) == (len(plain), len(set(plain)), {})
    assert text.name == "my-poems"


def test_a_byte_order_mark_inside_a_text_is_not_learned():
    """Where two files were joined; it is told with what is left out."""
    text = read_text(f"{PROSE}\ufeff{PROSE}".encode(), "it.txt")
    plain = plain_punctuation(PROSE)
    assert (text.characters, text.different) == (2 * len(plain), len(set(plain)))
    assert text.left_out == {"\ufeff": 1}


def test_capitals_are_kept_where_that_was_chosen():
    """Counted either way."""
    content = PROSE.replace("owl", "Owl").encode()
    kept, lowered = read_text(content, "it.txt", case="keep"), read_text(content, "it.txt")
    assert (kept.content, lowered.content) == (content.decode(), PROSE)
    assert kept.lowered == lowered.lowered == (content.count(b"O"), 1)
    assert kept.different == lowered.different + 1


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-32-le", "gb18030"])
def test_text_in_another_encoding_is_read_as_in_utf8(encoding):
    plain = PROSE.replace("pussy", "süße")
    assert read_text(plain.encode(encoding), "it.txt", encoding=encoding) == read_text(plain.encode(), "it.txt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Einst saß er", "Einst saß er"),
        (
            "ascii " * 50 + "und dann:\n\tgrün, sehr grün " + "und so weiter " * 50,
            "…ascii ascii ascii und dann: grün, sehr grün und",
        ),
        ("x" * 500 + "é", "…é"),
        ("plain " * 100, "plain plain"),
        ("", ""),
    ],
)
def test_preview_begins_where_letters_are_not_ascii(text, expected):
    """On one line, at a blank where there is one, and not longer than a few words."""
    found = preview(text.encode("cp1252"), "cp1252")
    assert found.startswith(expected)
    assert len(found) <= 162
    assert not set(found) & set("\n\t")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n", "is empty"),
        (b"a" * (LARGEST_TEXT + 1), "2.0 MB, and the limit here is 2 MB"),
        (os.urandom(5000) + b"\xff", "is not"),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), "is not"),
        (PROSE.encode("utf-16"), "is UTF-16, not UTF-8"),
        (PROSE.encode("utf-32"), "is UTF-32, not UTF-8"),
        (PROSE.encode("latin-1", "replace") + b"\xe9t\xe9", "is not UTF-8 text"),
        (bytes(range(1, 32)) * 200, "is not a text"),
        (b"ab" * 5000, "only 2 different characters"),
        (b"a" * 5000, "only one character"),
        (b"a sentence is not enough", "24 characters; at least 2,000 are needed"),
    ],
)
def test_invalid_text_is_refused_in_one_sentence(content, reason):
    """Empty, huge, binary, of two different characters, too short: with its title, and on one line."""
    with pytest.raises(CorpusError, match=reason) as refusal:
        read_text(content, "it.txt")
    assert str(refusal.value).startswith("it.txt ")
    assert "\n" not in str(refusal.value)


@given(st.binary(max_size=3000))
def test_any_bytes_are_accepted_or_refused(content):
    """The result is a text or a CorpusError."""
    try:
        assert read_text(content, "it").characters > 0
    except CorpusError as refusal:
        assert str(refusal)


@pytest.mark.parametrize("recipe", train_sentences.RECIPES)
def test_shortest_text_can_be_learned(recipe):
    """What the page accepts, `train` accepts."""
    text = read_text((PROSE[: SHORTEST_TEXT - 2] + "xyz").encode(), "short.txt")
    check_corpus(InMemoryCorpus("short", (text.content,), ""), find_recipe(recipe))


def test_rare_characters_of_a_large_alphabet_are_left_out():
    """The vocabulary has the most frequent ones, and no more than allowed."""
    alphabet = [chr(0x4E00 + number) for number in range(3000)]
    text = read_text("".join(one * (1 + (number < 1500)) for number, one in enumerate(alphabet)).encode(), "it")
    assert (text.different, text.least_count) == (1500, 2)
    assert set(text.left_out) == set(alphabet[1500:])
    assert text.characters == 3000


@given(st.dictionaries(st.characters(), st.integers(1, 5)), st.integers(1, 20))
def test_least_count_keeps_as_many_characters_as_allowed(counts, most):
    """A lower one would keep too many, unless all may stay."""
    least = least_count(counts, most)
    assert sum(count >= least for count in counts.values()) <= most
    assert least == 1 or sum(count >= least - 1 for count in counts.values()) > most


def test_text_that_repeats_itself_is_marked():
    """Its held-out loss will be too low."""
    assert not read_text(PROSE.encode(), "it").repeats_itself
    assert read_text((PROSE + PROSE).encode(), "it").repeats_itself


@given(st.text(max_size=60))
def test_any_title_becomes_a_folders_name(title):
    """One word of letters and digits, whatever the name of the file."""
    word = folder_name(title)
    assert 0 < len(word) <= 40
    assert not set(word) & set("/\\. \0\n")


def test_page_offers_existing_recipes():
    """Each is explained."""
    assert list(train_sentences.RECIPES) == list(train_sentences.RECIPES_EXPLAINED)
    for name in train_sentences.RECIPES:
        assert find_recipe(name).name == name
