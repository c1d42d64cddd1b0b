"""Every sentence that several pages share."""

import re
import unicodedata
from collections.abc import Sequence

from charlstm.text.marks import without_rest

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
SEED_PLACEHOLDER = "Empty: the network starts without any text."
MORE_SEEDS = "More seeds"
EXCERPT = "Excerpt"
FETCH = "Use an excerpt from Nietzsche (downloads 0.6 MB)"
FETCH_HELP = "Downloads the corpus once; then the seed text can be any excerpt of it."
FETCHED_FAILED = "The corpus could not be downloaded. Check the connection; everything else works without it."
GENERATED_TEXT = "Generated text"
GENERATE = "Generate"
STOP = "Stop"
STEP = "Step"
CONTINUE = "Continue"
CLEAR = "Clear"
GENERATE_HELP = "Start again from the seed text."
STOP_HELP = "Stop writing. Continue resumes from here."
STEP_HELP = "Write one character."
CONTINUE_HELP = "Continue the current text."
CLEAR_HELP = "Remove everything but the seed text."
SETTINGS = "Settings"
MORE = "More"
LINK_TOO_LONG_FOR_CODE = (
    "This link is too long for a code that a phone could read from afar: with a shorter seed text it fits."
)
SETTINGS_HELP = (
    "Speed is in characters per second. Length is how many characters Generate and Continue write. The same random "
    "seed gives the same random numbers. Epoch, where there are several: how many times the network has read its "
    "text, or how many characters in a row it has counted. Speed and epoch can change while writing."
)
LETTERS = "Keyboard shortcuts: single letters"
LETTERS_HELP = "A letter presses the button that shows it. Off, a letter that is typed or said by mistake does nothing."
SPEED = "Speed"
FASTEST = "as fast as possible"
LENGTH = "Length"
RANDOM_SEED = "Random seed"
EPOCH = "Epoch"
FULL_TITLE = "All places are taken"
FULL = (
    "This page serves as many viewers at once as its machine can bear, and they are all here. Leave this tab open: it "
    "goes on by itself as soon as somebody leaves."
)
STRATEGIES = "Advanced: which characters may be drawn"
STRATEGIES_HELP = (
    "These remove characters, in this order, top-nσ before the temperature and the others after it; the chart shows "
    "which. At the end of its scale a filter removes none. Greedy choice, always the likeliest, is a top-k of 1."
)
LOOPS = "Advanced: against loops"
LOOPS_HELP = (
    "At low temperatures a text soon goes round in circles. These make less likely what the text already has, before "
    "the temperature acts. DRY is made against loops; the penalties also hold back letters that every word needs."
)
CHARACTERS = "Advanced: single characters"
CHARACTERS_HELP = (
    "␣ is the blank, ↵ the line end. Or hold Shift and click a character's bar in the chart: that switches it off, and "
    "on again."
)
ORDER = "Advanced: what acts first"
ORDER_HELP = "What you choose here acts first, in this order; all else follows in the usual order: {usual}."
BEAMS = "Advanced: beam search"
BEAMS_HELP = (
    "Nothing is drawn: of several texts that are written ahead, the likeliest is taken. Try it for a whole text. The "
    "likeliest text is a dull one: people do not write what is likeliest all the time."
)
SETTING_LABELS = {
    "top_k": "Top-k: only the k likeliest (0: all)",
    "top_p": "Top-p: only the likeliest whose probabilities add up to p",
    "min_p": "Min-p: only those at least p times as likely as the likeliest",
    "typical_p": "Typical-p: only the most typical whose probabilities add up to p",
    "top_n_sigma": "Top-nσ: only those at most n standard deviations below the likeliest, by logits (0: all)",
    "mirostat": "Mirostat: hold the surprise of the text at one level",
    "mirostat_tau": "Mirostat: bits of surprise per character",
    "mirostat_eta": "Mirostat: how fast it follows",
    "xtc": "XTC: now and then, leave out the likeliest",
    "xtc_probability": "XTC: how often",
    "xtc_threshold": "XTC: the probability from which a character counts as likely",
    "dry": "DRY: do not repeat what stands in the text",
    "dry_multiplier": "DRY: strength",
    "dry_base": "DRY: how much it grows with each repeated character",
    "dry_allowed_length": "DRY: repeated characters that are allowed",
    "repetition_penalty": "Repetition penalty: multiplies the log probability of what is there (1: off)",
    "frequency_penalty": "Frequency penalty: for each time it is there (0: off)",
    "presence_penalty": "Presence penalty: once if it is there (0: off)",
    "penalty_window": "Characters that these three look back",
    "ban": "Never draw these, such as 0-9",
    "bias": "Make these likelier or rarer, such as e=-2 z=1",
    "order": "First",
    "beams": "Beam search instead of drawing",
    "beam_width": "Texts that are kept",
    "beam_lookahead": "Characters that they are ahead",
}
_SHORT = {
    "temperature": "temperature",
    "dry": "DRY",
    "dry_multiplier": "DRY",
    "top_n_sigma": "top-nσ",
    "mirostat": "Mirostat",
    "mirostat_tau": "Mirostat",
    "xtc": "XTC",
    "xtc_probability": "XTC",
    "beam_width": "beam search",
}


