"""The page's address as a QR code, large enough to be scanned from the last row of a hall."""

from pathlib import Path
from typing import NamedTuple

import segno
import streamlit as st

from charlstm.ui.components.source import component
from charlstm.ui.shared import sentences

HERE = Path(__file__).parent
QUIET_ZONE = 4  # modules around the code, as the standard asks for
# A phone needs about two camera pixels for a module. At 20 m and twofold zoom, a code that is 1.4 m high on the
# screen has some 240 of them: enough for the 125 modules, quiet zone included, of version 25. Links are mostly of
# version 5 to 10; this one holds 1,273 characters.
LARGEST_VERSION = 25
LONGEST_SHOWN = 80  # characters of the link

_component = component(HERE, '<div class="code"><svg xmlns="http://www.w3.org/2000/svg"><path/></svg><p></p></div>')


class QrCode(NamedTuple):
    """A code as SVG draws it: `size` modules wide and high, the dark ones of which are the path."""

    size: int
    path: str


def show_qr_code(key: str) -> None:
    """Show the code of the address, with the link under it; call it in a dialog.

    Only the browser knows the address, by whichever proxy it comes: the component reports it, and is sent its code.

    Args:
        key: of the component.
    """
    link = st.session_state.get(key, {}).get("link")
    link = link if isinstance(link, str) else ""
    code = qr_code(link) if link else None
    data = {
        "link": link,
        "size": code and code.size,
        "path": code and code.path,
        "label": sentences.qr_code_of(link),
        "text": sentences.LINK_TOO_LONG_FOR_CODE if link and code is None else middle_left_out(link),
    }
    _component(key=key, data=data, on_link_change=lambda: None)


def qr_code(link: str) -> QrCode | None:
    """Return the code of a link, its quiet zone included; None where it would be too fine for a phone far away."""
    try:
        code = segno.make_qr(link, error="l")  # the fewest modules; a screen has no stains to correct
    except segno.DataOverflowError:
        return None
    if int(code.version) > LARGEST_VERSION:
        return None
    rows = code.matrix_iter(border=QUIET_ZONE)
    path = "".join(_row_path(number, row) for number, row in enumerate(map(bytes, rows)))
    return QrCode(len(code.matrix) + 2 * QUIET_ZONE, path)


def _row_path(y: int, row: bytes) -> str:
    """Return a rectangle for each run of dark modules."""
    path, start = "", 0
    for run in row.replace(b"\0\1", b"\0,\1").replace(b"\1\0", b"\1,\0").split(b","):
        if run[0]:
            path += f"M{start} {y}h{len(run)}v1h-{len(run)}z"
        start += len(run)
    return path


def middle_left_out(link: str) -> str:
    """Return a link of at most LONGEST_SHOWN characters: the beginning and the end of a longer one."""
    half = LONGEST_SHOWN // 2
    return link if len(link) <= LONGEST_SHOWN else f"{link[:half]}…{link[1 - half :]}"
