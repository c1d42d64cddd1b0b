"""A set of characters as people type it: "0-9" for the digits."""

import re
from collections.abc import Iterable

_PART = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)
_ESCAPED = {r"\n": "\n", r"\t": "\t"}


def characters_in(pattern: str, among: Iterable[str]) -> str:
    r"""Return the characters that a pattern names: one by one, or from one to another, such as "0-9".

    A backslash takes the next character as it stands, as in "\-"; "\n" is the line end and "\t" the tab.

    Args:
        pattern: as it was typed.
        among: the characters that there are.

    Raises:
        ValueError: a range goes from one character back to an earlier one.

    >>> characters_in(r"0-2x\-", "-1xyz")
    '-1x'
    """
    spans = [tuple(_plain(end or first) for end in (first, last)) for first, last in _PART.findall(pattern)]
    for first, last in spans:
        if first > last:
            raise ValueError(f"{pattern!r} goes from {first!r} back to {last!r}: write the earlier one first")
    return "".join(one for one in among if any(first <= one <= last for first, last in spans))


def _plain(part: str) -> str:
    return _ESCAPED.get(part, part[-1])
