"""Passages that files larger than memory share with shorter spans, found by hashes of n-grams of bytes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from charlstm.corpora.on_disk import SCAN_BYTES, Span
from charlstm.corpora.overlap import MAX_PASSAGES, Hashes

NGRAM_BYTES, STRIDE = 64, 128  # of an n-gram that is hashed, and between those of the training text
FILTER_BITS = 24  # of a hash, as the index of a lookup table that is consulted before a binary search
MAX_MATCHES = 100  # of one n-gram that are extended; a line of dashes matches everywhere
_FACTORS = np.random.Generator(np.random.PCG64(1)).integers(1, 1 << 64, NGRAM_BYTES // 8, np.uint64) | np.uint64(1)


class OnDiskPassage(NamedTuple):
    """A passage that two files share, and its length in characters."""

    training: Span
    held_out: Span
    characters: int


def on_disk_shared_passages(training: Sequence[Span], held_out: Sequence[Span], min_length: int) -> list[OnDiskPassage]:
    """Return the maximal passages of at least `min_length` characters whose bytes are in both.

    The training spans are read once, in pieces, and their n-grams at every STRIDE-th byte are looked up
    among all n-grams of the held-out spans; a passage of NGRAM_BYTES + STRIDE contains one of them.

    Args:
        training: of any length.
        held_out: read into memory; some hundred kilobytes in total.
        min_length: at least NGRAM_BYTES + STRIDE.

    Returns:
        At most MAX_PASSAGES of them.

    Raises:
        ValueError: `min_length` is too small.
        CorpusError: a file cannot be read.
    """
    if min_length < NGRAM_BYTES + STRIDE:
        raise ValueError(f"min_length is {min_length}; it must be {NGRAM_BYTES + STRIDE} or more")
    index = _NgramIndex([span.content() for span in held_out])
    passages: dict[tuple[int, int, int], OnDiskPassage] = {}
    matches: Counter[int] = Counter()
    ends: dict[tuple[int, int, int], int] = {}  # of the extended passages, by training span, text and offset
    for span_index, span in enumerate(training):
        for position, hash_ in index.matches_in(span):
            for text_index, start in index.positions(hash_):
                offset = position - start
                if position < ends.get((span_index, text_index, offset), -1) or matches[hash_] >= MAX_MATCHES:
                    continue
                matches[hash_] += 1
                passage = _extended(span, position, held_out[text_index], index.texts[text_index], start)
                ends[span_index, text_index, offset] = passage.training.end
                if passage.characters >= min_length:
                    passages[span_index, text_index, passage.training.start - passage.held_out.start] = passage
                    if len(passages) >= MAX_PASSAGES:
                        return list(passages.values())
    return list(passages.values())


class _NgramIndex:
    """An index of all n-grams of some texts, by hash."""

    def __init__(self, texts: list[bytes]) -> None:
        self.texts = texts
        hashes = [_ngram_hashes(text) for text in texts]
        text_indices = np.repeat(np.arange(len(texts)), [len(some) for some in hashes])
        starts = np.concatenate([np.zeros(0, np.int64), *(np.arange(len(some)) for some in hashes)])
        all_hashes = np.concatenate([np.zeros(0, np.uint64), *hashes])
        order = np.argsort(all_hashes, kind="stable")
        self._hashes, self._text_indices, self._starts = all_hashes[order], text_indices[order], starts[order]
        self._filter = np.zeros(1 << FILTER_BITS, np.bool_)
        self._filter[_filter_index(self._hashes)] = True

    def matches_in(self, span: Span) -> Iterator[tuple[int, int]]:
        """Yield the positions in a file of those n-grams that are in the index, and their hashes."""
        for first in range(span.start, span.end, SCAN_BYTES):
            content = Span(span.path, first, min(first + SCAN_BYTES, span.end)).content()
            words = np.frombuffer(content.ljust(-(-len(content) // STRIDE) * STRIDE, b"\0"), np.uint64)
            hashes = _combined(words.reshape(-1, STRIDE // 8)[:, : NGRAM_BYTES // 8])
            candidates = np.flatnonzero(self._filter[_filter_index(hashes)])
            nearest = np.minimum(np.searchsorted(self._hashes, hashes[candidates]), len(self._hashes) - 1)
            for row in candidates[self._hashes[nearest] == hashes[candidates]].tolist():
                yield first + row * STRIDE, int(hashes[row])

    def positions(self, hash_: int) -> list[tuple[int, int]]:
        """Return the text index and the position of each n-gram with a hash; at most MAX_MATCHES."""
        first, last = (int(np.searchsorted(self._hashes, np.uint64(hash_), side)) for side in ("left", "right"))
        last = min(last, first + MAX_MATCHES)
        return list(zip(self._text_indices[first:last].tolist(), self._starts[first:last].tolist(), strict=True))


def _ngram_hashes(text: bytes) -> Hashes:
    """Return the hash of each n-gram of NGRAM_BYTES."""
    if len(text) < NGRAM_BYTES:
        return np.zeros(0, np.uint64)
    ngrams = np.ascontiguousarray(sliding_window_view(np.frombuffer(text, np.uint8), NGRAM_BYTES))
    return _combined(ngrams.view(np.uint64))


def _combined(words: NDArray[np.uint64]) -> Hashes:
    """uint64 (n-grams, NGRAM_BYTES / 8) -> the hash of each n-gram, (n-grams,)."""
    with np.errstate(over="ignore"):
        return (words * _FACTORS).sum(axis=-1, dtype=np.uint64)


def _filter_index(hashes: Hashes) -> Hashes:
    return hashes >> np.uint64(64 - FILTER_BITS)


def _extended(training: Span, position: int, held_out: Span, text: bytes, start: int) -> OnDiskPassage:
    """Extend two equal n-grams in both directions, as far as the bytes of the spans are equal.

    Args:
        training: a span of a file.
        position: of the n-gram in the file of `training`.
        held_out: another span.
        text: its content.
        start: of the n-gram in `text`.
    """
    before = min(start, position - training.start)
    after = min(len(text) - start, training.end - position)
    training_bytes = np.frombuffer(Span(training.path, position - before, position + after).content(), np.uint8)
    held_out_bytes = np.frombuffer(text, np.uint8)[start - before : start + after]
    different = np.flatnonzero(training_bytes != held_out_bytes)
    split = np.searchsorted(different, before)
    first = int(different[split - 1]) + 1 if split else 0
    last = int(different[split]) if split < len(different) else len(held_out_bytes)
    training_offset, held_out_offset = position - before, held_out.start + start - before
    return OnDiskPassage(
        Span(training.path, training_offset + first, training_offset + last),
        Span(held_out.path, held_out_offset + first, held_out_offset + last),
        len(held_out_bytes[first:last].tobytes().decode(errors="ignore")),
    )
