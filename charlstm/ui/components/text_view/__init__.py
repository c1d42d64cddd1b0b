"""The streaming text: it is sent only what is new, and reports a clicked character back."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from charlstm.generation.loop import Step
from charlstm.playback.focus import Focus
from charlstm.playback.message_id import rising_number
from charlstm.playback.player import Player
from charlstm.ui.shared import sentences

HERE = Path(__file__).parent
# A character's tint is the number of these that its raw probability falls short of.
TINTS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
MESSAGES = 4  # each is sent so many times, so that one which the browser skips costs nothing

_component = st.components.v2.component(
    "charlstm_text_view",
    html='<div class="frame"></div>',
    css=(HERE / "text_view.css").read_text(encoding="utf-8"),
    js=(HERE / "text_view.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class TextEvents:
    """What the person did with the text: clicked a character, or left it.

    Attributes:
        selected: the position, -1 where none is any more, None where nothing was done.
        selections: how often a hand has selected in this view, to be said back to it.
    """

    selected: int | None
    selections: int


def text_view(player: Player, run: str, sent: deque[int], interval: float, look: Focus, key: str) -> TextEvents:
    """Show the seed text and what was written after it, and while nothing runs the scrubber that replays it.

    Args:
        player: whose text.
        run: another name means another text; the view then starts over.
        sent: how many characters this run had at each of the last MESSAGES calls; none when the view
            must get all. It is emptied when the view says that it has lost its place.
        interval: seconds over which the new characters are let appear.
        look: where the page looks; a character that the page itself has moved to is shown in the text.
        key: of the component.
    """
    start = sent[0] if sent else 0
    data = {
        "label": sentences.GENERATED_TEXT,
        "still": False,
        "run": run,
        "seed": None if sent else player.seed_text,
        "beside": None if sent else _beside(player),
        "start": start,
        "text": player.text_from(start),
        "tints": tints(player.steps[start:]),
        "interval": interval if player.running else 0,
        "running": player.running,
        "replay": sentences.REPLAY,
        "moves": look.moves,
        "at": look.past(player),
        "heard": look.heard,
        "number": rising_number(),
    }
    events = _component(key=key, data=data, on_selected_change=lambda: None, on_lost_change=sent.clear)
    if events.selected is None:
        return TextEvents(None, look.heard)
    said = events.selected if isinstance(events.selected, dict) else {}
    place, selections = (_whole(said.get(name)) for name in ("place", "selections"))
    return TextEvents(place if place < len(player.steps) else -1, selections)


def _whole(said: object) -> int:
    """Return what a browser sent as a whole number from 0; anything else is -1."""
    return said if type(said) is int and said >= 0 else -1


def still_text(label: str, seed_text: str, text: str, tints: str, key: str) -> None:
    """Show a text that is finished, under its accessible name; `tints` as `tints` gives them, or empty."""
    data = {
        "label": label,
        "still": True,
        "run": f"{label}|{seed_text}|{text}",
        "seed": seed_text,
        "start": 0,
        "text": text,
        "tints": tints or "0" * len(text),
        "interval": 0,
        "running": False,
    }
    _component(key=key, data=data)


def _beside(player: Player) -> dict[str, int | str] | None:
    """Return what the run that this one parted from had written from there on, as the view shows it."""
    if player.beside is None:
        return None
    position, steps, text = player.beside
    return {
        "position": position,
        "text": text,
        "tints": tints(steps),
        "as_it_was": sentences.AS_IT_WAS,
        "what_if": sentences.WHAT_IF,
    }


def tints(steps: Sequence[Step]) -> str:
    """Return one digit a step: 0 where the network expected the character, 6 where it hardly did.

    A character that a person picked is 'p'.
    """
    return "".join("p" if step.picked else str(tint(step.raw[step.character_id])) for step in steps)


def tint(probability: float) -> int:
    """Return how many of TINTS the probability falls short of."""
    return sum(probability < bound for bound in TINTS)
