"""Many runs at each column's temperature: what they depend on, and the spread of their figures."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

import numpy as np

from charlstm.network import Network
from charlstm.sampling import Filters
from charlstm.sweep import spread, sweep
from charlstm.ui.sweeper import Sweeper
from charlstm.vocabulary import Vocabulary

RUNS = 32
LONGEST = 2_000  # characters of each


@dataclass(frozen=True)
class Circumstances:
    """What the runs have in common; under others their figures say nothing."""

    folder: str
    epoch: int
    seed_text: str
    length: int
    random_seed: int
    filters: Filters


@dataclass
class Repeats:
    """Runs that are being written, or were.

    Attributes:
        circumstances: what they have in common.
        temperatures: each has RUNS of them.
        sweeper: what writes them.
    """

    circumstances: Circumstances
    temperatures: list[float]
    sweeper: Sweeper
    _spreads: dict[tuple[float, str], tuple[float, float, float]] = field(default_factory=dict)  # what is finished

    @classmethod
    def begin(
        cls,
        network: Network,
        vocabulary: Vocabulary,
        known: Container[str],
        circumstances: Circumstances,
        temperatures: Sequence[float],
    ) -> "Repeats":
        """Begin them: nothing is written before the sweeper is advanced."""
        steps = sweep(
            network,
            vocabulary,
            circumstances.seed_text,
            temperatures,
            RUNS,
            circumstances.length,
            circumstances.random_seed,
            known,
            circumstances.filters,
        )
        return cls(circumstances, list(temperatures), Sweeper(steps))

    def spread_at(self, temperature: float, figure: str) -> tuple[float, float, float] | None:
        """Return where the middle 80% of the runs begin, the median, and where they end.

        Args:
            temperature: of a column.
            figure: a field of `SweepFigures`.

        Returns:
            None where there are no runs at this temperature, or not yet.
        """
        if (temperature, figure) not in self._spreads and temperature in self.temperatures and self.sweeper.figures:
            row = self.temperatures.index(temperature)
            bounds = spread(getattr(self.sweeper.figures, figure)[row : row + 1])
            if not np.isnan(bounds).any():
                low, median, high = (bound.item() for bound in bounds)
                self._spreads[temperature, figure] = (low, median, high)
        return self._spreads.get((temperature, figure))
