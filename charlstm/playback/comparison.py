"""How several texts of one player compare: where they diverge, their words, how certain their choices were."""

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import took_top_choice
from charlstm.generation.run import first_difference
from charlstm.generation.sampling import entropy
from charlstm.generation.step import Step
from charlstm.playback.player import Player
from charlstm.playback.word_counts import WordCounter

FEWEST_ROWS, MOST_ROWS = 2, 6


class Comparison:
    """The figures of texts that grow: each look at them reads only what is new.

    Args:
        player: of the texts.
        real_words: the words that count as real in each row.
    """

    def __init__(self, player: Player, real_words: Sequence[Container[str]]) -> None:
        rows = len(player.rows)
        self._player = player
        self._seen = 0  # characters
        self._word_counters = [WordCounter(words, player.seed_text) for words in real_words]
        self._divergences: list[int | None] = [None] * rows
        self._entropy = np.zeros(rows)  # sums over the steps
        self._likeliest = np.zeros(rows, dtype=np.int64)

    @property
    def word_counters(self) -> list[WordCounter]:
        """The counted words of each row."""
        self._read()
        return self._word_counters

    @property
    def divergences(self) -> list[int | None]:
        """Where each row first diverges from the row before it; None for the first."""
        self._read()
        return self._divergences

    @property
    def parting(self) -> int | None:
        """The first position at which not all rows have the same character: up to there they share one text."""
        return min((place for place in self.divergences if place is not None), default=None)

    @property
    def mean_entropy(self) -> NDArray[np.float64]:
        """The mean entropy of each row's choices in bits, shape (batch,); NaN before the first."""
        self._read()
        return self._entropy / (self._seen or np.nan)

    @property
    def likeliest_share(self) -> NDArray[np.float64]:
        """The share of each row's choices that took the likeliest character, shape (batch,); NaN before the first."""
        self._read()
        return self._likeliest / (self._seen or np.nan)

    def change_real_words(self, real_words: Sequence[Container[str]]) -> None:
        """Change the words that count as real in each row from here on."""
        for word_counter, words in zip(self.word_counters, real_words, strict=True):
            word_counter.real_words = words

    def _read(self) -> None:
        seen, player = self._seen, self._player
        self._seen = len(player.steps)
        if seen == self._seen:
            return
        for word_counter, text in zip(self._word_counters, player.texts, strict=True):
            word_counter.update(text)
        new = [text[seen:] for text in player.texts]
        for row in range(1, len(new)):
            if self._divergences[row] is None:
                place = first_difference(new[row - 1], new[row])
                self._divergences[row] = None if place is None else seen + place
        for number, steps in enumerate(player.rows):
            # Another network has other characters, so the steps of one size are counted together.
            for same in _of_one_size(steps[seen:]):
                self._entropy[number] += entropy(np.stack([step.reweighted for step in same])).sum()
                ids = np.array([step.character_id for step in same])
                self._likeliest[number] += took_top_choice(np.stack([step.raw for step in same]), ids).sum()


def _of_one_size(steps: Sequence[Step]) -> list[list[Step]]:
    sizes = {len(step.raw) for step in steps}
    return [[step for step in steps if len(step.raw) == size] for size in sizes]
