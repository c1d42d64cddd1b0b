"""The address bar says what the page shows, so that a colleague who opens the address sees the same.

    address = opened("evolve")                       # once a run of the script, at its beginning
    epoch = address.nearest("epoch", epochs, 0)      # the first value of a widget; absurd ones are clamped
    address.show({"epoch": epoch, "seed": seed_text}, key="address")   # at the end, or at the end of a fragment

The address is rewritten in the browser alone, a moment after the last change: that runs nothing, mounts
nothing, and adds nothing to what the browser's Back button goes through. A page that is left and come
back to begins with what it showed last.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from charlstm.playback.message_id import rising_number

HERE = Path(__file__).parent
# Browsers take more, but what lies between (proxies, chat programs) often not.
LONGEST_TEXT = 1_000  # characters
LONGEST_QUOTED = 3_000  # bytes, once it is quoted as an address needs

_bar = st.components.v2.component(
    "charlstm_address", html="<span></span>", js=(HERE / "address.js").read_text(encoding="utf-8")
)
_link = st.components.v2.component(
    "charlstm_copy_link",
    html='<button type="button"></button>',
    css=(HERE / "copy_link.css").read_text(encoding="utf-8"),
    js=(HERE / "copy_link.js").read_text(encoding="utf-8"),
)


class Address:
    """What stood in a page's address when it was opened. A value that is absurd is moved inside its range."""

    def __init__(self, page: str, values: Mapping[str, str]) -> None:
        self.page = page
        self._values = values

    def text(self, name: str, default: str) -> str:
        """Return a text, with nothing in it that is not text."""
        return self._values.get(name, default).replace("\0", "")

    def number(self, name: str, least: float, most: float, default: float) -> float:
        """Return a number from `least` to `most`."""
        try:
            value = float(self._values[name])
        except (KeyError, ValueError):
            return default
        return default if math.isnan(value) else min(max(value, least), most)

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """Return a whole number from `least` to `most`."""
        return int(self.number(name, least, most, default))

    def nearest(self, name: str, allowed: Sequence[int], default: int) -> int:
        """Return that one of the allowed numbers which is nearest."""
        value = self.whole(name, min(allowed), max(allowed), default)
        return min(allowed, key=lambda one: abs(one - value))

    def show(self, values: Mapping[str, str | float | None], key: str) -> None:
        """Put values into the address bar; None takes one out, and those of other names stay as they are.

        Call it in each run of the script, or of the fragment, that may change a value; `key` is the component's.
        """
        said = {name: None if value is None else _as_text(value) for name, value in values.items()}
        shown = st.session_state.setdefault(f"address_of_{self.page}", {})
        shown.update(said)
        with st.container(key=f"hidden-{key}"):
            _bar(key=key, data={"values": said, "number": rising_number()})


def opened(page: str) -> Address:
    """Return what the address said when this page was opened, the same until another page is.

    Where it said nothing, it is what the page showed last.
    """
    session = st.session_state
    address: Address | None = session.get("address_opened")
    if address is None or address.page != page:
        last = session.get(f"address_of_{page}", {})
        values = st.query_params.to_dict() or {name: value for name, value in last.items() if value is not None}
        address = session.address_opened = Address(page, values)
    return address


def fitting(text: str) -> str:
    """Return as much of a text, from its end, as goes into an address.

    >>> len(fitting("a" * 5000))
    1000
    """
    text = text[-LONGEST_TEXT:]
    while len(quote(text)) > LONGEST_QUOTED:
        text = text[-(len(text) // 2) :]
    return text


def copy_link(label: str, copied: str, key: str) -> None:
    """Show a button that copies the address, and then says so."""
    _link(key=key, data={"label": label, "copied": copied})


def _as_text(value: str | float) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
