"""Every sentence of the Map page."""

import math
from collections.abc import Mapping

from charlstm.ui.shared.sentences import literally

TITLE = "Every temperature at once"
ALPHABET_ALT = (
    "The whole alphabet against the temperature, from 0 to infinity: each character's probability as a band, "
    "the likeliest at the bottom, the entropy as a curve above them, and a line at the current temperature."
)
TEXTS = "How the temperature changes whole texts"
SWEEP = "Write at every temperature"
NOT_SWEPT = "Nothing is written yet for this seed text. It takes some seconds, about a minute with the book's network."
CSV = "Download CSV"
SWEEP_ALTS = {
    "shares": "Real words, distinct words, repeated text and top choices taken, by temperature.",
    "entropy": "The mean entropy of the choices by temperature.",
    "own_loss": "The network's loss on its own text by temperature, and its held-out loss.",
}


def alphabet_heading(end: str) -> str:
    """Head the chart of one choice at every temperature, after a text with this end."""
    return f"After “…{end}”, at every temperature" if end else "The first character, at every temperature"


def texts_explained(temperatures: int, runs: int, length: int, coverage: float) -> str:
    """Describe a sweep and its figures; `coverage` is NaN where the book's words are not known."""
    own = ""
    if not math.isnan(coverage):
        own = f" (which alone has {coverage:.1%} of the words of the text that this network learned) or in that text"
    return (
        f"At each of {temperatures} temperatures the network writes {runs} texts of {length} characters from the seed "
        f"text, with the same random numbers. The curve is the median, the band holds the middle 80% of "
        f"the texts. *Real words* are in an English list{own}; *repeated text* is inside a run of 20 characters "
        "that occurs twice. The book finds 0.5 the best: judge for yourself."
    )


def medians(real_words: Mapping[float, float]) -> str:
    """Tell the median share of real words at some temperatures."""
    return "Real words: " + ", ".join(f"{share:.0%} at {temperature:g}" for temperature, share in real_words.items())


def swept(share: float, running: bool) -> str:
    """State the progress of a sweep."""
    return f"{share:.0%} written" if running else f"Cancelled: {share:.0%} written"


def introduction(title: str) -> str:
    """State what the page is, with the title of the chosen network."""
    return f"**{literally(title)}**: at 0 the likeliest character is certain, at ∞ all are equally likely."
