"""The state machine that advances a sweep in slices of the clock, so that a minute of work never blocks the page."""

import time
from collections.abc import Callable, Iterator

from charlstm.evaluation.sweep import SweepFigures

WORK_AT_ONCE = 0.1  # seconds of computing in one tick


class SlicedSweep:
    """One viewer's sweep: running until it is done or cancelled; what was counted by then stays.

    A viewer who leaves stops asking for slices, and that ends it.

    Args:
        steps: what `charlstm.evaluation.sweep.sweep` yields.
        clock: seconds that only rise; tests give their own.
    """

    def __init__(
        self, steps: Iterator[tuple[float, SweepFigures]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.running = True
        self.share = 0.0
        self.figures: SweepFigures | None = None
        self._steps = steps
        self._clock = clock

    def advance(self) -> None:
        """Work for a slice of time."""
        began = self._clock()
        while self.running and self._clock() - began < WORK_AT_ONCE:
            step = next(self._steps, None)
            if step is None:
                self.cancel()
            else:
                self.share, self.figures = step

    def cancel(self) -> None:
        """End it here."""
        self.running = False
        self._steps = iter(())  # lets go of the texts
