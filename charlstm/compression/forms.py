"""Any text in pieces, each of which is a character that a network knows, in one of its forms, or is unknown to it.

The forms of "a" are "a" itself, then its capital "A", then all others: "á", "ª". The second form of a line's end is
that of Windows, "\\r\\n". A character without counterpart in the vocabulary has no known character: it is unknown.
"""

from collections.abc import Iterator
from typing import NamedTuple

from charlstm.text.vocabulary import Vocabulary

WINDOWS_LINE = "\r\n"


class Piece(NamedTuple):
    """One or two characters of a text, and how a network reads them; what a decoder does not know yet is None.

    Attributes:
        text: the characters.
        unknown: whether there is no known character.
        id: of the known character.
        changed: whether the form is not the known character itself.
        second: whether it is the second form.
    """

    text: str | None = None
    unknown: bool | None = None
    id: int | None = None
    changed: bool | None = None
    second: bool | None = None


class Forms:
    """The pieces of texts for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.second = [self._second(character) for character in vocabulary.characters]
        self._pieces: dict[str, Piece] = {}

    def pieces(self, text: str) -> Iterator[Piece]:
        """Yield the pieces of a text, which joined are the text."""
        joined = WINDOWS_LINE in self.second
        position = 0
        while position < len(text):
            length = 2 if joined and text.startswith(WINDOWS_LINE, position) else 1
            part = text[position : position + length]
            position += length
            piece = self._pieces.get(part)
            if piece is None:
                piece = self._pieces[part] = self._piece(part)
            yield piece

    def _second(self, character: str) -> str | None:
        """Return the second form of a known character, or None where it has none, or one that is known itself."""
        if character == "\n":
            return WINDOWS_LINE if "\r" not in self._vocabulary.ids else None
        capital = character.upper()
        is_form = len(capital) == 1 and capital != character and capital.lower() == character
        return capital if is_form and capital not in self._vocabulary.ids else None

    def _piece(self, part: str) -> Piece:
        known = "\n" if part == WINDOWS_LINE else self._vocabulary.counterpart(part)
        if not known:
            return Piece(part, unknown=True)
        # The first character stands for a longer counterpart, as "." for "…".
        id_ = self._vocabulary.ids[known[0]]
        return Piece(part, False, id_, part != known, part == self.second[id_])
