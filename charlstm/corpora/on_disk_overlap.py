"""Passages that stand both in files too long for memory and in some shorter texts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from charlstm.corpora.on_disk import PIECE, Span
from charlstm.corpora.overlap import MOST, Hashes

RUN, STRIDE = 64, 128  # bytes compared at first, and from one such run of the files to the next
FILTER_BITS = 24
TRIES = 100  # how often one run is followed to see how long a passage it is in; a line of dashes is everywhere
_FACTORS = np.random.Generator(np.random.PCG64(1)).integers(1, 1 << 64, RUN // 8, np.uint64) | np.uint64(1)


class OnDiskPassage(NamedTuple):
    """A passage that stands in two files, and how many characters it has."""

    learned: Span
    held_out: Span
    characters: int


def on_disk_shared_passages(learned: Sequence[Span], held_out: Sequence[Span], least: int) -> list[OnDiskPassage]:
    """Return the passages of `least` characters and more that stand in both, byte for byte.

    The learned files are read once, a piece at a time, and compared at every STRIDE-th byte with all
    runs of the held-out ones: a passage of RUN + STRIDE bytes holds such a run wherever it stands.

    Args:
        learned: of any length.
        held_out: read into memory; some hundred kilobytes together.
        least: at least RUN + STRIDE.

    Returns:
        The whole of each passage within its spans, MOST of them at most.

    Raises:
        CorpusError: a file cannot be read.
    """
    if least < RUN + STRIDE:
        raise ValueError(f"least is {least}; it must be {RUN + STRIDE} or more")
    marks = _Marks([span.content() for span in held_out])
    passages: dict[tuple[int, int, int], OnDiskPassage] = {}
    tries: Counter[int] = Counter()
    ends: dict[tuple[int, int, int], int] = {}  # where what was followed already ends, by the texts and their offset
    for number, span in enumerate(learned):
        for place, hash_ in marks.met_in(span):
            for of, start in marks.places(hash_):
                offset = place - start
                if place < ends.get((number, of, offset), -1) or tries[hash_] >= TRIES:
                    continue
                tries[hash_] += 1
                passage = _followed(span, place, held_out[of], marks.contents[of], start)
                ends[number, of, offset] = passage.learned.end
                if passage.characters >= least:
                    passages[number, of, passage.learned.start - passage.held_out.start] = passage
                    if len(passages) >= MOST:
                        return list(passages.values())
    return list(passages.values())


class _Marks:
    """All runs of RUN bytes of some texts, to be found again."""

    def __init__(self, contents: list[bytes]) -> None:
        self.contents = contents
        hashes = [_hashes(content) for content in contents]
        which = np.repeat(np.arange(len(contents)), [len(some) for some in hashes])
        starts = np.concatenate([np.zeros(0, np.int64), *(np.arange(len(some)) for some in hashes)])
        all_ = np.concatenate([np.zeros(0, np.uint64), *hashes])
        order = np.argsort(all_, kind="stable")
        self._hashes, self._which, self._starts = all_[order], which[order], starts[order]
        self._filter = np.zeros(1 << FILTER_BITS, np.bool_)
        self._filter[_short(self._hashes)] = True

    def met_in(self, span: Span) -> Iterator[tuple[int, int]]:
        """Yield the places of a file's runs that are marked, and their hashes."""
        for first in range(span.start, span.end, PIECE):
            content = Span(span.path, first, min(first + PIECE, span.end)).content()
            words = np.frombuffer(content.ljust(-(-len(content) // STRIDE) * STRIDE, b"\0"), np.uint64)
            hashes = _combined(words.reshape(-1, STRIDE // 8)[:, : RUN // 8])
            maybe = np.flatnonzero(self._filter[_short(hashes)])
            near = np.minimum(np.searchsorted(self._hashes, hashes[maybe]), len(self._hashes) - 1)
            for row in maybe[self._hashes[near] == hashes[maybe]].tolist():
                yield first + row * STRIDE, int(hashes[row])

    def places(self, hash_: int) -> list[tuple[int, int]]:
        """Return in which texts a run stands, and where; TRIES places at most."""
        first, last = (int(np.searchsorted(self._hashes, np.uint64(hash_), side)) for side in ("left", "right"))
        last = min(last, first + TRIES)
        return list(zip(self._which[first:last].tolist(), self._starts[first:last].tolist(), strict=True))


def _hashes(content: bytes) -> Hashes:
    """Return a number for each run of RUN bytes."""
    if len(content) < RUN:
        return np.zeros(0, np.uint64)
    runs = np.ascontiguousarray(sliding_window_view(np.frombuffer(content, np.uint8), RUN))
    return _combined(runs.view(np.uint64))


def _combined(words: NDArray[np.uint64]) -> Hashes:
    with np.errstate(over="ignore"):
        return (words * _FACTORS).sum(axis=-1, dtype=np.uint64)


def _short(hashes: Hashes) -> Hashes:
    return hashes >> np.uint64(64 - FILTER_BITS)


def _followed(learned: Span, place: int, held_out: Span, content: bytes, start: int) -> OnDiskPassage:
    """Follow two equal runs to both sides, as far as they are equal within their spans."""
    before = min(start, place - learned.start)
    after = min(len(content) - start, learned.end - place)
    theirs = np.frombuffer(Span(learned.path, place - before, place + after).content(), np.uint8)
    ours = np.frombuffer(content, np.uint8)[start - before : start + after]
    differ = np.flatnonzero(theirs != ours)
    split = np.searchsorted(differ, before)
    first = int(differ[split - 1]) + 1 if split else 0
    last = int(differ[split]) if split < len(differ) else len(ours)
    shift_learned, shift_held_out = place - before, held_out.start + start - before
    return OnDiskPassage(
        Span(learned.path, shift_learned + first, shift_learned + last),
        Span(held_out.path, shift_held_out + first, shift_held_out + last),
        len(ours[first:last].tobytes().decode(errors="ignore")),
    )
