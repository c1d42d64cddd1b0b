"""Runs of characters that stand in two texts: found by numbers that are equal where the characters are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FACTOR = np.uint64(0x9E3779B97F4A7C15)
BLOCK = 64  # characters compared at first; a run of three times as many holds a whole one of them wherever it begins
AT_ONCE = 1 << 22  # characters of a long text looked at together
MOST = 100  # passages looked for; more would not be read
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Passage:
    """A run of characters that stands in two texts: where it begins in each, and its length."""

    in_one: int
    in_other: int
    length: int


def ngram_hashes(text: str, length: int) -> Hashes:
    """Return a number for each run of `length` characters of a text; runs that are equal have the same.

    Two different runs have the same number once in 10^19.

    Returns:
        uint64 (len(text) - length + 1,); none where the text is shorter.
    """
    hashes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if len(hashes) < length:
        return hashes[:0]
    reach, factor = 1, FACTOR
    with np.errstate(over="ignore"):
        while reach < length:
            # The next run is this one and one more, which may overlap it.
            further = min(reach, length - reach)
            hashes = hashes[:-further] * factor + hashes[further:]
            # What is multiplied once must not be multiplied by the same again, or halves could be exchanged.
            factor = factor * factor + np.uint64(2 * further)
            reach += further
    return hashes


def ngram_overlap(text: str, known: Hashes, length: int = 50) -> float:
    """Return which share of a text's characters lies inside a run of `length` that stands in another text too.

    Args:
        text: what was written.
        known: the sorted `ngram_hashes` of the other text, of the same length.
        length: of the shortest run that counts.

    Returns:
        A share in [0, 1]; 0 for a text shorter than `length`.
    """
    own = ngram_hashes(text, length)
    if not len(own) or not len(known):
        return 0.0
    there = known[np.minimum(np.searchsorted(known, own), len(known) - 1)] == own
    # A run that is there covers `length` characters: count where covers begin and end.
    covers = np.zeros(len(text) + 1, np.int64)
    np.add.at(covers, np.flatnonzero(there), 1)
    np.subtract.at(covers, np.flatnonzero(there) + length, 1)
    return float(np.count_nonzero(np.cumsum(covers)[:-1]) / len(text))


def shared_passages(one: str, other: str, least: int) -> list[Passage]:
    """Return the runs of `least` characters and more that stand in both texts, by their place in the other.

    Args:
        one: any text; the longer of the two.
        other: any text.
        least: at least twice BLOCK.

    Returns:
        The whole of each run, MOST of them at most.
    """
    if least < 2 * BLOCK:
        raise ValueError(f"least is {least}; it must be {2 * BLOCK} or more")
    starts = np.arange(0, len(other) - BLOCK + 1, BLOCK)
    marks = ngram_hashes(other, BLOCK)[starts] if len(starts) else np.zeros(0, np.uint64)
    passages: list[Passage] = []
    for first in range(0, len(one), AT_ONCE):
        hashes = ngram_hashes(one[first : first + AT_ONCE + BLOCK - 1], BLOCK)
        for place in np.flatnonzero(np.isin(hashes, marks)):
            for start in starts[marks == hashes[place]]:
                _add(passages, one, other, int(first + place), int(start), least)
            if len(passages) >= MOST:
                return passages[:MOST]
    return sorted(passages, key=lambda passage: passage.in_other)


def _add(passages: list[Passage], one: str, other: str, place: int, start: int, least: int) -> None:
    """Extend a block that stands in both to both sides, and note it where it is long enough and not yet known."""
    if any(
        known.in_other <= start < known.in_other + known.length and known.in_one - known.in_other == place - start
        for known in passages
    ):
        return
    before = 0
    while min(place, start) > before and one[place - before - 1] == other[start - before - 1]:
        before += 1
    after = 0
    longest = min(len(one) - place, len(other) - start)
    while after < longest and one[place + after] == other[start + after]:
        after += 1
    if before + after >= least:
        passages.append(Passage(place - before, start - before, before + after))
