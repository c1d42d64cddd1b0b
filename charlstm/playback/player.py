"""The state machine that advances texts by the clock: one, or several that continue the same seed text and diverge."""

import time
from collections.abc import Callable, Sequence
from copy import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.generation.context import NO_CONTEXT, Context, RunContext
from charlstm.generation.draws import UniformDrawsOfBatch
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import BatchGenerator
from charlstm.generation.run import NetworkSource, Original, Run, RunSettings, whole_runs
from charlstm.generation.run_file import LONGEST_RUN
from charlstm.generation.step import Step, make_batch_step
from charlstm.networks.parallel import combine_networks, union
from charlstm.playback.pace import Pace
from charlstm.text.vocabulary import Vocabulary

MOST_CHARACTERS = 2 * LONGEST_RUN  # of all rows together; bounds the memory that one viewer can use


class Segment(NamedTuple):
    """The networks of the rows from a position on, and the characters of all of them."""

    start: int
    sources: tuple[NetworkSource, ...]
    vocabulary: Vocabulary


class OriginalRun(NamedTuple):
    """What the original texts of a branch have from where they diverge; it is shown next to the branch."""

    position: int  # of the first step
    rows: tuple[tuple[Step, ...], ...]
    texts: tuple[str, ...]
    segments: tuple[Segment, ...]  # of all the original, its shared beginning included


