"""The runs that were on the page before: Undo goes back through them, Redo forward."""

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.playback.player import Player

MOST_RUNS = 20
MOST_STEPS = 2 * LONGEST_RUN  # of all runs together; a step takes about a kilobyte


class History:
    """One viewer's runs before and after the current one.

    A run that is made after an Undo discards nothing: the runs that could have been redone are then
    reached by Undo. Only what exceeds MOST_RUNS or MOST_STEPS is removed, the oldest first.
    """

    def __init__(self) -> None:
        self.past: list[Player] = []
        self.future: list[Player] = []

    def keep(self, current: Player) -> None:
        """Remember the current run, because another one replaces it."""
        current.stop()
        self.past += [player for player in (*reversed(self.future), current) if player.steps]
        self.future = []
        while len(self.past) > 1 and (len(self.past) > MOST_RUNS or self._steps() > MOST_STEPS):
            del self.past[0]

    def undo(self, current: Player) -> Player:
        """Return the run before the current one, which can then be redone."""
        current.stop()
        self.future.append(current)
        return self.past.pop()

    def redo(self, current: Player) -> Player:
        """Return the run that was undone last."""
        current.stop()
        self.past.append(current)
        return self.future.pop()

    def _steps(self) -> int:
        return sum(len(player.steps) for player in self.past)
