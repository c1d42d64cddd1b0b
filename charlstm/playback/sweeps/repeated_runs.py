"""Many runs of each column: what they depend on, and the spread of their figures."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from charlstm.evaluation.sweep import SweepFigures, spread, sweep
from charlstm.generation.run import Source
from charlstm.generation.sampling import Filters
from charlstm.networks.network import Network
from charlstm.playback.sweeps.sliced_sweep import SlicedSweep

RUNS = 32
LONGEST = 2_000  # characters of each


class Column(NamedTuple):
    """What writes a column, what counts as a real word there, and how daring it is."""

    source: Source
    known: Container[str]
    temperature: float


@dataclass(frozen=True)
class RunConditions:
    """What the runs have in common, and which networks write them; under others their figures say nothing."""

    networks: frozenset[tuple[str, int]]  # folder and epoch
    seed_text: str
    length: int
    random_seed: int
    filters: Filters


@dataclass
class RepeatedRuns:
    """Runs that are being written, or were: RUNS of them for each network and temperature of a column.

    Attributes:
        circumstances: what they have in common.
        sweeper: what writes them.
    """

    circumstances: RunConditions
    sweeper: SlicedSweep
    _figures: dict[Network, SweepFigures]
    _spreads: dict[tuple[Network, float, str], tuple[float, float, float]] = field(default_factory=dict)  # finished

    @classmethod
    def begin(cls, columns: Sequence[Column], circumstances: RunConditions) -> "RepeatedRuns":
        """Begin them: nothing is written before the sweeper is advanced."""
        figures: dict[Network, SweepFigures] = {}
        return cls(circumstances, SlicedSweep(_written(columns, circumstances, figures)), figures)

    def spread_of(self, network: Network, temperature: float, figure: str) -> tuple[float, float, float] | None:
        """Return where the middle 80% of the runs begin, the median, and where they end.

        Args:
            network: of a column.
            temperature: of it.
            figure: a field of `SweepFigures`.

        Returns:
            None where there are no runs of this network at this temperature, or not yet.
        """
        key, figures = (network, temperature, figure), self._figures.get(network)
        if key not in self._spreads and figures is not None and temperature in figures.temperatures:
            row = figures.temperatures.index(temperature)
            bounds = spread(getattr(figures, figure)[row : row + 1])
            if not np.isnan(bounds).any():
                low, median, high = (bound.item() for bound in bounds)
                self._spreads[key] = (low, median, high)
        return self._spreads.get(key)


def _written(
    columns: Sequence[Column], circumstances: RunConditions, figures: dict[Network, SweepFigures]
) -> Iterator[tuple[float, SweepFigures]]:
    """Write the runs of one network after those of another; yield the share done, and fill in the figures of each."""
    by_network = {column.source.network: (column.source.vocabulary, column.known) for column in columns}
    temperatures = {
        network: list(dict.fromkeys(column.temperature for column in columns if column.source.network is network))
        for network in by_network
    }
    rows, done = sum(map(len, temperatures.values())), 0
    for network, (vocabulary, known) in by_network.items():
        runs = sweep(
            network,
            vocabulary,
            vocabulary.fold(circumstances.seed_text).text,
            temperatures[network],
            RUNS,
            circumstances.length,
            circumstances.random_seed,
            known,
            circumstances.filters,
        )
        for share, so_far in runs:
            figures[network] = so_far
            yield (done + len(temperatures[network]) * share) / rows, so_far
        done += len(temperatures[network])
