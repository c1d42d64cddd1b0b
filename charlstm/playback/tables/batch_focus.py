"""Which choices of a batch the chart shows: each text's own at a selected position, else the last that all share."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from charlstm.generation.sampling import Filters
from charlstm.playback.player import Player
from charlstm.playback.tables.animation import sample_evenly
from charlstm.playback.tables.batch_choice import FRAMES_PER_SECOND, BatchChoice

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
        position: of the choice, or of the last of those that stream.
        choices: one after the other where there are several, and then the last one stays.
        what_if: whether the settings are not those with which the choice was made.
    """

    kind: Kind
    position: int
    choices: list[BatchChoice]
    what_if: bool = False


def focused_choices(
    player: Player,
    parting: int | None,
    selected: int | None,
    at_next: bool,
    new: int,
    seconds: float,
    in_force: InForce,
) -> FocusedChoices:
    """Return what the chart shows.

    Where nothing is selected, all rows have the same text up to there. So a row's bar never differs from another's
    because it goes on from another text.

    Args:
        player: of the texts.
        parting: the first position at which they differ, if any.
        selected: the position that the viewer has selected, if any.
        at_next: whether the next choice is shown where the texts do not differ yet, instead of the last one.
        new: how many characters of each row were written now, while the texts stream.
        seconds: that these take to appear.
        in_force: the settings now.
    """
    written = len(player.steps)
    if selected is not None and selected < written:
        return FocusedChoices("selected", selected, [_made(player, selected)])
    first_new = written - new
    if parting is not None and (parting < first_new or not player.running):
        choice = what_if(player, parting, in_force)
        made = [row[parting] for row in player.rows]
        changed = list(in_force.temperatures) != [step.temperature for step in made]
        changed = changed or in_force.filters != made[0].filters
        return FocusedChoices("shared", parting, [choice], changed)
    if not written or (at_next and not player.running):
        return FocusedChoices("next", written, [_next(player, in_force)])
    if not player.running or not new:
        return FocusedChoices("last", written - 1, [_made(player, written - 1)])
    end = written if parting is None else parting + 1
    share = seconds * (end - first_new) / new
    streamed = sample_evenly(range(first_new, end), share, FRAMES_PER_SECOND)
    if parting is not None and streamed[-1] != parting:
        streamed.append(parting)
    return FocusedChoices("streaming", end - 1, [_made(player, position) for position in streamed])


def what_if(player: Player, position: int, in_force: InForce) -> BatchChoice:
    """Return a choice that was made as it would be with other settings, by the same uniform draws."""
    return BatchChoice.of(player.what_if(position, *in_force), network_names(player, position))


def network_names(player: Player, position: int) -> tuple[str, ...]:
    """Return the names of the networks that wrote, or will write, at a position; none where one writes all rows."""
    names = tuple(source.model for source in player.sources_of(position))
    return names if len(set(names)) > 1 else ()


def _made(player: Player, position: int) -> BatchChoice:
    return BatchChoice.of([row[position] for row in player.rows], network_names(player, position))


def _next(player: Player, in_force: InForce) -> BatchChoice:
    names = network_names(player, len(player.steps))
    return BatchChoice.of(player.next_steps(*in_force), names, taken=False)
