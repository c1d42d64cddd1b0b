"""Every sentence a user reads on the page."""

import math
import re
from collections.abc import Sequence

INTRODUCTION = (
    "**Watch a network write.** It read a book letter by letter, and writes on the same way: for every character "
    "it weighs the whole alphabet, and the **temperature** decides how daring it is."
)
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
CUT = "cut"
NETWORK = "Network"
ALL_NETWORKS = "Side by side"
TABLE = "The same figures as a table"
RAW_HEADING = "raw: what the network says"
CHART_ALT = (
    "Two bar charts of the next character's probabilities, raw and reweighted by the temperature, "
    "and the die that chose. The switch below the chart shows the same figures as a table."
)
NO_MODELS = (
    "There is no trained network here yet. Train one with "
    "`python -m charlstm train --recipe book --corpus nietzsche --into models/nietzsche-book` "
    "(its first epoch takes a minute or two), or copy a model folder into `models/`; then reload this page."
)
UNDO = "Undo"
REDO = "Redo"
SLOW_MOTION = "Slow motion"
BRANCH = "Write on from here"
UNDO_HELP = "Back to the text as it was before: nothing that was written is lost."
REDO_HELP = "Forward again to the text that was undone."
SLOW_HELP = "One press for each stage of the loop: the text, raw, reweighted, the die, the character."
BRANCH_HELP = (
    "The run parts here: it goes on at the present temperature with the same dice, beside what was written before."
)
REPLAY = "Replay"
AS_IT_WAS = "as it was"
WHAT_IF = "what if"
SHARE = "Share"
COPY_LINK = "Copy link"
LINK_COPIED = "Copied"
SHARE_HELP = (
    "The address bar holds the network, the seed text and the knobs: whoever opens the address sees the same text "
    "appear. A saved run also holds what changed in mid-run; it can be opened here, or written again by "
    "`python -m charlstm generate --replay`."
)
LINK_CANNOT = (
    "This text had its knobs turned in mid-run, or characters picked: an address cannot say that; a saved run can."
)
SAVE_RUN = "Save this run"
OPEN_RUN = "Open a saved run"
WRITING_AGAIN = "Writing it again"
RUN_IS_FULL = "This text is as long as it may become here ({longest:,} characters). Clear, or Generate, to begin again."

# The Evolve page
EVOLVE_INTRODUCTION = (
    "**Watch it learn.** After every epoch, one reading of its book, the network wrote a sample from the same seed "
    "text with the same dice. Epoch 0 is the untrained network: noise."
)
PLAY = "Play"
PAUSE = "Pause"
LOSSES_ALT = "The losses on the text it learns and on text it never reads, epoch by epoch, and the chosen epoch."
SAMPLES = "What it wrote after this epoch, at the book's four temperatures"
NO_SAMPLES = "No sample was recorded after this epoch."
AFRESH = "Write afresh, at two epochs, from the same seed text with the same dice"
OTHER_EPOCH = "Compare with epoch"
THROUGH_EPOCHS = "How the network came to expect the next character after the seed text"
THROUGH_ALT = "The raw probabilities of the likeliest next characters after the seed text, epoch by epoch."

# The Map page
MAP_INTRODUCTION = (
    "**Every temperature at once.** At 0 the network has one answer; at infinity it knows no difference. In between "
    "lies everything that is worth reading: the lines stand at the book's four temperatures."
)
MAP_SEED = "the more a man wishes to be free, the more he "
ONE_CHARACTER = ": one character"
UNIFORM = ": all alike"
STRIP_BOTTOM = "entropy: 0 bits"
ALPHABET_ALT = (
    "The whole alphabet against the temperature, from 0 to infinity: each character's part of the die as a band, "
    "the likeliest at the foot, the entropy as a curve above them, and a line at the present temperature."
)
TEXTS = "What the temperature makes of whole texts"
SWEEP = "Write at every temperature"
CANCEL = "Cancel"
NOT_SWEPT = "Nothing is written yet for this seed text. A network that reads its window afresh takes about a minute."
CSV = "The figures as CSV"
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
SWEEP_ALTS = {
    "shares": "Real words, distinct words, repeated text and likeliest characters taken, against the temperature.",
    "entropy": "The mean entropy of the choices against the temperature.",
    "own_loss": "The loss that the network gives to its own text against the temperature, and its loss on real text.",
}

