"""The loop: probabilities of the next character, reweighted, drawn from, appended, and again.

Everything that writes a text (the page, the command line, the samples after each epoch) is made
of the steps that come from here. Nothing else draws a character.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from types import MappingProxyType
from typing import Generic, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.generation.sampling import NO_FILTERS, Filters, Probs, check_temperature, draw, sampling_probs
from charlstm.networks.network import Network, StateT

DRAWS_AT_ONCE = 1024


class Step(NamedTuple):
    """One character's choice, complete enough to redraw it or to check it.

    Where a person picked the character, `picked` is True and `u` was not used.
    """

    position: int  # 0 is the first generated character
    character_id: int
    temperature: float
    u: float  # the uniform draw, in [0, 1)
    raw: Probs  # (V,)
    reweighted: Probs  # (V,), what was drawn from: 0 where a filter removed the character
    picked: bool = False
    filters: Filters = NO_FILTERS


def make_step(
    position: int, raw: Probs, u: float, temperature: float, filters: Filters = NO_FILTERS, picked: int | None = None
) -> Step:
    """Return the step that these probabilities, this draw and these settings make.

    Args:
        position: of the character, from 0.
        raw: the probs of the network, float64 (V,).
        u: the uniform draw, in [0, 1).
        temperature: in [0, infinity].
        filters: what they remove cannot be drawn.
        picked: the id that a person picked; `u` then counts for nothing.
    """
    reweighted = sampling_probs(raw, temperature, filters)
    character_id = int(draw(raw, reweighted, u)) if picked is None else picked
    return Step(position, character_id, temperature, u, raw, reweighted, picked is not None, filters)


class BatchStep(NamedTuple):
    """The same record for a batch of texts that advance together, one row each."""

    position: int
    character_ids: NDArray[np.intp]  # (batch,)
    temperatures: NDArray[np.float64]  # (batch,)
    u: NDArray[np.float64]  # (batch,)
    raw: Probs  # (batch, V)
    reweighted: Probs  # (batch, V)
    filters: Filters = NO_FILTERS
    picked: frozenset[int] = frozenset()  # the rows whose character a person picked

    def rows(self) -> list[Step]:
        """Return each row's own record."""
        columns = self.character_ids.tolist(), self.temperatures.tolist(), self.u.tolist(), self.raw, self.reweighted
        return [
            Step(self.position, *row, number in self.picked, self.filters)
            for number, row in enumerate(zip(*columns, strict=True))
        ]


def make_batch_step(
    position: int,
    raw: Probs,
    u: NDArray[np.float64],
    temperatures: NDArray[np.float64],
    filters: Filters = NO_FILTERS,
    picked: Mapping[int, int] = MappingProxyType({}),
) -> BatchStep:
    """Return what `make_step` does, for each row of a batch; `picked` has ids by row."""
    reweighted = sampling_probs(raw, temperatures, filters)
    ids = draw(raw, reweighted, u)
    for row, id_ in picked.items():
        ids[row] = id_
    return BatchStep(position, ids, temperatures, u, raw, reweighted, filters, frozenset(picked))


class UniformDraws:
    """The uniform numbers of a run, one for each position, the same for the same random seed.

    Source: numpy's PCG64, whose stream is fixed for all versions.
    """

    def __init__(self, random_seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(random_seed))
        self._drawn: list[float] = []

    def __getitem__(self, position: int) -> float:
        while position >= len(self._drawn):
            self._drawn.extend(self._generator.random(DRAWS_AT_ONCE).tolist())
        return self._drawn[position]


class UniformDrawsOfBatch:
    """What `UniformDraws` holds for several random seeds, (batch,) at each position."""

    def __init__(self, random_seeds: Sequence[int]) -> None:
        self._generators = [np.random.Generator(np.random.PCG64(random_seed)) for random_seed in random_seeds]
        self._drawn: list[NDArray[np.float64]] = []  # each (DRAWS_AT_ONCE, batch)

    def __getitem__(self, position: int) -> NDArray[np.float64]:
        block, place = divmod(position, DRAWS_AT_ONCE)
        while block >= len(self._drawn):
            drawn = [generator.random(DRAWS_AT_ONCE) for generator in self._generators]
            self._drawn.append(np.stack(drawn, axis=1))
        return self._drawn[block][place]


