"""Word lists: the words of English, and of the text that a network was trained on."""

import gzip
import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from charlstm.text.words import LISTED_WORD, WORD

ENGLISH_FILE = Path(__file__).with_name("english.txt.gz")
LINE = re.compile(rf"({LISTED_WORD})(?: ([1-9]\d{{0,14}}))?")
MAX_WORDS = 300_000  # distinct words that are kept of a text, the first ones, so that memory is bounded
INDEX_STEP = 1_000  # bytes of a sorted list between two words of its index


@dataclass(frozen=True)
class WordList:
    """A set of words in little memory: 1.6 MB for English, where a Python set would take 20.

    It contains a word if it is listed in lower case, with or without a possessive 's, its accents composed or not.

    Attributes:
        lists: each as UTF-8, one word per line, sorted by code points, each line with a line feed at
            its end; after the word, if it is known, a space and its count in the text.

    >>> "Truth's" in WordList.of_text("The truth")
    True
    """

    lists: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of_text(cls, text: str) -> "WordList":
        """Return the words of a text with their counts."""
        return cls.of_texts((text,))

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "WordList":
        """Return the words of all texts with their counts."""
        counts: dict[str, int] = {}
        for text in texts:
            for match in WORD.finditer(_normalised(text)):
                word = match.group()
                if word in counts or len(counts) < MAX_WORDS:
                    counts[word] = counts.get(word, 0) + 1
        return cls(("".join(f"{word} {counts[word]}\n" for word in sorted(counts)).encode(),))

    @classmethod
    def of_lines(cls, content: bytes) -> "WordList":
        """Return the word list of a file's content, which has the form of `lists`.

        Raises:
            ValueError: the first line that is not a word or not in order, by number.
        """
        previous = ""
        for number, line in enumerate(content.decode().split("\n")[:-1], start=1):
            match = LINE.fullmatch(line)
            if not match or match[1] != _lowered(match[1]) or match[1] <= previous:
                raise ValueError(f"line {number} is not the next word in order")
            previous = match[1]
        if content and not content.endswith(b"\n"):
            raise ValueError("its last line is not ended")
        return cls((content,))

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        return _is_known(self.lists, _lowered(word))

    def __or__(self, other: "WordList") -> "WordList":
        return WordList(self.lists + other.lists)

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield each word and its count; 1 where that is not known."""
        for lines in self.lists:
            for line in lines.decode().splitlines():
                word, _, count = line.partition(" ")
                yield word, int(count or 1)


@cache
def english() -> WordList:
    """Return the English list, read once: 160,000 words and inflections, made by `python -m docs.english_words`."""
    return WordList((gzip.decompress(ENGLISH_FILE.read_bytes()),))


@lru_cache(maxsize=8)
def english_coverage(words: WordList) -> float:
    """Return `coverage` of a text's words by the English list."""
    return coverage(words, english())


def coverage(words: WordList, known: WordList) -> float:
    """Return the share of a text's words that are known; a repeated word counts each time.

    Args:
        words: of the text, from `WordList.of_text`.
        known: any word list.

    Returns:
        In [0, 1]; NaN for a text without words.
    """
    counts = list(words.counts())
    total = sum(count for _, count in counts)
    return sum(count for word, count in counts if word in known) / total if total else math.nan


def _lowered(word: str) -> str:
    return word.lower().replace("’", "'")


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFC", _lowered(text))


@lru_cache(maxsize=20_000)  # a growing text is evaluated many times
def _is_known(lists: tuple[bytes, ...], word: str) -> bool:
    composed = unicodedata.normalize("NFC", word)  # what is listed may be older than this rule
    forms = {form.removesuffix(end) for form in (word, composed) for end in ("", "'s")}
    return any(_is_listed(lines, form.encode(errors="replace")) for form in forms for lines in lists)


def _is_listed(lines: bytes, word: bytes) -> bool:
    """Search the one block of a sorted list that can have a word."""
    bounds, first_words = _index(lines)
    block = bisect_right(first_words, word) - 1
    if block < 0 or b" " in word or b"\n" in word:
        return False
    span = bounds[block], bounds[block + 1]
    return first_words[block] == word or any(lines.find(b"\n%b%b" % (word, end), *span) >= 0 for end in (b"\n", b" "))


@lru_cache(maxsize=16)
def _index(lines: bytes) -> tuple[list[int], list[bytes]]:
    """Return the bounds of consecutive blocks of whole lines, and the first word of each block."""
    bounds = [0]
    while bounds[-1] < len(lines):
        bounds.append(lines.find(b"\n", min(bounds[-1] + INDEX_STEP, len(lines) - 1)) + 1)
    return bounds, [re.split(b"[ \n]", lines[start:end], maxsplit=1)[0] for start, end in pairwise(bounds)]
