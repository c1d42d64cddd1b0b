"""State carried, one text: NumPy against Keras's predict, a compiled TensorFlow step, ONNX Runtime."""

from benchmarks.measure import Claim, report, times_as_fast, use_one_core

use_one_core()

import numpy as np  # noqa: E402

from benchmarks import contestants  # noqa: E402
from charlstm.generation.loop import TextGenerator  # noqa: E402
from charlstm.networks.lstm import LstmNetwork  # noqa: E402

SEED_IDS = np.arange(20) % contestants.CHARACTERS
TEMPERATURE = 0.5


def check_equal(network, engine, characters: int = 200) -> None:
    """Stop unless both engines give the same probs along a text."""
    ours, theirs = network.prefill(SEED_IDS), engine.prefill(SEED_IDS)
    for id_ in np.random.default_rng(2).integers(contestants.CHARACTERS, size=characters).tolist():
        network.step(ours, id_)
        engine.step(theirs, id_)
        np.testing.assert_allclose(network.probs(ours), engine.probs(theirs), atol=1e-5)


def writing(network, characters: int, seed_ids=SEED_IDS):
    """Return the work of writing, and how much it writes."""
    writer = TextGenerator(network, seed_ids, random_seed=1)

    def work() -> None:
        for _ in range(characters):
            writer.step(TEMPERATURE)

    return work, characters


def measure() -> list[Claim]:
    tensors = contestants.tensors()
    network = LstmNetwork(tensors, context="carried", window=contestants.WINDOW)
    engines = {
        "ONNX Runtime's LSTM step": contestants.OnnxEngine(tensors),
        "a compiled TensorFlow step": contestants.TensorFlowEngine(tensors),
        "keras.Model.predict": contestants.PredictEngine(tensors),
    }
    for engine in engines.values():
        check_equal(network, engine, characters=20)
    characters = {"ONNX Runtime's LSTM step": 200, "a compiled TensorFlow step": 20, "keras.Model.predict": 1}
    targets = {"ONNX Runtime's LSTM step": 2.5, "a compiled TensorFlow step": 20, "keras.Model.predict": 1000}
    others = {name: writing(engine, characters[name]) for name, engine in engines.items()}
    ratios = times_as_fast(writing(network, 400), others, rounds=60)
    return [Claim(f"one text, state carried: against {name}", ratios[name], targets[name]) for name in engines]


if __name__ == "__main__":
    report(measure)
