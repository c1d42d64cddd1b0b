"""What a word is, and which words are real: those of an English list, and those of the text a network learned."""

import gzip
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

ENGLISH = Path(__file__).with_name("english.txt.gz")
# Letters, with apostrophes between them; a hyphen parts two words.
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
LINE = re.compile(rf"({WORD.pattern})(?: ([1-9]\d{{0,14}}))?")
# Distinct words that are kept of a text: those met first, so that a text of any length needs bounded memory.
LARGEST = 300_000
BLOCK = 1_000  # bytes of a list that are searched one by one


@dataclass(frozen=True)
class Lexicon:
    """Lists of words in little memory: 1.6 MB for English, where a Python set would take 20.

    A word is in it as it stands, in small letters, and with the 's of a possessor taken off.

    Attributes:
        lists: each a text in UTF-8, one word a line in the order of their characters, each line
            ended; behind the word, where it is known, how often it stands in the text it is from.

    >>> "Truth's" in Lexicon.of_text("The truth")
    True
    """

    lists: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of_text(cls, text: str) -> "Lexicon":
        """Return the words of a text, and how often each stands in it."""
        return cls.of_texts((text,))

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "Lexicon":
        """Return the words of some texts, and how often each stands in them."""
        counts: dict[str, int] = {}
        for text in texts:
            for match in WORD.finditer(_plain(text)):
                word = match.group()
                if word in counts or len(counts) < LARGEST:
                    counts[word] = counts.get(word, 0) + 1
        return cls(("".join(f"{word} {counts[word]}\n" for word in sorted(counts)).encode(),))

    @classmethod
    def of_lines(cls, content: bytes) -> "Lexicon":
        """Return the list that a file holds, in the form of `lists`.

        Raises:
            ValueError: names the first line that is not a word, or not in its place.
        """
        previous = ""
        for number, line in enumerate(content.decode().split("\n")[:-1], start=1):
            match = LINE.fullmatch(line)
            if not match or match[1] != _plain(match[1]) or match[1] <= previous:
                raise ValueError(f"line {number} is not the next word in order")
            previous = match[1]
        if content and not content.endswith(b"\n"):
            raise ValueError("its last line is not ended")
        return cls((content,))

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        return _is_known(self.lists, _plain(word))

    def __or__(self, other: "Lexicon") -> "Lexicon":
        return Lexicon(self.lists + other.lists)

    def counts(self) -> Iterator[tuple[str, int]]:
        """Yield each word and how often it stands in its text; 1 where that is not known."""
        for lines in self.lists:
            for line in lines.decode().splitlines():
                word, _, count = line.partition(" ")
                yield word, int(count or 1)


@cache
def english() -> Lexicon:
    """Return the English list, read once: 160,000 inflected words, made by `python -m docs.english_words`."""
    return Lexicon((gzip.decompress(ENGLISH.read_bytes()),))


def coverage(words: Lexicon, known: Lexicon) -> float:
    """Return which share of a text's words `known` has, each word as often as it stands there.

    Args:
        words: of the text, from `Lexicon.of_text`.
        known: any lexicon.

    Returns:
        In [0, 1]; NaN for a text without words.
    """
    counts = list(words.counts())
    total = sum(count for _, count in counts)
    return sum(count for word, count in counts if word in known) / total if total else math.nan


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


@lru_cache(maxsize=20_000)  # a text that grows is looked at again and again
def _is_known(lists: tuple[bytes, ...], word: str) -> bool:
    forms = {word, word.removesuffix("'s")}
    return any(_stands_in(lines, form.encode(errors="replace")) for form in forms for lines in lists)


def _stands_in(lines: bytes, word: bytes) -> bool:
    """Look into the one block of a sorted list where a word could stand."""
    ends, firsts = _blocks(lines)
    block = bisect_right(firsts, word) - 1
    if block < 0 or b" " in word or b"\n" in word:
        return False
    place = ends[block], ends[block + 1]
    return firsts[block] == word or any(lines.find(b"\n%b%b" % (word, end), *place) >= 0 for end in (b"\n", b" "))


@lru_cache(maxsize=16)
def _blocks(lines: bytes) -> tuple[list[int], list[bytes]]:
    """Return where blocks of whole lines end, from 0 on, and the first word of each."""
    ends = [0]
    while ends[-1] < len(lines):
        ends.append(lines.find(b"\n", min(ends[-1] + BLOCK, len(lines) - 1)) + 1)
    return ends, [re.split(b"[ \n]", lines[start:end], maxsplit=1)[0] for start, end in pairwise(ends)]