# The Compare page
COMPARE_INTRODUCTION = (
    "**The same dice at several temperatures.** At every position each column is given the same die, so nothing "
    "differs but the temperature. They write the same text until one of them takes another character; from there "
    "on each reads its own."
)
COMPARE_NETWORKS_INTRODUCTION = (
    "**The same dice for several networks.** Each column is written by a network of its own, which is chosen at its "
    "head, and at every position all are given the same die. What differs at one temperature is what they have learned."
)
SEVERAL_NETWORKS = "A network for each column"
SEVERAL_NETWORKS_HELP = (
    "Each column then has a choice of networks at its head, which acts in mid-run, too. Where nothing is written yet, "
    "all columns begin at one temperature."
)
BEST_EPOCHS = "Each column's network is taken as it was after its best epoch."
COLUMNS = "Columns"
INDEPENDENT_DICE = "Independent dice"
INDEPENDENT_DICE_HELP = (
    "Each column then throws dice of its own: the first those of the random seed, the next those of the following "
    "number, and so on. This acts on the next text; another number of columns begins anew."
)
COMPARE_VIEW = {
    "temperature": "Temperature",
    "temperature_of": "Temperature of column {number}",
    "network_of": "Network of column {number}",
    "text": "Column {number}, text at temperature {temperature}",
    "text_of": "Column {number}, text of {network} at temperature {temperature}",
    "legend": [
        ["same", "abc", "as in the column to the left"],
        ["parts", "a", "here it parts from it"],
        ["invented", "abc", "an invented word"],
    ],
}
COMPARED_FIGURES = FIGURES | {"entropy": "mean entropy"}
RUNS_OF_EACH = "{runs} runs of each"
RUNS_OF_EACH_HELP = (
    "Writes many texts as each column does, at its temperature, with other dice each, and shows the spread of their "
    "figures: the median, and between which values the middle 80% of the texts lie."
)
PARTS_AT = "parts at"
LANES_ARE_FULL = (
    "These texts are as long as they may become here ({longest:,} characters each). Clear, or Generate, to begin again."
)
COMPARED_AHEAD = "The next character of each column, and the die that waits for it"
CUMULATIVE_EXPLAINED = (
    "Each bar lays its column's characters end to end, the likeliest first, and the one under the die is taken: the "
    "lower the temperature, the more of the bar the likeliest fill. Once the texts have parted, each bar has an order "
    "of its own."
)
CUMULATIVE_OF_NETWORKS_EXPLAINED = (
    "Each bar lays its column's characters end to end, the ones that its network finds the likeliest first, and the "
    "one under the die is taken: the surer a network, and the lower the temperature, the more of the bar the likeliest "
    "fill."
)
CUMULATIVE_ALT = (
    "A bar for each column: its reweighted probabilities at one position laid end to end from 0 to 1, the likeliest "
    "first, and the die as a line. The switch below the chart shows the same figures as a table."
)

# The Train page
TRAIN_INTRODUCTION = (
    "**Teach one yourself.** Give it a text, in any language, and watch a network of your own learn to write like it: "
    "noise first, then letters, then words."
)
TRAIN_TEXT = "The text"
SOURCES = {"paste": "Paste", "upload": "Upload", "example": "Nietzsche"}
PASTE = "Text to learn"
PASTE_PLACEHOLDER = "Paste a text here: a story, songs, a play, letters. The longer, the better it learns."
PASTED = "The pasted text"
PASTED_NAME = "pasted"
UPLOAD = "A text file in UTF-8, up to {megabytes} MB"
EXAMPLE_NAME = "nietzsche.txt"
EXAMPLE = "The book's own text, its first {characters:,} characters."
RECIPES = {"small-conv": "Small convolutions", "small": "A small LSTM"}
RECIPES_EXPLAINED = {
    "small-conv": "five layers that look back 63 characters; it learns words the soonest",
    "small": "128 memory cells that read one character after the other, as in the book",
}
RECIPE = "The network"
EPOCHS = "Epochs: how often it reads the text"
START = "Start"
GO_ON = "Go on"
USE = "Use it on all pages"
DOWNLOAD = "Download"
FORGET = "Forget"
START_HELP = "Begin to learn, in a process of its own that gives way to everything else on this server."
STOP_LEARNING_HELP = "Stop learning; the finished epochs stay."
GO_ON_HELP = "Go on from the last finished epoch."
USE_HELP = "Keep the network as it is after its best epoch, for this session: Write, Compare, Map and Evolve offer it."
DOWNLOAD_HELP = "The network as a zip of JSON and numbers; this page opens it again."
NO_TENSORFLOW = (
    "Learning needs TensorFlow, which is not installed here: `pip install -r requirements.txt` brings it. "
    "A network from elsewhere can be opened all the same."
)
NOT_LIMITED = "This system does not tell how much memory a process takes, so the memory of the training is not limited."
BEGINNING = "Getting ready: TensorFlow takes some seconds, on a busy machine a minute."
STOPPING = "Stopping: the batch at hand is finished first."
REPEATS = (
    "The end of this text, which is held out, has passages that it also learns: its loss on text it never reads "
    "will look better than it is."
)
PROGRESS_ALT = "The losses so far, on the text it learns and on text it never reads."
LATEST_SAMPLES = "What it writes after epoch {epoch}, on from the held-out end of the text"
OWN_NETWORKS = "Networks of your own"
OWN_NETWORKS_HELP = (
    "They belong to this session alone, are offered on all pages, and are gone some minutes after this tab is closed: "
    "download what you want to keep."
)
OPEN_NETWORK = "Open a network: a zip that was downloaded here, up to {megabytes} MB"
TRAINING_TAKEN = "Somebody else began a training in this moment; yours can begin when it has ended."


