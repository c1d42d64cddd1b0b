"""A text as ids: normalised, folded onto a vocabulary, encoded; and what each character is mapped to."""

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.text.folding import ACCENTED, plain_punctuation
from charlstm.text.vocabulary import Vocabulary

# Characters handled at once, so that temporary arrays stay small for a text of any length.
ENCODE_BLOCK, COUNT_BLOCK = 1 << 16, 1 << 20
NORMALISERS: dict[str, Callable[[str], str]] = {"none": str, "plain": plain_punctuation}  # by a recipe's `folding`


class MappedCharacter(NamedTuple):
    """A character, or a letter with its combining marks, that is encoded as something else than itself.

    `replacement` is None where it is dropped.
    """

    character: str
    replacement: str | None
    occurrences: int


def count_characters(texts: Iterable[str]) -> Counter[str]:
    """Return how often each character occurs in all texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        for start in range(0, len(text), COUNT_BLOCK):
            occurrences = np.bincount(_codes(text[start : start + COUNT_BLOCK]))  # sooner than sorting them
            found = np.flatnonzero(occurrences)
            counts.update(dict(zip(map(chr, found.tolist()), occurrences[found].tolist(), strict=True)))
    return counts


class Lowered(NamedTuple):
    """What lower case changes in a text: so many capitals, which makes so many different characters fewer."""

    capitals: int = 0
    different: int = 0


NOTHING_LOWERED = Lowered()


def count_lowered(counts: Mapping[str, int]) -> Lowered:
    """Return what lower case changes in a text.

    Args:
        counts: of each character, before.

    >>> count_lowered({"A": 2, "a": 7, "B": 1})
    Lowered(capitals=3, different=1)
    """
    capitals = sum(count for character, count in counts.items() if character.lower() != character)
    return Lowered(capitals, max(0, len(counts) - len(set("".join(counts).lower()))) if capitals else 0)


def describe_lowered(lowered: Lowered) -> list[str]:
    """Return a line about the capitals that were lowered; none where there were none."""
    capitals, different = lowered
    if not capitals:
        return []
    saved = f", {different:,} different character{'s' * (different > 1)} fewer" if different else ""
    told, kept = ("capital is", "it") if capitals == 1 else ("capitals are", "them")
    return [f"{capitals:,} {told} lowered{saved}; --case keep keeps {kept}"]


def count_accented(texts: Iterable[str]) -> Counter[str]:
    """Return how often each letter with combining marks occurs in all texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        if not text.isascii():
            counts.update(ACCENTED.findall(text))
    return counts


