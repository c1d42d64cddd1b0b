"""The strip of a tour: one sentence with its control in it, Back and a way out; a browser is invited once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import streamlit as st

from charlstm.playback.message_id import next_message_id
from charlstm.ui.components.source import component

Action = Literal["forward", "back", "leave"]
ACTIONS: tuple[Action, ...] = ("forward", "back", "leave")

_component = component(Path(__file__).parent, '<section class="tour"></section>', "focus", "dom", "requests")


class Sentence(NamedTuple):
    """A sentence with a control in it: what stands before the control, its label, and what follows."""

    before: str
    control: str
    after: str


@dataclass(frozen=True)
class ShownStep:
    """What the strip shows.

    Attributes:
        number: of the step; 0 is the invitation, which a browser shows at its first visit alone.
        sentence: of the step.
        count: where the step stands among all, such as "2 of 7"; may be empty.
        back: the label of the button that goes back; empty where there is no way back.
        leave: the label of the button that ends the tour.
        temperatures: to which the ways forward and back set the slider before anything else; None where they do not.
    """

    number: int
    sentence: Sentence
    count: str
    back: str
    leave: str
    temperatures: Mapping[Action, float | None]


def tour_view(shown: ShownStep, label: str, current: float, begun: bool, key: str) -> None:
    """Show the strip.

    Args:
        shown: the step.
        label: the accessible name of the strip.
        current: the temperature that the server knows.
        begun: whether the viewer has just asked for the tour, so that its control gets the focus.
        key: of the component.
    """
    data = {
        "number": shown.number,
        "sentence": shown.sentence,
        "count": shown.count,
        "back": shown.back,
        "leave": shown.leave,
        "wanted": dict(shown.temperatures),
        "current": current,
        "label": label,
        "begun": begun,
        "message_id": next_message_id(),
    }
    _component(key=key, data=data, on_asked_change=lambda: None)


def tour_event(key: str, number: int) -> Action | None:
    """Return what the viewer asked for in the strip at the step of this number, if anything; before `tour_view`."""
    asked = st.session_state.get(key, {}).get("asked")
    if not isinstance(asked, dict):
        return None
    action = next((action for action in ACTIONS if action == asked.get("action")), None)
    return action if action == "leave" or asked.get("number") == number else None