def sample_label(temperature: float) -> str:
    """Name a recorded sample."""
    return f"temperature {temperature:.1f}"


def alphabet_heading(shown: str) -> str:
    """Head the picture of one choice at every temperature."""
    where = f"The next character after “…{shown}”" if shown else "The first character, after nothing"
    return f"{where}: the die, upright, at every temperature"


def strip_top(bits: float, characters: int) -> str:
    """Name the top of the entropy's strip."""
    return f"{bits:.1f} bits: {characters} characters, all alike"


def texts_explained(temperatures: int, runs: int, length: int, coverage: float) -> str:
    """Say what a sweep does, and what its figures mean; `coverage` is NaN where the book's words are not known."""
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
    """Say how far a sweep has come."""
    return f"{share:.0%} written" if running else f"Cancelled; {share:.0%} was written"


def losses(learned: float, held_out: float) -> str:
    """Say how surprised the network was by each character; an untrained one has learned no text yet."""
    on_learned = "" if math.isnan(learned) else f"{learned:.3f} nats a character on the text it learns, "
    return f"{on_learned}{held_out:.3f} on text it never reads"


def written_at(epoch: int) -> str:
    """Name a text that was written afresh."""
    return f"written at epoch {epoch}"


def dropped_characters(dropped: dict[str, int], networks: int = 1) -> str:
    """Say which typed characters the network cannot read, or which one or the other of several cannot."""
    shown = list(dropped)[:20]
    more = f" and {len(dropped) - len(shown)} more" if len(dropped) > len(shown) else ""
    why = "Left out, because this network has never seen them"
    if networks > 1:
        why = "Left out for each network that has never seen them"
    return f"{why}: {' '.join(shown)}{more}"


def not_offered(complaint: str) -> str:
    """Say why a model folder cannot be chosen."""
    return f"Not offered: {complaint}"


def speed(rate: int) -> str:
    """Say a rate."""
    return f"{rate} a second" if rate else FASTEST


def uncertainty(bits: float) -> str:
    """Say an entropy in bits, and as a number of equally likely characters."""
    return f"{bits:.2f} bits, as if choosing among {2**bits:.1f} characters"


def uncertainty_short(bits: float) -> str:
    """Say an entropy where there is little room."""
    return f"{bits:.2f} bits ≈ {2**bits:.1f} characters"


def reweighted_heading(temperature: float) -> str:
    """Head the reweighted side."""
    return f"reweighted at temperature {temperature:g}: what is drawn from"


def die(u: float | None, taken: bool) -> str:
    """Say where the die fell, or what it will fall on."""
    if u is not None:
        return f"the die fell at {u:.3f}"
    return "picked by hand: no die was thrown" if taken else "laid end to end: the die will fall on one of these"


def setting(value: float) -> str:
    """Say a temperature, or another knob's place, in no more digits than it needs."""
    return f"{value:.3g}"


