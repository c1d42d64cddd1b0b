"""Several texts that are written together from one seed text, advanced by the clock, and where they part."""

import time
from collections.abc import Callable, Container, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import took_top_choice
from charlstm.generation.loop import BatchGenerator, BatchStep
from charlstm.generation.run import Source
from charlstm.generation.sampling import NO_FILTERS, Filters, Probs, entropy
from charlstm.networks.network import Network
from charlstm.networks.parallel import in_parallel
from charlstm.playback.pace import Pace
from charlstm.playback.word_counts import WordCounter
from charlstm.text.vocabulary import Vocabulary

FEWEST, MOST = 2, 6  # lanes
LONGEST_RUN = 40_000  # characters of all lanes together


class _Stretch(NamedTuple):
    """The networks of the lanes from a position on, and the characters of all of them."""

    start: int
    sources: tuple[Source, ...]
    vocabulary: Vocabulary


class BatchPlayer:
    """One viewer's texts: idle, or running towards a goal at so many characters a second.

    Args:
        sources: what gives the probabilities, one for each lane; lanes of the same one are one batched step.
        seed_text: only characters that one of them knows; all lanes go on from it, each as its network reads it.
        random_seeds: one for each lane; lanes of the same random seed are given the same dice.
        known: the real words, of each lane.
        clock: seconds that only rise; tests give their own.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        seed_text: str,
        random_seeds: Sequence[int],
        known: Sequence[Container[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed_text = seed_text
        self.random_seeds = tuple(random_seeds)
        self.steps: list[BatchStep] = []
        self.texts = [""] * self.lanes
        self.word_counters = [WordCounter(words, seed_text) for words in known]
        # Where each lane first parts from its left neighbour; the first lane has none.
        self.divergences: list[int | None] = [None] * self.lanes
        self.pace = Pace(LONGEST_RUN // self.lanes, clock)
        network, vocabulary = _together(sources)
        self._stretches = [_Stretch(0, tuple(sources), vocabulary)]
        self._writer = BatchGenerator(network, vocabulary.encode(seed_text), self.random_seeds)
        self._entropy = np.zeros(self.lanes)
        self._likeliest = np.zeros(self.lanes, dtype=np.int64)

    @property
    def lanes(self) -> int:
        """How many texts there are."""
        return len(self.random_seeds)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The networks that write now, one for each lane."""
        return self._stretches[-1].sources

    def sources_of(self, position: int) -> tuple[Source, ...]:
        """Return the networks that wrote, or will write, the characters at `position`, one for each lane."""
        return self._stretch_of(position).sources

    def vocabulary_of(self, position: int) -> Vocabulary:
        """Return the characters of all of these together, whose ids the step at `position` has."""
        return self._stretch_of(position).vocabulary

    def _stretch_of(self, position: int) -> _Stretch:
        return next(stretch for stretch in reversed(self._stretches) if stretch.start <= position)

    @property
    def raw(self) -> Probs:
        """The probs of each text's next character, float64 (lanes, V)."""
        return self._writer.raw

    @property
    def u(self) -> NDArray[np.float64]:
        """The dice that will choose the next characters, each in [0, 1), shape (lanes,)."""
        return self._writer.u

    @property
    def full(self) -> bool:
        """Whether the run has reached the longest allowed."""
        return len(self.steps) >= self.pace.longest

    @property
    def running(self) -> bool:
        """Whether characters come with time."""
        return self.pace.running

    @property
    def mean_entropy(self) -> NDArray[np.float64]:
        """The mean entropy of each lane's choices in bits, shape (lanes,); NaN before the first."""
        return self._entropy / (len(self.steps) or np.nan)

    @property
    def likeliest_share(self) -> NDArray[np.float64]:
        """How often each lane took the likeliest character, a share, shape (lanes,); NaN before the first."""
        return self._likeliest / (len(self.steps) or np.nan)

    def play(self, length: int, first: float = 1.0) -> None:
        """Start running, for `length` characters more in each lane; the `first` come at the next call of `advance`."""
        self.pace.begin(len(self.steps), length, first)

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self.pace.running = False

    def advance(self, rate: float, temperatures: Sequence[float], filters: Filters = NO_FILTERS) -> int:
        """Write what has come due since the last call, and return how many characters that were in each lane.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperatures: one for each lane, in force for all that is written now.
            filters: likewise, the same for all lanes.
        """
        before = len(self.steps)
        by_lane = np.array(temperatures, dtype=np.float64)
        for _ in self.pace.due(before, rate):
            self.steps.append(self._writer.step(by_lane, filters))
        self._look_at(self.steps[before:])
        return len(self.steps) - before

    def step(self, temperatures: Sequence[float], filters: Filters = NO_FILTERS) -> None:
        """Write one character in each lane, unless the run is as long as may be."""
        if not self.full:
            self.steps.append(self._writer.step(np.array(temperatures, dtype=np.float64), filters))
            self._look_at(self.steps[-1:])

    def change_networks(self, sources: Sequence[Source], known: Sequence[Container[str]]) -> None:
        """Go on with other networks: the texts and the dice stay; what one does not know of its text it skips.

        Args:
            sources: what writes from here on, one for each lane.
            known: the real words of what comes, of each lane.
        """
        network, vocabulary = _together(sources)
        self._stretches.append(_Stretch(len(self.steps), tuple(sources), vocabulary))
        texts = [vocabulary.fold_and_encode(self.seed_text + text) for text in self.texts]
        # With nothing written, it is as if there had never been others, to the last bit.
        read = texts if self.steps else texts[0]
        self._writer = BatchGenerator(network, read, self.random_seeds, position=len(self.steps))
        for word_counter, words in zip(self.word_counters, known, strict=True):
            word_counter.known = words

    def _look_at(self, steps: Sequence[BatchStep]) -> None:
        """Take what is new into the texts, the partings and the figures."""
        if not steps:
            return
        ids = np.array([step.character_ids for step in steps])
        decode = self._stretches[-1].vocabulary.decode
        self.texts = [text + decode(lane) for text, lane in zip(self.texts, ids.T.tolist(), strict=True)]
        for word_counter, text in zip(self.word_counters, self.texts, strict=True):
            word_counter.update(text)
        for lane in range(1, self.lanes):
            if self.divergences[lane] is None:
                place = first_divergence(ids[:, lane - 1], ids[:, lane])
                self.divergences[lane] = None if place is None else steps[0].position + place
        self._entropy += entropy(np.array([step.reweighted for step in steps])).sum(axis=0)
        self._likeliest += took_top_choice(np.array([step.raw for step in steps]), ids).sum(axis=0)


def _together(sources: Sequence[Source]) -> tuple[Network, Vocabulary]:
    """Return the networks of the lanes as one, and its characters."""
    return in_parallel([source.network for source in sources], [source.vocabulary for source in sources])


def first_divergence(left: NDArray[np.integer], right: NDArray[np.integer]) -> int | None:
    """Return the first place where two equally long texts differ, or None.

    >>> parting(np.array([3, 1, 4]), np.array([3, 1, 5]))
    2
    """
    different = left != right
    return int(different.argmax()) if different.any() else None
