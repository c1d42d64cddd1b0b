"""The state of a viewer's Write page, beside the values of its widgets."""

from collections import deque
from dataclasses import dataclass, field

import streamlit as st

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.playback.focus import Focus
from charlstm.playback.player import Player
from charlstm.playback.undo import History
from charlstm.ui.components.address import Address
from charlstm.ui.components.temperature_slider import DEFAULT
from charlstm.ui.components.text_view import TIMES_SENT


@dataclass
class TourPlace:
    """Where a viewer is in the tour of the page.

    Attributes:
        number: of the step; 0 is the invitation, None neither that nor a step.
        begun: whether the viewer has just asked for it.
    """

    number: int | None
    begun: bool = False


@dataclass
class WriteState:
    """What the page remembers of one viewer.

    Attributes:
        address: with which the page was opened last.
        current: the run on the page; None before the page is drawn for the first time.
        run_number: of the current run; another run has another number.
        history: the runs before and after the current one.
        focus: which choice the chart shows.
        in_force: the temperature and the filters that were set when the page was last drawn; None before.
        sent: the number of characters at each of the last messages to the text view.
        address_updates_left: for how many messages more the address is updated, while the text grows.
        opened: a run from a file, which is about to be put on the page.
        open_message: what has come of opening a file, where it needs to be said.
        uploader_version: of the field that opens runs; a new one after each file is empty again.
        rows_clicked: the rows of the chart that were clicked last: to pick, and to switch off or on.
        kept: the run that the browser keeps, and the number of its characters; None where the address says all.
        looked_at: the run that was looked through for that last, and the number of its characters.
        code_asked_for: whether the address is to be shown as a QR code.
        tour: where the viewer is in the tour; None before the page is drawn for the first time.
    """

    address: Address | None = None
    current: Player | None = None
    run_number: int = 0
    history: History = field(default_factory=History)
    focus: Focus = field(default_factory=Focus)
    in_force: tuple[float, Filters] | None = None
    sent: deque[int] = field(default_factory=lambda: deque(maxlen=TIMES_SENT))
    address_updates_left: int = TIMES_SENT
    opened: Player | None = None
    open_message: str = ""
    uploader_version: int = 0
    rows_clicked: tuple[str, ...] = ("", "")
    kept: tuple[int, int] | None = None
    looked_at: tuple[int, int] = (-1, 0)
    code_asked_for: bool = False
    tour: TourPlace | None = None

    @property
    def player(self) -> Player:
        """The run on the page, which it has from its first drawing on."""
        assert self.current is not None
        return self.current

    @property
    def settings(self) -> tuple[float, Filters]:
        """The temperature and the filters that were set when the page was last drawn."""
        return self.in_force or (DEFAULT, NO_FILTERS)

    def open_address(self, address: Address) -> None:
        """Note the address with which the page was opened; after a reset, the page begins without a text."""
        if self.address is not None and self.address.resets != address.resets and self.current is not None:
            self.history.keep(self.current)
            self.current = None
        self.address = address

    def replace(self, other: Player) -> None:
        """Put another run on the page; Undo leads back to the current one."""
        if self.current is not None:
            self.history.keep(self.current)
        self._put(other)

    def undo(self) -> None:
        """Put the run before the current one back on the page, if there is one: a key may be pressed twice."""
        if self.history.past:
            self._put(self.history.undo(self.player))

    def redo(self) -> None:
        """Put the run that was undone last back on the page, if there is one."""
        if self.history.future:
            self._put(self.history.redo(self.player))

    def _put(self, other: Player) -> None:
        self.current = other
        self.run_number += 1  # by which the text view knows that the text is another
        self.sent.clear()
        self.focus.move_to("next")


def write_state() -> WriteState:
    """Return the state of this viewer's page."""
    return st.session_state.setdefault("write_state", WriteState())
