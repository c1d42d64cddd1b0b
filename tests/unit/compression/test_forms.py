"""The pieces of a text, and what a network reads of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.compression.forms import Forms, Piece
from charlstm.text.vocabulary import Vocabulary
from tests.unit.compression.conftest import VOCABULARIES

KNOWN = "\n .abc'ß"


def pieces(text, known=KNOWN):
    """Return text, known character, whether changed and whether to the second form, of each piece."""
    found = Forms(Vocabulary(tuple(known))).pieces(text)
    return [(one.text, None if one.id is None else known[one.id], one.changed, one.second) for one in found]


@given(st.text() | st.text("aAbB\r\n"), st.sampled_from(VOCABULARIES))
def test_pieces_joined_are_the_text(text, known):
    """Whatever is known."""
    assert "".join(str(piece.text) for piece in Forms(Vocabulary(tuple(known))).pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a", "a", False, False)),
        ("A", ("A", "a", True, True)),
        ("Ä", ("Ä", "a", True, False)),
        ("’", ("’", "'", True, False)),
        ("…", ("…", ".", True, False)),
        ("\r\n", ("\r\n", "\n", True, True)),
        ("\r", ("\r", "\n", True, False)),
        ("\t", ("\t", " ", True, False)),
        ("ẞ", ("ẞ", "ß", True, False)),  # its capital is "SS" to Python, which is not one character
        ("한", ("한", None, None, None)),
        ("\0", ("\0", None, None, None)),
        ("\u0301", ("\u0301", None, None, None)),
    ],
)
def test_a_piece_says_how_it_is_read(text, expected):
    """As a known character in a form, or as unknown."""
    assert pieces(text) == [expected]


def test_a_form_that_is_known_is_itself():
    """Where capitals are in the vocabulary, they are no forms of others; nor are line ends of Windows."""
    assert pieces("aA\r\n", "\r\naA") == [(one, one, False, False) for one in "aA\r\n"]


def test_a_decoder_knows_nothing_of_the_next_piece():
    """None of its fields."""
    assert set(Piece()) == {None}
