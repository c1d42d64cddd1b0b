"""The state machine that advances a sweep in slices of time, so that a minute of work never blocks the page."""

import time
from collections.abc import Callable, Iterator

from charlstm.evaluation.sweep import SweepFigures

WORK_AT_ONCE = 0.1  # seconds of computing in one tick


class SlicedSweep:
    """One viewer's sweep: running until it is done or cancelled; the figures so far stay.

    It works only when it is asked to, so it ends with the page of a viewer who leaves.

    Args:
        steps: what `charlstm.evaluation.sweep.sweep` yields.
        clock: seconds that never fall; tests give their own.

    Attributes:
        share: of the work that is done, in [0, 1].
        figures: so far; None before the first step.
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
        """End the sweep."""
        self.running = False
        self._steps = iter(())  # frees the texts
