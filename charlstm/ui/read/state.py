"""The state of a viewer's Read page, beside the values of its widgets."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from charlstm.corpora.passages import PassageIndex, copied_characters
from charlstm.evaluation.reading import LONGEST_TEXT, Reading, costliest_words
from charlstm.generation.sampling import Probs
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.components.address import Address
from charlstm.ui.read.bits.state import BitsState
from charlstm.ui.read.experiment.state import ExperimentState

BEGINNING = 600  # characters of the excerpt with which the page begins
FIRST_SECONDS, SECONDS = 0.1, 0.28  # of reading in the first message, and in each one after it
QUICK_SECONDS = 0.02  # of reading in a message that answers the viewer
VIEW_CHOSEN = "read_view_chosen"  # the key of the choice of a view
STATES_OF_OTHERS = 16  # of networks that are compared, of which no place is looked at
REDRAWN_AFTER = 1.0  # seconds until charts show how far a reading has come: drawing them costs as much as reading


class SoFar(NamedTuple):
    """How far a text was read when the charts last changed.

    Attributes:
        at: a time of `time.monotonic`.
        version: of what is read.
        position: characters read.
        following: the raw probabilities of the character that would follow, float64 (V,).
        costs: see `Reading.costs`.
    """

    at: float
    version: int
    position: int
    following: Probs
    costs: NDArray[np.float64]


@cache
def excerpt() -> str:
    """Return the excerpt: held-out text, which no network that comes with this project has learned."""
    return (Path(__file__).parent / "excerpt.txt").read_text(encoding="utf-8")


def beginning() -> str:
    """Return the first whole words of the excerpt."""
    return excerpt()[:BEGINNING].rsplit(maxsplit=1)[0]


@dataclass
class Sent:
    """What the view is known to have.

    Attributes:
        base: the version of the text that it shows.
        characters: of this version that are still the same.
        field: whether its field is known to have the text.
        choice: what determines the choice that it was given last; None before.
    """

    base: int = 0
    characters: int = 0
    field: bool = False
    choice: tuple[object, ...] | None = None

    def forget(self) -> None:
        """Note that the view may have nothing."""
        self.characters, self.field, self.choice = 0, False, None


@dataclass
class ReadState:
    """What the page remembers of one viewer.

    Attributes:
        address: with which the page was opened last.
        typed: the text in the field.
        edits: how often it has changed; the field names the number on which an edit of it rests.
        reading: of the typed text by the page's network; None before the page is drawn for the first time.
        version: of what is read: another text, or another network, has another number.
        index: of what the page's network has learned; None where there is none.
        copied: for each character of the text whether it is in a passage that was learned; None without an index.
        others: the readings by other networks, by the names of these.
        stopped: whether the viewer has stopped the reading.
        place: the selected character; None for the one that would follow.
        selects_costliest: whether the costliest character of the costliest word is selected when all is read.
        moves: how often the page itself has selected a character.
        waits: whether the viewer waits for the next message because of a selected character.
        so_far: what the charts show of the reading; None before the page is drawn for the first time.
        sent: what the view has.
        uploader_version: of the field that opens files; a new one after each file is empty again.
        view: which view of the text is shown.
        bits: what the view of its bits remembers.
        experiment: what the view of the networks that learned bits remembers.
        error: why a file could not be opened.
    """

    address: Address | None = None
    typed: str = field(default_factory=beginning)
    edits: int = 0
    reading: Reading | None = None
    version: int = 0
    index: PassageIndex | None = None
    copied: NDArray[np.bool_] | None = None
    others: dict[str, Reading] = field(default_factory=dict)
    stopped: bool = False
    place: int | None = None
    selects_costliest: bool = True
    moves: int = 0
    waits: bool = False
    so_far: SoFar | None = None
    sent: Sent = field(default_factory=Sent)
    uploader_version: int = 0
    view: str = "surprise"
    bits: BitsState = field(default_factory=BitsState)
    experiment: ExperimentState = field(default_factory=ExperimentState)
    error: str = ""

    @property
    def current(self) -> Reading:
        """The reading on the page, which it has from its first drawing on."""
        assert self.reading is not None
        return self.reading

    @property
    def goes_on(self) -> bool:
        """Whether something is still to be read."""
        return not self.stopped and not all(one.finished for one in (self.current, *self.others.values()))

    def open_text(self, text: str) -> None:
        """Put a text into the field, and read it."""
        self.sent.field = False
        self.place, self.error, self.selects_costliest = None, "", False
        self.moves += 1
        self.edit(text)

    def edit(self, text: str) -> None:
        """Read the text that is in the field now, from the first change on."""
        self.typed = text[:LONGEST_TEXT]
        self.edits += 1
        self.stopped = False
        if self.reading is None:
            return
        same = self.reading.change(self.typed)
        self.version += 1
        self.sent.characters = min(self.sent.characters, same, self._mark_copied())
        if self.place is not None and self.place >= same:
            self.place = None
            self.moves += 1
        for other in self.others.values():
            other.change(self.typed)

    def read_with(self, network: Network, vocabulary: Vocabulary, index: PassageIndex | None) -> None:
        """Read the text with this network, if another one has read it."""
        if self.reading is None or self.reading.network is not network:
            self.reading, self.index = Reading(network, vocabulary, self.typed), index
            self._mark_copied()
            self.version += 1
            self.sent.characters, self.stopped = 0, False
            self.place = None if self.place is None or self.place >= len(self.reading.text) else self.place

    def _mark_copied(self) -> int:
        """Mark what is copied in the text, and return how many characters have the marks of before."""
        before, text = self.copied, self.current.text
        self.copied = None if self.index is None else copied_characters(self.index, text)
        if before is None or self.copied is None:
            return len(text)
        shorter = min(len(before), len(text))
        different = np.flatnonzero(before[:shorter] != self.copied[:shorter])
        return int(different[0]) if len(different) else shorter

    def compare_with(self, networks: Mapping[str, tuple[Network, Vocabulary]]) -> None:
        """Read the text with these networks too, by their names, and no longer with others."""
        kept = {name: self.others.get(name) for name in networks}
        for name, (network, vocabulary) in networks.items():
            other = kept[name]
            if other is None or other.network is not network:
                kept[name], self.stopped = Reading(network, vocabulary, self.typed, STATES_OF_OTHERS), False
        self.others = {name: other for name, other in kept.items() if other is not None}

    def select(self, place: int) -> None:
        """Select a character as the viewer has done; none where there is no such place."""
        self.selects_costliest = False
        self.place = place if 0 <= place < self.current.read else None
        self.waits = True

    def advance(self) -> None:
        """Read on for as long as one message may take: the page's network first, then the others, one by one."""
        left = QUICK_SECONDS if self.waits else FIRST_SECONDS if self.current.read == 0 else SECONDS
        self.waits = False
        for one in (self.current, *self.others.values()):
            began = time.perf_counter()
            if left > 0 and not self.stopped:
                one.advance(seconds=left)
            left -= time.perf_counter() - began
        if self.selects_costliest and self.current.finished:
            self.selects_costliest, self.place = False, costliest_place(self.current)
            self.moves += 1
        if self.place is not None and self.place >= self.current.read:
            self.place = None
        self._redraw(time.monotonic())

    def _redraw(self, now: float) -> None:
        """Let the charts follow the reading: at its end at once, before that now and then."""
        shown, reading = self.so_far, self.current
        settled = self.stopped or reading.finished
        if shown is None or shown.version != self.version or settled or now - shown.at > REDRAWN_AFTER:
            self.so_far = SoFar(now, self.version, reading.read, reading.probs_at(reading.read), reading.costs)

    @property
    def drawn(self) -> SoFar:
        """What the charts show of the reading, which they do from the first drawing on."""
        assert self.so_far is not None
        return self.so_far


def costliest_place(reading: Reading) -> int | None:
    """Return the place of the costliest character of the costliest word; None where there is no word."""
    bits = reading.bits
    words = costliest_words(reading.text, bits, 1)
    return words[0].begin + int(np.argmax(bits[words[0].begin :][: len(words[0].word)])) if words else None


def show_field() -> None:
    """Choose the view that has the text's field."""
    st.session_state[VIEW_CHOSEN] = "surprise"


def read_state() -> ReadState:
    """Return the state of this viewer's page."""
    return st.session_state.setdefault("read_state", ReadState())