class _GeneratorState(Generic[StateT]):
    """The text so far as a network's state, and the probabilities after it, computed when asked for."""

    def __init__(self, network: Network[StateT], state: StateT, position: int) -> None:
        self.network = network
        self.position = position
        self._state = state
        self._raw: Probs | None = None

    @property
    def raw(self) -> Probs:
        """The probs of the next character after the text so far, float64 (V,), or of each row's, (batch, V)."""
        if self._raw is None:
            self._raw = self.network.probs(self._state)
        return self._raw

    def copy(self) -> Self:
        """Return another generator of the same text, with the same draws, that goes its own way from here."""
        other = copy(self)
        other._state = self._state.copy()
        return other

    def append(self, ids: Iterable[int] | Iterable[NDArray[np.integer]]) -> None:
        """Append characters that were chosen before, one after the other, as if they were chosen now.

        Args:
            ids: of each position: one, or where this is a batch one for each row, shape (batch,).
        """
        for id_ in ids:
            self.network.step(self._state, id_)
            self._raw = None
            self.position += 1


class TextGenerator(_GeneratorState[StateT]):
    """One text being written: the network's state after it, the uniform draws, and how far it has come.

    Args:
        network: what gives the probabilities.
        text_ids: the text so far as ids, shape (characters,); may be empty.
        random_seed: of the uniform draws, zero or more.
        position: of the next character: 0 where the text so far is the seed text alone.
    """

    def __init__(self, network: Network[StateT], text_ids: ArrayLike, random_seed: int, position: int = 0) -> None:
        super().__init__(network, network.prefill(text_ids), position)
        self._draws = UniformDraws(random_seed)

    @property
    def u(self) -> float:
        """The uniform draw that will choose the next character, in [0, 1)."""
        return self._draws[self.position]

    def step(self, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Draw the next character, append it, and return the record."""
        return self._append_step(make_step(self.position, self.raw, self.u, temperature, filters))

    def pick(self, character_id: int, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Append a character that a person picked, and return the record."""
        return self._append_step(make_step(self.position, self.raw, self.u, temperature, filters, character_id))

    def _append_step(self, step: Step) -> Step:
        self.append((step.character_id,))
        return step


def generate(
    network: Network,
    seed_ids: ArrayLike,
    temperature: float,
    length: int,
    random_seed: int,
    filters: Filters = NO_FILTERS,
) -> Iterator[Step]:
    """Yield the steps of a run of `length` characters at one temperature.

    Args:
        network: what gives the probabilities.
        seed_ids: the seed text as ids, shape (characters,); may be empty.
        temperature: in [0, infinity].
        length: characters to write.
        random_seed: of the uniform draws, zero or more.
        filters: what they remove cannot be drawn.

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    check_temperature(temperature)
    generator = TextGenerator(network, seed_ids, random_seed)
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
    """

    def __init__(
        self,
        network: Network[StateT],
        texts: ArrayLike | Sequence[ArrayLike],
        random_seeds: Sequence[int],
        position: int = 0,
    ) -> None:
        one_for_each_row = isinstance(texts, Sequence | np.ndarray) and len(texts) > 0 and np.ndim(texts[0]) > 0
        state = network.prefill_each(texts) if one_for_each_row else network.prefill(texts, len(random_seeds))  # type: ignore[arg-type]
        super().__init__(network, state, position)
        self._draws = UniformDrawsOfBatch(random_seeds)

    @property
    def u(self) -> NDArray[np.float64]:
        """The uniform draws that will choose the next characters, each in [0, 1), shape (batch,)."""
        return self._draws[self.position]

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
        step = make_batch_step(self.position, self.raw, self.u, temperatures, filters, picked)
        self.append((step.character_ids,))
        return step


def generate_batch(
    network: Network,
    seed_ids: ArrayLike,
    temperatures: Sequence[float],
    length: int,
    random_seeds: Sequence[int],
    filters: Filters = NO_FILTERS,
) -> Iterator[BatchStep]:
    """Yield the steps of several runs from one seed text that advance together.

    Args:
        network: what gives the probabilities.
        seed_ids: the seed text as ids, shape (characters,); may be empty.
        temperatures: one for each row.
        length: characters to write in each row.
        random_seeds: one for each row; rows of the same random seed are given the same draws.
        filters: the same for all.

    Raises:
        ValueError: a temperature is negative or not a number, or the two lengths differ.
    """
    check_temperature(temperatures)
    if len(temperatures) != len(random_seeds):
        raise ValueError(f"{len(temperatures)} temperatures but {len(random_seeds)} random seeds; each row needs both")
    by_row = np.asarray(temperatures, dtype=np.float64)
    generator = BatchGenerator(network, seed_ids, random_seeds)
    for _ in range(length):
        yield generator.step(by_row, filters)
