"""What every network does, and what all of them share: the softmax, and arrays laid out for speed.

The network speaks float32; probabilities are float64 from the softmax on. A state belongs to one
text, or to several that advance together (lanes).
"""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Context = Literal["window", "carried"]
Array32 = NDArray[np.float32]
CACHE_LINE = 64  # bytes


class Network(Protocol):
    """Reads characters, and gives the probabilities of the next one.

    What it remembers of a text is a state of its own kind, which only the network reads or changes;
    `state.copy()` lets a text be continued in two ways, `state.read` counts its characters.

    Attributes:
        context: "window" feeds the last `window` characters afresh for every character, as the
            book does; "carried" keeps the state from the first character on.
        window: characters in a window (the book's maxlen); of those it was trained on when carried.
        vocabulary_size: V, the number of characters.
    """

    context: Context
    window: int
    vocabulary_size: int

    def start(self, lanes: int | None = None) -> Any:
        """Return the state before any character: one text, or `lanes` texts side by side."""
        ...

    def prime(self, ids: ArrayLike, lanes: int | None = None) -> Any:
        """Return the state after reading the ids of a seed text, shape (characters,), into every lane.

        No more of its end is read than the network could remember, so a long seed costs little more than a short one.
        """
        ...

    def prime_each(self, texts: Sequence[ArrayLike]) -> Any:
        """Return the state after reading into each lane the ids of its own text, each of shape (characters,).

        Lanes step together, so where one text is shorter, the others begin later: see `read_ends`.
        """
        ...

    def read(self, state: Any, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each lane, into `state` (changed in place)."""
        ...

    def probs(self, state: Any) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (lanes, V)."""
        ...


class Softmax:
    """The last layer: hidden values -> logits -> probs.

    Args:
        kernel: float32 (H, V).
        bias: float32 (V,).
        farthest_hidden: a bound of the hidden values' size; infinite where there is none.
    """

    def __init__(self, kernel: Array32, bias: Array32, farthest_hidden: float) -> None:
        self.kernel = aligned(kernel)
        self._bias = np.array(bias, dtype=np.float32)
        self._wide_bias = self._bias.astype(np.float64)  # turns the logits of one text to float64 on the way
        # Where exp can take the logit that is farthest from 0, the largest need not be subtracted first.
        farthest = farthest_hidden * np.abs(self.kernel).sum(axis=0) + np.abs(self._bias)
        self._logits_are_small = bool(farthest.max() < 300.0)
        self._ones = np.ones(len(self._bias))

    def of_one(self, products: Array32) -> NDArray[np.float64]:
        """Hidden values times the kernel, float32 (V,) -> probs, float64 (V,)."""
        logits = products + self._wide_bias
        if not self._logits_are_small:
            logits -= logits.max()
        probs = np.exp(logits, logits)
        probs *= 1.0 / probs.dot(self._ones)
        return probs

    def of_many(self, hidden: Array32) -> NDArray[np.float64]:
        """Hidden values, float32 (rows, H) -> probs, float64 (rows, V)."""
        logits = hidden.dot(self.kernel)
        logits += self._bias
        if not self._logits_are_small:
            logits -= np.maximum.reduce(logits, axis=-1, keepdims=True)
        probs = _exp_of_many(logits)
        probs *= 1.0 / probs.dot(self._ones)[:, None]
        return probs


def _exp_of_many(x: Array32) -> NDArray[np.float64]:
    """float32 -> float64 exp, any shape, within a few float32 roundings; spoils `x`.

    exp(x) = exp(x / 4)^4: numpy's float32 exp is five times as quick as its float64 exp, and x / 4
    keeps within float32 what only float64 can hold.
    """
    x *= 0.25
    quarter = np.exp(x, out=x).astype(np.float64)
    quarter *= quarter
    quarter *= quarter
    return quarter


def read_ends(network: Network, texts: Sequence[ArrayLike], longest: int) -> Any:
    """Return the state of a network after reading the ends of several texts, each into its lane.

    They are read as long as the shortest, and at most `longest` characters of them.
    """
    ids = [np.asarray(text) for text in texts]
    length = min(longest, *map(len, ids))
    state = network.start(len(ids))
    for at_once in np.array([text[len(text) - length :] for text in ids]).T:
        network.read(state, at_once)
    return state


def aligned(array: NDArray[np.floating]) -> Array32:
    """Return a float32 copy that begins where a line of the processor's cache does: 5 to 10% sooner to work with."""
    room = np.empty(4 * array.size + CACHE_LINE, np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    copy = room[begin : begin + 4 * array.size].view(np.float32).reshape(array.shape)
    copy[...] = array
    return copy
