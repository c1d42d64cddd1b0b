"""Replacements for characters: a table (`folding.toml`), the composition of Hangul syllables, letters with marks."""

import re
import tomllib
import unicodedata
from collections.abc import Container
from pathlib import Path

from charlstm.text.marks import MARKS

TABLE = Path(__file__).with_name("folding.toml")
_TABLES: dict[str, dict[str, str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
# Characters that Unicode's compatibility decomposition (NFKD) does not change, mapped by meaning.
PUNCTUATION = _TABLES["punctuation"]
LOOK_ALIKES = PUNCTUATION | _TABLES["letters"]
BYTE_ORDER_MARK = "\ufeff"  # where two files were joined, it stands inside a text
# A letter with its combining marks; no mark is ASCII, which is refused first since that is fast.
ACCENTED = re.compile(rf"(?s:.?)(?![\x00-\x7f])[{MARKS}]+")
_JAMO = re.compile("[\u1100-\u11ff]+")
_PLAIN = str.maketrans(PUNCTUATION)


def plain_punctuation(text: str) -> str:
    """Return a text with typographic quotes, dashes and blanks replaced by ASCII.

    >>> plain_punctuation("“Ecce homo” — 1888…")
    '"Ecce homo" -- 1888...'
    """
    return text.translate(_PLAIN)


def compose_hangul(text: str, known: Container[str] = ()) -> str:
    """Return a text with Hangul syllables composed from the letters (jamo) that some systems write.

    Args:
        text: any text.
        known: a vocabulary; a sequence of jamo that are all in it stays as it is.

    >>> compose_hangul("\u1112\u1161\u11ab")
    '한'
    """

    def composed(jamo: re.Match[str]) -> str:
        return jamo[0] if all(one in known for one in jamo[0]) else unicodedata.normalize("NFC", jamo[0])

    return text if text.isascii() else _JAMO.sub(composed, text)
