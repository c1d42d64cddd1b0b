"""Words of a text: where each starts and ends."""

import re

# Letters, with apostrophes between them; a hyphen separates two words.
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
LONGEST_WORD = 100  # characters of a seed text that can belong to the word at its end


def word_spans(text: str, seed_text: str = "") -> list[tuple[int, int]]:
    """Return where the words of a text start and end, as slices of it.

    A word that touches the end may be unfinished, and is omitted. Where `text` continues a word that
    the seed text began, that word is the first, and its start is negative.

    >>> word_spans("at which is no", seed_text="to want th")
    [(-2, 2), (3, 8), (9, 11)]
    """
    before = seed_text[-LONGEST_WORD:]
    finished = len((before + text).rstrip("'’"))
    spans = (match.span() for match in WORD.finditer(before + text))
    return [(start - len(before), end - len(before)) for start, end in spans if len(before) < end < finished]


def words_of(text: str, seed_text: str = "") -> list[str]:
    """Return the words of `word_spans`, including the letters that are in the seed text."""
    before = seed_text[-LONGEST_WORD:]
    return [(before + text)[len(before) + start : len(before) + end] for start, end in word_spans(text, seed_text)]
