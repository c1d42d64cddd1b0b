"""The tour of the Write page: its steps, and how each drives the page."""

from typing import NamedTuple

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.generation.step import Step
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.ui.compare import page as compare
from charlstm.ui.compare.state import compare_state
from charlstm.ui.components.address import Address
from charlstm.ui.components.temperature_slider import DEFAULT
from charlstm.ui.components.tour_view import Sentence, ShownStep, tour_event, tour_view
from charlstm.ui.shared import settings
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
        temperature: to which the slider is moved on the way forward to this step; None where it stays.
    """

    sentence: Sentence
    stage: Stage | None = None
    temperature: float | None = None


_PLACES: tuple[tuple[Stage | None, float | None], ...] = (
    (None, None),  # the invitation
    (Stage.RAW, DEFAULT),
    (Stage.REWEIGHTED, None),
    (Stage.DRAW, None),
    (Stage.APPENDED, None),
    (None, COLD),
    (None, HOT),
    (None, None),
)
STEPS = tuple(TourStep(Sentence(*sentences.TOUR_STEPS[number]), *place) for number, place in enumerate(_PLACES))
LAST = len(STEPS) - 1
APPENDED, WRITTEN_COLD, WRITTEN_HOT = 4, 5, 6  # the steps at which a text grows


def offer(state: WriteState, address: Address) -> None:
    """Invite a viewer, unless the address has values or is in a frame: then it is somebody's lesson."""
    if state.tour is None:
        state.tour = TourPlace(0 if address.plain and not st.context.is_embedded else None)


def start() -> None:
    """Begin the tour, because the viewer asks for it."""
    state = write_state()
    state.tour = TourPlace(1, begun=True)
    st.session_state.more = False  # the menu, where it is asked for
    source = state.player.sources[0]
    settings.write.reset_to({"temperature": DEFAULT, "epoch": source.epoch}, source.model)
    state.in_force = None
    actions.clear()
    _go_to(state, 1)


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
            compare_state().ends_tour = True
            st.switch_page(st.Page(compare.page, url_path="compare"), query_params={"run": str(COMPARED)})
    else:
        place.begun = place.number == 0
        place.number = max(1, place.number + (1 if forward else -1))
        if place.begun or not forward:
            actions.clear()
        if not forward:
            _write_up_to(state, place.number)
        _go_to(state, place.number)


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
        {
            "forward": STEPS[number + 1].temperature if number < LAST else None,
            "back": (STEPS[number - 1].temperature or DEFAULT) if number > 1 else None,
        },
    )


def _go_to(state: WriteState, number: int) -> None:
    """Do what leads from the step before to this one."""
    player, stage = state.player, STEPS[number].stage
    if number in (WRITTEN_COLD, WRITTEN_HOT):
        actions.play(state, WRITTEN)
        return
    player.stop()
    if number == APPENDED:
        player.step(*state.settings)
    divided = most_divided(player) if number == LAST else None
    if divided is not None:
        state.focus.move_to(divided)
    else:  # at the last step, where the text was cleared meanwhile, the next choice
        state.focus.move_to("next", Stage.DRAW if number == LAST else stage)


def _write_up_to(state: WriteState, number: int) -> None:
    """Write at once, after the seed text alone, what the steps before this one write."""
    _, filters = state.settings
    if number > APPENDED:
        state.player.step(DEFAULT, filters)
    if number > WRITTEN_COLD:
        for _ in range(WRITTEN):
            state.player.step(COLD, filters)
