"""A text as stretches that a network reads from nothing, with a character to predict after every character."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


class ChunkStream:
    """The stretches of a text, batch by batch, made when they are asked for.

    Every epoch cuts the text anew: its first stretch begins at a random one of the first `length`
    characters, the others follow end to end, and their order is random. So over the epochs every
    character is read after every length of what stood before it. A part at the end that does not
    fill a stretch, and stretches that do not fill a batch, wait for another epoch.

    Args:
        ids: the text, shape (characters,).
        length: characters in a stretch.
        batch_size: stretches in a batch.
    """

    def __init__(self, ids: NDArray[np.integer], length: int, batch_size: int) -> None:
        self.ids = ids
        self.length = length
        self.stretches = max(0, (len(ids) - length) // length)
        self.batch_size = max(1, min(batch_size, self.stretches))

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return self.stretches // self.batch_size

    def batches(self, generator: np.random.Generator) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch.

        Yields:
            x, int32 (batch, length), the ids of the stretches, and y, int32 (batch, length), of
            what follows each of their characters.
        """
        first = int(generator.integers(self.length))
        order = generator.permutation(self.stretches)
        within = np.arange(self.length + 1)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            places = first + order[start : start + self.batch_size] * self.length
            both = self.ids[places[:, None] + within].astype(np.int32)
            yield both[:, :-1], both[:, 1:]
