"""Every sentence of the experiment with bits."""

import math

from charlstm.ui.shared.sentences import literally

CODED, AGAIN = "coded by a network", "Write again"
LARGE = "Large LSTM"  # whose code the third network has learned
LOSSES_ALT = (
    "The held-out loss in nats per bit after each epoch, of three networks: only that of ASCII falls below ln 2, which "
    "is 1 bit per bit."
)
EXPERIMENT = (
    "Three networks like the book's were trained on bits alone: 553,248 of 614,720 each, one text in three codes. In "
    "**ASCII** one found letters and words. After **gzip**, and **coded by a network** that knows Nietzsche "
    f"({LARGE}), the others found nothing: no bit follows from those before it. If a language were as well compressed, "
    "it would mean as much, and no such network could learn it. The structure has moved from the message into the "
    "code, and so coin tosses decode into Nietzsche. What a text means is in neither."
)


def experiment(title: str | None) -> str:
    """Tell the experiment, with the title of the network that codes, unless it is the one of the training."""
    if title is None:
        return EXPERIMENT
    return f"{EXPERIMENT} Here the last network continues bits of {literally(title)}, not of {LARGE}."


def continued(temperature: float) -> str:
    """Head what the networks write."""
    return f"Each continues the text's bits, at temperature {temperature:g}; decoded:"


def writes(code: str, nats: float, about: str) -> str:
    """Head what the network of a code writes, with its held-out loss in nats a bit."""
    return f"**{code}**: {nats:.3f} nats, {nats / math.log(2):.2f} bits per bit; {about}"


def wrote_ascii(count: int) -> str:
    """State how many bits are the network's own, and where they begin."""
    return f"{count:,} bits after a quarter."


def wrote_gzip(count: int, broken: bool, readable: bool) -> str:
    """State the same after gzip, and whether gzip cannot unpack all of them, or any."""
    begin = f"{count:,} bits after three fifths"
    if not broken:
        return f"{begin}."
    return f"{begin}, up to the first that gzip cannot unpack." if readable else f"{begin}, none that gzip can unpack."


def wrote_code(count: int) -> str:
    """State the same of a network's code, and where the words come from."""
    return f"{count:,} bits after a quarter, as good as coin tosses: the decoder makes words of them."
