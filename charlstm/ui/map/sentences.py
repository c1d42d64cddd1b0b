"""Every sentence of the Map page."""

import math

MAP_INTRODUCTION = (
    "**Every temperature at once.** At 0 the network has one answer; at infinity it knows no difference. In between "
    "lies everything that is worth reading: the lines stand at the book's four temperatures."
)
MAP_SEED = "the more a man wishes to be free, the more he "
ALPHABET_ALT = (
    "The whole alphabet against the temperature, from 0 to infinity: each character's part of the die as a band, "
    "the likeliest at the foot, the entropy as a curve above them, and a line at the present temperature."
)
TEXTS = "What the temperature makes of whole texts"
SWEEP = "Write at every temperature"
NOT_SWEPT = "Nothing is written yet for this seed text. A network that reads its window afresh takes about a minute."
CSV = "The figures as CSV"
SWEEP_ALTS = {
    "shares": "Real words, distinct words, repeated text and likeliest characters taken, against the temperature.",
    "entropy": "The mean entropy of the choices against the temperature.",
    "own_loss": "The loss that the network gives to its own text against the temperature, and its loss on real text.",
}


def alphabet_heading(end: str) -> str:
    """Head the chart of one choice at every temperature, after a text with this end."""
    where = f"The next character after “…{end}”" if end else "The first character, after nothing"
    return f"{where}: the die, upright, at every temperature"


def texts_explained(temperatures: int, runs: int, length: int, coverage: float) -> str:
    """Describe a sweep and its figures; `coverage` is NaN where the book's words are not known."""
    own = ""
    if not math.isnan(coverage):
        own = f", which alone knows {coverage:.1%} of the words of this network's book, or stand in that book"
    return (
        f"At each of {temperatures} temperatures the network writes {runs} texts of {length} characters on from the "
        f"seed text, with the same dice at each. The curve is the median, the band holds the middle four fifths of "
        f"the texts. *Real words* are in an English list{own}; *repeated text* lies inside a run of 20 characters "
        "that stands twice. The book finds 0.5 the best: judge for yourself."
    )


def swept(share: float, running: bool) -> str:
    """State the progress of a sweep."""
    return f"{share:.0%} written" if running else f"Cancelled; {share:.0%} was written"
