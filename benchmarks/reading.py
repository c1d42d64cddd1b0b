"""What the page Read needs for a pasted text, with the large network: all of it, and the first tints of it.

python -m benchmarks.reading    # a minute
"""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

from functools import partial  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.evaluation.reading import Reading  # noqa: E402
from charlstm.evaluation.scoring import surprisal_of_text  # noqa: E402
from charlstm.model_folder.location import models_folder  # noqa: E402
from charlstm.model_folder.store import open_model  # noqa: E402
from charlstm.ui.read.state import FIRST_SECONDS, ReadState, excerpt  # noqa: E402

LARGE, LENGTH, ROUNDS = "nietzsche-all", 10_000, 3
TYPED = "the will to power is "


def measure() -> list[Claim]:
    """Return the seconds of computing, without a browser."""
    model = open_model(models_folder() / LARGE)
    network, vocabulary, text = model.network(), model.vocabulary, excerpt()[:LENGTH]

    def read_all() -> None:
        Reading(network, vocabulary, text).advance()

    def first_message() -> None:
        state = ReadState(typed=text)
        state.read_with(network, vocabulary, model.passages)
        state.advance()
        assert state.current.read > 0

    def bare() -> None:
        surprisal_of_text(network, vocabulary.fold_and_encode(text))

    first = max(seconds(first_message) for _ in range(ROUNDS))
    whole, alone = [], []
    for _ in range(ROUNDS):
        whole.append(seconds(read_all))
        alone.append(seconds(bare))
    typed, found = _at_work(Reading(network, vocabulary, text), text)
    return [
        Claim(f"{LARGE} reads {LENGTH:,} characters, best of {ROUNDS}: seconds", min(whole), 12.0, False, " s"),
        Claim("the same, with its cost at every temperature, over its surprisals alone", min(whole) / min(alone), None),
        Claim(f"first tints of a pasted text, {FIRST_SECONDS:g} s of reading: seconds", first, 0.5, False, " s"),
        Claim("a character typed at the end of it, the slowest: seconds", max(typed), 0.1, False, " s"),
        Claim("any clicked character's distribution, the slowest: seconds", max(found), 0.6, False, " s"),
    ]


def _at_work(reading: Reading, text: str) -> tuple[list[float], list[float]]:
    """Return how long each typed character took, and each distribution somewhere in the text."""
    reading.advance()
    generator = np.random.default_rng(1)

    def type_on(end: int) -> None:
        reading.change(text + TYPED[:end])
        reading.advance()

    typed, found = [], []
    for end in range(1, len(TYPED) + 1):
        typed.append(seconds(partial(type_on, end)))
        place = int(generator.integers(len(text)))
        found.append(seconds(partial(reading.probs_at, place)))
    return typed, found


if __name__ == "__main__":
    report(measure)
