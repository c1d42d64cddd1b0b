"""Where a viewer looks, and what the chart shows there: a choice to come, one taken, or one taken otherwise."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from charlstm.generation.loop import Step
from charlstm.generation.sampling import Filters
from charlstm.playback import sentences
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage, choice_at, told
from charlstm.playback.tables.choice import Choice, visible

Place = Literal["next", "last"] | int


@dataclass
class Focus:
    """Where a viewer looks.

    Attributes:
        at: the next choice, the last one taken, or the one at a past position.
        stage: of slow motion, or None where it is off.
        what_if: whether a past choice is shown as the present knobs would have made it.
        moves: how often the page itself, and not a hand on the text, has moved it.
        heard: how often a hand on the text has, as far as the page has heard.
    """

    at: Place = "next"
    stage: Stage | None = None
    what_if: bool = False
    moves: int = 0
    heard: int = 0

    def to(self, at: Place, stage: Stage | None = None) -> None:
        """Look elsewhere, because the page says so."""
        self.follow(at)
        self.stage = stage
        self.moves += 1

    def follow(self, at: Place) -> None:
        """Look where a hand on the text points."""
        self.at, self.stage, self.what_if = at, None, False

    def past(self, player: Player) -> int | None:
        """Return the position of the past choice that is looked at, or None."""
        return self.at if isinstance(self.at, int) and self.at < len(player.steps) else None


class Shown(NamedTuple):
    """What the chart shows: a choice, at which position of the run, at which stage, and a sentence about it."""

    choice: Choice
    position: int
    stage: Stage
    told: str


def shown(look: Focus, player: Player, temperature: float, filters: Filters) -> Shown:
    """Return what the chart shows, at the present temperature and filters."""
    if look.stage is not None:
        return _slow(look.stage, player, temperature, filters)
    position = look.past(player)
    if look.at == "last" and player.steps:
        position = len(player.steps) - 1
    if position is None:
        step = player.ahead(temperature, filters)
        text = (player.seed_text[-24:] + player.generated[-24:])[-24:]
        heading = sentences.ahead("".join(map(visible, text)))
        return Shown(choice_at(Stage.REWEIGHTED, step), step.position, Stage.REWEIGHTED, heading)
    taken = player.steps[position]
    if not look.what_if:
        heading = sentences.taken(position + 1, _name(player, taken), taken.picked, in_force(player, taken))
        return Shown(Choice.of(taken), position, Stage.APPENDED, heading)
    step = player.what_if(position, temperature, filters)
    names = _name(player, step), _name(player, taken)
    return Shown(
        Choice.of(step),
        position,
        Stage.APPENDED,
        sentences.what_if(position + 1, *names, step.u, in_force(player, step)),
    )


def _slow(stage: Stage, player: Player, temperature: float, filters: Filters) -> Shown:
    appended = stage is Stage.APPENDED and player.steps
    step = player.steps[-1] if appended else player.ahead(temperature, filters)
    return Shown(choice_at(stage, step), step.position, stage, told(stage, step, player))


def _name(player: Player, step: Step) -> str:
    return visible(player.vocabulary_of(step.position).characters[step.character_id])


def in_force(player: Player, step: Step) -> str:
    """Say with which knobs a step was made."""
    return sentences.in_force(step.temperature, step.filters.active(), player.source_of(step.position).epoch)
