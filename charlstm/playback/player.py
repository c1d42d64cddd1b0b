"""The state machine that advances a run by the clock."""

import time
from collections.abc import Callable, Sequence
from copy import copy
from typing import NamedTuple

from charlstm.generation.loop import Step, TextGenerator, make_step
from charlstm.generation.run import NetworkSource, Run, RunSettings
from charlstm.generation.run_file import LONGEST_RUN
from charlstm.generation.sampling import NO_FILTERS, Filters
from charlstm.playback.pace import Pace
from charlstm.text.vocabulary import Vocabulary


class OriginalRun(NamedTuple):
    """What the original run of a branch wrote from where they diverge; it is shown next to the branch."""

    position: int  # of the first step
    steps: tuple[Step, ...]
    text: str


class Player:
    """One viewer's text: idle, or running towards a goal at so many characters a second.

    Args:
        source: the network, and what it is of.
        seed_text: only characters that the network knows.
        random_seed: of the uniform draws.
        clock: seconds that never fall; tests give their own.

    Attributes:
        original: where this is a branch, the rest of the run that it was made from.
    """

    def __init__(
        self,
        source: NetworkSource,
        seed_text: str,
        random_seed: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed_text = seed_text
        self.random_seed = random_seed
        self.steps: list[Step] = []
        self.original: OriginalRun | None = None
        self._sources = [(0, source)]  # each with its first position
        self._clock = clock
        self._pace = Pace(LONGEST_RUN, clock)
        self._generator = self._new_generator()
        self._run: Run | None = None  # of all steps, until one is added

    @property
    def source(self) -> NetworkSource:
        """The current network."""
        return self._sources[-1][1]

    @property
    def generated(self) -> str:
        """The text that was written, without the seed text."""
        return self.text_from(0)

    def text_from(self, position: int) -> str:
        """Return the text that was written from a position on."""
        ends = [*(start for start, _ in self._sources[1:]), len(self.steps)]
        parts = [
            source.vocabulary.decode(step.character_id for step in self.steps[max(start, position) : end])
            for (start, source), end in zip(self._sources, ends, strict=True)
        ]
        return "".join(parts)

    def next_step(self, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Return the step that `step` would make, without making it."""
        return make_step(len(self.steps), self._generator.raw, self._generator.u, temperature, filters)

    def what_if(self, position: int, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Return what the step at a past position would be with other settings and the same uniform draw."""
        step = self.steps[position]
        return make_step(position, step.raw, step.u, temperature, filters)

    @property
    def full(self) -> bool:
        """Whether the run has reached the greatest length allowed."""
        return len(self.steps) >= LONGEST_RUN

    @property
    def running(self) -> bool:
        """Whether `advance` writes characters."""
        return self._pace.running

    @property
    def goal(self) -> int:
        """The length at which the run stops, or stopped."""
        return self._pace.goal

    def play(self, length: int, first: float = 1.0) -> None:
        """Start running, for `length` more characters; `first` of them are due at once."""
        self._pace.begin(len(self.steps), length, first)

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self._pace.running = False

    def advance(self, rate: float, temperature: float, filters: Filters = NO_FILTERS) -> int:
        """Write what has become due since the last call, and return how many characters that were.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperature: for all of them.
            filters: likewise.
        """
        before = len(self.steps)
        for _ in self._pace.due(before, rate):
            self.steps.append(self._generator.step(temperature, filters))
        return len(self.steps) - before

    def step(self, temperature: float, filters: Filters = NO_FILTERS) -> None:
        """Write one character, unless the run has the greatest length allowed."""
        if not self.full:
            self.steps.append(self._generator.step(temperature, filters))

    def pick(self, character_id: int, temperature: float, filters: Filters = NO_FILTERS) -> None:
        """Append a character that a person picked, unless the run has the greatest length allowed."""
        if not self.full:
            self.steps.append(self._generator.pick(character_id, temperature, filters))

    def change_network(self, source: NetworkSource) -> None:
        """Continue with another network, which skips the characters of the text that it does not know."""
        written = len(self.steps)
        before = [(position, one) for position, one in self._sources if position < written]
        # Changed and changed back without a step in between is no change.
        self._sources = before if before and before[-1][1] == source else [*before, (written, source)]
        self._generator = self._new_generator()

    def source_of(self, position: int) -> NetworkSource:
        """Return the network that wrote, or will write, the character at `position`."""
        return next(source for start, source in reversed(self._sources) if start <= position)

    def vocabulary_of(self, position: int) -> Vocabulary:
        """Return the vocabulary of the network that wrote, or will write, the character at `position`."""
        return self.source_of(position).vocabulary

    def branch(self, position: int) -> "Player":
        """Return another player with this one's steps up to `position`, and the rest as its `original`."""
        other = copy(self)
        other._pace = Pace(LONGEST_RUN, self._clock)
        other._run = None
        other.steps = self.steps[:position]
        if position == len(self.steps):
            other._sources = list(self._sources)
            other._generator = self._generator.copy()
        else:
            other.original = OriginalRun(position, tuple(self.steps[position:]), self.text_from(position))
            other._sources = [(start, source) for start, source in self._sources if start <= position]
            other._generator = other._new_generator()
        return other

    def restart_branch(self) -> "Player":
        """Return another player at the beginning of this branch, after the character that was picked there, if any."""
        assert self.original is not None
        start = self.original.position
        picked = len(self.steps) > start and self.steps[start].picked
        other = self.branch(start + picked)
        other.original = self.original
        return other

    def restore(self, steps: Sequence[Step], run: Run, source_of: Callable[[str, int], NetworkSource]) -> None:
        """Take over the steps of a replayed run.

        Args:
            steps: of the run, as `replay` yields them.
            run: has the seed text and the random seed of this player, which has written nothing.
            source_of: the network of a model's name and an epoch.
        """
        self.steps, self._run = list(steps), None
        sources = [(settings.position, source_of(settings.model, settings.epoch)) for settings in run.settings]
        self._sources = sources or self._sources
        self._generator = self._new_generator()

    def run(self) -> Run:
        """Return all that determines the text, and the text."""
        if self._run is None or len(self._run.text) != len(self.steps):
            self._run = self._new_run()
        return self._run

    def _new_run(self) -> Run:
        steps = tuple(self.steps)  # a download asks from another thread, perhaps while characters are added
        changes: list[RunSettings] = []
        for step in steps:
            source = self.source_of(step.position)
            settings = RunSettings(step.position, source.model, source.epoch, step.temperature, step.filters)
            if not changes or changes[-1][1:] != settings[1:]:
                changes.append(settings)
        text = self.text_from(0)[: len(steps)]
        picked = {step.position: text[step.position] for step in steps if step.picked}
        return Run(self.seed_text, self.random_seed, tuple(changes), picked, text)

    def _new_generator(self) -> TextGenerator:
        """Return a generator whose state is, to the last bit, that of one which made all the steps."""
        start, source = self._sources[-1]
        # `prefill` reads only the end of a long text, but a stateful network was stepped through all that it
        # wrote itself: step it again. The state of a windowed network depends on the last characters alone.
        prefilled = start if source.network.stateful else len(self.steps)
        prefix = source.vocabulary.fold_and_encode(self.seed_text + self.text_from(0)[:prefilled])
        generator = TextGenerator(source.network, prefix, self.random_seed, prefilled)
        generator.append(step.character_id for step in self.steps[prefilled:])
        return generator
