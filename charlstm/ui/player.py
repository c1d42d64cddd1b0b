"""The state machine that advances a run by the clock, so that writing never blocks the page."""

import time
from collections.abc import Callable

import numpy as np

from charlstm.generation import Step, Writer
from charlstm.network import Network
from charlstm.sampling import NO_FILTERS, Filters
from charlstm.vocabulary import Vocabulary

AS_FAST_AS_POSSIBLE = 0
LONGEST_RUN = 20_000  # characters; bounds what a viewer can make the server remember
LONGEST_PAUSE = 1.0  # seconds of writing owed after a tab slept
WORK_AT_ONCE = 0.06  # seconds of computing in one tick at full speed


class Player:
    """One viewer's text: idle, or running towards a goal at so many characters a second.

    Args:
        network: what gives the probabilities.
        vocabulary: its characters.
        seed_text: only known characters.
        random_seed: starts the dice.
        clock: seconds that only rise; tests give their own.
    """

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary,
        seed_text: str,
        random_seed: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.network = network
        self.vocabulary = vocabulary
        self.seed_text = seed_text
        self.random_seed = random_seed
        self.steps: list[Step] = []
        self.running = False
        self.goal = 0
        self._clock = clock
        self._seen = 0.0
        self._owed = 0.0
        self._writer = Writer(network, vocabulary.encode(seed_text), random_seed)

    @property
    def generated(self) -> str:
        """What was written after the seed text."""
        return self.vocabulary.decode(step.character_id for step in self.steps)

    @property
    def raw(self) -> np.ndarray:
        """The probs of the next character after the present text, float64 (V,)."""
        return self._writer.raw

    @property
    def full(self) -> bool:
        """Whether the run has reached the longest allowed."""
        return len(self.steps) >= LONGEST_RUN

    def play(self, length: int) -> None:
        """Start running, for `length` characters more."""
        self.goal = min(len(self.steps) + length, LONGEST_RUN)
        self.running = self.goal > len(self.steps)
        self._seen = self._clock()
        self._owed = 1.0  # the first character comes at once

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self.running = False

    def advance(self, rate: float, temperature: float, filters: Filters = NO_FILTERS) -> int:
        """Write what has come due since the last call, and return how many characters that were.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperature: in force for all of them.
            filters: likewise.
        """
        if not self.running:
            return 0
        now = self._clock()
        before = len(self.steps)
        if rate == AS_FAST_AS_POSSIBLE:
            while len(self.steps) < self.goal and self._clock() - now < WORK_AT_ONCE:
                self._append(self._writer.step(temperature, filters))
        else:
            self._owed += min(now - self._seen, LONGEST_PAUSE) * rate
            due = min(int(self._owed), self.goal - len(self.steps))
            self._owed -= due
            for _ in range(due):
                self._append(self._writer.step(temperature, filters))
        self._seen = now
        self.running = len(self.steps) < self.goal
        return len(self.steps) - before

    def step(self, temperature: float, filters: Filters = NO_FILTERS) -> None:
        """Write one character, unless the run is as long as may be."""
        if not self.full:
            self._append(self._writer.step(temperature, filters))

    def pick(self, character_id: int, temperature: float, filters: Filters = NO_FILTERS) -> None:
        """Append a character that a person picked."""
        if not self.full:
            self._append(self._writer.pick(character_id, temperature, filters))

    def change_network(self, network: Network) -> None:
        """Go on with another network of the same vocabulary: the text and the dice stay."""
        self.network = network
        text = self.vocabulary.encode(self.seed_text + self.generated)
        self._writer = Writer(network, text, self.random_seed)
        self._writer.position = len(self.steps)

    def _append(self, step: Step) -> None:
        self.steps.append(step)
