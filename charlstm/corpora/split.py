"""Which part of a text is learned, and which is held out."""

import math

HELD_OUT_SHARE = 0.1


def training_length(length: int) -> int:
    """Return how much of the beginning of a text is learned; the rest, its last tenth, is held out.

    >>> training_length(105)
    95
    """
    return length - int(length * HELD_OUT_SHARE)


def least_length(held_out: int) -> int:
    """Return how long a text must be for at least `held_out` of it to be held out."""
    return math.ceil(held_out / HELD_OUT_SHARE)
