"""The tour of the Write page: its steps, and how each drives the page."""

from typing import NamedTuple

import streamlit as st

from charlstm.generation.loop import Step
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.ui.compare import page as compare
from charlstm.ui.components.address import Address
from charlstm.ui.components.tour_view import Sentence, ShownStep, tour_event, tour_view
from charlstm.ui.write import actions, sentences
from charlstm.ui.write.state import TourPlace, WriteState, write_state

KEY = "tour_view"
COLD, HOT = BOOK_TEMPERATURES[0], BOOK_TEMPERATURES[-1]
WRITTEN = 80  # characters, cold and hot
COMPARED = 200  # characters that Compare writes at the end
LOOKED_AT = 4 * WRITTEN  # characters at the end of a text


class TourStep(NamedTuple):
    """One step.

    Attributes:
        sentence: with the control that leads to the next step.
        stage: of slow motion, to which the page comes at this step; None for none of them.
        sets: the temperature that the control sets, before the page writes on; None where neither is done.
    """

    sentence: Sentence
    stage: Stage | None = None
    sets: float | None = None


_PLACES: tuple[tuple[Stage | None, float | None], ...] = (
    (None, None),  # the invitation
    (Stage.RAW, None),
    (Stage.REWEIGHTED, None),
    (Stage.DRAW, None),
    (Stage.APPENDED, COLD),
    (None, HOT),
    (None, None),
    (None, None),
)
STEPS = tuple(TourStep(Sentence(*sentences.TOUR_STEPS[number]), *place) for number, place in enumerate(_PLACES))
LAST = len(STEPS) - 1


def offer(state: WriteState, address: Address) -> None:
    """Invite a viewer, unless the address has values or is in a frame: then it is somebody's lesson."""
    if state.tour is None:
        state.tour = TourPlace(0 if address.plain and not st.context.is_embedded else None)


def start() -> None:
    """Begin the tour, because the viewer asks for it."""
    state = write_state()
    state.tour = TourPlace(1, begun=True)
    st.session_state.more = False  # the menu, where it is asked for
    _move_to(state, 1, forward=True)


def answer(state: WriteState) -> None:
    """Do what the viewer asked for in the strip, and follow what was done elsewhere."""
    place = state.tour
    if place is None or place.number is None:
        return
    action = tour_event(KEY, place.number)
    forward = action == "forward"
    if action is None:
        place.number = followed(place.number, state.focus.stage)
    elif action == "leave" or (forward and place.number == LAST):
        place.number = None
        if state.focus.stage is not None:
            state.focus.move_to("next")
        if forward:
            st.switch_page(st.Page(compare.page, url_path="compare"), query_params={"run": str(COMPARED)})
    else:
        place.begun = place.number == 0
        place.number = max(1, place.number + (1 if forward else -1))
        _move_to(state, place.number, forward)


def show(state: WriteState) -> None:
    """Show the strip, where there is a tour."""
    place = state.tour
    if place is None or place.number is None:
        return
    begun, place.begun = place.begun, False
    tour_view(_shown(place.number), sentences.TOUR, state.settings[0], begun, KEY)


def followed(number: int, stage: Stage | None) -> int:
    """Return the number of the step to which a viewer has moved the slow motion by hand, or else the same number."""
    if stage is None or STEPS[number].stage is None:
        return number
    return next((place for place, step in enumerate(STEPS) if step.stage is stage), number)


def most_divided(player: Player) -> int | None:
    """Return the last of the positions at which the book's temperatures select the most different characters.

    What was picked by hand does not count; None where nothing else was written.
    """
    drawn = [step for step in player.steps[-LOOKED_AT:] if not step.picked]

    def different(step: Step) -> int:
        at_each = (player.what_if(step.position, one, step.filters)[0] for one in BOOK_TEMPERATURES)
        return len({other.character_id for other in at_each})

    return max(((different(step), step.position) for step in drawn), default=(0, None))[1]


def _shown(number: int) -> ShownStep:
    step = STEPS[number]
    return ShownStep(
        number,
        step.sentence,
        sentences.tour_count(number, LAST) if number else "",
        sentences.TOUR_BACK if number > 1 else "",
        sentences.TOUR_LEAVE if number else sentences.TOUR_DECLINE,
        step.sets,
    )


def _move_to(state: WriteState, number: int, forward: bool) -> None:
    """Bring the page to where it is at a step."""
    player, focus, stage = state.player, state.focus, STEPS[number].stage
    if STEPS[number - 1].sets is not None:  # a text is written on the way
        if forward:
            actions.play(state, WRITTEN)
        return
    player.stop()
    if stage is Stage.APPENDED and forward:
        player.step(*state.settings)
    divided = most_divided(player) if number == LAST else None
    if divided is not None:
        focus.move_to(divided)
    elif number == LAST or (stage is Stage.APPENDED and not player.steps):
        focus.move_to("next", Stage.DRAW)  # the text was cleared meanwhile
    else:
        focus.move_to("next", stage)
