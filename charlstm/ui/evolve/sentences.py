"""Every sentence of the Evolve page."""

from collections.abc import Sequence

from charlstm.ui.shared.sentences import literally

TITLE = "A network as it learns"
PLAY = "Play"
PAUSE = "Pause"
LOSSES_ALT = "The training loss and the held-out loss of every epoch, and the chosen epoch."
WATCH_BOOKS = "Watch the book's LSTM"
NO_SAMPLES = "No sample was recorded after this epoch."
WRITE_AGAIN = "Write again at two epochs, with the same seed text and random numbers"
ONE_EPOCH = "Write at epoch"
OTHER_EPOCH = "Compare with epoch"
THROUGH_ALT = (
    "The probabilities of the likeliest next characters after the seed text at the temperature, epoch by epoch."
)


def introduction(title: str, counts: bool) -> str:
    """State what the page is, with the title of the chosen network, and whether that counts."""
    if counts:
        return f"**{literally(title)}**: epoch 1 counted single characters, epoch 2 pairs, and so on."
    return f"**{literally(title)}**, after each pass over its text: from noise to words."


def one_epoch(title: str, epoch: int) -> str:
    """State that there is nothing to play."""
    return f"{title} keeps one epoch only, {epoch}, so there is nothing to play."


def weights_of_one(epoch: int) -> str:
    """State that only what was recorded of the other epochs can be shown."""
    return f"Only epoch {epoch} of this network was saved; the other epochs show the samples that were recorded then."


def show_other(title: str) -> str:
    """Name the button that chooses another network."""
    return f"Watch {title}"


def recorded(epoch: int, samples: bool, held_out: float | None) -> str:
    """State when the samples were written, so that nobody waits for them to follow a slider; and the held-out loss."""
    when = "before any training" if epoch == 0 else f"in training, after epoch {epoch}"
    parts = [f"Written {when}"] if samples else []
    parts += [] if held_out is None else [f"held-out loss {held_out:.3f} nats"]
    return "; ".join(parts)


def through_epochs(end: str, temperature: float, epoch: int, likeliest: Sequence[tuple[str, float]]) -> str:
    """Head the chart of one character through the epochs, after a text with this end, and tell the chosen epoch's."""
    after = f"after “…{end}”" if end else "the first character"
    told = ", ".join(f"“{character}” {share:.0%}" for character, share in likeliest)
    return f"T {temperature:.2f}, {after}, epoch {epoch}: {told}"


def written_at(epoch: int) -> str:
    """Name a text that was written afresh."""
    return f"written at epoch {epoch}"