def in_force(temperature: float, filters: dict[str, float], epoch: int | None) -> str:
    """Say what a character was drawn with."""
    named = [f"{name.replace('_', '-')} {setting(value)}" for name, value in filters.items()]
    after = [] if epoch is None else [f"epoch {epoch}"]
    return ", ".join([f"at temperature {setting(temperature)}", *named, *after])


def what_if(number: int, character: str, was: str, u: float, now_in_force: str) -> str:
    """Say what the same die would have drawn otherwise."""
    falls = f"falls on “{character}” too" if character == was else f"falls on “{character}” instead of “{was}”"
    return f"What if? Character {number} {now_in_force}: the same die, {u:.3f}, {falls}"


def slow_text(shown: str, read: int, characters: int) -> str:
    """Say the first stage: the text so far."""
    if not characters:
        return "The text so far: nothing. The network starts from nothing. Press M for each of the four stages."
    which = f"all {read} characters of it" if read == characters else f"its last {read} characters"
    return f"The text so far: “…{shown}”. The network reads {which}. Press M for each of the four stages."


def slow_raw(count: int, likeliest: str, share: float, bits: float) -> str:
    """Say the second stage: the raw distribution."""
    return (
        f"1 of 4, raw: the network gives each of the {count} characters a probability, “{likeliest}” the largest, "
        f"{share:.1%}. It is as unsure as if choosing among {2**bits:.1f}."
    )


def slow_reweighted(temperature: float, likeliest: str, raw: float, reweighted: float, cut: int) -> str:
    """Say the third stage: the temperature, and the filters."""
    if temperature == 0.0:
        how = "temperature 0 leaves the likeliest alone"
    elif math.isinf(temperature):
        how = "an infinite temperature makes all alike"
    else:
        power = f"every probability to the power of 1/{setting(temperature)} = {setting(1 / temperature)}"
        how = f"{power}, made to sum to 1 again"
    filtered = f" The filters cut off {cut} characters." if cut else ""
    return f"2 of 4, reweighted: {how}. “{likeliest}” had {raw:.1%}, and now has {reweighted:.1%}.{filtered}"


def slow_die(u: float, start: float, end: float, character: str) -> str:
    """Say the fourth stage: the die."""
    return (
        f"3 of 4, the die falls at {u:.3f}: on the part from {start:.3f} to {end:.3f}, which is that of “{character}”."
    )


def slow_appended(character: str, raw: float, reweighted: float, picked: bool) -> str:
    """Say the end of the loop: the character."""
    how = "picked by hand" if picked else "drawn"
    return (
        f"4 of 4, “{character}” is {how} and appended: {raw:.1%} raw, {reweighted:.1%} reweighted. "
        "The text is one character longer, and the loop begins again."
    )


def seed_too_long(kept: int, enough: bool) -> str:
    """Say that an address holds only the end of the seed text."""
    then = "all that this network reads of it" if enough else "so the text would differ; a saved run holds it whole"
    return f"The seed text is too long for an address, which holds its last {kept:,} characters: {then}."


def writes_otherwise(model: str, position: int) -> str:
    """Say that this machine's network is not the one that wrote a saved run."""
    return (
        f"From character {position + 1} on this text is not the saved one: {model} on this machine has other weights."
    )


def cannot_open(reason: str) -> str:
    """Say why a saved run is not opened."""
    return f"Not opened: {reason}."


def ahead(shown: str) -> str:
    """Head the chart when it looks ahead."""
    where = f"The next character after “…{shown}”" if shown else "The first character, after nothing"
    return f"{where} (click a bar to choose it yourself)"


def streaming(in_force: str) -> str:
    """Head the chart while a text streams."""
    return f"The choices as they are made {in_force}"


def taken(number: int, character: str, picked: bool, in_force: str) -> str:
    """Head the chart when it shows a choice that was made."""
    how = "picked by hand" if picked else "drawn"
    return f"Character {number}: “{character}” was {how} {in_force}"


def epoch_figures(epoch: int, held_out_loss: float, best: bool) -> str:
    """Say how good the network was after an epoch."""
    if epoch == 0:
        return "Epoch 0: untrained, every character is a guess."
    return f"Epoch {epoch}: {held_out_loss:.3f} nats a character on text it never read{' (the best)' if best else ''}."


def about_real_words(coverage: float) -> str:
    """Say what counts as a real word; `coverage` is NaN where the words of the learned text are not known."""
    covered = "" if math.isnan(coverage) else f"; the list alone has {coverage:.1%} of the words of that text"
    return f"Real words stand in an English list, or in the text that the network learned from{covered}."


