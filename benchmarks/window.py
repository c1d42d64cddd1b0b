"""The book's window of 60 characters, exactly: NumPy against feeding the window afresh to Keras's predict."""

from benchmarks.measure import Claim, report, times_as_fast, use_one_core

use_one_core()

import numpy as np  # noqa: E402

from benchmarks import contestants  # noqa: E402
from benchmarks.carried_one import writing  # noqa: E402
from charlstm.generation.loop import TextGenerator, generate  # noqa: E402
from charlstm.networks.lstm import LstmNetwork  # noqa: E402

SEED_IDS = np.arange(contestants.WINDOW) % contestants.CHARACTERS
TEMPERATURE = 0.5


def check_same_text(network, engine, characters: int = 100) -> None:
    """Stop unless both write the same text with the same dice."""
    writer = TextGenerator(engine, SEED_IDS, random_seed=1)
    theirs = [writer.step(TEMPERATURE).character_id for _ in range(characters)]
    ours = [step.character_id for step in generate(network, SEED_IDS, TEMPERATURE, characters, random_seed=1)]
    if ours != theirs:
        raise AssertionError("stepping the window wrote another text than feeding it afresh")


def measure() -> list[Claim]:
    tensors = contestants.tensors()
    network = LstmNetwork(tensors, context="window", window=contestants.WINDOW)
    predict = contestants.WindowPredictEngine(tensors)
    check_same_text(network, predict)
    others = {"predict": writing(predict, 1, SEED_IDS)}
    ratios = times_as_fast(writing(network, 50, SEED_IDS), others, rounds=40)
    return [Claim("the book's window of 60, same text: against keras.Model.predict", ratios["predict"], 100)]


if __name__ == "__main__":
    report(measure)