def strategy(name: str) -> str:
    """Return the short name of a strategy."""
    return _SHORT.get(name, name.replace("_", "-" if name.endswith(("_k", "_p")) else " "))


def order_help(stages: Sequence[str]) -> str:
    """Say what the order is of, and the usual one."""
    return ORDER_HELP.format(usual=", ".join(map(strategy, ("bias", *stages))))


def order(stages: Sequence[str]) -> str:
    """List what acts now, in its order."""
    return f"Now: {' → '.join(map(strategy, stages))}."


def cannot_read(reason: str) -> str:
    """State why a text about characters counts for nothing."""
    known = {"none": "This network has none of these characters.", "all": "That would leave no character to draw."}
    return known.get(reason, f"This counts for nothing: {reason}.")


SHOWN_OF_SEED = 24  # characters before a recorded sample
REMOVED = "removed"
DRAWN = "drawn"
WOULD_BE_DRAWN = "would be drawn"
PICKED = "picked"
FOUND = "found"
STANDING = "in the text"
ENTROPY = "entropy"
BITS = "bits"
SLOPE = "slope 1/T ="
NETWORK = "Network"
ALL_NETWORKS = "About the networks"
TABLE = "The same figures as a table"
SAVE_CHART = "Save the chart as"
CHART_ALT = (
    "The next character's probabilities, raw and reweighted by the temperature, a row for each character; under them "
    "the same probabilities laid end to end at several temperatures, and the random number that selects. "
    "The menu More has the same figures as a table."
)
NO_MODELS = (
    "There is no trained network here yet. Train one with "
    "`python -m charlstm train --recipe book --corpus nietzsche --into models/nietzsche-book` "
    "(its first epoch takes a minute or two), or copy a model folder into `models/`; then reload this page."
)
TEXT_VIEW = {
    "replay": "Replay",
    "next_open": "Next open choice",
    "expected": "expected",
    "surprising": "surprising",
    "entropy": "entropy",
    "open": "≥ 2 bits",
    "entropy_help": "The entropy of each choice along the text; orange are those that are open.",
    "pick_help": "Arrow keys select a character; the keys 1 to 9 pick the character of that row of the chart.",
}
AS_IT_WAS = "original"
WHAT_IF = "branch"
STRIP_BOTTOM = "entropy: 0 bits"
CANCEL = "Cancel"
TEMPERATURE = "temperature"
FIGURES = {
    "real_words": "real words",
    "distinct_words": "distinct words",
    "repetition": "repeated text",
    "likeliest": "top choice taken",
    "entropy": "entropy",
    "own_loss": "loss on its own text",
}
FIGURE_TITLES = {
    "shares": "What the texts are made of",
    "entropy": "Entropy of the choices, in bits",
    "own_loss": "Loss on its own text, in nats per character",
}
BOUNDS = {"low": "10% of the texts are below", "middle": "median", "high": "10% of the texts are above"}
REFERENCE = "held-out loss"
BEST_EPOCHS = "Each column uses its network's best epoch."
COMPARE_VIEW: dict[str, str | list[list[str]]] = {
    "temperature": "Temperature",
    "temperature_of": "Temperature of column {number}",
    "network_of": "Network of column {number}",
    "text": "Column {number}, text at temperature {temperature}",
    "text_of": "Column {number}, text of {network} at temperature {temperature}",
    "legend": [
        ["same", "abc", "same as the column to the left"],
        ["diverges", "a", "first difference"],
        ["invented", "abc", "an invented word"],
    ],
}


# Of a bar of the chart of several texts, whole and short: where one network writes them all, where there are several,
# what is added once a character is drawn, or would be with other settings, and where filters removed some.
COLUMN_HEADINGS = (
    ("temperature {temperature}", "{temperature}"),
    ("{network} at temperature {temperature}", "{network}, {temperature}"),
    (" drew “{character}”: {raw} raw, {reweighted} reweighted", ": “{character}”, {raw} raw, {reweighted} reweighted"),
    (
        " would draw “{character}”: {raw} raw, {reweighted} reweighted",
        ": “{character}”? {raw} raw, {reweighted} reweighted",
    ),
    (", {removed} removed", ", {removed} removed"),
)


