"""Every sentence of the Read page."""

import math
from collections.abc import Sequence

from charlstm.compression.frequencies import LEAST, TOTAL
from charlstm.evaluation.reading import CostlyWord
from charlstm.playback.sentences import percent
from charlstm.playback.tables.choice import DISPLAY_SYMBOLS, isolated
from charlstm.ui.shared.sentences import literally, visible

TITLE = "What a text costs"
FIELD = "Text to read"
PLACEHOLDER = "Type or paste a text: the network reads along."
TEXT_READ = "Text as the network reads it"
EXCERPT = "Unseen excerpt"
STANDING = "the character that stands in the text"  # under the strips
WOULD_FOLLOW = "each character, as long as it is likely"
EXCERPT_HELP = (
    "The first pages of the last tenth of “Human, All Too Human”, which none of the networks that come with this "
    "project has learned."
)
FROM_WRITE = "From Write"
FROM_WRITE_HELP = "The text on the page Write: its seed text, and what was written."
NOT_WRITTEN = "Nothing is written on the page Write yet."
OPEN = "Open file"
UPLOAD = "A text file, UTF-8"
FILE = "This file"
READ_ON = "Read on"
OTHERS = "Other networks on the same text"
NETWORK, BITS, PERPLEXITY = "network", "bits per character", "perplexity"
BEST, CHARACTERS = "best temperature", "characters read"
NOTHING = "There is no text yet: type or paste one, or open the excerpt."
COSTS = "Bits per character, by temperature"
COSTS_ALT = (
    "What the text costs in bits per character at each temperature from 0 to 2, with its least cost, and a line at the "
    "current temperature."
)
VIEWS = {"surprise": "Surprise", "bits": "As bits", "experiment": "Nothing left to learn"}
VIEWS_LABEL = "What is shown of the text"
ASCII, UTF8, GZIP = "ASCII", "UTF-8", "gzip"
NOTHING_KNOWN = "The network knows no character of this text, so there is nothing to code."
VIEW = {
    "field": FIELD,
    "placeholder": PLACEHOLDER,
    "text": TEXT_READ,
    "help": "Click a character, or use the arrow keys, to see the choice there.",
    "empty": "What you type or paste stands here, tinted by how surprising each character is.",
    "classes": ["top choice", "top 5", "top 10", "beyond"],
    "tip": "“{character}” {bits} bits",
    "copied": ", copied",
    "signs": DISPLAY_SYMBOLS,
}
LISTED = 20  # characters that are listed
LARGEST_COST = round(math.log2(TOTAL / LEAST))  # of a character, in bits


def figure(bits: float) -> str:
    """Format a cost in bits; of what is certain, too, it is not negative."""
    return f"{max(0.0, bits):.2f}"


def introduction(title: str, view: str) -> str:
    """State what a view of the page is, with the title of the chosen network."""
    told = {
        "surprise": "reads: how surprising is each character, given what stands before it?",
        "bits": "codes and decodes: the less surprising a text, the fewer its bits.",
        "experiment": "codes; then, what can a network learn of the bits?",
    }
    return f"**{literally(title)}** {told[view]}"


def reading(read: int, characters: int, limit: int | None) -> str:
    """State the progress of a reading; `limit` is the most characters that are read, where the text has reached it."""
    most = "" if limit is None else ", the most that the page takes"
    return f"Reading: {read:,} of {characters:,} characters{most}"


def stopped(read: int, characters: int) -> str:
    """State how far a reading came."""
    return f"Stopped: {read:,} of {characters:,} characters read"


