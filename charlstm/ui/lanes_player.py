"""Several texts that are written together from one seed text, advanced by the clock, and where they part."""

import time
from collections.abc import Callable, Container, Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.generation import LaneSteps, LanesWriter
from charlstm.metrics import took_likeliest
from charlstm.run import Source
from charlstm.sampling import NO_FILTERS, Filters, Probs, entropy
from charlstm.ui.pace import Pace
from charlstm.ui.tally import Tally
from charlstm.vocabulary import Vocabulary

FEWEST, MOST = 2, 6  # lanes
LONGEST_RUN = 40_000  # characters of all lanes together


class LanesPlayer:
    """One viewer's texts: idle, or running towards a goal at so many characters a second.

    Args:
        source: what gives the probabilities.
        seed_text: only characters that it knows; all lanes go on from it.
        random_seeds: one for each lane; lanes of the same random seed are given the same dice.
        known: the real words.
        clock: seconds that only rise; tests give their own.
    """

    def __init__(
        self,
        source: Source,
        seed_text: str,
        random_seeds: Sequence[int],
        known: Container[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed_text = seed_text
        self.random_seeds = tuple(random_seeds)
        self.steps: list[LaneSteps] = []
        self.texts = [""] * self.lanes
        self.tallies = [Tally(known, seed_text) for _ in self.random_seeds]
        # Where each lane first parts from its left neighbour; the first lane has none.
        self.partings: list[int | None] = [None] * self.lanes
        self.pace = Pace(LONGEST_RUN // self.lanes, clock)
        self._sources = [(0, source)]  # with the position from which on each writes
        self._writer = LanesWriter(source.network, source.vocabulary.encode(seed_text), self.random_seeds)
        self._entropy = np.zeros(self.lanes)
        self._likeliest = np.zeros(self.lanes, dtype=np.int64)

    @property
    def lanes(self) -> int:
        """How many texts there are."""
        return len(self.random_seeds)

    @property
    def source(self) -> Source:
        """The network that writes now."""
        return self._sources[-1][1]

    def vocabulary_of(self, position: int) -> Vocabulary:
        """Return the characters of the network that wrote, or will write, those at `position`."""
        return next(source.vocabulary for start, source in reversed(self._sources) if start <= position)

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

    def play(self, length: int) -> None:
        """Start running, for `length` characters more in each lane."""
        self.pace.begin(len(self.steps), length)

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

    def change_network(self, source: Source, known: Container[str]) -> None:
        """Go on with another network: the texts and the dice stay; what it does not know of the texts it skips.

        Args:
            source: what writes from here on.
            known: the real words of what comes.
        """
        self._sources.append((len(self.steps), source))
        ids = [source.vocabulary.read(self.seed_text + text) for text in self.texts]
        shortest = min(map(len, ids))  # lanes step together: where one skipped more, the others begin later
        ends = np.array([lane[len(lane) - shortest :] for lane in ids])
        self._writer = LanesWriter(source.network, ends, self.random_seeds, position=len(self.steps))
        for tally in self.tallies:
            tally.known = known

    def _look_at(self, steps: Sequence[LaneSteps]) -> None:
        """Take what is new into the texts, the partings and the figures."""
        if not steps:
            return
        ids = np.array([step.character_ids for step in steps])
        self.texts = [
            text + self.source.vocabulary.decode(lane) for text, lane in zip(self.texts, ids.T.tolist(), strict=True)
        ]
        for tally, text in zip(self.tallies, self.texts, strict=True):
            tally.read(text)
        for lane in range(1, self.lanes):
            if self.partings[lane] is None:
                place = parting(ids[:, lane - 1], ids[:, lane])
                self.partings[lane] = None if place is None else steps[0].position + place
        self._entropy += entropy(np.array([step.reweighted for step in steps])).sum(axis=0)
        self._likeliest += took_likeliest(np.array([step.raw for step in steps]), ids).sum(axis=0)


def parting(left: NDArray[np.integer], right: NDArray[np.integer]) -> int | None:
    """Return the first place where two equally long texts differ, or None.

    >>> parting(np.array([3, 1, 4]), np.array([3, 1, 5]))
    2
    """
    different = left != right
    return int(different.argmax()) if different.any() else None