PAGES = "Pages"  # the menu of them, on a phone
RESET = "Reset all"
RESET_HELP = (
    "Back to the initial network, seed text and settings, on all pages. "
    "Undo brings the text back; networks of your own stay."
)


def column_of_branch(name: str, temperatures: Sequence[float]) -> str:
    """Name the column of a branch or its original, with the temperatures that its characters were drawn at."""
    if not temperatures:
        return name
    least, most = f"{min(temperatures):.3g}", f"{max(temperatures):.3g}"
    return f"{name}, at temperature {least}" if least == most else f"{name}, at temperatures {least} to {most}"


def sample_label(temperature: float) -> str:
    """Name a recorded sample."""
    return f"temperature {temperature:.1f}"


def seed_end(seed_text: str) -> str:
    """Return the last words of the seed text, which is the same for all samples."""
    if len(seed_text) <= SHOWN_OF_SEED:
        return seed_text
    end = without_rest(seed_text[-SHOWN_OF_SEED:])
    return "…" + (end.split(" ", 1)[1] if " " in end.rstrip() else end)


def strip_top(bits: float, characters: int) -> dict[str, str]:
    """Name the top of the entropy's strip, at length and short."""
    return {
        "label": f"{bits:.1f} bits: {characters} characters, all equally likely",
        "short": f"{bits:.1f} bits: all equally likely",
    }


def dropped_characters(dropped: dict[str, int], networks: int = 1) -> str:
    """List the typed characters that the network cannot read, or at least one of several networks cannot."""
    listed = list(dropped)[:20]
    more = f" and {len(dropped) - len(listed)} more" if len(dropped) > len(listed) else ""
    why = "Left out, because this network does not know them"
    if networks > 1:
        why = "Left out for each network that does not know them"
    return f"{why}: {' '.join(map(visible, listed))}{more}"


def visible(character: str) -> str:
    """Return a character, a combining mark on a circle, or a code where it cannot be seen.

    >>> visible("\u0301"), visible("\ufeff")
    ('\u25cc\u0301', 'U+FEFF')
    """
    if unicodedata.category(character).startswith("M"):
        return f"◌{character}"
    return character if character.isprintable() else f"U+{ord(character):04X}"


def not_offered(error: str) -> str:
    """State why a model folder cannot be chosen."""
    return f"Not offered: {error}"


def speed(rate: int) -> str:
    """Format a speed in characters a second."""
    return f"{rate} per second" if rate else FASTEST


def epoch_figures(epoch: int, held_out_loss: float, best: bool) -> str:
    """State the held-out loss after an epoch."""
    if epoch == 0:
        return "Epoch 0: untrained, it guesses every character."
    return f"Epoch {epoch}: held-out loss {held_out_loss:.3f} nats per character{' (the best)' if best else ''}."


def literally(text: str) -> str:
    """Return a text as Markdown that shows just that text.

    >>> literally("my *network*")
    'my \\\\*network\\\\*'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def about_networks(temperatures: Sequence[float]) -> str:
    """Describe the figures of the networks, some of which are measured at these temperatures."""
    loss = (
        "The held-out loss, in nats per character, is how surprising held-out text is to the network, on average; "
        "lower is better."
    )
    if not temperatures:
        return loss
    at = ", ".join(f"{temperature:g}" for temperature in temperatures)
    return (
        f"{loss} Real words and distinct words are shares of the words written at temperatures {at}; copied is the "
        "largest share of the text, at 0.5 and above, that stands in the corpus in runs of 50 characters."
    )


def qr_code_of(link: str) -> str:
    """Name the QR code of a link."""
    return f"QR code of {link}"


def kept(name: str) -> str:
    """State that a network is available on all pages."""
    return f"{name} is kept for this session and selected on all pages."


def too_many_of_your_own(most: int) -> str:
    """State that a viewer has as many networks as are allowed."""
    return f"you have {most} networks here already: remove one first"


def server_is_full(megabytes: int) -> str:
    """State that all viewers together use as much disk space as is allowed."""
    return f"the networks of all viewers fill the {megabytes} MB that this server has for them: try again later"


def disk_error(reason: str) -> str:
    """State that the server could not write a file."""
    return f"this server could not write it ({reason}): try again later"
