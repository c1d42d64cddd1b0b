"""The page's state in the address bar, so that whoever opens the address sees the same.

    address = page_address("evolve")                 # once in a run of the script, at its beginning
    epoch = address.nearest("epoch", epochs, 0)      # the first value of a widget; out of range is clamped
    address.show({"epoch": epoch, "seed": seed_text}, key="address")   # at the end, or at the end of a fragment

The address is rewritten in the browser alone, a moment after the last change: that neither reruns the
script, nor mounts a component anew, nor adds a step to the browser's history. A page that is opened
again in the same session begins with what it showed last.
"""

import math
import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, quote

import streamlit as st

from charlstm.playback.message_id import next_message_id

HERE = Path(__file__).parent
# Browsers take more, but proxies and chat programs often do not.
LONGEST_TEXT = 1_000  # characters
LONGEST_QUOTED = 3_000  # bytes, percent-encoded
UNCHANGED = "unchanged"
LONGEST_QUERY = 20_000  # characters of an address that is opened
# What all pages have in common: set on one of them, it holds on the others. (The seed text is held whole, see
# `ui.shared.seed_field`.)
HELD = (
    *("model", "epoch", "temperature", "random_seed", "top_k", "top_p", "min_p", "typical_p", "top_n_sigma"),
    *("mirostat", "mirostat_tau", "mirostat_eta", "xtc", "xtc_probability", "xtc_threshold"),
    *("dry", "dry_multiplier", "dry_base", "dry_allowed_length"),
    *("repetition_penalty", "frequency_penalty", "presence_penalty", "penalty_window", "ban", "bias", "order"),
)

_bar = st.components.v2.component(
    "charlstm_address", html="<span></span>", js=(HERE / "address.js").read_text(encoding="utf-8")
)
_link = st.components.v2.component(
    "charlstm_copy_link",
    html='<div class="link"></div>',
    css=(HERE / "copy_link.css").read_text(encoding="utf-8"),
    js=(HERE / "copy_link.js").read_text(encoding="utf-8"),
)


class Address:
    """The values of a page's address when it was opened; one that is out of range is clamped.

    Attributes:
        page: its name.
        resets: how often all pages had been reset before.
    """

    def __init__(self, page: str, values: Mapping[str, str], resets: int = 0) -> None:
        self.page = page
        self.resets = resets
        self._values = values

    @property
    def plain(self) -> bool:
        """Whether it had no values."""
        return not self._values

    def text(self, name: str, default: str) -> str:
        """Return a text, without null characters."""
        return self._values.get(name, default).replace("\0", "")

    def number(self, name: str, least: float, most: float, default: float) -> float:
        """Return a number, clamped to [least, most]; the default where there is no number."""
        try:
            value = float(self._values[name])
        except (KeyError, ValueError):
            return default
        return default if math.isnan(value) else min(max(value, least), most)

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """Return a whole number, clamped to [least, most]; the default where there is no number."""
        return int(self.number(name, least, most, default))

    def nearest(self, name: str, allowed: Sequence[int], default: int) -> int:
        """Return the nearest of the allowed numbers."""
        value = self.whole(name, min(allowed), max(allowed), default)
        return min(allowed, key=lambda one: abs(one - value))

    def show(
        self,
        values: Mapping[str, str | float | None],
        key: str,
        hold: Collection[str] = HELD,
        kept: str | None = UNCHANGED,
    ) -> None:
        """Put values into the address bar; None removes a value, and values of other names stay.

        Call it in each run of the script, or of the fragment, that may change a value.

        Args:
            values: by name.
            key: of the component.
            hold: the names of HELD that are to hold on the other pages, too.
            kept: what the browser keeps for a server that takes over, beside the address; see `kept_by_browser`.
        """
        texts = {name: None if value is None else _as_text(value) for name, value in values.items()}
        shown: dict[str, str | None] = st.session_state.setdefault(f"address_of_{self.page}", {})
        shown.update(texts)
        _hold({name: text for name, text in texts.items() if name in hold})
        with st.container(key=f"hidden-{key}"):
            data = {"values": texts, "message_id": next_message_id(), "session": _session()}
            if kept is not UNCHANGED:
                data["kept"] = kept
            reopened = _bar(key=key, data=data, on_reopened_change=_nothing).reopened
        if isinstance(reopened, dict) and isinstance(reopened.get("search"), str):
            st.session_state.kept_by_browser = reopened.get("kept")
            self._reopen(reopened["search"])

    def _reopen(self, query: str) -> None:
        """Begin anew with the address of a page that was open before this session began: its server has ended."""
        session = st.session_state
        try:
            values = dict(
                parse_qsl(query.removeprefix("?")[:LONGEST_QUERY], keep_blank_values=True, max_num_fields=100)
            )
        except ValueError:
            return
        session.times_reset = session.get("times_reset", 0) + 1
        session.address_opened = Address(self.page, values, session.times_reset)
        st.rerun()


def page_address(page: str, own: Collection[str] = ()) -> Address:
    """Return the address with which this page was opened: the same object until another page is opened.

    An address without values is replaced by the one that the page showed last, with what other pages have set since.

    Args:
        page: its name.
        own: the names of HELD that other pages do not set for this one.
    """
    session = st.session_state
    address: Address | None = session.get("address_opened")
    if address is None or address.page != page:
        held = {name: value for name, value in session.get("address_held", {}).items() if name not in own}
        last = session.get(f"address_of_{page}", {}) | held
        values = st.query_params.to_dict() or {name: value for name, value in last.items() if value is not None}
        address = session.address_opened = Address(page, values, session.get("times_reset", 0))
    return address


def forget_addresses(times: int) -> None:
    """Forget what all pages have shown: each begins anew, as if it were opened for the first time.

    Args:
        times: how often that was done, this time included.
    """
    session = st.session_state
    for name in [str(name) for name in session if str(name).startswith("address_")]:
        del session[name]
    st.query_params.clear()
    session.times_reset = times


def kept_by_browser() -> str | None:
    """Return what the browser has kept of a page whose server has ended; it may be anything."""
    kept = st.session_state.get("kept_by_browser")
    return kept if isinstance(kept, str) else None


def forget_kept() -> None:
    """Forget what the browser has kept: it was used, or could not be."""
    st.session_state.kept_by_browser = None


def _session() -> str:
    """Return what names this session in the browser."""
    return st.session_state.setdefault("session_name", secrets.token_hex(8))


def _nothing() -> None:
    """Answer an event that is answered where the component is shown."""


def _hold(values: Mapping[str, str | None]) -> None:
    """Keep what holds on all pages; another network begins at its own best epoch."""
    held: dict[str, str | None] = st.session_state.setdefault("address_held", {})
    if values.get("model") not in (None, held.get("model")):
        held["epoch"] = None
    held.update(values)


def shortened(text: str) -> str:
    """Return the end of a text, as much as fits into an address.

    >>> len(shortened("a" * 5000))
    1000
    """
    text = text[-LONGEST_TEXT:]
    while len(quote(text)) > LONGEST_QUOTED:
        text = text[-(len(text) // 2) :]
    return text


def copy_link(label: str, copied: str, key: str) -> None:
    """Show a button that copies the address, and is then called `copied` for a moment."""
    _link(key=key, data={"label": label, "copied": copied})


def _as_text(value: str | float) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
