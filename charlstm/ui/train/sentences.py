"""Every sentence of the Train page."""

import math

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


def text_read(characters: int, different: int, left_out: dict[str, int]) -> str:
    """State what a network would read of a text."""
    sentence = f"{characters:,} characters, {different:,} different ones; the last tenth is held out."
    if left_out:
        shown = " ".join(character for character in list(left_out)[:12] if character.isprintable())
        more = " …" if len(left_out) > 12 else ""
        sentence += f" Left out, being too rare: {sum(left_out.values()):,} characters ({shown}{more})."
    return sentence


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
        sentence += f", {loss:.2f} nats a character"
    return sentence if left is None else f"{sentence}; about {duration(left)} left"


def somebody(epoch: int, epochs: int, left: float | None, longest: float) -> str:
    """State the progress of another viewer's training."""
    progress = f"in epoch {epoch} of {epochs}" if epoch else "getting ready"
    soon = "" if left is None else f"about {duration(left)} more, and "
    return (
        f"Somebody else's network is learning on this server, one at a time; it is {progress} and takes {soon}"
        f"{duration(longest)} at the most. Yours can begin then: this page will say so."
    )


def ended(ending: str, epochs: int | None, limit: str, error: str) -> str:
    """State why a training has ended, and what of it is finished."""
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
    """State the best epoch."""
    return f"The best is epoch {epoch}: {loss:.3f} nats a character on text it never reads."


def own_network(name: str, network: str, loss: float) -> str:
    """Describe a network of the viewer's own; its loss may be NaN."""
    return name + (f": {network}" if math.isnan(loss) else f": {network}, held-out loss {loss:.3f}")


def cannot_open_network(reason: str) -> str:
    """State why a zip is not taken."""
    return f"Not opened: {reason}."


def memory_limit(size: int) -> str:
    """Format a limit of memory."""
    return f"{size / 1e6:,.0f} MB"
