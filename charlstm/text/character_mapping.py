"""How a network reads a text: prepared, folded onto its characters, as ids; and what became of each character."""

import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.text.folding import plain_punctuation
from charlstm.text.vocabulary import Vocabulary

# Characters looked at together: what is made on the way stays small beside a text of any length.
READ_AT_ONCE, COUNTED_AT_ONCE = 1 << 16, 1 << 20
PREPARATIONS: dict[str, Callable[[str], str]] = {"none": str, "plain": plain_punctuation}


class MappedCharacter(NamedTuple):
    """What became of a character that is not read as it stands; `becomes` is None where it is left out."""

    character: str
    becomes: str | None
    times: int


def count_characters(texts: Iterable[str]) -> Counter[str]:
    """Return how often each character stands in texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        for start in range(0, len(text), COUNTED_AT_ONCE):
            found, times = np.unique(_codes(text[start : start + COUNTED_AT_ONCE]), return_counts=True)
            counts.update(dict(zip(map(chr, found.tolist()), times.tolist(), strict=True)))
    return counts


class TextEncoder:
    """Reads texts for one vocabulary, and counts what is left out on the way.

    A character is prepared, and what that gives is folded as `Vocabulary.fold` does; each by itself,
    so a text may be read in parts. Texts have Unix line ends, as those of a corpus.

    Args:
        vocabulary: the characters of the network.
        folding: a key of PREPARATIONS, what a recipe calls its folding.
    """

    def __init__(self, vocabulary: Vocabulary, folding: str) -> None:
        self.vocabulary = vocabulary
        self.left_out: Counter[str] = Counter()
        self._folding = folding
        self._flat = np.zeros(0, vocabulary.dtype)  # the ids of what each character becomes, one after the other
        self._starts = np.full(sys.maxunicode + 1, -1, np.int32)  # where those of a character start; -1: not met yet
        self._lengths = np.zeros(sys.maxunicode + 1, np.int32)

    @classmethod
    def of_counts(cls, counts: Mapping[str, int], folding: str, least_count: int) -> "TextEncoder":
        """Return the reader whose vocabulary is what stands often enough in a prepared text.

        Args:
            counts: of each character before it is prepared.
            folding: a key of PREPARATIONS.
            least_count: the least that a character must stand there after it is prepared.
        """
        return cls(Vocabulary.of_counts(prepared_counts(counts, folding), least_count), folding)

    def by_frequency(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Return the vocabulary, what stands most often in a prepared text first, from counts before that."""
        prepared = prepared_counts(counts, self._folding)
        return tuple(sorted(self.vocabulary.characters, key=lambda character: (-prepared[character], character)))

    def becomes(self, character: str) -> str | None:
        """Return the known characters that are read for one character, or None where it is left out."""
        parts = [self.vocabulary.counterpart(part) for part in PREPARATIONS[self._folding](character)]
        return None if None in parts else "".join(part for part in parts if part)

    def fates(self, counts: Mapping[str, int]) -> list[MappedCharacter]:
        """Return what became of each counted character that is not read as it stands, the most frequent first."""
        fates = (MappedCharacter(character, self.becomes(character), count) for character, count in counts.items())
        return sorted(
            (fate for fate in fates if fate.becomes != fate.character), key=lambda fate: (-fate.times, fate.character)
        )

    def encode(self, text: str) -> NDArray[np.unsignedinteger]:
        """Return the ids of a text, shape (characters read,), of the smallest dtype that holds them."""
        parts = (text[start : start + READ_AT_ONCE] for start in range(0, len(text), READ_AT_ONCE))
        return np.concatenate([np.zeros(0, self.vocabulary.dtype), *(self._encode(_codes(part)) for part in parts)])

    def _encode(self, codes: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
        starts = self._starts[codes]
        if len(starts) and starts.min() < 0:
            self._meet(np.unique(codes[starts < 0]).tolist())
            starts = self._starts[codes]
        lengths = self._lengths[codes]
        if (lengths == 1).all():
            return self._flat[starts]
        left_out, times = np.unique(codes[lengths < 0], return_counts=True)
        self.left_out.update(dict(zip(map(chr, left_out.tolist()), times.tolist(), strict=True)))
        lengths = np.maximum(lengths, 0)
        ends = np.cumsum(lengths)
        return self._flat[np.repeat(starts - (ends - lengths), lengths) + np.arange(ends[-1])]

    def _meet(self, codes: list[int]) -> None:
        ids: list[int] = []
        for code in codes:
            becomes = self.becomes(chr(code))
            self._starts[code] = len(self._flat) + len(ids)
            self._lengths[code] = -1 if becomes is None else len(becomes)
            ids += (self.vocabulary.ids[part] for part in becomes or "")
        self._flat = np.concatenate([self._flat, np.array(ids, self._flat.dtype)])


def told(
    vocabulary: Vocabulary, fates: Sequence[MappedCharacter], counted_in: str, most: int | None = None
) -> list[str]:
    """Say which characters a network knows, and what became of those that it does not.

    Args:
        vocabulary: what it knows.
        fates: from `TextEncoder.fates`.
        counted_in: where they were counted.
        most: kinds of characters that are named at most, of either fate; None for all.
    """
    folded = [fate for fate in fates if fate.becomes is not None]
    left_out = [fate for fate in fates if fate.becomes is None]
    return [
        f"{len(vocabulary):,} characters make the vocabulary, counted in {counted_in}",
        *(f"{doing}: {_listed(some, most)}" for doing, some in (("folded", folded), ("left out", left_out)) if some),
    ]


def _listed(fates: Sequence[MappedCharacter], most: int | None) -> str:
    total, kinds = sum(fate.times for fate in fates), len(fates)
    named = "; ".join(_named(fate) for fate in fates[:most])
    more = f"; and {kinds - most:,} more" if most is not None and kinds > most else ""
    return f"{total:,} character{'s' * (total > 1)} of {kinds:,} kind{'s' * (kinds > 1)}: {named}{more}"


def _named(fate: MappedCharacter) -> str:
    becomes = "" if fate.becomes is None else f" → {''.join(map(visible, fate.becomes)) or 'nothing'}"
    return f"{visible(fate.character)}{becomes} {fate.times:,}"


def visible(character: str) -> str:
    """Return a character as it can be told from others in a line: itself, or its number.

    >>> visible("—"), visible(" "), visible("\\t")
    ('—', 'a space', 'U+0009')
    """
    if character in _NAMES:
        return _NAMES[character]
    plain = character.isprintable() and not character.isspace() and not unicodedata.combining(character)
    return character if plain else f"U+{ord(character):04X}"


_NAMES = {" ": "a space", "\n": "a line end"}


def prepared_counts(counts: Mapping[str, int], folding: str) -> Counter[str]:
    """Return how often each character stands in a prepared text, from how often each stood before."""
    prepared: Counter[str] = Counter()
    for character, count in counts.items():
        for part in PREPARATIONS[folding](character):
            prepared[part] += count
    return prepared


def _codes(text: str) -> NDArray[np.unsignedinteger]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
