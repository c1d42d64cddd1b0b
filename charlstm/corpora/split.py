"""The split of a text into a training part and a held-out part, its last tenth."""

import math

HELD_OUT_SHARE = 0.1


def training_length(length: int) -> int:
    """Return the length of the training part of a text of `length`; the rest is held out.

    >>> training_length(105)
    95
    """
    return length - int(length * HELD_OUT_SHARE)


def min_text_length(held_out: int) -> int:
    """Return the length of the shortest text of which at least `held_out` characters are held out."""
    return math.ceil(held_out / HELD_OUT_SHARE)
