"""How long a training still takes, by the time that its finished epochs took."""

from collections import deque

RECENT_EPOCHS = 8  # finished ones whose speed counts


class TimeLeft:
    """Estimates the time that is left, by the wall clock of finished epochs: learning, scoring and samples together.

    What comes once counts once: neither the start of TensorFlow nor the untrained network's score, which are over
    when the first batches are reported.

    Args:
        epochs: of the whole training.
    """

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._progress = 0.0
        self._marks: deque[tuple[float, float]] = deque(maxlen=RECENT_EPOCHS + 1)  # times, and epochs done at them

    def note(self, now: float, progress: float, finished: bool = False) -> None:
        """Take in a message at the time `now`: so many epochs are done, as 2.5; a `finished` one is scored, too."""
        self._progress = progress
        if finished and self._marks:
            self._marks.append((now, progress))
        elif not finished and not self._marks:
            self._marks.append((now, progress))  # the first batches, which take longer than others, are done

    def seconds(self, now: float) -> float | None:
        """Return the estimated seconds from the time `now`, or None before an epoch is finished."""
        if len(self._marks) < 2:
            return None
        (first_time, first_epoch), (last_time, last_epoch) = self._marks[0], self._marks[-1]
        per_epoch = (last_time - first_time) / (last_epoch - first_epoch)
        expected = per_epoch * (self._epochs - last_epoch) - (now - last_time)
        # Where an epoch takes longer than those before, its other batches and what follows are left in any case.
        return max(0.0, expected, per_epoch * (self._epochs - max(self._progress, last_epoch)))
