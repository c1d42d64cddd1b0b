"""How many characters are due by the clock, so that writing never blocks the page."""

import time
from collections.abc import Callable, Iterator

AS_FAST_AS_POSSIBLE = 0
LONGEST_PAUSE = 1.0  # seconds that count at the most after a tab slept
WORK_AT_ONCE = 0.06  # seconds of computing in one tick at full speed


class Pace:
    """The clock of a run: idle, or running towards a goal at so many characters a second.

    Args:
        longest: characters that the run may have in all; bounds the memory that one viewer can use.
        clock: seconds that never fall; tests give their own.
    """

    def __init__(self, longest: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.longest = longest
        self.running = False
        self.goal = 0
        self._clock = clock
        self._last_tick = 0.0
        self._due = 0.0  # characters, fractions of one included

    def begin(self, written: int, length: int, first: float = 1.0) -> None:
        """Start running, for `length` characters more than the `written` ones; `first` of them are due at once."""
        self.goal = min(written + length, self.longest)
        self.running = self.goal > written
        self._last_tick = self._clock()
        self._due = first

    def due(self, written: int, rate: float) -> Iterator[None]:
        """Yield once for each character that has become due since the last call.

        Args:
            written: characters of the run so far.
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
            self._due += min(now - self._last_tick, LONGEST_PAUSE) * rate
            count = min(int(self._due), left)
            self._due -= count
            for _ in range(count):
                yield
            left -= count
        self._last_tick = now
        self.running = left > 0
