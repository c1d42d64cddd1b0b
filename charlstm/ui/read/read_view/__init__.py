"""The text that is read: its field, and the same text as the network reads it, each character tinted by its rank.

Each message has only what is new: the view reports which version of the text it shows, and how much of it, and asks
for more when that is shown. Its field reports only what has changed.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from charlstm.evaluation.reading import LONGEST_TEXT, RANKS, Reading, rank_classes
from charlstm.playback.message_id import next_message_id
from charlstm.playback.tables.frames import Frame
from charlstm.ui.components.source import component

HERE = Path(__file__).parent
MOST_AT_ONCE = 20_000  # characters in one message
COPIED = len(RANKS) + 1  # is added to the class of a copied character
LARGEST_TENTHS = 999  # of a bit, that are told of one character

_component = component(
    HERE, '<div class="frame"></div>', "focus", "dom", "requests", "chart_events", "streaming_view", "text"
)


class Edit(NamedTuple):
    """A change of the field: the characters from `start` to `end` of the text number `base` became `text`."""

    base: int
    start: int
    end: int
    text: str

    @property
    def is_whole(self) -> bool:
        """Whether it replaces the whole text, whichever that was."""
        return self.start == 0 and self.end >= LONGEST_TEXT

    def applied_to(self, text: str) -> str:
        """Return the changed text."""
        return text[: self.start] + self.text + text[self.end :]


class ViewReport(NamedTuple):
    """What the view has, and what the viewer did with it.

    Attributes:
        version: of the text that it shows.
        characters: that it shows.
        number: of the text in its field.
        edit: of the field, or None.
        place: the selected character; -1 where the selection was removed, None where nothing was done.
    """

    version: int
    characters: int
    number: int
    edit: Edit | None
    place: int | None


class ViewChoice(TypedDict):
    """The choice that the chart shows, and what is read aloud of it."""

    alphabet: list[str]
    frames: list[Frame]
    said: str


class ViewMessage(NamedTuple):
    """What the view is told besides the characters.

    Attributes:
        version: of the text.
        base: the version on which the characters rest, which the view has.
        start: how many characters it has of them.
        number: of the text in the field.
        field: the text for the field, or None where the field has it.
        words: every sentence, with the names of the tints.
        place: the character that the page has selected; it counts where `moves` has changed.
        moves: how often the page has selected a character.
        choice: for the chart, or None where that has it.
        copied: for each character whether it is copied from what the network learned; None where that is not known.
        goes_on: whether there will be more.
    """

    version: int
    base: int
    start: int
    number: int
    field: str | None
    words: dict[str, Any]
    place: int | None
    moves: int
    choice: ViewChoice | None
    copied: NDArray[np.bool_] | None
    goes_on: bool


def read_view(reading: Reading, message: ViewMessage, on_report: Callable[[], None], key: str) -> None:
    """Show a text, as far as it was read.

    Args:
        reading: of the text.
        message: what the view is told besides.
        on_report: called when the view has reported, before anything is drawn: the next run may draw another view.
        key: of the component.
    """
    _component(key=key, data=view_data(reading, message), on_report_change=on_report)


def view_data(reading: Reading, message: ViewMessage) -> dict[str, Any]:
    """Return what the view is sent; see `read_view`."""
    start = message.start
    end = min(reading.read, start + MOST_AT_ONCE)
    tenths = np.minimum(np.round(10 * reading.bits[start:end]), LARGEST_TENTHS).astype(int)
    classes = rank_classes(reading.ranks[start:end])
    if message.copied is not None:
        classes = classes + COPIED * message.copied[start:end]
    counts = np.bincount(rank_classes(reading.ranks), minlength=len(RANKS) + 1)
    return {
        **{name: value for name, value in message._asdict().items() if name != "copied"},
        "words": None if start else {**message.words, "longest": LONGEST_TEXT},
        "text": reading.text[start:end],
        "classes": "".join(map(str, classes.tolist())),
        "tenths": tenths.tolist(),
        "shares": (counts / max(1, reading.read)).round(4).tolist(),
        "goes_on": message.goes_on or end < reading.read,
        "message_id": next_message_id(),
    }


def view_report(key: str) -> ViewReport | None:
    """Return what the view has reported since the last call, or None; for `on_report`."""
    report = st.session_state.get(key, {}).get("report")
    if not isinstance(report, dict):
        return None
    version, characters, number = (_natural(report.get(name)) for name in ("version", "characters", "number"))
    if None in (version, characters, number):
        return None
    place = report.get("place")
    return ViewReport(
        version or 0,
        characters or 0,
        number or 0,
        _edit(report.get("edit")),
        place if type(place) is int and place >= -1 else None,
    )


def _edit(reported: object) -> Edit | None:
    if not isinstance(reported, dict):
        return None
    base, start, end = (_natural(reported.get(name)) for name in ("base", "start", "end"))
    text = reported.get("text")
    if base is None or start is None or end is None or start > end or not isinstance(text, str):
        return None
    return Edit(base, start, end, text.encode("utf-8", "replace").decode())


def _natural(reported: object) -> int | None:
    return reported if type(reported) is int and reported >= 0 else None