class TextEncoder:
    """Encodes texts as ids of one vocabulary, and counts the characters that are dropped.

    Each character is normalised, and the result is folded as by `Vocabulary.fold`; only combining marks
    depend on the character before them, so a text may be encoded in parts that do not begin with a mark.
    Texts have Unix line ends and whole Hangul syllables, as those of a corpus.

    Args:
        vocabulary: the characters of the network.
        folding: a key of NORMALISERS, from the recipe.

    Attributes:
        dropped: the characters without a counterpart so far, and their occurrences.
    """

    def __init__(self, vocabulary: Vocabulary, folding: str) -> None:
        self.vocabulary = vocabulary
        self.dropped: Counter[str] = Counter()
        self._folding = folding
        # A lookup table by code point, filled as characters occur: the ids of a character are
        # `_ids[_starts[code] : _starts[code] + _lengths[code]]`.
        self._ids = np.zeros(0, vocabulary.dtype)
        self._starts = np.full(sys.maxunicode + 1, -1, np.int32)  # -1: not in the table yet
        self._lengths = np.zeros(sys.maxunicode + 1, np.int32)  # -1: dropped

    @classmethod
    def of_counts(cls, counts: Mapping[str, int], folding: str, least_count: int) -> "TextEncoder":
        """Return the encoder whose vocabulary is the frequent characters of a normalised text.

        Args:
            counts: of each character before normalisation.
            folding: a key of NORMALISERS.
            least_count: how often a character must occur after normalisation.
        """
        return cls(Vocabulary.of_counts(normalised_counts(counts, folding), least_count), folding)

    def characters_by_frequency(self, counts: Mapping[str, int]) -> tuple[str, ...]:
        """Return the vocabulary, most frequent first in the normalised text, from the counts before normalisation."""
        normalised = normalised_counts(counts, self._folding)
        return tuple(sorted(self.vocabulary.characters, key=lambda character: (-normalised[character], character)))

    def replacement(self, character: str) -> str | None:
        """Return the characters of the vocabulary that one character is encoded as, or None where it is dropped."""
        parts = [self.vocabulary.counterpart(part) for part in NORMALISERS[self._folding](character)]
        return None if None in parts else "".join(part for part in parts if part)

    def mappings(self, counts: Mapping[str, int], accented: Mapping[str, int] | None = None) -> list[MappedCharacter]:
        """Return the mappings of counted characters, without those encoded as themselves, most frequent first.

        Args:
            counts: from `count_characters`.
            accented: from `count_accented`, of the same texts; a letter whose marks are spelled otherwise is told
                as one.
        """
        alone, mappings = Counter(counts), []
        for found, occurrences in (accented or {}).items():
            spelling = self.vocabulary.spelled(found)
            if spelling != found:
                parts = {part: self.replacement(part) for part in spelling}
                dropped = [part for part in spelling if parts[part] is None]
                mappings.append(MappedCharacter(found, "".join(parts[part] or "" for part in spelling), occurrences))
                for change, characters in ((-occurrences, found), (occurrences, dropped)):
                    for character in characters:
                        alone[character] += change
        mappings += [MappedCharacter(one, self.replacement(one), count) for one, count in alone.items() if count]
        changed = (mapping for mapping in mappings if mapping.replacement != mapping.character)
        return sorted(changed, key=lambda mapping: (-mapping.occurrences, mapping.character))

    def encode(self, text: str) -> NDArray[np.unsignedinteger]:
        """Return the ids of a text, shape (encoded characters,), of the vocabulary's dtype."""
        text = self.vocabulary.spelled(text)
        blocks = (text[start : start + ENCODE_BLOCK] for start in range(0, len(text), ENCODE_BLOCK))
        return np.concatenate([np.zeros(0, self.vocabulary.dtype), *(self._encode(_codes(block)) for block in blocks)])

    def fold(self, text: str) -> str:
        """Return a text as the network reads it: of characters of the vocabulary only."""
        return self.vocabulary.decode(self.encode(text).tolist())

    def _encode(self, codes: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
        starts = self._starts[codes]
        if len(starts) and starts.min() < 0:
            self._add_to_table(np.unique(codes[starts < 0]).tolist())
            starts = self._starts[codes]
        lengths = self._lengths[codes]
        if (lengths == 1).all():
            return self._ids[starts]
        dropped, occurrences = np.unique(codes[lengths < 0], return_counts=True)
        self.dropped.update(dict(zip(map(chr, dropped.tolist()), occurrences.tolist(), strict=True)))
        lengths = np.maximum(lengths, 0)
        ends = np.cumsum(lengths)
        return self._ids[np.repeat(starts - (ends - lengths), lengths) + np.arange(ends[-1])]

    def _add_to_table(self, codes: list[int]) -> None:
        ids: list[int] = []
        for code in codes:
            replacement = self.replacement(chr(code))
            self._starts[code] = len(self._ids) + len(ids)
            self._lengths[code] = -1 if replacement is None else len(replacement)
            ids += (self.vocabulary.ids[part] for part in replacement or "")
        self._ids = np.concatenate([self._ids, np.array(ids, self._ids.dtype)])


def describe_mappings(
    vocabulary: Vocabulary, mappings: Sequence[MappedCharacter], counted_in: str, most: int | None = None
) -> list[str]:
    """Return lines about a vocabulary: its size, the characters folded onto it, and those dropped.

    Args:
        vocabulary: of the network.
        mappings: from `TextEncoder.mappings`.
        counted_in: a name of the text where characters were counted.
        most: how many folded and how many dropped characters to list; None for all.
    """
    folded = [mapping for mapping in mappings if mapping.replacement is not None]
    dropped = [mapping for mapping in mappings if mapping.replacement is None]
    return [
        f"{len(vocabulary):,} characters make the vocabulary, counted in {counted_in}",
        *(f"{label}: {_summary(some, most)}" for label, some in (("folded", folded), ("left out", dropped)) if some),
    ]


def _summary(mappings: Sequence[MappedCharacter], most: int | None) -> str:
    total, kinds = sum(mapping.occurrences for mapping in mappings), len(mappings)
    listed = "; ".join(_description(mapping) for mapping in mappings[:most])
    more = f"; and {kinds - most:,} more" if most is not None and kinds > most else ""
    return f"{total:,} character{'s' * (total > 1)} of {kinds:,} kind{'s' * (kinds > 1)}: {listed}{more}"


def _description(mapping: MappedCharacter) -> str:
    replacement = mapping.replacement
    arrow = "" if replacement is None else f" → {''.join(map(printable_name, replacement))}"
    return f"{''.join(map(printable_name, mapping.character))}{arrow} {mapping.occurrences:,}"


def printable_name(character: str) -> str:
    """Return the character, a mark on a dotted circle; or a name for it if it is a blank or cannot be seen.

    >>> printable_name("—"), printable_name(" "), printable_name("\\t"), printable_name("\u0301")
    ('—', 'a space', 'U+0009', '◌\u0301')
    """
    if character in _NAMES:
        return _NAMES[character]
    if not character.isprintable() or character.isspace() or _UNSEEN.match(character):
        return f"U+{ord(character):04X}"
    return f"◌{character}" if unicodedata.category(character).startswith("M") else character


_NAMES = {" ": "a space", "\n": "a line end"}
# Printable by their category, but blank: fillers, the empty Braille pattern, joiners and variation selectors.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def normalised_counts(counts: Mapping[str, int], folding: str) -> Counter[str]:
    """Return how often each character occurs in a normalised text, from the counts before normalisation."""
    normalised: Counter[str] = Counter()
    for character, count in counts.items():
        for part in NORMALISERS[folding](character):
            normalised[part] += count
    return normalised


def _codes(text: str) -> NDArray[np.unsignedinteger]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
