"""What was on the page before: Undo goes back through it, Redo forward."""

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.playback.player import Player

MOST_RUNS = 20
MOST_STEPS = 2 * LONGEST_RUN  # what is remembered in all; a step is about a kilobyte


class History:
    """The runs that one viewer made, around the present one.

    A run that is made after an Undo throws nothing away: what could have been redone is then
    reached by Undo. Only what is beyond MOST_RUNS or MOST_STEPS is forgotten, the oldest first.
    """

    def __init__(self) -> None:
        self.past: list[Player] = []
        self.future: list[Player] = []

    def keep(self, present: Player) -> None:
        """Remember the present run, because another takes its place."""
        present.stop()
        self.past += [player for player in (*reversed(self.future), present) if player.steps]
        self.future = []
        while len(self.past) > 1 and (len(self.past) > MOST_RUNS or self._steps() > MOST_STEPS):
            del self.past[0]

    def undo(self, present: Player) -> Player:
        """Return the run before the present one, which can be redone."""
        present.stop()
        self.future.append(present)
        return self.past.pop()

    def redo(self, present: Player) -> Player:
        """Return the run that was undone last."""
        present.stop()
        self.past.append(present)
        return self.future.pop()

    def _steps(self) -> int:
        return sum(len(player.steps) for player in self.past)
