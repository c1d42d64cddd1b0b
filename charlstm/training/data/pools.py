"""A text that stays on the disk as training examples: pools of blocks, drawn from all over it."""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.on_disk import OnDiskCorpus
from charlstm.text.character_mapping import TextEncoder

BLOCKS = 256  # in a pool: 16 MiB of text


class Examples(Protocol):
    """What is learned in an epoch, batch by batch: a `WindowStream`, a `ChunkStream`, or pools of either."""

    def __len__(self) -> int:
        """The number of batches in an epoch, about."""

    def batches(self, generator: np.random.Generator) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch, shuffled by the generator."""


class PooledStream:
    """The examples of a long corpus, in memory for one pool at a time.

    Every epoch deals all blocks of the corpus out to pools like shuffled cards. A pool is read from
    the disk, and its examples are shuffled as those of a text in memory. So an example is met with
    examples from up to BLOCKS other places of the corpus, and in another company every epoch; two
    neighbouring characters of a batch's examples come from one block once in BLOCKS times.

    Args:
        corpus: the text.
        reader: makes ids of it, and counts what it leaves out.
        stream_of: gives the examples of the ids of a pool.
    """

    def __init__(
        self, corpus: OnDiskCorpus, reader: TextEncoder, stream_of: Callable[[NDArray[np.integer]], Examples]
    ) -> None:
        self._corpus = corpus
        self._reader = reader
        self._stream_of = stream_of
        self._batches = self._expected()

    def __len__(self) -> int:
        """The number of batches in an epoch, about: how long the text is when folded is known of a sample."""
        return self._batches

    def batches(self, generator: np.random.Generator) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch; the examples of a pool follow each other."""
        for numbers in self._deal(generator):
            yield from self._stream_of(self._read(numbers)).batches(generator)

    def _read(self, numbers: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
        return np.concatenate([self._reader.encode(self._corpus.block(number).text()) for number in numbers.tolist()])

    def _deal(self, generator: np.random.Generator) -> list[NDArray[np.integer]]:
        """Return the numbers of the blocks of each pool."""
        order = generator.permutation(self._corpus.blocks)
        return np.array_split(order, -(-len(order) // BLOCKS))

    def _expected(self) -> int:
        characters = read = 0
        for text in self._corpus.sample:
            characters += len(text)
            read += len(self._reader.encode(text))
        pools = -(-self._corpus.blocks // BLOCKS)
        in_a_pool = int(self._corpus.training_characters / pools * read / max(1, characters))
        return pools * len(self._stream_of(np.broadcast_to(np.uint8(0), (in_a_pool,))))
