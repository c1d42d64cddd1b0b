"""State carried, 256 texts at once: NumPy against ONNX Runtime and a compiled TensorFlow step."""

from benchmarks.measure import Claim, report, times_as_fast, use_one_core

use_one_core()

import numpy as np  # noqa: E402

from benchmarks import contestants  # noqa: E402
from charlstm.generation.loop import generate_batch  # noqa: E402
from charlstm.networks.lstm import LstmNetwork  # noqa: E402

BATCH_SIZE, TEMPERATURE = 256, 0.5
SEED_IDS = np.arange(5) % contestants.CHARACTERS


def check_equal(network, engine, characters: int = 10) -> None:
    """Stop unless both engines give the same probs along 256 texts."""
    ours, theirs = network.prefill(SEED_IDS, BATCH_SIZE), engine.prefill(SEED_IDS, BATCH_SIZE)
    for ids in np.random.default_rng(2).integers(contestants.CHARACTERS, size=(characters, BATCH_SIZE)):
        network.step(ours, ids)
        engine.step(theirs, ids)
        np.testing.assert_allclose(network.probs(ours), engine.probs(theirs), atol=1e-5)


def writing(network, characters: int):
    """Return the work of writing, and how much it writes in each text."""
    steps = generate_batch(network, SEED_IDS, [TEMPERATURE] * BATCH_SIZE, 1_000_000, range(BATCH_SIZE))

    def work() -> None:
        for _ in range(characters):
            next(steps)

    return work, characters


def measure() -> list[Claim]:
    tensors = contestants.tensors()
    network = LstmNetwork(tensors, context="carried", window=contestants.WINDOW)
    engines = {
        "ONNX Runtime's LSTM step": contestants.OnnxEngine(tensors),
        "a compiled TensorFlow step": contestants.TensorFlowEngine(tensors),
    }
    targets = {"ONNX Runtime's LSTM step": 1, "a compiled TensorFlow step": 3}
    for engine in engines.values():
        check_equal(network, engine)
    others = {name: writing(engine, 8) for name, engine in engines.items()}
    ratios = times_as_fast(writing(network, 8), others, rounds=60)
    return [Claim(f"{BATCH_SIZE} texts at once: against {name}", ratios[name], targets[name]) for name in engines]


if __name__ == "__main__":
    report(measure)
