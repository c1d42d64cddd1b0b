"""The loop: probabilities of the next character, reweighted, drawn from, appended, and again.

Everything that writes a text (the page, the command line, the samples after each epoch) is made
of the steps that come from here. Nothing else draws a character.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.network import Network
from charlstm.sampling import NO_FILTERS, Filters, Probs, check_temperature, cut, draw, reweight

DICE_BLOCK = 1024


class Step(NamedTuple):
    """One character's choice, complete enough to redraw it or to check it.

    `u` is the die; where a person picked the character, `picked` is True and the die was not used.
    """

    position: int  # 0 is the first generated character
    character_id: int
    temperature: float
    u: float  # in [0, 1)
    raw: Probs  # (V,)
    reweighted: Probs  # (V,), what was drawn from: 0 where the filters cut
    picked: bool = False
    filters: Filters = NO_FILTERS


def choose(
    position: int, raw: Probs, u: float, temperature: float, filters: Filters = NO_FILTERS, picked: int | None = None
) -> Step:
    """Return the record of one choice.

    Args:
        position: of the character, from 0.
        raw: the probs of the network, float64 (V,).
        u: the die, in [0, 1).
        temperature: in [0, infinity].
        filters: what they cut cannot be drawn.
        picked: the id that a person picked; the die then counts for nothing.
    """
    reweighted = cut(raw, reweight(raw, temperature), filters)
    character_id = int(draw(raw, reweighted, u)) if picked is None else picked
    return Step(position, character_id, temperature, u, raw, reweighted, picked is not None, filters)


class LaneSteps(NamedTuple):
    """The same record for several texts that advance together, one row a lane."""

    position: int
    character_ids: NDArray[np.intp]  # (lanes,)
    temperatures: NDArray[np.float64]  # (lanes,)
    u: NDArray[np.float64]  # (lanes,)
    raw: Probs  # (lanes, V)
    reweighted: Probs  # (lanes, V)
    filters: Filters = NO_FILTERS


class Dice:
    """The uniform numbers of a run, one for each position, the same for the same random seed.

    Source: numpy's PCG64, whose stream is fixed for all versions.
    """

    def __init__(self, random_seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(random_seed))
        self._thrown: list[float] = []

    def __getitem__(self, position: int) -> float:
        while position >= len(self._thrown):
            self._thrown.extend(self._generator.random(DICE_BLOCK).tolist())
        return self._thrown[position]


def dice_of_lanes(random_seeds: Sequence[int]) -> Iterator[NDArray[np.float64]]:
    """Yield what `Dice` holds for several random seeds, (lanes,) at each position."""
    generators = [np.random.Generator(np.random.PCG64(random_seed)) for random_seed in random_seeds]
    while True:
        yield from np.stack([generator.random(DICE_BLOCK) for generator in generators], axis=1)


class _Reader:
    """What a network has read, of one text or of lanes, and the probabilities after it, computed when asked for."""

    def __init__(self, network: Network, state: Any, position: int) -> None:
        self.network = network
        self.position = position
        self._state = state
        self._raw: Probs | None = None

    @property
    def raw(self) -> Probs:
        """The probs of the next character after the text so far, float64 (V,), or of each lane's, (lanes, V)."""
        if self._raw is None:
            self._raw = self.network.probs(self._state)
        return self._raw


