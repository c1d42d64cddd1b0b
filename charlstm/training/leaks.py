"""Passages that stand both in what is learned and in what is held out: with them, a held-out loss would flatter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.corpus import Corpus
from charlstm.training.recipes import TrainingError

LEAST = 200  # characters in a row that no two texts share by chance
BLOCK = 64  # a run of LEAST characters holds at least two whole blocks of the held-out text, side by side
FACTOR = np.uint64(0x9E3779B97F4A7C15)
AT_ONCE = 1 << 22  # characters of the learned text looked at together
MOST = 100  # passages looked for; more would not be read


@dataclass(frozen=True)
class Passage:
    """A run of characters that stands in both: where each begins, and how many characters they share."""

    learned: int
    held_out: int
    length: int


def shared_passages(learned: str, held_out: str, least: int = LEAST) -> list[Passage]:
    """Return the runs of `least` characters and more that stand in both texts, by their place in the held-out one.

    Args:
        learned: any text.
        held_out: likewise.
        least: at least three times BLOCK.

    Returns:
        The longest run for each place of the held-out text, MOST at most.
    """
    if least < 3 * BLOCK:
        raise ValueError(f"least is {least}; it must be {3 * BLOCK} or more")
    codes = _codes(held_out)
    starts = np.arange(0, len(codes) - BLOCK + 1, BLOCK)
    marks = _hashes(codes)[starts] if len(starts) else np.zeros(0, np.uint64)
    passages: list[Passage] = []
    for first in range(0, len(learned), AT_ONCE):
        hashes = _hashes(_codes(learned[first : first + AT_ONCE + 2 * BLOCK]))
        for place in np.flatnonzero(np.isin(hashes, marks)):
            for start in starts[marks == hashes[place]]:
                _add(passages, learned, held_out, int(first + place), int(start), least)
        if len(passages) >= MOST:
            break
    return sorted(passages, key=lambda passage: passage.held_out)[:MOST]


def _add(passages: list[Passage], learned: str, held_out: str, place: int, start: int, least: int) -> None:
    """Extend a block that stands in both to both sides, and note it where it is long enough and not yet known."""
    if any(
        one.held_out <= start < one.held_out + one.length and one.learned - one.held_out == place - start
        for one in passages
    ):
        return
    before = 0
    while min(place, start) > before and learned[place - before - 1] == held_out[start - before - 1]:
        before += 1
    after = 0
    longest = min(len(learned) - place, len(held_out) - start)
    while after < longest and learned[place + after] == held_out[start + after]:
        after += 1
    if before + after >= least:
        passages.append(Passage(place - before, start - before, before + after))


def _codes(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)


def _hashes(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """[n] -> a number for each run of BLOCK characters, [n - BLOCK + 1]; runs that are equal have the same.

    A run of 2n characters is numbered by those of its halves, so six steps make runs of 64.
    """
    hashes, length, factor = codes, 1, FACTOR
    with np.errstate(over="ignore"):
        while length < BLOCK:
            hashes = hashes[:-length] * factor + hashes[length:]
            factor = factor * factor
            length *= 2
    return hashes if len(codes) >= BLOCK else hashes[:0]


def check_leaks(corpus: Corpus) -> None:
    """Raise TrainingError, naming the places, where held-out text stands in the learned text too."""
    passages = shared_passages(corpus.training, "\n".join(corpus.held_out))
    if passages:
        shown = "; ".join(_told(corpus, passage) for passage in passages[:3])
        more = f"; and {len(passages) - 3} more" if len(passages) > 3 else ""
        raise TrainingError(
            f"the corpus {corpus.name} holds out passages that it also learns ({shown}{more}): remove them, "
            "or train with --allow-repeats, and do not compare its held-out loss"
        )


def _told(corpus: Corpus, passage: Passage) -> str:
    learned_of, learned = _place(corpus.training_texts, passage.learned)
    held_of, held_out = _place(corpus.held_out, passage.held_out)
    start = len(corpus.training_texts[held_of]) + held_out
    of = [corpus.files[number] if corpus.files else corpus.name for number in (held_of, learned_of)]
    return f"{passage.length:,} characters at {start:,} of {of[0]} are those at {learned:,} of {of[1]}"


def _place(parts: tuple[str, ...], place: int) -> tuple[int, int]:
    """Return which of the parts, which were joined by line breaks, holds a place, and where in it."""
    for number, part in enumerate(parts):
        if place <= len(part):
            return number, place
        place -= len(part) + 1
    return len(parts) - 1, len(parts[-1])
