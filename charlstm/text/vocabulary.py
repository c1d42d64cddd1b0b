"""A vocabulary: characters and their ids, and folding any text onto its characters."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from charlstm.text.decoding import Case
from charlstm.text.folding import ACCENTED, BYTE_ORDER_MARK, LOOK_ALIKES, compose_hangul


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
        """Return the sorted characters that occur at least `least` times; all of them if none does.

        A byte order mark is no character of a text, and only there if there is nothing else.
        """
        there = sorted(character for character in counts if character != BYTE_ORDER_MARK)
        frequent = tuple(character for character in there if counts[character] >= least)
        return cls(frequent or tuple(there) or tuple(counts))

    @cached_property
    def case(self) -> Case:
        """The case of the texts that a network with this vocabulary reads: "keep" where it has capitals."""
        return "lower" if all(character == character.lower() for character in self.characters) else "keep"

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

        Tried in this order for each character: itself, its lower case, either of them with its accents
        decomposed, or with as many of them as are known, its look-alike (quotes, dashes, ligatures),
        its compatibility decomposition (NFKD) without accents. Before that, letters with combining marks
        are spelled as known ones (`spelled`). A mark that is left is dropped.

        >>> Vocabulary(tuple("caf\xe9")).fold("Cafe\u0301").text
        'caf\xe9'
        """
        text = self.spelled(text.replace("\r\n", "\n"))
        counts = Counter(text)
        counterparts = {character: self.counterpart(character) for character in counts}
        dropped = {character: counts[character] for character, found in counterparts.items() if found is None}
        return FoldedText(text.translate({ord(key): found for key, found in counterparts.items()}), dropped)

    def fold_and_encode(self, text: str) -> NDArray[np.unsignedinteger]:
        """Return the ids of any text, folded first."""
        return self.encode(self.fold(text).text)

    def spelled(self, text: str) -> str:
        """Return a text in which letters with combining marks are composed or decomposed as the known ones are.

        Letters and marks that are all known stay as they are, and so do marks that nothing known has. Hangul
        syllables are composed, unless their letters are known.
        """
        characters = set(text)
        if characters <= self.ids.keys():
            return text
        text = compose_hangul(text, self.ids)
        if not any(unicodedata.category(character).startswith("M") for character in characters):
            return text
        spelling = cache(self._spelling)
        return ACCENTED.sub(lambda found: spelling(found[0]), text)

    def counterpart(self, character: str) -> str | None:
        """Return the known characters that replace one character in `fold`, or None where it is dropped."""
        lowered = character.lower()
        decomposed = unicodedata.normalize("NFKD", lowered)
        plain = "".join(part for part in decomposed if not unicodedata.combining(part))
        mapped = "".join(LOOK_ALIKES.get(part, part) for part in plain)
        exact, missing = self._parts(character)
        held, lost = self._parts(lowered)
        candidates = (
            character,
            None if missing else exact,
            lowered,
            held if all(map(unicodedata.combining, lost)) else None,  # without a vowel sign it is another letter
            LOOK_ALIKES.get(lowered),
            plain,
            mapped,
        )
        for candidate in candidates:
            if candidate and all(part in self.ids for part in candidate):
                return candidate
        return None

    @cached_property
    def _by_parts(self) -> dict[str, str]:
        """The known characters by their canonical decomposition (NFD), which is the same for equivalent ones."""
        return {unicodedata.normalize("NFD", character): character for character in reversed(self.characters)}

    def _parts(self, form: str) -> tuple[str, str]:
        """Return the known characters that have most of a letter and its marks, and the marks that they lack.

        Nothing is known, and all parts are lacking, where the letter itself is unknown.
        """
        parts = unicodedata.normalize("NFD", form)
        if parts in self._by_parts:
            return self._by_parts[parts], ""
        composed_form = [unicodedata.normalize("NFD", part) for part in unicodedata.normalize("NFC", form)]
        if all(part in self._by_parts for part in composed_form):
            return "".join(self._by_parts[part] for part in composed_form), ""
        letter, known, left = parts[:1], "", ""
        for mark in parts[1:]:
            if letter + mark in self._by_parts:
                letter += mark
            elif mark in self.ids:
                known += mark
            else:
                left += mark
        return (self._by_parts[letter] + known, left) if letter in self._by_parts else ("", parts)

    def _spelling(self, accented: str) -> str:
        """Return one letter with its marks as `spelled` has it."""
        if all(part in self.ids for part in accented):
            return accented
        forms = [(known, left) for known, left in map(self._parts, (accented, accented.lower())) if known]
        if not forms:
            return accented
        known, left = min(forms, key=lambda form: len(form[1]))
        # Marks that came of a composed letter go with it, as where it has no others.
        return known + "".join(mark * min(left.count(mark), accented.count(mark)) for mark in dict.fromkeys(left))
