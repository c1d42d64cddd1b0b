"""Each kind of network that can be imported, at 256 units: characters a second, and against Keras's predict.

Keras's network is given one character where the state is carried, and the whole window where there is one.
"""

from benchmarks.measure import Claim, report, times_as_fast, use_one_core

use_one_core()

import time  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.generation.loop import TextGenerator  # noqa: E402
from charlstm.networks.architecture import GruLayers, LstmLayers  # noqa: E402
from charlstm.networks.layers.layer import (  # noqa: E402
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    LayerNormalization,
    Lstm,
    OneHot,
    SimpleRnn,
)
from charlstm.networks.layers.stack import LayerStack  # noqa: E402
from charlstm.networks.network import Context  # noqa: E402
from charlstm.training.keras_files.exporting import keras_network  # noqa: E402

UNITS, CHARACTERS, WINDOW = 256, 57, 60
SEED_IDS = np.arange(WINDOW) % CHARACTERS
ROUNDS = 10
LEAST_A_SECOND = 60
BOTH_WAYS = Bidirectional(Lstm(UNITS, return_sequences=False), Lstm(UNITS, return_sequences=False, go_backwards=True))
STACKS = {
    "LSTM": (OneHot(), Lstm(UNITS)),
    "GRU": (OneHot(), Gru(UNITS)),
    "GRU, reset before, on an embedding": (Embedding(64), Gru(UNITS, reset_after=False)),
    "SimpleRNN": (OneHot(), SimpleRnn(UNITS)),
    "LSTM, hard sigmoid": (OneHot(), Lstm(UNITS, recurrent_activation="hard_sigmoid")),
    "two GRUs with norms": (OneHot(), Gru(UNITS), BatchNormalization(), Gru(UNITS), LayerNormalization()),
}
TRAINED: dict[str, LstmLayers | GruLayers] = {
    "LSTM": LstmLayers((UNITS,)),
    "GRU": GruLayers((UNITS,)),
}  # are of a kind of their own


def measure() -> list[Claim]:
    claims = []
    for name, layers in STACKS.items():
        stack = LayerStack((*layers, Dense(CHARACTERS)))
        claims += _claims(name, stack, "carried", 100)
        claims += _claims(name, stack, "window", 15)
    return claims + _claims("Bidirectional LSTM", LayerStack((OneHot(), BOTH_WAYS, Dense(CHARACTERS))), "window", 5)


def _claims(name: str, stack: LayerStack, context: Context, target: float) -> list[Claim]:
    generator = np.random.default_rng(1)
    architecture = TRAINED.get(name, stack)
    tensors = {
        name: np.abs(generator.normal(0.0, 0.1, shape)).astype(np.float32)
        if "variance" in name
        else generator.normal(0.0, 0.1, shape).astype(np.float32)
        for name, shape in architecture.tensor_shapes(CHARACTERS).items()
    }
    writer = TextGenerator(architecture.network(tensors, context, WINDOW), SEED_IDS, random_seed=1)

    def write(characters: int) -> None:
        for _ in range(characters):
            writer.step(0.5)

    write(20)
    began = time.perf_counter()
    write(100)
    a_second = 100 / (time.perf_counter() - began)
    ratio = times_as_fast((lambda: write(30), 30), {"predict": (_predict(stack, context), 1)}, ROUNDS)["predict"]
    what = f"{name}, {UNITS} units, {'state carried' if context == 'carried' else f'window of {WINDOW}'}"
    return [
        Claim(f"{what}: characters a second", a_second, LEAST_A_SECOND, unit=""),
        Claim(f"{what}: against keras.Model.predict", ratio, target),
    ]


def _predict(stack: LayerStack, context: Context):
    length = WINDOW if context == "window" else 1
    model = keras_network(stack, CHARACTERS, length)
    ids = SEED_IDS[None, :length]
    x = np.eye(CHARACTERS, dtype=np.float32)[ids] if isinstance(stack.layers[0], OneHot) else ids
    model.predict(x, verbose=0)
    return lambda: model.predict(x, verbose=0)


if __name__ == "__main__":
    report(measure)
