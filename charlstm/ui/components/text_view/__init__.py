"""The streaming text: the component receives only what is new, and reports the character that is selected."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from charlstm.generation.step import Step
from charlstm.playback.focus import Focus
from charlstm.playback.message_id import next_message_id
from charlstm.playback.player import Player
from charlstm.playback.tables.frames import BITS_STEP, OPEN_CHOICE, ColumnsFrame, Frame, entropy_digits
from charlstm.ui.components.source import component
from charlstm.ui.shared import sentences

HERE = Path(__file__).parent
# A character's tint is the number of these that are above its raw probability.
TINTS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
TIMES_SENT = 4  # how often each character is sent, so that messages which the browser skips leave no gap

_component = component(
    HERE,
    '<div class="frame"></div>',
    "focus",
    "dom",
    "requests",
    "chart_events",
    "streaming_view",
    "curve",
    "range",
    "text",
)


@dataclass(frozen=True)
class TextEvents:
    """What the viewer did with the text.

    Attributes:
        selected: the selected position; -1 where the selection was removed, None where nothing was done.
        selections: how often the viewer has selected in this view, for `Focus.selections_seen`.
        picked: the rank of a character that was picked by its number key, or None.
        presenter: 1 or -1 where a presenter's key asked for the next or the previous stage, else 0.
        next_open: whether the text is to be continued to the next open choice.
    """

    selected: int | None
    selections: int
    picked: int | None = None
    presenter: int = 0
    next_open: bool = False


@dataclass(frozen=True)
class Pacing:
    """How a text appears.

    Attributes:
        tick: seconds from one message to the next, at least.
        rate: characters a second; 0 for as fast as they come.
    """

    tick: float
    rate: float


class Choices(TypedDict):
    """The choices that the chart shows: several while a text streams, else one; see `playback.tables.frames`.

    `said` tells it in words, which are read aloud when the text does not stream.
    """

    alphabet: list[str]
    frames: Sequence[Frame] | Sequence[ColumnsFrame]
    streaming: bool
    said: str


class OriginalText(TypedDict):
    """The original run of a branch as the component shows it, from the position where they diverge."""

    position: int
    text: str
    tints: str
    label: str


def text_view(
    player: Player, run: str, sent: deque[int], pacing: Pacing, focus: Focus, choices: Choices, key: str
) -> None:
    """Show the seed text and the generated text, and while nothing runs the scrubber that replays it.

    Args:
        player: of the text.
        run: names the text; with another name the view begins anew.
        sent: the number of characters at each of the last TIMES_SENT calls; empty when the view needs
            all of them. It is emptied when the view reports a gap.
        pacing: how the new characters appear.
        focus: where it was moved by the page, the view marks that character.
        choices: which the view hands on to the chart as their characters appear.
        key: of the component.
    """
    start = sent[0] if sent else 0
    data = {
        "label": sentences.GENERATED_TEXT,
        "still": False,
        "run": run,
        "seed": None if sent else player.seed_text,
        "original": None if sent else _original_text(player),
        "branch_label": _branch_label(player),
        "words": None if sent else sentences.TEXT_VIEW,
        "open": None if sent else int(OPEN_CHOICE / BITS_STEP),
        "start": start,
        "text": player.texts[0][start:],
        "tints": tints(player.steps[start:]),
        "bits": entropy_digits(player.steps[start:]),
        "choices": choices,
        "running": player.running,
        "tick": pacing.tick,
        "rate": pacing.rate,
        "moves": focus.moves,
        "at": focus.past_position(player),
        "selections_seen": focus.selections_seen,
        "message_id": next_message_id(),
    }
    _component(
        key=key,
        data=data,
        on_ask_change=lambda: None,
        on_selected_change=lambda: None,
        on_picked_change=lambda: None,
        on_presenter_change=lambda: None,
        on_next_open_change=lambda: None,
        on_lost_change=sent.clear,
    )


def text_events(player: Player, focus: Focus, key: str) -> TextEvents:
    """Return what the viewer did with the text since the last call; before `text_view` is called."""
    events = st.session_state.get(key, {})
    picked, presenter = events.get("picked"), events.get("presenter")
    selected, selections = None, focus.selections_seen
    if events.get("selected") is not None:
        reported = events["selected"] if isinstance(events["selected"], dict) else {}
        place, selections = (_natural_number(reported.get(name)) for name in ("place", "selections"))
        selected = place if place < len(player.steps) else -1
    return TextEvents(
        selected,
        selections,
        picked if _natural_number(picked) >= 0 else None,
        presenter if type(presenter) is int and presenter in (-1, 1) else 0,
        bool(events.get("next_open")),
    )


def _natural_number(reported: object) -> int:
    """Return a whole number from 0 that a browser has reported; -1 for anything else."""
    return reported if type(reported) is int and reported >= 0 else -1


def still_text(label: str, seed_text: str, text: str, tints: str, key: str) -> None:
    """Show a finished text, with a label as its accessible name, and with the tints of `tints` or none."""
    data = {
        "label": label,
        "still": True,
        "run": f"{label}|{seed_text}|{text}",
        "seed": seed_text,
        "start": 0,
        "text": text,
        "tints": tints or "0" * len(text),
        "running": False,
    }
    _component(key=key, data=data)


def _original_text(player: Player) -> OriginalText | None:
    if player.original is None:
        return None
    position, (steps,), (text,), _ = player.original
    return {
        "position": position,
        "text": text,
        "tints": tints(steps),
        "label": _column(sentences.AS_IT_WAS, steps),
    }


def _branch_label(player: Player) -> str:
    return "" if player.original is None else _column(sentences.WHAT_IF, player.steps[player.original.position :])


def _column(name: str, steps: Sequence[Step]) -> str:
    return sentences.column_of_branch(name, [step.temperature for step in steps if not step.picked])


def tints(steps: Sequence[Step]) -> str:
    """Return a character for each step: its `tint`, or 'p' where a person picked the character."""
    raw = np.array([step.raw[step.character_id] for step in steps])
    return "".join("p" if step.picked else str(one) for step, one in zip(steps, tint(raw).tolist(), strict=True))


def tint(raw: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the tints of characters by their raw probabilities: from 0, where expected, to 6, where hardly."""
    return (raw[..., None] < np.array(TINTS)).sum(axis=-1)
