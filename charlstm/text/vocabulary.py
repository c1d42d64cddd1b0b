"""A vocabulary: characters and their ids, and folding any text onto its characters."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from charlstm.text.folding import LOOK_ALIKES, compose_hangul


@dataclass(frozen=True)
class FoldedText:
    """A text that consists of known characters, and the occurrences of each character that was dropped."""

    text: str
    dropped: dict[str, int]


@dataclass(frozen=True)
class Vocabulary:
    """The characters of a network in the order of their ids.

    Raises:
        ValueError: a character is repeated, an entry is not one character, or there is none.
    """

    characters: tuple[str, ...]

    def __post_init__(self) -> None:
        for character in self.characters:
            if not isinstance(character, str) or len(character) != 1:
                raise ValueError(f"the vocabulary has an entry that is not one character: {repr(character)[:30]}")
        repeated = [character for character, count in Counter(self.characters).items() if count > 1]
        if repeated:
            raise ValueError(f"the vocabulary has {repeated[0]!r} more than once")
        if not self.characters:
            raise ValueError("the vocabulary is empty")

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """Return the sorted distinct characters of `text`, as the book does.

        Source: Deep Learning with Python, listing 8.3.
        """
        return cls(tuple(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.characters)

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each character."""
        return {character: id_ for id_, character in enumerate(self.characters)}

    @classmethod
    def of_counts(cls, counts: Mapping[str, int], least: int) -> "Vocabulary":
        """Return the sorted characters that occur at least `least` times; all of them if none does."""
        frequent = sorted(character for character, count in counts.items() if count >= least)
        return cls(tuple(frequent or sorted(counts)))

    @property
    def dtype(self) -> np.dtype:
        """The smallest unsigned integer type that holds every id."""
        return np.min_scalar_type(len(self) - 1)

    def encode(self, text: str) -> NDArray[np.unsignedinteger]:
        """Return the ids of `text`, shape (len(text),), of the vocabulary's dtype.

        Raises:
            ValueError: names the first character that is not in the vocabulary.
        """
        known = np.array([ord(character) for character in self.characters])
        # A lookup table from code point to id; its last entry is for all code points beyond the known ones.
        id_of = np.full(known.max() + 2, len(known), dtype=np.min_scalar_type(len(known)))
        id_of[known] = np.arange(len(known))
        ids = np.empty(len(text), dtype=self.dtype)
        block = 1 << 20  # characters, so that temporary arrays stay small for a text of any length
        for start in range(0, len(text), block):
            codes = np.frombuffer(text[start : start + block].encode("utf-32-le", "surrogatepass"), dtype="<u4")
            found = id_of[np.minimum(codes, len(id_of) - 1)]
            unknown = np.flatnonzero(found == len(known))
            if unknown.size:
                position = start + int(unknown[0])
                raise ValueError(f"character {text[position]!r} at position {position} is not in the vocabulary")
            ids[start : start + block] = found
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of `ids`, any iterable of integers in [0, len(self))."""
        return "".join(self.characters[id_] for id_ in ids)

    def fold(self, text: str) -> FoldedText:
        """Map `text` onto the known characters by meaning, and drop what has no counterpart.

        Tried in this order for each character: itself, its lower case, its look-alike (quotes,
        dashes, ligatures), its compatibility decomposition (NFKD) without accents. Before that,
        Hangul syllables are composed, unless their letters are known.
        """
        text = compose_hangul(text.replace("\r\n", "\n"), self.ids)
        counts = Counter(text)
        counterparts = {character: self.counterpart(character) for character in counts}
        dropped = {character: counts[character] for character, found in counterparts.items() if found is None}
        return FoldedText(text.translate({ord(key): found for key, found in counterparts.items()}), dropped)

    def fold_and_encode(self, text: str) -> NDArray[np.unsignedinteger]:
        """Return the ids of any text, folded first."""
        return self.encode(self.fold(text).text)

    def counterpart(self, character: str) -> str | None:
        """Return the known characters that replace one character in `fold`, or None where it is dropped."""
        lowered = character.lower()
        decomposed = unicodedata.normalize("NFKD", lowered)
        plain = "".join(part for part in decomposed if not unicodedata.combining(part))
        mapped = "".join(LOOK_ALIKES.get(part, part) for part in plain)
        for candidate in (character, lowered, LOOK_ALIKES.get(lowered), plain, mapped):
            if candidate and all(part in self.ids for part in candidate):
                return candidate
        return "" if unicodedata.combining(character) else None
