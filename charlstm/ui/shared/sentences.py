"""Every sentence that several pages share."""

import re
from collections.abc import Sequence

DEFAULT_SEED = "when a man has climbed high enough to look down upon his own errors, he begins to "
SEEDS = {
    "Errors": DEFAULT_SEED,
    "Truth": "what the philosophers have called the truth was perhaps only the error that lived the longest, and ",
    "Machine": "a machine that reads the philosophers learns their spelling first, and only later ",
    "Solitude": "he who has lived a long time alone speaks to his own shadow as if it were a ",
    "One word": "the ",
    "Nothing": "",
}
SEED_TEXT = "Seed text"
SEED_PLACEHOLDER = "Empty: the network starts from nothing."
MORE_SEEDS = "More seeds"
EXCERPT = "Excerpt"
FETCH = "Fetch the book (0.6 MB)"
FETCH_HELP = "Downloads the corpus once, so that the seed text can be an excerpt of it."
FETCHED_FAILED = "The book could not be fetched: this machine has no way to it. Everything else works without."
GENERATED_TEXT = "Generated text"
GENERATE = "Generate"
STOP = "Stop"
STEP = "Step"
CONTINUE = "Continue"
CLEAR = "Clear"
GENERATE_HELP = "Write from the seed text, from the beginning."
STOP_HELP = "Stop writing; Continue goes on from here."
STEP_HELP = "Write one character."
CONTINUE_HELP = "Go on from the present text."
CLEAR_HELP = "Back to the seed text alone."
SETTINGS = "Settings"
SETTINGS_HELP = (
    "Speed is in characters a second. Length is what Generate and Continue write. The same random seed throws "
    "the same dice. Epoch is how often the network had read its book; speed and epoch may change in mid-run."
)
SPEED = "Speed"
FASTEST = "as fast as possible"
LENGTH = "Length"
RANDOM_SEED = "Random seed"
EPOCH = "Epoch"
STRATEGIES = "Advanced: which characters may be drawn"
STRATEGIES_HELP = (
    "After the temperature, these cut characters off, in this order; the chart shows what is cut. At the end of its "
    "scale each lets all pass. Greedy, always the likeliest, is a top-k of 1."
)
TOP_K = "Top-k: only the k likeliest (0: all)"
TOP_P = "Top-p: only the likeliest that together reach p"
MIN_P = "Min-p: only those p times as likely as the likeliest"
TYPICAL_P = "Typical-p: only the least astonishing that together reach p"
REMOVED = "cut"
NETWORK = "Network"
ALL_NETWORKS = "Side by side"
TABLE = "The same figures as a table"
CHART_ALT = (
    "Two bar charts of the next character's probabilities, raw and reweighted by the temperature, "
    "and the die that chose. The switch below the chart shows the same figures as a table."
)
NO_MODELS = (
    "There is no trained network here yet. Train one with "
    "`python -m charlstm train --recipe book --corpus nietzsche --into models/nietzsche-book` "
    "(its first epoch takes a minute or two), or copy a model folder into `models/`; then reload this page."
)
REPLAY = "Replay"
AS_IT_WAS = "as it was"
WHAT_IF = "what if"
ONE_CHARACTER = ": one character"
UNIFORM = ": all alike"
STRIP_BOTTOM = "entropy: 0 bits"
CANCEL = "Cancel"
TEMPERATURE = "temperature"
FIGURES = {
    "real_words": "real words",
    "distinct_words": "distinct words",
    "repetition": "repeated text",
    "likeliest": "likeliest taken",
    "entropy": "entropy",
    "own_loss": "loss on its own text",
}
FIGURE_TITLES = {
    "shares": "What the texts are made of",
    "entropy": "Entropy of the choices, in bits",
    "own_loss": "Loss on its own text, in nats a character",
}
BOUNDS = {"low": "a tenth of the texts below", "middle": "median", "high": "a tenth of the texts above"}
REFERENCE = "its loss on real text that it never read"
BEST_EPOCHS = "Each column's network is taken as it was after its best epoch."
COMPARE_VIEW: dict[str, str | list[list[str]]] = {
    "temperature": "Temperature",
    "temperature_of": "Temperature of column {number}",
    "network_of": "Network of column {number}",
    "text": "Column {number}, text at temperature {temperature}",
    "text_of": "Column {number}, text of {network} at temperature {temperature}",
    "legend": [
        ["same", "abc", "as in the column to the left"],
        ["diverges", "a", "here it parts from it"],
        ["invented", "abc", "an invented word"],
    ],
}


def sample_label(temperature: float) -> str:
    """Name a recorded sample."""
    return f"temperature {temperature:.1f}"


def strip_top(bits: float, characters: int) -> str:
    """Name the top of the entropy's strip."""
    return f"{bits:.1f} bits: {characters} characters, all alike"


def dropped_characters(dropped: dict[str, int], networks: int = 1) -> str:
    """List the typed characters that the network cannot read, or at least one of several networks cannot."""
    listed = list(dropped)[:20]
    more = f" and {len(dropped) - len(listed)} more" if len(dropped) > len(listed) else ""
    why = "Left out, because this network has never seen them"
    if networks > 1:
        why = "Left out for each network that has never seen them"
    return f"{why}: {' '.join(listed)}{more}"


def not_offered(error: str) -> str:
    """State why a model folder cannot be chosen."""
    return f"Not offered: {error}"


def speed(rate: int) -> str:
    """Format a speed in characters a second."""
    return f"{rate} a second" if rate else FASTEST


def epoch_figures(epoch: int, held_out_loss: float, best: bool) -> str:
    """State the held-out loss after an epoch."""
    if epoch == 0:
        return "Epoch 0: untrained, every character is a guess."
    return f"Epoch {epoch}: {held_out_loss:.3f} nats a character on text it never read{' (the best)' if best else ''}."


def literally(text: str) -> str:
    """Return a text as Markdown that shows just that text.

    >>> literally("my *network*")
    'my \\\\*network\\\\*'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def about_networks(temperatures: Sequence[float]) -> str:
    """Describe the figures of the networks, some of which are measured at these temperatures."""
    loss = (
        "The held-out loss, in nats a character, is how much the end of a text that it never read surprises the "
        "network, on average; the lower the better."
    )
    if not temperatures:
        return loss
    at = ", ".join(f"{temperature:g}" for temperature in temperatures)
    return (
        f"{loss} Shares of real and of different words in what it writes at temperatures {at}; and how much of that it "
        "copied from the book in runs of 50 characters, the most at 0.5 and above."
    )


def kept(name: str) -> str:
    """State that a network is available on all pages."""
    return f"{name} is kept for this session, and chosen on all pages."


def too_many_of_your_own(most: int) -> str:
    """State that a viewer has as many networks as are allowed."""
    return f"you have {most} networks here already: forget one first"


def server_is_full(megabytes: int) -> str:
    """State that all viewers together use as much disk space as is allowed."""
    return f"all viewers of this server have {megabytes} MB of their own, which is all there is: try again later"


def disk_error(reason: str) -> str:
    """State that the server could not write a file."""
    return f"this server could not write it ({reason}): try again later"
