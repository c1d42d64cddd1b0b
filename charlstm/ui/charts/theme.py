"""The colours of the charts: those of the page's theme in .streamlit/config.toml, and those of the marks."""

from typing import NamedTuple

# Each is seen on both papers (3:1), and all but RAW carry white letters (4.5:1).
RAW, REWEIGHTED, DRAWN = "#8d93a1", "#4263eb", "#d2460e"
REWEIGHTED_NEXT = "#6070c8"  # of every other reweighted interval, so that neighbours differ
REAL_WORDS = "#2b8a3e"


class Theme(NamedTuple):
    """The colours of a light or a dark page.

    Attributes:
        ink: of texts and lines.
        paper: of the background.
        line: of borders.
        primary: of what is chosen, or has the focus; and of texts about what is reweighted.
        button: of the page's main button, under white letters.
        muted: of texts about what is raw.
        bands: of the likeliest and the least likely character on the Map page.
    """

    ink: str
    paper: str
    line: str
    primary: str
    button: str
    muted: str
    bands: tuple[str, str]


LIGHT = Theme(
    ink="#1c1d22",
    paper="#ffffff",
    line="#d9d7cf",
    primary="#3b5bdb",
    button="#3b5bdb",
    muted="#6f7686",
    bands=(REWEIGHTED, "#edf1ff"),
)
DARK = Theme(
    ink="#ecebe6",
    paper="#15161b",
    line="#3a3d47",
    primary="#708af6",
    button=REWEIGHTED,
    muted=RAW,
    bands=(REWEIGHTED, "#1f2740"),
)


def theme(dark: bool) -> Theme:
    """Return the colours of the page."""
    return DARK if dark else LIGHT
