"""The colours of the charts: those of the page's theme in .streamlit/config.toml, and those of the marks."""

from typing import NamedTuple

RAW, REWEIGHTED, DRAWN = "#8d93a1", "#4c6ef5", "#e8590c"
REWEIGHTED_NEXT = "#7089f4"  # of every other reweighted interval, so that neighbours differ
REAL_WORDS = "#2b8a3e"


class Theme(NamedTuple):
    """The colours of a light or a dark page.

    Attributes:
        ink: of texts and lines.
        paper: of the background.
        line: of borders.
        primary: of what is chosen, or has the focus.
        bands: of the likeliest and the least likely character on the Map page.
    """

    ink: str
    paper: str
    line: str
    primary: str
    bands: tuple[str, str]


LIGHT = Theme(ink="#1c1d22", paper="#ffffff", line="#d9d7cf", primary="#3b5bdb", bands=("#3b5bdb", "#edf1ff"))
DARK = Theme(ink="#ecebe6", paper="#15161b", line="#3a3d47", primary="#5472e4", bands=(REWEIGHTED, "#1f2740"))


def theme(dark: bool) -> Theme:
    """Return the colours of the page."""
    return DARK if dark else LIGHT
