"""Sets of characters as people type them, such as "0-9" for the digits, and numbers for such sets."""

import re
from collections.abc import Iterable

LONGEST_QUOTED = 60  # characters
_PART = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)
_NUMBER = re.compile(r"((?:\\.|[^\\])+?)=([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:[ ,]+|$)", re.DOTALL)
_NAMED = {
    r"\n": "\n",
    r"\t": "\t",
    "↵": "\n",
    "⇥": "\t",
    "␣": " ",
}  # the last three as on a chart, and as they are told


def characters_in(pattern: str, among: Iterable[str]) -> str:
    r"""Return the characters that a pattern names: one by one, or from one to another, such as "0-9".

    A backslash takes the next character as it stands, as in "\-"; "\n" or ↵ is the line end, "\t" or ⇥
    the tab, ␣ the blank.

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
            raise ValueError(f"{_short(pattern)} goes from {first!r} back to {last!r}: write the earlier one first")
    return "".join(one for one in among if any(first <= one <= last for first, last in spans))


def pattern_of(characters: str) -> str:
    r"""Return the pattern that names just these characters.

    >>> pattern_of("a-\n")
    'a\\-↵'
    """
    names = {character: name for name, character in _NAMED.items()}
    return "".join(names.get(one, f"\\{one}" if one in "\\-␣↵⇥" else one) for one in characters)


def numbers_in(text: str, among: Iterable[str]) -> dict[str, float]:
    """Return the number of each character, of a text such as "e=-2 0-9=1".

    Raises:
        ValueError: it is not made of characters, = and a number.

    >>> numbers_in("e=-2 0-1=1", "012e")
    {'e': -2.0, '0': 1.0, '1': 1.0}
    """
    characters = tuple(among)
    numbers: dict[str, float] = {}
    end = 0
    while end < len(text):
        found = _NUMBER.match(text, end)
        if found is None:
            raise ValueError(f"{_short(text)} is not characters, = and a number, such as e=-2")
        numbers |= dict.fromkeys(characters_in(found[1], characters), float(found[2]))
        end = found.end()
    return numbers


def _short(text: str) -> str:
    """Return a text as an error quotes it."""
    return repr(text) if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]!r}…"


def _plain(part: str) -> str:
    return _NAMED.get(part, part[-1])
