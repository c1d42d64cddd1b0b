"""A text as training examples: the book's one-hot arrays, and the same examples as a stream.

An example is a window of `maxlen` characters and the character that follows it; windows start
every `step` characters.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray


def window_starts(characters: int, maxlen: int, step: int) -> range:
    """Return where the windows of a text begin, as the book's `range(0, len(text) - maxlen, step)`."""
    return range(0, max(0, characters - maxlen), step)


def one_hot_windows(
    ids: NDArray[np.integer], vocabulary_size: int, maxlen: int = 60, step: int = 3
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the book's training arrays, the whole text at once.

    Source: Deep Learning with Python, listing 8.3.

    Args:
        ids: the text, shape (characters,).
        vocabulary_size: V.
        maxlen: characters in a window.
        step: characters from one window's start to the next.

    Returns:
        x, bool (windows, maxlen, V), and y, bool (windows, V).
    """
    starts = window_starts(len(ids), maxlen, step)
    characters = np.zeros((len(ids), vocabulary_size), dtype=np.bool_)
    characters[np.arange(len(ids)), ids] = True
    if not len(starts):
        return np.zeros((0, maxlen, vocabulary_size), np.bool_), np.zeros((0, vocabulary_size), np.bool_)
    # A window of one-hot rows is contiguous memory, so each is a single copy.
    windows = sliding_window_view(characters.reshape(-1), maxlen * vocabulary_size)[:: step * vocabulary_size]
    x = np.ascontiguousarray(windows[: len(starts)]).reshape(len(starts), maxlen, vocabulary_size)
    return x, characters[np.asarray(starts) + maxlen]


class WindowStream:
    """The same examples, batch by batch, made when they are asked for.

    Memory: the ids of the text, and four bytes a window for the order of an epoch; never the
    windows themselves.

    Args:
        ids: the text, shape (characters,).
        maxlen: characters in a window.
        step: characters from one window's start to the next.
        batch_size: examples in a batch; the last may have fewer.
    """

    def __init__(self, ids: NDArray[np.integer], maxlen: int, step: int, batch_size: int) -> None:
        self.ids = ids
        self.maxlen = maxlen
        self.step = step
        self.batch_size = batch_size
        self.windows = len(window_starts(len(ids), maxlen, step))

    def __len__(self) -> int:
        """The number of batches in an epoch."""
        return -(-self.windows // self.batch_size)

    def order(self, generator: np.random.Generator | None) -> NDArray[np.uint32]:
        """Return the indices of the windows in the order of an epoch: shuffled, or that of the text for None."""
        indices = np.arange(self.windows, dtype=np.uint32)
        if generator is not None:
            generator.shuffle(indices)
        return indices

    def batches(
        self, generator: np.random.Generator | None = None
    ) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        """Yield the batches of one epoch.

        Args:
            generator: shuffles the windows; None keeps the order of the text.

        Yields:
            x, int32 (batch, maxlen), the ids of the windows, and y, int32 (batch,), the id that follows each.
        """
        order = self.order(generator)
        offsets = np.arange(self.maxlen)
        for first in range(0, self.windows, self.batch_size):
            starts = order[first : first + self.batch_size].astype(np.int64) * self.step
            x = self.ids[starts[:, None] + offsets].astype(np.int32)
            yield x, self.ids[starts + self.maxlen].astype(np.int32)
