"""Incremental word counts of a growing text: each update reads only what is new."""

import math
from collections.abc import Container
from typing import NamedTuple

from charlstm.text.words import LONGEST_WORD, word_spans


class InventedWord(NamedTuple):
    """A word that is not real: its slice of the text, and the text's length when it was counted."""

    start: int  # below 0 where the word begins in the seed text
    end: int
    noticed: int


class WordCounter:
    """Counts the words of a growing text: all, real and distinct ones; and lists the invented ones.

    At any time its shares are those of `charlstm.evaluation.metrics` for the whole text.

    Args:
        real_words: the words that count as real; may be changed for the words to come.
        seed_text: what the text continues.
    """

    def __init__(self, real_words: Container[str], seed_text: str = "") -> None:
        self.words = 0
        self.real = 0
        self.invented: list[InventedWord] = []
        self.real_words = real_words
        self._distinct: set[str] = set()
        self._before = seed_text[-LONGEST_WORD:]  # what of the seed text may belong to the next word
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
        """Count the new words of a text that begins with the one of the last call."""
        new, before, counted = text[self._counted :], self._before, self._counted
        for start, end in word_spans(new, before):
            word = (before + new)[len(before) + start : len(before) + end]
            self.words += 1
            self._distinct.add(word.lower())
            if word in self.real_words:
                self.real += 1
            else:
                self.invented.append(InventedWord(counted + start, counted + end, len(text)))
            self._before, self._counted = "", counted + end
