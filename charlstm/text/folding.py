"""What is written in place of what: a table (`folding.toml`), and Hangul as whole syllables."""

import re
import tomllib
import unicodedata
from collections.abc import Container
from pathlib import Path

TABLE = Path(__file__).with_name("folding.toml")
_TABLES: dict[str, dict[str, str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
# What Unicode's own decompositions (NFKD) leave alone, mapped by meaning.
PUNCTUATION = _TABLES["punctuation"]
LOOK_ALIKES = PUNCTUATION | _TABLES["letters"]
_JAMO = re.compile("[\u1100-\u11ff]+")
_PLAIN = str.maketrans(PUNCTUATION)


def plain_punctuation(text: str) -> str:
    """Return a text with the quotes, dashes and blanks of a typewriter in place of a printer's.

    >>> plain_punctuation("“Ecce homo” — 1888…")
    '"Ecce homo" -- 1888...'
    """
    return text.translate(_PLAIN)


def compose_hangul(text: str, known: Container[str] = ()) -> str:
    """Return a text with whole Hangul syllables in place of the parts that some systems write them as.

    Args:
        text: any text.
        known: characters that may stay: a run of parts that are all known is left as it is.

    >>> compose_hangul("\u1112\u1161\u11ab")
    '한'
    """
    if text.isascii():
        return text
    return _JAMO.sub(lambda run: run[0] if all(part in known for part in run[0]) else _composed(run[0]), text)


def _composed(parts: str) -> str:
    return unicodedata.normalize("NFC", parts)
