"""The state machine that advances a batch of texts by the clock; they continue one seed text, and diverge."""

import time
from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import took_top_choice
from charlstm.generation.loop import BatchGenerator, BatchStep
from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import NO_FILTERS, Filters, Probs, entropy
from charlstm.networks.network import Network
from charlstm.networks.parallel import combine_networks
from charlstm.playback.pace import Pace
from charlstm.playback.word_counts import WordCounter
from charlstm.text.vocabulary import Vocabulary

FEWEST_ROWS, MOST_ROWS = 2, 6
MOST_CHARACTERS = 40_000  # of all rows together


class _Segment(NamedTuple):
    """The networks of the rows from a position on, and the characters of all of them."""

    start: int
    sources: tuple[NetworkSource, ...]
    vocabulary: Vocabulary


class BatchPlayer:
    """One viewer's batch of texts: idle, or running towards a goal at so many characters a second.

    Args:
        sources: the network of each row; rows of the same network are one batched step.
        seed_text: what all rows continue, each as far as its network knows the characters; every
            character is known to at least one of them.
        random_seeds: one for each row; rows of the same random seed are given the same uniform draws.
        real_words: the words that count as real in each row.
        clock: seconds that never fall; tests give their own.
    """

    def __init__(
        self,
        sources: Sequence[NetworkSource],
        seed_text: str,
        random_seeds: Sequence[int],
        real_words: Sequence[Container[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed_text = seed_text
        self.random_seeds = tuple(random_seeds)
        self.steps: list[BatchStep] = []
        self.texts = [""] * self.batch_size
        self.word_counters = [WordCounter(words, seed_text) for words in real_words]
        # Where each row first diverges from the row before it; None for the first.
        self.divergences: list[int | None] = [None] * self.batch_size
        self.pace = Pace(MOST_CHARACTERS // self.batch_size, clock)
        network, vocabulary = _as_one_network(sources)
        self._segments = [_Segment(0, tuple(sources), vocabulary)]
        self._generator = BatchGenerator(network, vocabulary.encode(seed_text), self.random_seeds)
        self._entropy = np.zeros(self.batch_size)  # sums over the steps
        self._likeliest = np.zeros(self.batch_size, dtype=np.int64)

    @property
    def batch_size(self) -> int:
        """The number of texts."""
        return len(self.random_seeds)

    @property
    def sources(self) -> tuple[NetworkSource, ...]:
        """The current network of each row."""
        return self._segments[-1].sources

    def sources_of(self, position: int) -> tuple[NetworkSource, ...]:
        """Return the network of each row that wrote, or will write, the character at `position`."""
        return self._segment_of(position).sources

    def vocabulary_of(self, position: int) -> Vocabulary:
        """Return the union of the vocabularies of these networks, which the ids of the step at `position` refer to."""
        return self._segment_of(position).vocabulary

    def _segment_of(self, position: int) -> _Segment:
        return next(segment for segment in reversed(self._segments) if segment.start <= position)

    @property
    def raw(self) -> Probs:
        """The probs of each row's next character, float64 (batch, V)."""
        return self._generator.raw

    @property
    def u(self) -> NDArray[np.float64]:
        """The uniform draws that will choose the next characters, each in [0, 1), shape (batch,)."""
        return self._generator.u

    @property
    def full(self) -> bool:
        """Whether the texts have reached the greatest length allowed."""
        return len(self.steps) >= self.pace.longest

    @property
    def running(self) -> bool:
        """Whether `advance` writes characters."""
        return self.pace.running

    @property
    def parting(self) -> int | None:
        """The first position at which not all rows have the same character: up to there they share one text."""
        return min((place for place in self.divergences if place is not None), default=None)

    @property
    def mean_entropy(self) -> NDArray[np.float64]:
        """The mean entropy of each row's choices in bits, shape (batch,); NaN before the first."""
        return self._entropy / (len(self.steps) or np.nan)

    @property
    def likeliest_share(self) -> NDArray[np.float64]:
        """The share of each row's choices that took the likeliest character, shape (batch,); NaN before the first."""
        return self._likeliest / (len(self.steps) or np.nan)

    def play(self, length: int, first: float = 1.0) -> None:
        """Start running, for `length` more characters in each row; `first` of them are due at once."""
        self.pace.begin(len(self.steps), length, first)

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self.pace.running = False

    def advance(self, rate: float, temperatures: Sequence[float], filters: Filters = NO_FILTERS) -> int:
        """Write what has become due since the last call, and return how many characters that were in each row.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperatures: one for each row, for all that is written now.
            filters: likewise, the same for all rows.
        """
        before = len(self.steps)
        by_row = np.array(temperatures, dtype=np.float64)
        for _ in self.pace.due(before, rate):
            self.steps.append(self._generator.step(by_row, filters))
        self._record(self.steps[before:])
        return len(self.steps) - before

    def step(self, temperatures: Sequence[float], filters: Filters = NO_FILTERS) -> None:
        """Write one character in each row, unless the texts have the greatest length allowed."""
        if not self.full:
            self.steps.append(self._generator.step(np.array(temperatures, dtype=np.float64), filters))
            self._record(self.steps[-1:])

    def change_networks(self, sources: Sequence[NetworkSource], real_words: Sequence[Container[str]]) -> None:
        """Continue with other networks, which skip the characters of their texts that they do not know.

        Args:
            sources: the network of each row from here on.
            real_words: the words that count as real from here on, of each row.
        """
        network, vocabulary = _as_one_network(sources)
        self._segments.append(_Segment(len(self.steps), tuple(sources), vocabulary))
        texts = [vocabulary.fold_and_encode(self.seed_text + text) for text in self.texts]
        # Before the first step a changed player must equal a new one to the last bit, so it shares one prefill.
        prefix = texts if self.steps else texts[0]
        self._generator = BatchGenerator(network, prefix, self.random_seeds, position=len(self.steps))
        for word_counter, words in zip(self.word_counters, real_words, strict=True):
            word_counter.real_words = words

    def _record(self, steps: Sequence[BatchStep]) -> None:
        """Add new steps to the texts, the divergences and the figures."""
        if not steps:
            return
        ids = np.array([step.character_ids for step in steps])
        decode = self._segments[-1].vocabulary.decode
        self.texts = [text + decode(row) for text, row in zip(self.texts, ids.T.tolist(), strict=True)]
        for word_counter, text in zip(self.word_counters, self.texts, strict=True):
            word_counter.update(text)
        for row in range(1, self.batch_size):
            if self.divergences[row] is None:
                place = first_divergence(ids[:, row - 1], ids[:, row])
                self.divergences[row] = None if place is None else steps[0].position + place
        self._entropy += entropy(np.array([step.reweighted for step in steps])).sum(axis=0)
        self._likeliest += took_top_choice(np.array([step.raw for step in steps]), ids).sum(axis=0)


def _as_one_network(sources: Sequence[NetworkSource]) -> tuple[Network, Vocabulary]:
    return combine_networks([source.network for source in sources], [source.vocabulary for source in sources])


def first_divergence(left: NDArray[np.integer], right: NDArray[np.integer]) -> int | None:
    """Return the first index at which two arrays of ids of the same length differ, or None.

    >>> first_divergence(np.array([3, 1, 4]), np.array([3, 1, 5]))
    2
    """
    different = left != right
    return int(different.argmax()) if different.any() else None
