"""Every sentence of the Map page."""

import math

MAP_INTRODUCTION = (
    "**Every temperature at once.** At 0 the likeliest character is certain; at infinity all are equally likely. "
    "Everything worth reading lies between: the dashed lines mark the book's four temperatures."
)
MAP_SEED = "the more a man wishes to be free, the more he "
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
    where = f"The next character after “…{end}”" if end else "The first character"
    return f"{where}: probabilities at every temperature"


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


def swept(share: float, running: bool) -> str:
    """State the progress of a sweep."""
    return f"{share:.0%} written" if running else f"Cancelled: {share:.0%} written"
