"""Every sentence of the Train page."""

import math

from charlstm.text.decoding import Case
from charlstm.ui.shared.sentences import visible

TITLE = "Train your own network"
TRAIN_INTRODUCTION = "Give it a text in any language, and watch it learn: first noise, then letters, then words."
NEXT_TEXT = "The next text"
NO_TEXT = "There is no text yet: paste one, or upload a file."
TRAIN_TEXT = "The text"
SOURCES = {"paste": "Paste", "upload": "Upload", "example": "Nietzsche"}
PASTE = "Text to learn"
PASTE_PLACEHOLDER = "Paste a text here: a story, songs, a play, letters. The longer, the better."
PASTED = "The pasted text"
PASTED_NAME = "pasted"
UPLOAD = "A text file, up to {megabytes} MB"
EXAMPLE_NAME = "nietzsche.txt"
EXAMPLE = "The first {characters:,} characters of the book's corpus."
RECIPES = {"counts": "Counting", "small-conv": "Small convolutions", "small": "A small LSTM"}
RECIPES_EXPLAINED = {
    "counts": "counts which character follows the last few; learns nothing",
    "small-conv": "five layers that see 63 characters; learns words the fastest",
    "small": "128 units that read one character at a time, as in the book",
}
CAPITALS = "Capitals"
CASES: dict[Case, str] = {"lower": "Lower case", "keep": "Capitals"}
ENCODING = "Encoding"
SCRIPTS = {
    "cp1252": "Western Europe",
    "macintosh": "Western Europe, old Mac",
    "cp437": "Western Europe, DOS",
    "cp1250": "Central Europe",
    "cp1257": "Baltic",
    "cp1251": "Cyrillic",
    "koi8-r": "Cyrillic",
    "cp1253": "Greek",
    "cp1254": "Turkish",
    "cp1255": "Hebrew",
    "cp1256": "Arabic",
    "cp1258": "Vietnamese",
    "cp874": "Thai",
    "cp949": "Korean",
    "cp932": "Japanese",
    "euc-jp": "Japanese",
    "gb18030": "Chinese",
    "big5": "Chinese, traditional",
    "cp950": "Chinese, traditional",
}
NOT_CONVERTED = "The file is not in UTF-8: choose the encoding in which it reads right, and convert it."
CONVERT = "Convert"
CONVERT_HELP = "Read the file in this encoding."
CONVERT_OTHERWISE = "Choose another encoding"
RECIPE = "The network"
EPOCHS = "Epochs: passes over the text"
ORDER = "Characters in a row to count, at most"
START = "Start"
GO_ON = "Resume"
USE = "Use it on all pages"
DOWNLOAD = "Download"
FORGET = "Remove"
START_HELP = "Start training, in a separate process at the lowest priority."
STOP_LEARNING_HELP = "Stop training. Finished epochs are kept."
GO_ON_HELP = "Resume after the last finished epoch."
USE_HELP = (
    "Keep the network for this session, at its best epoch, and select it on Write, Compare, Map, Evolve and Read."
)
DOWNLOAD_HELP = "Download the network as a zip, which this page can open again."
NO_TENSORFLOW = (
    "To learn, networks need TensorFlow, which is not installed here: `pip install -r requirements.txt` installs it. "
    "You can still count, and open a network from a zip."
)
NOT_LIMITED = "This system does not report the memory of a process, so the memory of the training is not limited."
LEFT_UNKNOWN = "the time left is known after the first epoch"
BEGINNING = "Getting ready: starting TensorFlow takes some seconds, or a minute on a busy machine."
COUNTING = "Counting takes a few seconds."
STOPPING = "Stopping after the current batch."
REPEATS = "The held-out end of this text repeats passages from the rest: the held-out loss will look better than it is."
PROGRESS_ALT = "The training loss and the held-out loss so far."
LATEST_SAMPLES = "What it writes after epoch {epoch}"
SAMPLES_OF_COUNTS = "What it writes, counting up to {epoch} characters"
OWN_NETWORKS = "Networks of your own"
OWN_NETWORKS_HELP = (
    "They belong to this session and are removed some minutes after this tab is closed: download what you want to keep."
)
OPEN_NETWORK = "Open a network: a zip that was downloaded here, up to {megabytes} MB"
TRAINING_TAKEN = "Someone else has just started a training. Yours can start when it has ended."


