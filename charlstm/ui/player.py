"""The state machine that advances a run by the clock."""

import time
from collections.abc import Callable

import numpy as np

from charlstm.generation import Step, Writer
from charlstm.network import Network
from charlstm.sampling import NO_FILTERS, Filters
from charlstm.ui.pace import Pace
from charlstm.vocabulary import Vocabulary

LONGEST_RUN = 20_000  # characters


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
        self.pace = Pace(LONGEST_RUN, clock)
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

    @property
    def running(self) -> bool:
        """Whether characters come with time."""
        return self.pace.running

    def play(self, length: int) -> None:
        """Start running, for `length` characters more."""
        self.pace.begin(len(self.steps), length)

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self.pace.running = False

    def advance(self, rate: float, temperature: float, filters: Filters = NO_FILTERS) -> int:
        """Write what has come due since the last call, and return how many characters that were.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperature: in force for all of them.
            filters: likewise.
        """
        before = len(self.steps)
        for _ in self.pace.due(before, rate):
            self._append(self._writer.step(temperature, filters))
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
