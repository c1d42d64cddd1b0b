"""Training examples of a text that stays on the disk: pools of blocks, drawn at random from the whole text."""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.on_disk import OnDiskCorpus
from charlstm.text.character_mapping import TextEncoder

BLOCKS = 256  # in a pool: 16 MiB of text


class Examples(Protocol):
    """The training examples of a text, batch by batch: a `WindowStream`, a `ChunkStream`, or pools of either."""

    def __len__(self) -> int:
        """The number of batches in an epoch, about."""

    def batches(self, generator: np.random.Generator) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch, shuffled by the generator."""


class PooledStream:
    """The examples of a long corpus, with one pool at a time in memory.

    Every epoch distributes the shuffled blocks of the corpus over pools. A pool is read from the
    disk, and its examples are shuffled as those of a text in memory. So the examples of a batch come
    from up to BLOCKS places of the corpus, others every epoch; two examples of a batch are from one
    block with probability 1 / BLOCKS.

    Args:
        corpus: the text.
        encoder: turns it into ids, and counts the characters that are dropped.
        stream_of: returns the examples of the ids of a pool.
    """

    def __init__(
        self, corpus: OnDiskCorpus, encoder: TextEncoder, stream_of: Callable[[NDArray[np.integer]], Examples]
    ) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._stream_of = stream_of
        self._expected_batches = self._estimate_batches()

    def __len__(self) -> int:
        """The number of batches in an epoch, about: the length of the folded text is estimated from a sample."""
        return self._expected_batches

    def batches(self, generator: np.random.Generator) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch; one pool after the other."""
        for blocks in self._pools(generator):
            yield from self._stream_of(self._read(blocks)).batches(generator)

    def _read(self, blocks: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
        return np.concatenate([self._encoder.encode(self._corpus.block(block).text()) for block in blocks.tolist()])

    def _pools(self, generator: np.random.Generator) -> list[NDArray[np.integer]]:
        """Return the indices of the blocks of each pool."""
        order = generator.permutation(self._corpus.block_count)
        return np.array_split(order, -(-len(order) // BLOCKS))

    def _estimate_batches(self) -> int:
        characters = encoded = 0
        for text in self._corpus.sample:
            characters += len(text)
            encoded += len(self._encoder.encode(text))
        pools = -(-self._corpus.block_count // BLOCKS)
        ids_per_pool = int(self._corpus.training_characters / pools * encoded / max(1, characters))
        return pools * len(self._stream_of(np.broadcast_to(np.uint8(0), (ids_per_pool,))))