def about_real_words_of_each(coverages: dict[str, float]) -> str:
    """Say what counts as a real word where each column has a network of its own; by their names, NaN as above."""
    known = [f"{share:.1%} of those of {literally(name)}" for name, share in coverages.items() if not math.isnan(share)]
    covered = f". Of the words of these texts the list alone has: {', '.join(known)}" if known else ""
    return f"Real words stand in an English list, or in the text that the column's own network learned from{covered}."


def literally(text: str) -> str:
    """Return a text as Markdown that shows just that text.

    >>> literally("my *network*")
    'my \\\\*network\\\\*'
    """
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def about_networks(temperatures: Sequence[float]) -> str:
    """Say what the figures of the networks are, measured at these temperatures."""
    said = (
        "The held-out loss, in nats a character, is how much the end of a text that it never read surprises the "
        "network, on average; the lower the better."
    )
    if not temperatures:
        return said
    at = ", ".join(f"{temperature:g}" for temperature in temperatures)
    return (
        f"{said} Shares of real and of different words in what it writes at temperatures {at}; and how much of that it "
        "copied from the book in runs of 50 characters, the most at 0.5 and above."
    )


def share(value: float) -> str:
    """Say a share; a dash while there is nothing to count."""
    return "–" if math.isnan(value) else f"{value:.0%}"


def bits(value: float) -> str:
    """Say an entropy; a dash while there is nothing to count."""
    return "–" if math.isnan(value) else f"{value:.2f} bits"


def compared_figure(
    name: str, value: float, spread: tuple[float, float, float] | None, runs: int
) -> tuple[str, str, str]:
    """Say one figure of a column: its label, its value, and its spread over many runs."""
    form, said = ("{:.2f}", bits(value)) if name == "entropy" else ("{:.0%}", share(value))
    if spread is None:
        return COMPARED_FIGURES[name], said, ""
    low, median, high = map(form.format, spread)
    return COMPARED_FIGURES[name], said, f"{runs} runs: {median} ({low} to {high})"


def repeating(runs: int, length: int) -> str:
    """Say what is being written."""
    return f"Writing {runs} texts of {length} characters for each column"


def parts_at(column: int, position: int | None) -> str:
    """Say where a column parts from its left neighbour; the first has none."""
    if position is None:
        return "–" if column == 0 else "not yet"
    return f"character {position + 1}"


def compared(number: int, same_dice: bool) -> str:
    """Head the cumulative chart of a position that was written."""
    dice = "the same die fell on every bar" if same_dice else "each bar had a die of its own"
    return f"Character {number}: {dice}"


def comparing(same_dice: bool) -> str:
    """Head the cumulative chart while the texts stream."""
    return f"The choices as they are made: {'the same die for every bar' if same_dice else 'each bar has its own die'}"


def lane_taken(
    network: str | None, temperature: float, character: str, raw: float, reweighted: float, cut_off: float
) -> tuple[str, str]:
    """Say over a bar what was taken; and where there is less room."""
    whole, short = _lane(network, temperature)
    return (
        f"{whole} took “{character}”: {raw:.1%} raw, {reweighted:.1%} reweighted{lost(cut_off)}",
        f"{short}: “{character}”, {raw:.0%} raw, {reweighted:.0%} here{lost(cut_off)}",
    )


def lane_ahead(network: str | None, temperature: float, cut_off: float) -> tuple[str, str]:
    """Say over a bar what it is, before anything was taken; and where there is less room."""
    whole, short = _lane(network, temperature)
    return f"{whole}{lost(cut_off)}", f"{short}{lost(cut_off)}"


def _lane(network: str | None, temperature: float) -> tuple[str, str]:
    """Name a column by its temperature, and by its network where they differ."""
    if network is None:
        return f"temperature {temperature:.2f}", f"{temperature:.2f}"
    return f"{network} at temperature {temperature:.2f}", f"{network}, {temperature:.2f}"


def lost(cut_off: float) -> str:
    """Say how much the filters cut off, if anything."""
    return f", {cut_off:.0%} cut off" if cut_off else ""


def empty_text(title: str) -> str:
    """Say that there is nothing to learn."""
    return f"{title} is empty: there is nothing to learn from it."


