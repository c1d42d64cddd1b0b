"""Choices as bits and back: an ANS coder (Duda 2015) from the library constriction, which never refuses a bit string.

Encoder and decoder have the same method `code`, so that one function (`text_coder.py`) makes the choices of a text
in both directions, and cannot make them differently.
"""

from array import array
from typing import Any, Protocol

import numpy as np
from constriction import stream
from numpy.typing import NDArray

from charlstm.compression.frequencies import TOTAL, Frequencies

Words = NDArray[np.uint32]  # the bits, 32 in a word; the first word is that of the first choices
Categorical = stream.model.Categorical
AnsCoder = stream.stack.AnsCoder
_OF_INTERVALS = Categorical(perfect=False)
_AT_ONCE = 1 << 16  # choices, so that temporary arrays stay small for a text of any length


class Coder(Protocol):
    """Makes choices between numbered possibilities, one after the other."""

    def code(self, frequencies: Frequencies, choice: int | None) -> int:
        """Return the choice: an encoder's is the one it is given, a decoder's the one that its bits tell.

        Args:
            frequencies: of the possibilities, as `to_frequencies` makes them.
            choice: the number of one of them; None where it is not known.
        """
        ...

    def code_bit(self, likely: int, bit: bool | None) -> bool:
        """Return a choice between 0 and 1, as `code` does.

        Args:
            likely: the frequency of a 1, from LEAST to TOTAL - LEAST.
            bit: 0 or 1; None where it is not known.
        """
        ...


class Encoder:
    """Remembers the interval of each choice; ANS writes the last one first, and so waits for the end."""

    def __init__(self) -> None:
        self._lefts, self._widths = array("I"), array("I")

    def code(self, frequencies: Frequencies, choice: int | None) -> int:
        """Remember a choice, and return it."""
        assert choice is not None
        if len(frequencies) > 1:
            self._lefts.append(int(frequencies[:choice].sum()))
            self._widths.append(int(frequencies[choice]))
        return choice

    def code_bit(self, likely: int, bit: bool | None) -> bool:
        """Remember a bit, and return it."""
        self._lefts.append(TOTAL - likely if bit else 0)
        self._widths.append(likely if bit else TOTAL - likely)
        return bool(bit)

    def words(self) -> Words:
        """Return all choices as bits."""
        coder = AnsCoder()
        for end in range(len(self._lefts), 0, -_AT_ONCE):
            block = slice(max(0, end - _AT_ONCE), end)
            _encode(coder, np.array(self._lefts[block], np.float64), np.array(self._widths[block], np.float64))
        return coder.get_compressed()[::-1]


def _encode(coder: Any, lefts: NDArray[np.float64], widths: NDArray[np.float64]) -> None:
    """Encode intervals within TOTAL: each as one of three possibilities, what is left of it, itself, what is right.

    Where nothing is on one side, the other side is split in two, as every possibility must have a frequency.
    """
    rights = TOTAL - lefts - widths
    first, last = lefts == 0, rights == 0
    rows = np.stack([lefts, widths, rights], axis=1)
    rows[first] = np.stack([widths, rights - 1, np.ones_like(rights)], axis=1)[first]
    rows[last] = np.stack([np.ones_like(lefts), lefts - 1, widths], axis=1)[last]
    choices = np.where(first, 0, np.where(last, 2, 1)).astype(np.int32)
    coder.encode_reverse(choices, _OF_INTERVALS, rows - 1)


class Decoder:
    """Reads the choices from bits: from any bits, and when they are used up, from what the last ones left.

    Args:
        words: uint32 (words,).
    """

    def __init__(self, words: Words) -> None:
        # The library takes no bits that end in a zero word, except with a 1 after them.
        self._words = len(words)
        self._coder = AnsCoder(np.ascontiguousarray(words[::-1], np.uint32), seal=bool(len(words) and not words[0]))

    def code(self, frequencies: Frequencies, choice: int | None = None) -> int:  # noqa: ARG002 - the bits know it
        """Return the next choice."""
        # The library adds 1 to each possibility, which makes it exact for whole numbers that are 1 too small.
        return self._coder.decode(Categorical(frequencies - 1.0, perfect=False)) if len(frequencies) > 1 else 0

    def uniform(self) -> float:
        """Return the number in [0, 1) that tells the next choice: it is the one in whose interval the number lies."""
        return int(self._coder.pos()[1]) % TOTAL / TOTAL

    @property
    def words_read(self) -> int:
        """How many of the words have been read, each as soon as it may have a say in the next choice."""
        return self._words - int(self._coder.pos()[0])

    @property
    def used_up(self) -> bool:
        """Whether what is left of the bits is less than a uniform number, which only a text's own end is coded in."""
        unread, state = self._coder.pos()
        return unread == 0 and int(state) < TOTAL

    def code_bit(self, likely: int, bit: bool | None = None) -> bool:  # noqa: ARG002 - the bits know it
        """Return the next bit."""
        return bool(self.code(np.array([TOTAL - likely, likely], np.float64)))
