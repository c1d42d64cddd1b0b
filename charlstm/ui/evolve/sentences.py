"""Every sentence of the Evolve page."""

import math

EVOLVE_INTRODUCTION = (
    "**Watch it learn.** After every epoch, one reading of its book, the network wrote a sample from the same seed "
    "text with the same dice. Epoch 0 is the untrained network: noise."
)
PLAY = "Play"
PAUSE = "Pause"
LOSSES_ALT = "The losses on the text it learns and on text it never reads, epoch by epoch, and the chosen epoch."
SAMPLES = "What it wrote after this epoch, at the book's four temperatures"
NO_SAMPLES = "No sample was recorded after this epoch."
WRITE_AGAIN = "Write afresh, at two epochs, from the same seed text with the same dice"
OTHER_EPOCH = "Compare with epoch"
THROUGH_EPOCHS = "How the network came to expect the next character after the seed text"
THROUGH_ALT = "The raw probabilities of the likeliest next characters after the seed text, epoch by epoch."


def losses(learned: float, held_out: float) -> str:
    """State the losses; that of training is NaN for an untrained network."""
    on_learned = "" if math.isnan(learned) else f"{learned:.3f} nats a character on the text it learns, "
    return f"{on_learned}{held_out:.3f} on text it never reads"


def written_at(epoch: int) -> str:
    """Name a text that was written afresh."""
    return f"written at epoch {epoch}"
