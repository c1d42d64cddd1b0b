"""Which choices of several texts the chart shows: each text's own at a selected position, else the last they share."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from charlstm.generation.filters import Filters
from charlstm.generation.step import Step
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage, choice_at
from charlstm.playback.tables.choice import Choice
from charlstm.playback.tables.frames import sample_evenly

FRAMES_PER_SECOND = 4  # of choices as they are made; each has several distributions to be read
Kind = Literal["selected", "shared", "streaming", "last", "next"]


class InForce(NamedTuple):
    """The settings now: a temperature for each row, and the filters of all."""

    temperatures: Sequence[float]
    filters: Filters


class FocusedChoices(NamedTuple):
    """What the chart shows.

    Attributes:
        kind: `selected` is each row's own choice at a position; `shared` the last choice before the texts differ. As
            long as they are the same, `streaming` are choices as they are made, `last` is the last one, and `next`
            the one that is not made yet.
        positions: of the choices, several where they stream; then the last one stays.
        choices: each row's choice at each of these.
        what_if: whether the settings are not those with which the choice was made.
    """

    kind: Kind
    positions: list[int]
    choices: list[list[Choice]]
    what_if: bool = False

    @property
    def same_u(self) -> bool:
        """Whether all rows are given the same uniform draw."""
        return len({choice.u for choice in self.choices[-1]}) == 1


class Tick(NamedTuple):
    """What has just been written: so many characters of each row, over so many seconds."""

    characters: int = 0
    seconds: float = 0.0


def focused_choices(
    player: Player, parting: int | None, selected: int | None, at_next: bool, tick: Tick, in_force: InForce
) -> FocusedChoices:
    """Return what the chart shows.

    Where nothing is selected, all rows have the same text up to there. So a row's bar never differs from another's
    because it goes on from another text.

    Args:
        player: of the texts.
        parting: the first position at which the texts differ, if any.
        selected: the position that the viewer has selected, if any.
        at_next: whether the next choice is shown where the texts do not differ yet, instead of the last one.
        tick: what was written now, while the texts stream.
        in_force: the settings now.
    """
    written = len(player.steps)
    if selected is not None and selected < written:
        return FocusedChoices("selected", [selected], [_made(player, selected)])
    first_new = written - tick.characters
    if parting is not None and (parting < first_new or not player.running):
        choices = [Choice.of(step) for step in player.what_if(parting, *in_force)]
        return FocusedChoices("shared", [parting], [choices], _differ(in_force, [row[parting] for row in player.rows]))
    if not written or (at_next and not player.running):
        choices = [choice_at(Stage.DRAW, step) for step in player.next_steps(*in_force)]
        return FocusedChoices("next", [written], [choices])
    if not player.running or not tick.characters:
        return FocusedChoices("last", [written - 1], [_made(player, written - 1)])
    end = written if parting is None else parting + 1
    share = tick.seconds * (end - first_new) / tick.characters
    streamed = sample_evenly(range(first_new, end), share, FRAMES_PER_SECOND)
    if streamed[-1] != end - 1:
        streamed.append(end - 1)  # which stays
    return FocusedChoices("streaming", streamed, [_made(player, position) for position in streamed])


def _differ(in_force: InForce, made: Sequence[Step]) -> bool:
    temperatures = [step.temperature for step in made]
    return list(in_force.temperatures) != temperatures or in_force.filters != made[0].filters


def _made(player: Player, position: int) -> list[Choice]:
    return [Choice.of(row[position]) for row in player.rows]