class Player:
    """One viewer's texts: idle, or running towards a goal at so many characters a second.

    Each text is a row. All have as many characters, and are written together.

    Args:
        sources: the network of each row; rows of the same network are one batched step.
        seed_text: what all rows continue, each as far as its network knows the characters; every
            character is known to at least one of them.
        random_seeds: one for each row; rows of the same random seed are given the same uniform draws.
        clock: seconds that never fall; tests give their own.

    Attributes:
        rows: the steps of each text; their ids are of `vocabulary_of` their position.
        texts: what each has written, without the seed text.
        original: where this is a branch, the rest of the texts that it was made from.
    """

    def __init__(
        self,
        sources: Sequence[NetworkSource],
        seed_text: str,
        random_seeds: Sequence[int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seed_text = seed_text
        self.random_seeds = tuple(random_seeds)
        self.rows: list[list[Step]] = [[] for _ in random_seeds]
        self.texts = [""] * len(self.rows)
        self.original: OriginalRun | None = None
        self.longest = min(LONGEST_RUN, MOST_CHARACTERS // len(self.rows))
        self._segments = [_segment(0, sources)]
        self._clock = clock
        self._pace = Pace(self.longest, clock)
        self._generator = self._new_generator()
        self._run: Run | None = None  # of all steps, until one is added

    @property
    def steps(self) -> list[Step]:
        """The steps of the first text, as many as each of them has."""
        return self.rows[0]

    @property
    def sources(self) -> tuple[NetworkSource, ...]:
        """The current network of each row."""
        return self._segments[-1].sources

    def sources_of(self, position: int) -> tuple[NetworkSource, ...]:
        """Return the network of each row that wrote, or will write, the character at `position`."""
        return self._segment_of(position).sources

    def vocabulary_of(self, position: int) -> Vocabulary:
        """Return the union of the vocabularies of these networks, which the ids of the steps at `position` refer to."""
        return self._segment_of(position).vocabulary

    def next_steps(self, temperatures: ArrayLike, filters: Filters = NO_FILTERS) -> list[Step]:
        """Return each row's step that `step` would make, without making it."""
        return self._generator.next_step(self._by_row(temperatures), filters).rows()

    def what_if(self, position: int, temperatures: ArrayLike, filters: Filters = NO_FILTERS) -> list[Step]:
        """Return each row's step at a past position as it would be with other settings and the same uniform draw.

        Beam search would look ahead from there: with it, this is the step that was made.
        """
        made = [row[position] for row in self.rows]
        if filters.beam_width is not None:
            return made
        raw, u = np.stack([step.raw for step in made]), np.array([step.u for step in made])
        context = self._past_context(position, filters)
        return make_batch_step(position, raw, u, self._by_row(temperatures), filters, context=context).rows()

    @property
    def full(self) -> bool:
        """Whether the texts have the greatest length allowed."""
        return len(self.steps) >= self.longest

    @property
    def running(self) -> bool:
        """Whether `advance` writes characters."""
        return self._pace.running

    @property
    def goal(self) -> int:
        """The length at which the texts stop, or stopped."""
        return self._pace.goal

    def play(self, length: int, first: float = 1.0) -> None:
        """Start running, for `length` more characters; `first` of them are due at once."""
        self._pace.begin(len(self.steps), length, first)

    def stop(self) -> None:
        """Stop running; what was written stays."""
        self._pace.running = False

    def advance(self, rate: float, temperatures: ArrayLike, filters: Filters = NO_FILTERS) -> int:
        """Write what has become due since the last call, and return how many characters that were in each row.

        Args:
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
            temperatures: for all that is written now: one for each row, or one for all.
            filters: likewise, the same for all rows.
        """
        before, by_row = len(self.steps), self._by_row(temperatures)
        for _ in self._pace.due(before, rate):
            self._append(by_row, filters, {})
        return len(self.steps) - before

    def step(self, temperatures: ArrayLike, filters: Filters = NO_FILTERS) -> None:
        """Write one character in each row, unless the texts have the greatest length allowed."""
        self.pick({}, temperatures, filters)

    def pick(self, picked: dict[int, int], temperatures: ArrayLike, filters: Filters = NO_FILTERS) -> None:
        """Do what `step` does, but in some rows append a character that a person picked: its id, by row."""
        if not self.full:
            self._append(self._by_row(temperatures), filters, picked)

    def change_networks(self, sources: Sequence[NetworkSource]) -> None:
        """Continue with other networks, which skip the characters of their texts that they do not know."""
        written = len(self.steps)
        before = [segment for segment in self._segments if segment.start < written]
        # Changed and changed back without a step in between is no change.
        unchanged = before and before[-1].sources == tuple(sources)
        self._segments = before if unchanged else [*before, _segment(written, sources)]
        self._generator = self._new_generator()

    def branch(self, position: int) -> "Player":
        """Return another player with this one's steps up to `position`, and the rest as its `original`."""
        other = copy(self)
        other._pace = Pace(self.longest, self._clock)
        other._run = None
        other.rows = [row[:position] for row in self.rows]
        other.texts = [text[:position] for text in self.texts]
        if position == len(self.steps):
            other._segments = list(self._segments)
            other._generator = self._generator.copy()
        else:
            rest = tuple(tuple(row[position:]) for row in self.rows)
            other.original = OriginalRun(
                position, rest, tuple(text[position:] for text in self.texts), tuple(self._segments)
            )
            other._segments = [segment for segment in self._segments if segment.start <= position]
            other._generator = other._new_generator()
        return other

    def restart_branch(self) -> "Player":
        """Return another player at the beginning of this branch, after the character that was picked there, if any."""
        assert self.original is not None
        start = self.original.position
        picked = len(self.steps) > start and any(row[start].picked for row in self.rows)
        other = self.branch(start + picked)
        other.original = self.original
        return other

    def restore(
        self,
        steps: Sequence[Step],
        run: Run,
        source_of: Callable[[str, int], NetworkSource],
        original: Sequence[Step] = (),
    ) -> None:
        """Take over the steps of a replayed run as the only row.

        Args:
            steps: of the run, as `replay` yields them.
            run: has the seed text and the random seed of this player, which has written nothing.
            source_of: the network of a model's name and an epoch.
            original: where the run is a branch, likewise the steps of the second of its `whole_runs`.
        """
        self.rows, self._run = [list(steps)], None
        self._segments = _segments(run.settings, source_of) or self._segments
        self.texts = [_text(steps, self._segments)]
        if run.original is not None:
            segments = _segments(whole_runs(run)[1].settings, source_of)
            rest = tuple(original[run.original.position :])
            self.original = OriginalRun(run.original.position, (rest,), (_text(rest, segments),), tuple(segments))
        self._generator = self._new_generator()

    def run(self) -> Run:
        """Return all that determines the first text and, where this is a branch, its original, and the texts."""
        if self._run is None or len(self._run.text) != len(self.steps):
            self._run = self._new_run()
        return self._run

    def _new_run(self) -> Run:
        text = self.texts[0]  # a download asks from another thread, perhaps while characters are added
        settings, picked = _settings_and_picked(self.steps[: len(text)], text, self._segments)
        original = None
        if self.original is not None:
            position, rows, texts, segments = self.original
            original = Original(position, *_settings_and_picked(rows[0], texts[0], segments), texts[0])
        return Run(self.seed_text, self.random_seeds[0], settings, picked, text, original)

    def _append(self, by_row: NDArray[np.float64], filters: Filters, picked: dict[int, int]) -> None:
        steps = self._generator.step(by_row, filters, picked).rows()
        characters = self._segments[-1].vocabulary.characters
        for number, (row, step) in enumerate(zip(self.rows, steps, strict=True)):
            row.append(step)
            self.texts[number] += characters[step.character_id]

    def _past_context(self, position: int, filters: Filters) -> Context:
        """Return what filters need of the texts up to a past position."""
        if filters == NO_FILTERS:
            return NO_CONTEXT
        start, _, vocabulary = self._segment_of(position)
        texts = [vocabulary.fold_and_encode(self.seed_text + text[:position]) for text in self.texts]
        draws = UniformDrawsOfBatch(self.random_seeds, 1)
        context = RunContext(texts, draws, len(vocabulary), vocabulary.characters)
        if position > start:
            context.resume([row[position - 1] for row in self.rows])
        return context.of(position, filters)

    def _by_row(self, temperatures: ArrayLike) -> NDArray[np.float64]:
        return np.array(np.broadcast_to(np.asarray(temperatures, dtype=np.float64), len(self.rows)))

    def _segment_of(self, position: int) -> Segment:
        return _segment_of(self._segments, position)

    def _new_generator(self) -> BatchGenerator:
        """Return a generator whose state is, to the last bit, that of one which made all the steps."""
        start, sources, vocabulary = self._segments[-1]
        network, _ = combine_networks([source.network for source in sources], [one.vocabulary for one in sources])
        # `prefill` reads only the end of a long text, but a stateful network was stepped through all that it
        # wrote itself: step it again. The state of a windowed network depends on the last characters alone.
        stateful = any(source.network.stateful for source in sources)
        prefilled = start if stateful else len(self.steps)
        prefixes = [vocabulary.fold_and_encode(self.seed_text + text[:prefilled]) for text in self.texts]
        # Rows of one text share one prefill, to the last bit.
        texts = prefixes if prefilled else prefixes[0]
        generator = BatchGenerator(network, texts, self.random_seeds, prefilled, vocabulary.characters)
        generator.append(
            np.array([step.character_id for step in steps])
            for steps in zip(*(row[prefilled:] for row in self.rows), strict=True)
        )
        if len(self.steps) > start:
            generator.resume([row[-1] for row in self.rows])
        return generator


def _segment(start: int, sources: Sequence[NetworkSource]) -> Segment:
    return Segment(start, tuple(sources), union([source.vocabulary for source in sources]))


def _segment_of(segments: Sequence[Segment], position: int) -> Segment:
    return next(segment for segment in reversed(segments) if segment.start <= position)


def _segments(settings: Sequence[RunSettings], source_of: Callable[[str, int], NetworkSource]) -> list[Segment]:
    """Return the segments of a run with these settings, a new one only where the network changes."""
    segments: list[Segment] = []
    for one in settings:
        source = source_of(one.model, one.epoch)
        if not segments or segments[-1].sources[0].network is not source.network:
            segments.append(_segment(one.position, [source]))
    return segments


def _text(steps: Sequence[Step], segments: Sequence[Segment]) -> str:
    return "".join(_segment_of(segments, step.position).vocabulary.characters[step.character_id] for step in steps)


def _settings_and_picked(
    steps: Sequence[Step], text: str, segments: Sequence[Segment]
) -> tuple[tuple[RunSettings, ...], dict[int, str]]:
    """Return what determines the first row of these steps, and of this text: its settings, and what was picked."""
    changes: list[RunSettings] = []
    for step in steps:
        source = _segment_of(segments, step.position).sources[0]
        search_begins = step.context.beam_start == step.position  # the settings are said again there
        settings = RunSettings(step.position, source.model, source.epoch, step.temperature, step.filters, search_begins)
        if not changes or changes[-1][1:5] != settings[1:5] or search_begins:
            changes.append(settings)
    picked = {step.position: character for step, character in zip(steps, text, strict=True) if step.picked}
    return tuple(changes), picked
