"""A text's codes as fields of black and white, and the text that is decoded, which grows."""

import base64
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import numpy as np
import streamlit as st

from charlstm.compression.bit_strings import Bits
from charlstm.playback.message_id import next_message_id
from charlstm.ui.components.source import component
from charlstm.ui.read.bits.state import BitsState, Origin
from charlstm.ui.read.read_view import ViewChoice

_component = component(
    Path(__file__).parent,
    '<div class="frame"></div>',
    "focus",
    "dom",
    "requests",
    "chart_events",
    "streaming_view",
    "text",
)


class Field(TypedDict):
    """A code of the text: its name, how many bits it has, and these, eight in a byte, in base 64."""

    name: str
    count: int
    bits: str


class BitsReport(NamedTuple):
    """What the viewer did with the view, and what that has.

    Attributes:
        version: of what is decoded, that it shows.
        characters: that it shows.
        bit: to be flipped, or None.
        place: the selected character; -1 where the selection was removed, None where nothing was done.
    """

    version: int
    characters: int
    bit: int | None
    place: int | None


def bits_view(
    state: BitsState,
    names: tuple[str, str, str],
    words: dict[str, str],
    choice: ViewChoice,
    last: tuple[int, int] | None,
    key: str,
) -> None:
    """Show the codes of a text, and as much as is decoded.

    Args:
        state: of the view.
        names: of the three codes.
        words: every sentence of the view.
        choice: for the chart.
        last: from which bit to which one the decoder had read last for it.
        key: of the component.
    """
    version, characters = state.sent
    start = characters if version == state.version else 0
    data = {
        "version": state.version,
        "start": start,
        "text": state.written[start:],
        "difference": state.difference,
        "fields": None
        if start
        else [_field(*one) for one in zip(names, (*state.codes.bits[:2], state.bits), strict=True)],
        "flipped": state.flipped if state.origin is Origin.FLIPPED else None,
        "flips": state.origin is not Origin.COINS,
        "last": last,
        "words": words,
        "place": state.place,
        "moves": state.moves,
        "choice": choice,
        "goes_on": state.goes_on,
        "message_id": next_message_id(),
    }
    _component(key=key, data=data, on_report_change=lambda: None)


def bits_report(key: str) -> BitsReport | None:
    """Return what the view has reported since the last call, or None; before `bits_view` is called."""
    report = st.session_state.get(key, {}).get("report")
    if not isinstance(report, dict):
        return None
    version, characters, bit, place = (_whole(report.get(name)) for name in ("version", "characters", "bit", "place"))
    return BitsReport(max(version or 0, 0), max(characters or 0, 0), bit, place)


def _whole(reported: Any) -> int | None:
    return reported if type(reported) is int else None


def _field(name: str, bits: Bits) -> Field:
    packed = base64.b64encode(np.packbits(bits).tobytes()).decode()
    return {"name": name, "count": len(bits), "bits": packed}
