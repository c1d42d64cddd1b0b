"""The table of what is written in place of what (`folding.toml`), and the punctuation of a typewriter."""

import tomllib
from pathlib import Path

TABLE = Path(__file__).with_name("folding.toml")
_TABLES: dict[str, dict[str, str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
# What Unicode's own decompositions (NFKD) leave alone, mapped by meaning.
PUNCTUATION = _TABLES["punctuation"]
LOOK_ALIKES = PUNCTUATION | _TABLES["letters"]
_PLAIN = str.maketrans(PUNCTUATION)


def plain_punctuation(text: str) -> str:
    """Return a text with the quotes, dashes and blanks of a typewriter in place of a printer's.

    >>> plain_punctuation("“Ecce homo” — 1888…")
    '"Ecce homo" -- 1888...'
    """
    return text.translate(_PLAIN)
