"""Every sentence of the Evolve page."""

import math

EVOLVE_INTRODUCTION = (
    "**Watch it learn.** After every epoch, one pass over its text, the network wrote samples from the same seed "
    "text with the same random numbers. Epoch 0 is the untrained network: noise."
)
PLAY = "Play"
PAUSE = "Pause"
LOSSES_ALT = "The training loss and the held-out loss of every epoch, and the chosen epoch."
SAMPLES = "What it wrote after this epoch, at the book's four temperatures"
NO_SAMPLES = "No sample was recorded after this epoch."
WRITE_AGAIN = "Write again at two epochs, from the same seed text with the same random numbers"
OTHER_EPOCH = "Compare with epoch"
THROUGH_EPOCHS = "How the next character after the seed text was learned"
THROUGH_ALT = "The raw probabilities of the likeliest next characters after the seed text, epoch by epoch."


def losses(learned: float, held_out: float) -> str:
    """State the losses; that of training is NaN for an untrained network."""
    on_learned = "" if math.isnan(learned) else f"training loss {learned:.3f}, "
    return f"{on_learned}held-out loss {held_out:.3f} nats per character"


def written_at(epoch: int) -> str:
    """Name a text that was written afresh."""
    return f"written at epoch {epoch}"
