"""How many characters a run owes by the clock, so that writing never blocks the page."""

import time
from collections.abc import Callable, Iterator

AS_FAST_AS_POSSIBLE = 0
LONGEST_PAUSE = 1.0  # seconds of writing owed after a tab slept
WORK_AT_ONCE = 0.06  # seconds of computing in one tick at full speed


class Pace:
    """A run's clock: at rest, or running towards a goal at so many characters a second.

    Args:
        longest: characters that the run may have in all; bounds what a viewer can make the server remember.
        clock: seconds that only rise; tests give their own.
    """

    def __init__(self, longest: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.longest = longest
        self.running = False
        self.goal = 0
        self._clock = clock
        self._seen = 0.0
        self._owed = 0.0

    def begin(self, written: int, length: int, first: float = 1.0) -> None:
        """Start running, for `length` characters more than the `written` ones, of which the `first` come at once."""
        self.goal = min(written + length, self.longest)
        self.running = self.goal > written
        self._seen = self._clock()
        self._owed = first

    def due(self, written: int, rate: float) -> Iterator[None]:
        """Yield once for each character that has come due since the last call.

        Args:
            written: how many there are before.
            rate: characters a second, or AS_FAST_AS_POSSIBLE.
        """
        if not self.running:
            return
        now = self._clock()
        left = self.goal - written
        if rate == AS_FAST_AS_POSSIBLE:
            while left and self._clock() - now < WORK_AT_ONCE:
                yield
                left -= 1
        else:
            self._owed += min(now - self._seen, LONGEST_PAUSE) * rate
            count = min(int(self._owed), left)
            self._owed -= count
            for _ in range(count):
                yield
            left -= count
        self._seen = now
        self.running = left > 0