def text_too_large(title: str, size: int, most: int) -> str:
    """Say that a text is larger than the page takes."""
    return (
        f"{title} has {size / 1e6:.1f} MB, and {most / 1e6:.0f} MB are the most here; "
        "`python -m charlstm train` on a machine of your own learns larger ones."
    )


def not_a_text(title: str) -> str:
    """Say that a file is something else."""
    return f"{title} is not a text: it is full of control characters."


def too_few_characters(title: str, different: int) -> str:
    """Say that a text teaches nothing."""
    count = "only one character" if different == 1 else f"only {different} different characters"
    return f"{title} has {count}, so there is next to nothing to predict: give it a text in words."


def text_too_short(title: str, characters: int, least: int) -> str:
    """Say that a text is too short to learn from and to hold some of it out."""
    return f"{title} has {characters:,} characters; it takes at least {least:,} to learn anything."


def text_read(characters: int, different: int, left_out: dict[str, int]) -> str:
    """Say what a network would read of a text."""
    said = f"{characters:,} characters, {different:,} different ones; the last tenth is held out."
    if left_out:
        shown = " ".join(character for character in list(left_out)[:12] if character.isprintable())
        more = " …" if len(left_out) > 12 else ""
        said += f" Left out, being too rare: {sum(left_out.values()):,} characters ({shown}{more})."
    return said


def cannot_learn(reason: str) -> str:
    """Say why a text is not taken; decoding says it without a full stop."""
    return reason if reason.endswith(".") else f"{reason}."


def duration(seconds: float) -> str:
    """Say how long something takes."""
    if seconds < 50:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def learning(epoch: int, epochs: int, done: int, total: int, loss: float, left: float | None) -> str:
    """Say how far a training is."""
    said = f"Epoch {epoch} of {epochs}: {done:,} of {total:,} batches"
    if not math.isnan(loss):
        said += f", {loss:.2f} nats a character"
    return said if left is None else f"{said}; about {duration(left)} left"


def somebody(epoch: int, epochs: int, left: float | None, longest: float) -> str:
    """Say that the server is taken."""
    share = f"in epoch {epoch} of {epochs}" if epoch else "getting ready"
    soon = "" if left is None else f"about {duration(left)} more, and "
    return (
        f"Somebody else's network is learning on this server, one at a time; it is {share} and takes {soon}"
        f"{duration(longest)} at the most. Yours can begin then: this page will say so."
    )


def ended(ending: str, epochs: int | None, limit: str, error: str) -> str:
    """Say why a training has ended, and what there is of it."""
    why = {
        "done": "It has learned all it was asked to, or nothing more that helps",
        "asked": "Stopped",
        "time": f"Stopped after {limit}, which is the longest that this server lets one learn",
        "left": "Stopped, because nobody was there to see it",
        "memory": f"Stopped, because it took more memory than this server has for it ({limit})",
        "failed": f"It failed: {error}" if error else "It failed without a word",
    }[ending]
    if epochs is None:
        kept = "no epoch was finished"
    else:
        kept = "the untrained network is there" if epochs == 0 else f"{epochs} of its epochs are finished"
        if epochs == 1:
            kept = "one epoch is finished"
    return f"{why.rstrip('.')}; {kept}."


def best_epoch(epoch: int, loss: float) -> str:
    """Say which epoch is the one to keep."""
    return f"The best is epoch {epoch}: {loss:.3f} nats a character on text it never reads."


def kept(name: str) -> str:
    """Say that a network is there for all pages."""
    return f"{name} is kept for this session, and chosen on all pages."


def own_network(name: str, network: str, loss: float) -> str:
    """Say which network of one's own this is."""
    return name + (f": {network}" if math.isnan(loss) else f": {network}, held-out loss {loss:.3f}")


def cannot_open_network(reason: str) -> str:
    """Say why a zip is not taken."""
    return f"Not opened: {reason}."


def too_many_of_your_own(most: int) -> str:
    """Say that a viewer has as many networks as may be."""
    return f"you have {most} networks here already: forget one first"


def server_is_full(megabytes: int) -> str:
    """Say that all viewers together have as much as may be."""
    return f"all viewers of this server have {megabytes} MB of their own, which is all there is: try again later"


def no_room_on_the_disk(reason: str) -> str:
    """Say that the server's disk took nothing more."""
    return f"this server could not write it ({reason}): try again later"


def memory_limit(size: int) -> str:
    """Say a limit of memory."""
    return f"{size / 1e6:,.0f} MB"
