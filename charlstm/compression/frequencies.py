"""Probabilities as whole numbers with one sum, on which a coder and its decoder agree to the last digit."""

import numpy as np
from numpy.typing import NDArray

from charlstm.generation.sampling import Probs

PRECISION = 24  # bits
TOTAL = 1 << PRECISION
LEAST = 2  # `coder.py` has to split what is beside an interval in two
Frequencies = NDArray[np.float64]  # whole numbers of at least LEAST, whose sum is TOTAL


def to_frequencies(probs: Probs) -> Frequencies:
    """Return whole numbers of at least LEAST, whose sum is TOTAL and which are nearly in proportion to `probs`.

    Nothing is impossible, so that every text can be coded: the rarest character costs 23 bits.

    Args:
        probs: float64 (V,), with sum 1; V is at most TOTAL / LEAST.

    Returns:
        float64 (V,), which holds these whole numbers exactly.

    >>> to_frequencies(np.array([0.75, 0.25, 0.0])).tolist()
    [12582910.0, 4194304.0, 2.0]
    """
    frequencies = np.floor(probs * (TOTAL - LEAST * len(probs)))
    frequencies += LEAST
    # What rounding down has left over goes to the likeliest, where it matters least.
    frequencies[frequencies.argmax()] += TOTAL - frequencies.sum()
    return frequencies
