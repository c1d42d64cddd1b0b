"""The words of a text that grows, counted as they are finished, so that a tick costs only what is new."""

import math
from collections.abc import Container
from typing import NamedTuple

from charlstm.evaluation.metrics import LONGEST_WORD, word_spans


class InventedWord(NamedTuple):
    """A word that is not real: where it stands in the text, and how long the text was when it was noticed."""

    start: int  # below 0 where the word begins in the seed text
    end: int
    noticed: int


class WordCounter:
    """How many words a growing text has, how many are real and how many distinct, and which are invented.

    At any time its shares are those of `charlstm.evaluation.metrics` for the whole text.

    Args:
        known: the real words.
        seed_text: what the text goes on from.
    """

    def __init__(self, known: Container[str], seed_text: str = "") -> None:
        self.words = 0
        self.real = 0
        self.invented: list[InventedWord] = []
        self.known = known
        self._distinct: set[str] = set()
        self._before = seed_text[-LONGEST_WORD:]  # of the word that comes next
        self._counted = 0  # characters up to the end of the last finished word

    @property
    def real_share(self) -> float:
        """The share of real words; NaN before the first word."""
        return self.real / self.words if self.words else math.nan

    @property
    def distinct_share(self) -> float:
        """Different words over words; NaN before the first word."""
        return len(self._distinct) / self.words if self.words else math.nan

    def update(self, text: str) -> None:
        """Take in a text that begins with all that was read before."""
        new, before, counted = text[self._counted :], self._before, self._counted
        for start, end in word_spans(new, before):
            word = (before + new)[len(before) + start : len(before) + end]
            self.words += 1
            self._distinct.add(word)
            if word in self.known:
                self.real += 1
            else:
                self.invented.append(InventedWord(counted + start, counted + end, len(text)))
            self._before, self._counted = "", counted + end