def finished(
    characters: int, copied: int | None, folded: dict[str, int], dropped: dict[str, int], limit: int | None
) -> str:
    """State what was read, and what the network could not read as it stands.

    Args:
        characters: that were read.
        copied: those in passages of 30 characters and more that the network has learned; None where that is not known.
        folded: characters that were replaced by others, and their occurrences.
        dropped: characters that were left out, and their occurrences.
        limit: the most characters that are read, where the text has reached it.
    """
    parts = [f"{characters:,} characters read" if characters != 1 else "1 character read"]
    if limit is not None:
        parts[0] += f", the most that the page takes ({limit:,})"
    if copied is not None and characters:
        parts.append(f"{copied:,} copied from what it learned" if copied else "none copied")
    if dropped:
        parts.append(f"{sum(dropped.values()):,} left out: {_listed(dropped)}")
    if folded:
        capitals = {one: count for one, count in folded.items() if one.isupper()}
        others = {one: count for one, count in folded.items() if one not in capitals}
        if capitals:
            count = sum(capitals.values())
            parts.append(
                f"{count:,} capitals read as small letters" if count != 1 else "1 capital read as a small letter"
            )
        if others:
            parts.append(f"{sum(others.values()):,} replaced: {_listed(others)}")
    return "; ".join(parts)


def _listed(counts: dict[str, int]) -> str:
    more = f" and {len(counts) - LISTED} more" if len(counts) > LISTED else ""
    return " ".join(map(visible, list(counts)[:LISTED])) + more


def cost(bits: float) -> str:
    """State the mean cost of a text, in Markdown."""
    return f"**{figure(bits)}** bits per character"


def nats_and_perplexity(nats: float) -> str:
    """State the same cost in nats, and as the number of characters among which the network is undecided."""
    return f"{nats:.2f} nats, perplexity {perplexity(nats)}"


def perplexity(nats: float) -> str:
    """Format the perplexity of a mean cost."""
    return f"{math.exp(nats):.2f}" if nats < 20 else "∞"


def cost_at(temperature: float, bits: float) -> str:
    """State what the text would cost at a temperature."""
    if temperature == 0.0 and math.isinf(bits):
        return "At temperature 0 it is impossible: not all are top choices."
    if temperature == 0.0:
        return "At temperature 0: 0 bits, as all are top choices"
    if math.isinf(bits):
        return f"At temperature {temperature:.2f} it is impossible."
    return f"At temperature {temperature:.2f}: {figure(bits)} bits"


def best_at(temperature: float | None, highest: float) -> str:
    """State at which temperature the text costs least."""
    if temperature is None:
        return "This network gives this text no chance at any temperature."
    more = " or more" if temperature == highest else ""
    return f"This network predicts this text best at temperature {temperature:.2f}{more}."


def costliest(words: Sequence[CostlyWord]) -> str:
    """List the costliest words with their bits."""
    return "Costliest words: " + ", ".join(f"{isolated(word.word)} {word.bits:.0f}" for word in words) + " bits"


def standing(
    number: int,
    character: str,
    bits: float,
    rank: int,
    raw: float,
    top: tuple[str, float],
    temperature: float,
    q: float,
) -> str:
    """Head the chart of a choice: which character stands in the text, and what the network expected.

    Args:
        number: of the character in the text, from 1.
        character: that stands there.
        bits: its surprisal.
        rank: 0 for the top choice.
        raw: its probability.
        top: the top choice, and its probability.
        temperature: of the slider.
        q: the probability of the character there.
    """
    its = f"{percent(raw)} (rank {rank + 1}), and “{top[0]}” {percent(top[1])}" if rank else f"{percent(raw)}, the most"
    return (
        f"Character {number:,} is “{character}”: {figure(bits)} bits. The network gave it {its}. "
        f"At temperature {temperature:.2f} it has {percent(q)}."
    )


def after(end: str) -> str:
    """Head the chart of the character that would follow a text with this end."""
    if not end:
        return "What the network would expect a text to begin with."
    return f"What would follow “…{end}”. Click a character of the text to see the choice there."


def best_cell(temperature: float | None) -> str:
    """Format the best temperature of a network."""
    return "–" if temperature is None else f"{temperature:.2f}"


def share_read(read: int, characters: int) -> str:
    """Format how much of a text a network has read."""
    return f"{read:,}" if read == characters else f"{read:,} of {characters:,}"
