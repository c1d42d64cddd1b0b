"""A text as chunks that a network reads from a zero state, with a character to predict after every character."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


class ChunkStream:
    """The chunks of a text, batch by batch, made when they are asked for.

    Every epoch splits the text anew: the first chunk begins at a random one of the first `length`
    characters, the others follow end to end, and their order is random. So over the epochs a
    character has every position in a chunk. Characters at the end that do not fill a chunk, and
    chunks that do not fill a batch, are left to other epochs.

    Args:
        ids: the text, shape (characters,).
        length: characters in a chunk.
        batch_size: chunks in a batch; fewer where the text has not so many.
    """

    def __init__(self, ids: NDArray[np.integer], length: int, batch_size: int) -> None:
        self.ids = ids
        self.length = length
        self.num_chunks = max(0, (len(ids) - length) // length)
        self.batch_size = max(1, min(batch_size, self.num_chunks))

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return self.num_chunks // self.batch_size

    def batches(self, generator: np.random.Generator) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch.

        Yields:
            x, int32 (batch, length), the ids of the chunks, and y, int32 (batch, length), the id that
            follows each of theirs.
        """
        first = int(generator.integers(self.length))
        order = generator.permutation(self.num_chunks)
        offsets = np.arange(self.length + 1)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            starts = first + order[start : start + self.batch_size] * self.length
            chunks = self.ids[starts[:, None] + offsets].astype(np.int32)
            yield chunks[:, :-1], chunks[:, 1:]
