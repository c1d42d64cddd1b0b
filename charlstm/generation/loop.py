"""The loop: probabilities of the next character, reweighted, drawn from, appended, and again.

Everything that writes a text (the page, the command line, the samples after each epoch) is made
of the steps that come from here. Nothing else draws a character.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from types import MappingProxyType
from typing import Any, Generic, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.generation.beam_search import BeamSearch
from charlstm.generation.context import NO_CONTEXT, Context, RunContext
from charlstm.generation.draws import UniformDraws, UniformDrawsOfBatch
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.sampling import Probs, check_temperature
from charlstm.generation.step import BatchStep, Step, make_batch_step, make_step
from charlstm.networks.network import Network, StateT


class _GeneratorState(Generic[StateT]):
    """The text so far as a network's state, and the probabilities after it, computed when asked for."""

    def __init__(self, network: Network[StateT], state: StateT, position: int, run_context: RunContext) -> None:
        self.network = network
        self.position = position
        self._state = state
        self._raw: Probs | None = None
        self._run_context = run_context
        self._beams: BeamSearch[StateT] | None = None

    @property
    def raw(self) -> Probs:
        """The probs of the next character after the text so far, float64 (V,), or of each row's, (batch, V)."""
        if self._raw is None:
            self._raw = self.network.probs(self._state)
        return self._raw

    def context(self, filters: Filters) -> Context:
        """Return what filters need of the text so far, and of the run, for the next character."""
        return NO_CONTEXT if filters is NO_FILTERS else self._run_context.of(self.position, filters)

    def copy(self) -> Self:
        """Return another generator of the same text, with the same draws, that goes its own way from here."""
        other = copy(self)
        other._state = self._state.copy()
        other._run_context = self._run_context.copy()
        other._beams = None if self._beams is None else self._beams.copy()
        return other

    def append(self, ids: Iterable[int] | Iterable[NDArray[np.integer]]) -> None:
        """Append characters that were chosen before, one after the other, as if they were chosen now.

        Args:
            ids: of each position: one, or where this is a batch one for each row, shape (batch,).
        """
        for id_ in ids:
            self.network.step(self._state, id_)
            self._run_context.append(id_)
            self._raw = None
            self.position += 1

    def restart_search(self) -> None:
        """Let beam search, where it goes on, begin anew at the next character."""
        self._beams = None

    def _find(self, filters: Filters, context: Context) -> tuple[Context, int | None]:
        """Return the context and the character of beam search, where the filters ask for it."""
        if filters.beam_width is None:
            return context, None
        if self.raw.size != self.network.vocabulary_size:
            raise ValueError("beam search writes one text, not a batch of several")
        if self._beams is None or not self._beams.goes_on(self.position, filters):
            self._beams = BeamSearch(self.network, self._state, self.position, filters, context.bias)
        return context._replace(beam_start=self._beams.start), self._beams.likeliest()

    def _append_step(self, step: Any, ids: Any) -> None:
        if step.filters.mirostat_tau is not None:
            self._run_context.follow(step.position, step.filters, step.context.mu, step.surprisal)
        self.append((ids,))
        if step.filters.beam_width is not None and self._beams is not None:
            self._beams.take(int(np.ravel(ids)[0]), bool(step.picked))


