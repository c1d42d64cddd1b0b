"""Which choice of a run the chart shows: the next one, a past one, or what a past one would be with other settings."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from charlstm.generation.filters import Filters
from charlstm.generation.step import Step
from charlstm.playback import sentences
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage, choice_at, describe
from charlstm.playback.tables.choice import Choice, display_symbol, quoted_end

Place = Literal["next", "last"] | int


@dataclass
class Focus:
    """Which choice of a run the chart shows.

    Attributes:
        at: the next choice, the last one, or the one at a past position.
        stage: of slow motion; None where it is off.
        what_if: whether a past choice is shown with the current settings instead of its own.
        moves: how often the page itself has moved the focus.
        selections_seen: how often the viewer has selected a character in the text, as far as the page knows.
    """

    at: Place = "next"
    stage: Stage | None = None
    what_if: bool = False
    moves: int = 0
    selections_seen: int = 0

    def move_to(self, at: Place, stage: Stage | None = None) -> None:
        """Move the focus because of what the page did; the text view then marks the character."""
        self.select(at)
        self.stage = stage
        self.moves += 1

    def select(self, at: Place) -> None:
        """Move the focus because of a selection in the text view."""
        self.at, self.stage, self.what_if = at, None, False

    def past_position(self, player: Player) -> int | None:
        """Return the position of the past choice in focus, or None."""
        return self.at if isinstance(self.at, int) and self.at < len(player.steps) else None


class FocusedChoice(NamedTuple):
    """What the chart shows: a step of the run, what of its choice is known at a stage, and the sentence above it."""

    choice: Choice
    step: Step
    stage: Stage
    description: str


def focused_choice(focus: Focus, player: Player, temperature: float, filters: Filters) -> FocusedChoice:
    """Return the choice in focus.

    Args:
        focus: of the viewer.
        player: of the run.
        temperature: the current one, for a choice that is not made yet, and for `what_if`.
        filters: likewise.
    """
    position = focus.past_position(player)
    if player.steps and (focus.at == "last" or focus.stage is Stage.APPENDED):
        position = len(player.steps) - 1
    if focus.stage is not None and not focus.what_if:
        return _slow_motion(focus.stage, player, temperature, filters)
    if position is None:
        (step,) = player.next_steps(temperature, filters)
        heading = sentences.next_choice(quoted_end(player.seed_text + player.texts[0]))
        return FocusedChoice(choice_at(Stage.REWEIGHTED, step), step, Stage.REWEIGHTED, heading)
    taken = player.steps[position]
    if not focus.what_if or filters.beam_width is not None:  # beam search has no what-if
        how = sentences.chosen(taken.picked, taken.found)
        heading = sentences.taken(position + 1, _symbol(player, taken), how, settings_of(player, taken))
        return FocusedChoice(Choice.of(taken), taken, Stage.APPENDED, heading)
    (step,) = player.what_if(position, temperature, filters)
    symbols = _symbol(player, step), _symbol(player, taken)
    heading = sentences.what_if(position + 1, *symbols, step.u, settings_of(player, step))
    return FocusedChoice(Choice.of(step), step, Stage.APPENDED, heading)


def _slow_motion(stage: Stage, player: Player, temperature: float, filters: Filters) -> FocusedChoice:
    appended = stage is Stage.APPENDED and player.steps
    step = player.steps[-1] if appended else player.next_steps(temperature, filters)[0]
    return FocusedChoice(choice_at(stage, step), step, stage, describe(stage, step, player))


def _symbol(player: Player, step: Step) -> str:
    return display_symbol(player.vocabulary_of(step.position).characters[step.character_id])


def settings_of(player: Player, step: Step) -> str:
    """Return the settings with which a step was made, as part of a sentence."""
    return sentences.in_force(step.temperature, step.filters.active(), player.sources_of(step.position)[0].epoch)
