"""The state machine that advances a run by the clock."""

import time
from collections.abc import Callable, Sequence
from copy import copy
from typing import NamedTuple

from charlstm.generation.loop import Step, TextGenerator, choose
from charlstm.generation.run import Knobs, Run, Source
from charlstm.generation.run_file import LONGEST_RUN
from charlstm.generation.sampling import NO_FILTERS, Filters
from charlstm.playback.pace import Pace
from charlstm.text.vocabulary import Vocabulary


class OriginalRun(NamedTuple):
    """What a run that another parted from had written from there on; the other is shown beside it."""

    position: int
    steps: tuple[Step, ...]
    text: str


class Player:
    """One viewer's text: idle, or running towards a goal at so many characters a second.

    Args:
        source: what gives the probabilities.
        seed_text: only characters that it knows.
        random_seed: starts the dice.
        clock: seconds that only rise; tests give their own.
    """

    def __init__(
        self,
        source: Source,
        seed_text: str,
        random_seed: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed_text = seed_text
        self.random_seed = random_seed
        self.steps: list[Step] = []
        self.beside: OriginalRun | None = None
        self._sources = [(0, source)]  # with the position from which on each writes
        self._clock = clock
        self._pace = Pace(LONGEST_RUN, clock)
        self._writer = self._new_writer()
        self._run: Run | None = None  # kept until a character is added

    @property
    def source(self) -> Source:
        """The network that writes now."""
        return self._sources[-1][1]

    @property
    def generated(self) -> str:
        """What was written after the seed text."""
        return self.text_from(0)

    def text_from(self, position: int) -> str:
        """Return what was written from a position on."""
        ends = [*(start for start, _ in self._sources[1:]), len(self.steps)]
        parts = [
            source.vocabulary.decode(step.character_id for step in self.steps[max(start, position) : end])
            for (start, source), end in zip(self._sources, ends, strict=True)
        ]
        return "".join(parts)

    def ahead(self, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Return the step that would be made next, without making it."""
        return choose(len(self.steps), self._writer.raw, self._writer.u, temperature, filters)

    def what_if(self, position: int, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Return the step at a past position as the same die would have made it otherwise."""
        step = self.steps[position]
        return choose(position, step.raw, step.u, temperature, filters)

    @property
    def full(self) -> bool:
        """Whether the run has reached the longest allowed."""
        return len(self.steps) >= LONGEST_RUN

    @property
    def running(self) -> bool:
        """Whether characters come with time."""
        return self._pace.running

    @property
    def goal(self) -> int:
        """How long the run is to become, or was."""
        return self._pace.goal

    def play(self, length: int, first: float = 1.0) -> None:
        """Start running, for `length` characters more; the `first` come at the next call of `advance`."""
        self._pace.begin(len(self.steps), length, first)

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self._pace.running = False

    def advance(self, rate: float, temperature: float, filters: Filters = NO_FILTERS) -> int:
        """Write what has come due since the last call, and return how many characters that were.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperature: in force for all of them.
            filters: likewise.
        """
        before = len(self.steps)
        for _ in self._pace.due(before, rate):
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

    def change_network(self, source: Source) -> None:
        """Go on with another network: the text and the dice stay; what it does not know of the text it skips."""
        written = len(self.steps)
        before = [(position, one) for position, one in self._sources if position < written]
        # Changed and changed back with nothing written in between is not changed at all.
        self._sources = before if before and before[-1][1] == source else [*before, (written, source)]
        self._writer = self._new_writer()

    def source_of(self, position: int) -> Source:
        """Return the network that wrote, or will write, the character at `position`."""
        return next(source for start, source in reversed(self._sources) if start <= position)

    def vocabulary_of(self, position: int) -> Vocabulary:
        """Return the characters of the network that wrote, or will write, the one at `position`."""
        return self.source_of(position).vocabulary

    def fork(self, position: int) -> "Player":
        """Return another player with this one's text up to `position`, to go on otherwise; this one stays as it is.

        What this one had written from there on is shown beside it.
        """
        other = copy(self)
        other._pace = Pace(LONGEST_RUN, self._clock)
        other._run = None
        other.steps = self.steps[:position]
        if position == len(self.steps):
            other._sources = list(self._sources)
            other._writer = self._writer.copy()
        else:
            other.beside = OriginalRun(position, tuple(self.steps[position:]), self.text_from(position))
            other._sources = [(start, source) for start, source in self._sources if start <= position]
            other._writer = other._new_writer()
        return other

    def restart_branch(self) -> "Player":
        """Return another player at the beginning of this branch: where it parted, after what was picked there."""
        assert self.beside is not None
        start = self.beside.position
        picked = len(self.steps) > start and self.steps[start].picked
        other = self.fork(start + picked)
        other.beside = self.beside
        return other

    def follow(self, steps: Sequence[Step], run: Run, source_of: Callable[[str, int], Source]) -> None:
        """Take over the steps of a run that was made again; this player must have written nothing."""
        self.steps, self._run = list(steps), None
        self._sources = [(knobs.position, source_of(knobs.model, knobs.epoch)) for knobs in run.knobs] or self._sources
        self._writer = self._new_writer()

    def run(self) -> Run:
        """Return all that decides this text."""
        if self._run is None or len(self._run.text) != len(self.steps):
            self._run = self._all_that_decides()
        return self._run

    def _all_that_decides(self) -> Run:
        steps = tuple(self.steps)  # a download asks from another thread, perhaps while characters are added
        knobs: list[Knobs] = []
        for step in steps:
            source = self.source_of(step.position)
            now = Knobs(step.position, source.model, source.epoch, step.temperature, step.filters)
            if not knobs or knobs[-1][1:] != now[1:]:
                knobs.append(now)
        text = self.text_from(0)[: len(steps)]
        picked = {step.position: text[step.position] for step in steps if step.picked}
        return Run(self.seed_text, self.random_seed, tuple(knobs), picked, text)

    def _new_writer(self) -> TextGenerator:
        """Return a writer whose memory is, to the last bit, that of one which made all the steps."""
        start, source = self._sources[-1]
        # A carried state forgets what is very far back only where a text is taken up whole, so it reads
        # again what it read while it wrote; a window does not remember how it came by its characters.
        taken_up = start if source.network.stateful else len(self.steps)
        before = source.vocabulary.fold_and_encode(self.seed_text + self.text_from(0)[:taken_up])
        writer = TextGenerator(source.network, before, self.random_seed, taken_up)
        writer.append(step.character_id for step in self.steps[taken_up:])
        return writer

    def _append(self, step: Step) -> None:
        self.steps.append(step)
