"""Many runs of each column of Compare, and the spread of their figures."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from charlstm.evaluation.sweep import SweepFigures, spread, sweep
from charlstm.generation.filters import Filters
from charlstm.generation.run import NetworkSource
from charlstm.networks.network import Network
from charlstm.playback.sweeps.sliced_sweep import SlicedSweep

RUNS = 32
LONGEST_REPEATED_RUN = 2_000  # characters

Spread = tuple[float, float, float]  # the lower end of the middle 80% of the runs, the median, and the upper end


class Column(NamedTuple):
    """What determines the runs of a column, apart from what all columns have in common."""

    source: NetworkSource
    real_words: Container[str]
    temperature: float


@dataclass(frozen=True)
class RunConditions:
    """What the runs of all columns have in common, and the networks; under other conditions their figures are void."""

    networks: frozenset[tuple[str, int]]  # folder and epoch
    seed_text: str
    length: int
    random_seed: int
    filters: Filters


@dataclass
class RepeatedRuns:
    """RUNS runs for each network and temperature of a column, unfinished or finished.

    Attributes:
        conditions: what they have in common.
        sweep: what writes them.
    """

    conditions: RunConditions
    sweep: SlicedSweep
    _figures: dict[Network, SweepFigures]
    _spreads: dict[tuple[Network, float, str], Spread] = field(default_factory=dict)  # of finished runs

    @classmethod
    def begin(cls, columns: Sequence[Column], conditions: RunConditions) -> "RepeatedRuns":
        """Return the runs of some columns, of which nothing is written before `sweep` is advanced."""
        figures: dict[Network, SweepFigures] = {}
        return cls(conditions, SlicedSweep(_sweep_networks(columns, conditions, figures)), figures)

    def spread_of(self, network: Network, temperature: float, figure: str) -> Spread | None:
        """Return the spread of a figure over the runs of a column.

        Args:
            network: of the column.
            temperature: of the column.
            figure: a field of `SweepFigures`.

        Returns:
            None where there are no runs of this network at this temperature, or they are not finished.
        """
        key, figures = (network, temperature, figure), self._figures.get(network)
        if key not in self._spreads and figures is not None and temperature in figures.temperatures:
            row = figures.temperatures.index(temperature)
            bounds = spread(getattr(figures, figure)[row : row + 1])
            if not np.isnan(bounds).any():
                low, median, high = (bound.item() for bound in bounds)
                self._spreads[key] = (low, median, high)
        return self._spreads.get(key)


def _sweep_networks(
    columns: Sequence[Column], conditions: RunConditions, figures: dict[Network, SweepFigures]
) -> Iterator[tuple[float, SweepFigures]]:
    """Write the runs of one network after those of another; yield the share done, and fill in the figures of each."""
    by_network = {column.source.network: (column.source.vocabulary, column.real_words) for column in columns}
    temperatures = {
        network: list(dict.fromkeys(column.temperature for column in columns if column.source.network is network))
        for network in by_network
    }
    total, done = sum(map(len, temperatures.values())), 0
    for network, (vocabulary, real_words) in by_network.items():
        steps = sweep(
            network,
            vocabulary,
            vocabulary.fold(conditions.seed_text).text,
            temperatures[network],
            RUNS,
            conditions.length,
            conditions.random_seed,
            real_words,
            conditions.filters,
        )
        for share, so_far in steps:
            figures[network] = so_far
            yield (done + len(temperatures[network]) * share) / total, so_far
        done += len(temperatures[network])