class TextGenerator(_GeneratorState[StateT]):
    """One text being written: the network's state after it, the uniform draws, and how far it has come.

    Args:
        network: what gives the probabilities.
        text_ids: the text so far as ids, shape (characters,); may be empty.
        random_seed: of the uniform draws, zero or more.
        position: of the next character: 0 where the text so far is the seed text alone.
        characters: of the network's vocabulary, by id; needed for filters that name characters.
    """

    def __init__(
        self,
        network: Network[StateT],
        text_ids: ArrayLike,
        random_seed: int,
        position: int = 0,
        characters: Sequence[str] = (),
    ) -> None:
        run_context = RunContext(text_ids, UniformDraws(random_seed, 1), network.vocabulary_size, characters)
        super().__init__(network, network.prefill(text_ids), position, run_context)
        self._draws = UniformDraws(random_seed)

    @property
    def u(self) -> float:
        """The uniform draw that will choose the next character, in [0, 1)."""
        return self._draws[self.position]

    def next_step(self, temperature: float, filters: Filters = NO_FILTERS, picked: int | None = None) -> Step:
        """Return the step that `step` or `pick` would make, without making it."""
        if filters is NO_FILTERS:
            return make_step(self.position, self.raw, self.u, temperature, filters, picked)
        context, found = self._find(filters, self.context(filters))
        return make_step(self.position, self.raw, self.u, temperature, filters, picked, context, found)

    def step(self, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Draw the next character, append it, and return the record."""
        return self._appended(self.next_step(temperature, filters))

    def pick(self, character_id: int, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Append a character that a person picked, and return the record."""
        return self._appended(self.next_step(temperature, filters, character_id))

    def _appended(self, step: Step) -> Step:
        self._append_step(step, step.character_id)
        return step


def generate(
    network: Network,
    seed_ids: ArrayLike,
    temperature: float,
    length: int,
    random_seed: int,
    filters: Filters = NO_FILTERS,
    characters: Sequence[str] = (),
) -> Iterator[Step]:
    """Yield the steps of a run of `length` characters at one temperature.

    Args:
        network: what gives the probabilities.
        seed_ids: the seed text as ids, shape (characters,); may be empty.
        temperature: in [0, infinity].
        length: characters to write.
        random_seed: of the uniform draws, zero or more.
        filters: what they remove cannot be drawn.
        characters: of the network's vocabulary, by id; needed for filters that name characters.

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    check_temperature(temperature)
    generator = TextGenerator(network, seed_ids, random_seed, characters=characters)
    for _ in range(length):
        yield generator.step(temperature, filters)


class BatchGenerator(_GeneratorState[StateT]):
    """A batch of texts being written together, one row each.

    Args:
        network: what gives the probabilities.
        texts: what the rows go on from: the ids of one seed text that all share, shape (characters,),
            or those of a text for each row.
        random_seeds: one for each row; rows of the same random seed are given the same draws.
        position: of the first character that will be written.
        characters: of the network's vocabulary, by id; needed for filters that name characters.
    """

    def __init__(
        self,
        network: Network[StateT],
        texts: ArrayLike | Sequence[ArrayLike],
        random_seeds: Sequence[int],
        position: int = 0,
        characters: Sequence[str] = (),
    ) -> None:
        one_for_each_row = isinstance(texts, Sequence | np.ndarray) and len(texts) > 0 and np.ndim(texts[0]) > 0
        state = network.prefill_each(texts) if one_for_each_row else network.prefill(texts, len(random_seeds))  # type: ignore[arg-type]
        rows: Any = texts if one_for_each_row else [texts] * len(random_seeds)
        draws = UniformDrawsOfBatch(random_seeds, 1)
        super().__init__(network, state, position, RunContext(rows, draws, network.vocabulary_size, characters))
        self._draws = UniformDrawsOfBatch(random_seeds)

    @property
    def u(self) -> NDArray[np.float64]:
        """The uniform draws that will choose the next characters, each in [0, 1), shape (batch,)."""
        return self._draws[self.position]

    def next_step(
        self,
        temperatures: NDArray[np.float64],
        filters: Filters = NO_FILTERS,
        picked: Mapping[int, int] = MappingProxyType({}),
    ) -> BatchStep:
        """Return the step that `step` would make, without making it."""
        if filters is NO_FILTERS:
            return make_batch_step(self.position, self.raw, self.u, temperatures, filters, picked)
        context, found = self._find(filters, self.context(filters))
        return make_batch_step(self.position, self.raw, self.u, temperatures, filters, picked, context, found)

    def step(
        self,
        temperatures: NDArray[np.float64],
        filters: Filters = NO_FILTERS,
        picked: Mapping[int, int] = MappingProxyType({}),
    ) -> BatchStep:
        """Draw each row's next character, append it, and return the record.

        Args:
            temperatures: one for each row, shape (batch,).
            filters: the same for all.
            picked: the id that a person picked, by the row that takes it instead of drawing.
        """
        step = self.next_step(temperatures, filters, picked)
        self._append_step(step, step.character_ids)
        return step

    def resume(self, last_steps: Sequence[Step]) -> None:
        """Go on with Mirostat from the steps that were the last ones to be made, one of each row."""
        self._run_context.resume(last_steps)


def generate_batch(
    network: Network,
    seed_ids: ArrayLike,
    temperatures: Sequence[float],
    length: int,
    random_seeds: Sequence[int],
    filters: Filters = NO_FILTERS,
    characters: Sequence[str] = (),
) -> Iterator[BatchStep]:
    """Yield the steps of several runs from one seed text that advance together.

    Args:
        network: what gives the probabilities.
        seed_ids: the seed text as ids, shape (characters,); may be empty.
        temperatures: one for each row.
        length: characters to write in each row.
        random_seeds: one for each row; rows of the same random seed are given the same draws.
        filters: the same for all.
        characters: of the network's vocabulary, by id; needed for filters that name characters.

    Raises:
        ValueError: a temperature is negative or not a number, or the two lengths differ.
    """
    check_temperature(temperatures)
    if len(temperatures) != len(random_seeds):
        raise ValueError(f"{len(temperatures)} temperatures but {len(random_seeds)} random seeds; each row needs both")
    by_row = np.asarray(temperatures, dtype=np.float64)
    generator = BatchGenerator(network, seed_ids, random_seeds, characters=characters)
    for _ in range(length):
        yield generator.step(by_row, filters)