class Writer(_Reader):
    """One text being written: the network's memory of it, the dice, and how far it has come.

    Args:
        network: what gives the probabilities.
        text_ids: the text so far as ids, shape (characters,); may be empty.
        random_seed: starts the dice, zero or more.
        position: of the next character: 0 where the text so far is the seed text alone.
    """

    def __init__(self, network: Network, text_ids: ArrayLike, random_seed: int, position: int = 0) -> None:
        super().__init__(network, network.prime(text_ids), position)
        self._dice = Dice(random_seed)

    @property
    def u(self) -> float:
        """The die that the next draw will use, in [0, 1)."""
        return self._dice[self.position]

    def copy(self) -> "Writer":
        """Return another writer of the same text, with the same dice, that goes its own way from here."""
        other = copy(self)
        other._state = self._state.copy()
        return other

    def read(self, ids: Iterable[int]) -> None:
        """Append characters that were chosen before, one after the other, as if they were chosen now."""
        for id_ in ids:
            self.network.read(self._state, id_)
            self._raw = None
            self.position += 1

    def step(self, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Draw the next character, append it, and return the record."""
        return self._append(choose(self.position, self.raw, self.u, temperature, filters))

    def pick(self, character_id: int, temperature: float, filters: Filters = NO_FILTERS) -> Step:
        """Append a character that a person picked, and return the record."""
        return self._append(choose(self.position, self.raw, self.u, temperature, filters, character_id))

    def _append(self, step: Step) -> Step:
        self.read((step.character_id,))
        return step


def write(
    network: Network,
    seed_ids: ArrayLike,
    temperature: float,
    length: int,
    random_seed: int,
    filters: Filters = NO_FILTERS,
) -> Iterator[Step]:
    """Yield the steps of a run of `length` characters at one temperature.

    Raises:
        ValueError: the temperature is negative or not a number.
    """
    check_temperature(temperature)
    writer = Writer(network, seed_ids, random_seed)
    for _ in range(length):
        yield writer.step(temperature, filters)


class LanesWriter(_Reader):
    """Several texts being written together, as lanes of one batched step.

    Args:
        network: what gives the probabilities.
        texts: what the lanes go on from: the ids of one seed text that all share, shape (characters,),
            or those of a text for each lane.
        random_seeds: one for each lane; lanes of the same random seed are given the same dice.
        position: of the first character that will be written.
    """

    def __init__(self, network: Network, texts: Any, random_seeds: Sequence[int], position: int = 0) -> None:
        of_each = len(texts) > 0 and np.ndim(texts[0]) > 0
        state = network.prime_each(texts) if of_each else network.prime(texts, len(random_seeds))
        super().__init__(network, state, position)
        self._dice = islice(dice_of_lanes(random_seeds), position, None)
        self._u = next(self._dice)

    @property
    def u(self) -> NDArray[np.float64]:
        """The dice that the next draw will use, each in [0, 1), shape (lanes,)."""
        return self._u

    def step(self, temperatures: NDArray[np.float64], filters: Filters = NO_FILTERS) -> LaneSteps:
        """Draw each lane's next character, append it, and return the record.

        Args:
            temperatures: one for each lane, shape (lanes,).
            filters: the same for all.
        """
        raw, u = self.raw, self._u
        reweighted = cut(raw, reweight(raw, temperatures), filters)
        ids = draw(raw, reweighted, u)
        self.network.read(self._state, ids)
        step = LaneSteps(self.position, ids, temperatures, u, raw, reweighted, filters)
        self._raw, self._u = None, next(self._dice)
        self.position += 1
        return step


def write_lanes(
    network: Network,
    seed_ids: ArrayLike,
    temperatures: Sequence[float],
    length: int,
    random_seeds: Sequence[int],
    filters: Filters = NO_FILTERS,
) -> Iterator[LaneSteps]:
    """Yield the steps of several runs from one seed text that advance together.

    Args:
        temperatures: one for each lane.
        random_seeds: one for each lane; lanes of the same random seed are given the same dice.
        filters: the same for all.

    Raises:
        ValueError: a temperature is negative or not a number, or the two lengths differ.
    """
    check_temperature(temperatures)
    if len(temperatures) != len(random_seeds):
        raise ValueError(f"{len(temperatures)} temperatures but {len(random_seeds)} random seeds; each lane needs both")
    by_lane = np.asarray(temperatures, dtype=np.float64)
    writer = LanesWriter(network, seed_ids, random_seeds)
    for _ in range(length):
        yield writer.step(by_lane, filters)
