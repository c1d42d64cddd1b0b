"""N-grams and passages that two texts share, found by hashes of n-grams."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FACTOR = np.uint64(0x9E3779B97F4A7C15)  # of the hash: 2^64 / golden ratio, as in Fibonacci hashing
BLOCK = 64  # characters that are hashed to find a passage; a passage of 2 * BLOCK contains a whole block
SEARCH_LENGTH = 1 << 22  # characters of a long text that are hashed at once
MAX_PASSAGES = 100  # that are returned; nobody reads more
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class Passage:
    """A passage that two texts share: where it starts in each, and its length."""

    first_start: int
    second_start: int
    length: int


def ngram_hashes(text: str, length: int) -> Hashes:
    """Return the hash of each n-gram of a text; equal n-grams have equal hashes.

    Different n-grams have equal hashes with a probability of about 1e-19.

    Args:
        text: any text.
        length: of an n-gram, in characters, 1 or more.

    Returns:
        uint64 (len(text) - length + 1,); empty if the text is shorter than `length`.
    """
    hashes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if len(hashes) < length:
        return hashes[:0]
    hashed, factor = 1, FACTOR
    with np.errstate(over="ignore"):
        while hashed < length:
            # A longer n-gram is two of the current length, which may overlap.
            shift = min(hashed, length - hashed)
            hashes = hashes[:-shift] * factor + hashes[shift:]
            # A new factor for each length: with the same one, exchanged halves would have equal hashes.
            factor = factor * factor + np.uint64(2 * shift)
            hashed += shift
    return hashes


def ngram_overlap(text: str, known: Hashes, length: int = 50) -> float:
    """Return the share of a text's characters that are inside an n-gram of another text: a measure of memorisation.

    Args:
        text: a generated text.
        known: the sorted `ngram_hashes` of the other text, for the same `length`.
        length: of an n-gram, in characters.

    Returns:
        A share in [0, 1]; 0 for a text shorter than `length`.
    """
    own = ngram_hashes(text, length)
    if not len(own) or not len(known):
        return 0.0
    starts = np.flatnonzero(known[np.minimum(np.searchsorted(known, own), len(known) - 1)] == own)
    # The number of shared n-grams that cover each character, as the running sum of their starts and ends.
    changes = np.zeros(len(text) + 1, np.int64)
    np.add.at(changes, starts, 1)
    np.subtract.at(changes, starts + length, 1)
    return float(np.count_nonzero(np.cumsum(changes)[:-1]) / len(text))


def shared_passages(first: str, second: str, min_length: int) -> list[Passage]:
    """Return the maximal passages of at least `min_length` characters that two texts share, by start in the second.

    Args:
        first: any text; the longer of the two.
        second: any text.
        min_length: at least two times BLOCK.

    Returns:
        At most MAX_PASSAGES of them.

    Raises:
        ValueError: `min_length` is too small.
    """
    if min_length < 2 * BLOCK:
        raise ValueError(f"min_length is {min_length}; it must be {2 * BLOCK} or more")
    block_starts = np.arange(0, len(second) - BLOCK + 1, BLOCK)
    block_hashes = ngram_hashes(second, BLOCK)[block_starts] if len(block_starts) else np.zeros(0, np.uint64)
    passages: list[Passage] = []
    for offset in range(0, len(first), SEARCH_LENGTH):
        hashes = ngram_hashes(first[offset : offset + SEARCH_LENGTH + BLOCK - 1], BLOCK)
        for index in np.flatnonzero(np.isin(hashes, block_hashes)):
            for block_start in block_starts[block_hashes == hashes[index]]:
                _add_extended(passages, first, second, int(offset + index), int(block_start), min_length)
            if len(passages) >= MAX_PASSAGES:
                return passages[:MAX_PASSAGES]
    return sorted(passages, key=lambda passage: passage.second_start)


def _add_extended(
    passages: list[Passage], first: str, second: str, first_start: int, second_start: int, min_length: int
) -> None:
    """Extend a shared block in both directions, and add the passage if it is long enough and new."""
    if any(
        known.second_start <= second_start < known.second_start + known.length
        and known.first_start - known.second_start == first_start - second_start
        for known in passages
    ):
        return
    before = 0
    most = min(first_start, second_start)
    while before < most and first[first_start - before - 1] == second[second_start - before - 1]:
        before += 1
    after = 0
    most = min(len(first) - first_start, len(second) - second_start)
    while after < most and first[first_start + after] == second[second_start + after]:
        after += 1
    if before + after >= min_length:
        passages.append(Passage(first_start - before, second_start - before, before + after))
