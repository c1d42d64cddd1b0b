"""Combining marks, as the inside of a regular expression's character class: accents, vowel signs, points."""

import unicodedata
from itertools import groupby

_LAST = 0x1FFFF  # beyond this plane, only variation selectors are marks


def _ranges() -> str:
    """Return all characters of Unicode's categories Mn, Mc and Me as ranges."""
    marks = (code for code in range(_LAST + 1) if unicodedata.category(chr(code))[0] == "M")
    # Of consecutive codes, all are as far from their number in the list.
    runs = (list(run) for _, run in groupby(enumerate(marks), lambda numbered: numbered[1] - numbered[0]))
    return "".join(f"{chr(run[0][1])}-{chr(run[-1][1])}" for run in runs) + "\U000e0100-\U000e01ef"


MARKS = _ranges()