def text_read(characters: int, different: int, left_out: dict[str, int]) -> str:
    """State what a network would read of a text."""
    sentence = f"{characters:,} characters, {different:,} different; the last tenth is held out."
    if left_out:
        shown = " ".join(map(visible, list(left_out)[:12]))
        more = " …" if len(left_out) > 12 else ""
        sentence += f" Left out, as too rare or not text: {sum(left_out.values()):,} characters ({shown}{more})."
    return sentence


def capitals(count: int, different: int, kept: bool) -> str:
    """State what lower case does to the capitals of a text, of which there are some, or that they are kept."""
    what = "One capital is" if count == 1 else f"{count:,} capitals are"
    done, change = ("kept", "more") if kept else ("lowered", "fewer")
    characters = f"{different:,} different character{'' if different == 1 else 's'} {change}"
    return f"{what} {done}, {characters}." if different else f"{what} {done}."


def not_utf8(title: str) -> str:
    """Ask for the encoding of a file."""
    return f"{title} is not in UTF-8. Choose the encoding in which it reads right:"


def converted(title: str, name: str) -> str:
    """State in which encoding a file was read."""
    return f"{title} was converted from {encoding(name)}."


def encoding(name: str) -> str:
    """Return an encoding's name and where it is from."""
    return f"{name} ({SCRIPTS[name]})" if name in SCRIPTS else name


def cannot_learn(reason: str) -> str:
    """State why a text is not taken; the errors of decoding have no full stop."""
    return reason if reason.endswith(".") else f"{reason}."


def duration(seconds: float) -> str:
    """Format a duration."""
    if seconds < 50:
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def learning(epoch: int, epochs: int, done: int, total: int, loss: float, left: float | None) -> str:
    """State the progress of a training; its loss may be NaN."""
    sentence = f"Epoch {epoch} of {epochs}: {done:,} of {total:,} batches"
    if not math.isnan(loss):
        sentence += f", loss {loss:.2f} nats per character"
    return f"{sentence}; {LEFT_UNKNOWN}" if left is None else f"{sentence}; about {duration(left)} left"


def somebody(epoch: int, epochs: int, left: float | None, longest: float) -> str:
    """State the progress of another viewer's training."""
    progress = f"in epoch {epoch} of {epochs}" if epoch else "getting ready"
    soon = "" if left is None else f"about {duration(left)} more, and "
    return (
        f"Someone else is training a network on this server, which trains one at a time. It is {progress} and takes "
        f"{soon}{duration(longest)} at most. This page will tell you when yours can start."
    )


def ended(ending: str, epochs: int | None, limit: str, error: str) -> str:
    """State why a training has ended, and what of it is finished."""
    why = {
        "done": "Training is complete: all epochs are done, or further ones did not help",
        "asked": "Stopped",
        "time": f"Stopped after {limit}, the limit of this server",
        "left": "Stopped because the page was closed",
        "memory": f"Stopped because it used more memory than this server allows ({limit})",
        "failed": f"Training failed: {error}" if error else "Training failed without a message",
    }[ending]
    if epochs is None:
        kept = "no epoch was finished"
    else:
        kept = "only the untrained network is there" if epochs == 0 else f"{epochs} epochs are finished"
        if epochs == 1:
            kept = "one epoch is finished"
    return f"{why.rstrip('.')}; {kept}."


def counted(order: int, loss: float) -> str:
    """State that all is counted, and which of the counts predict best; `order` is the characters of the longest."""
    longest = f"Up to {order} characters in a row" if order > 1 else "Single characters"
    return f"Counted. {longest} predict best: {loss:.3f} nats per character on held-out text."


def best_epoch(epoch: int, loss: float) -> str:
    """State the best epoch."""
    return f"The best is epoch {epoch}: {loss:.3f} nats per character on held-out text."


def own_network(title: str, name: str, loss: float) -> str:
    """Describe a network of the viewer's own; its loss may be NaN."""
    return f"{title} ({name})" + ("" if math.isnan(loss) else f", held-out loss {loss:.3f}")


def cannot_open_network(reason: str) -> str:
    """State why a zip is not taken."""
    return f"Not opened: {reason}."


def memory_limit(size: int) -> str:
    """Format a limit of memory."""
    return f"{size / 1e6:,.0f} MB"
