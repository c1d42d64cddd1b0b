"""Combining marks, as the inside of a regular expression's character class, and what else is shown with a letter."""

import re
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

# What belongs to the character before it: marks, joiners, an emoji's skin.
FOLLOWERS = f"{MARKS}\u200c\u200d\U0001f3fb-\U0001f3ff"
_REST = re.compile(rf"[{FOLLOWERS}]*(?:(?<=\u200d).[{FOLLOWERS}]*)*", re.DOTALL)


def without_rest(text: str) -> str:
    """Return a text without what it begins with of a letter or an emoji that is cut off.

    >>> without_rest("\u0301a"), without_rest("\u200d\U0001f680!")
    ('a', '!')
    """
    found = _REST.match(text)
    return text[found.end() :] if found else text
