"""Words of a text: where each starts and ends, in any script that separates words."""

import re

from charlstm.text.marks import MARKS

# Letters of scripts that do not separate words: what stands between two blanks is no word there. They are those
# that Unicode's rules for word boundaries leave to a dictionary: ideographs, kana, and Southeast Asian scripts.
# Source: Unicode Standard Annex 29, section 4.1, the property ALetter.
_UNSEPARATED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf"  # Thai to Tai Viet
    "\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001aff0-\U0001b16f"  # kana, iteration
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00016fe0-\U00018d8f\U0001b170-\U0001b2ff\U00020000-\U0003ffff"
)
_JOINERS = "\u200c\u200d"  # between two letters they change only the shapes of these, as in Persian and Hindi
_APOSTROPHES = "'’"


def _word_of(letter: str) -> str:
    """Return the pattern of a word whose letters are those of a character class.

    Combining marks belong to the letter before them; apostrophes and joiners only stand between letters; a hyphen
    separates two words.
    """
    goes_on = rf"[{_JOINERS}]*[{MARKS}]+{letter}*|(?:[{_APOSTROPHES}]|[{_JOINERS}]+){letter}+"
    unless_ended = r"(?![\x00-\x26\x28-\x7f])"  # for speed: of ASCII, only an apostrophe can follow letters in a word
    return rf"{letter}+(?:{unless_ended}(?:{goes_on}))*"


WORD = re.compile(_word_of(rf"[^\W\d_{_UNSEPARATED}]"))
LISTED_WORD = _word_of(r"[^\W\d_]")  # in a word list, which may be older than the rule of unseparated letters
LONGEST_WORD = 100  # characters of a seed text that can belong to the word at its end


def word_spans(text: str, seed_text: str = "") -> list[tuple[int, int]]:
    """Return where the words of a text start and end, as slices of it.

    A word that touches the end may be unfinished, and is omitted. Where `text` continues a word that
    the seed text began, that word is the first, and its start is negative. A text of a script that does not
    separate words, such as Chinese or Thai, has none.

    >>> word_spans("at which is no", seed_text="to want th")
    [(-2, 2), (3, 8), (9, 11)]
    """
    before = seed_text[-LONGEST_WORD:]
    finished = len((before + text).rstrip(_APOSTROPHES + _JOINERS))
    spans = (match.span() for match in WORD.finditer(before + text))
    return [(start - len(before), end - len(before)) for start, end in spans if len(before) < end < finished]


def words_of(text: str, seed_text: str = "") -> list[str]:
    """Return the words of `word_spans`, including the letters that are in the seed text."""
    before = seed_text[-LONGEST_WORD:]
    return [(before + text)[len(before) + start : len(before) + end] for start, end in word_spans(text, seed_text)]
