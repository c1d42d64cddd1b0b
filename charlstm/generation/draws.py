"""The uniform numbers of a run: one for each position, the same for the same random seed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS_AT_ONCE = 1024


class UniformDraws:
    """The uniform numbers of a run.

    Source: numpy's PCG64, whose stream is fixed for all versions.

    Args:
        random_seed: zero or more.
        jumps: by how many times 2^127 numbers to jump ahead: another one gives other numbers.
    """

    def __init__(self, random_seed: int, jumps: int = 0) -> None:
        self._generator = _generator(random_seed, jumps)
        self._drawn: list[float] = []

    def __getitem__(self, position: int) -> float:
        while position >= len(self._drawn):
            self._drawn.extend(self._generator.random(DRAWS_AT_ONCE).tolist())
        return self._drawn[position]


class UniformDrawsOfBatch:
    """What `UniformDraws` holds for several random seeds, (batch,) at each position."""

    def __init__(self, random_seeds: Sequence[int], jumps: int = 0) -> None:
        self._generators = [_generator(random_seed, jumps) for random_seed in random_seeds]
        self._drawn: list[NDArray[np.float64]] = []  # each (DRAWS_AT_ONCE, batch)

    def __getitem__(self, position: int) -> NDArray[np.float64]:
        block, place = divmod(position, DRAWS_AT_ONCE)
        while block >= len(self._drawn):
            drawn = [generator.random(DRAWS_AT_ONCE) for generator in self._generators]
            self._drawn.append(np.stack(drawn, axis=1))
        return self._drawn[block][place]


def _generator(random_seed: int, jumps: int) -> np.random.Generator:
    bits = np.random.PCG64(random_seed)
    return np.random.Generator(bits.jumped(jumps) if jumps else bits)
