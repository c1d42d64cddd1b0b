"""The same network in four engines, each with the face of `charlstm.networks.network.Network`.

So the same loop, with the same reweighting, dice and draw, writes with any of them, and what is
compared is the engine alone.
"""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.model_folder.epoch_weights import read_epoch
from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.store import open_model

Tensors = Mapping[str, NDArray[np.float32]]
UNITS, CHARACTERS, WINDOW = 128, 57, 60
MODEL = Path(__file__).resolve().parent.parent / "models" / "nietzsche-book"


def tensors() -> dict[str, NDArray[np.float32]]:
    """Return the weights of the trained network of this project, or random ones where it is not there."""
    try:
        model = open_model(MODEL)
        return read_epoch(MODEL / f"epoch-{model.manifest.best_epoch:03d}.safetensors", model.manifest)
    except ModelError:
        return random_tensors(np.random.default_rng(1))


def random_tensors(
    generator: np.random.Generator, units: int = UNITS, characters: int = CHARACTERS, scale: float = 1.0
) -> dict[str, NDArray[np.float32]]:
    """Return random weights of about the size of trained ones, times `scale`."""
    shapes: dict[str, tuple[tuple[int, ...], float]] = {
        "lstm_1/kernel": ((characters, 4 * units), 0.5),
        "lstm_1/recurrent_kernel": ((units, 4 * units), 0.2),
        "lstm_1/bias": ((4 * units,), 0.3),
        "dense/kernel": ((units, characters), 0.4),
        "dense/bias": ((characters,), 0.5),
    }
    return {
        name: generator.normal(0.0, scale * spread, shape).astype(np.float32)
        for name, (shape, spread) in shapes.items()
    }


class Engine:
    """What the loop asks of a network. An engine keeps `state.probs`, float32 (batch, V)."""

    vocabulary_size = CHARACTERS

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> SimpleNamespace:
        state = SimpleNamespace(batch_size=batch_size, probs=None)
        self.begin(state, 1 if batch_size is None else batch_size)
        for id_ in np.asarray(ids).tolist():
            self.step(state, id_ if batch_size is None else np.full(batch_size, id_))
        return state

    def probs(self, state: SimpleNamespace) -> NDArray[np.float64]:
        """Return what the loop is promised: float64 rows whose sum is 1."""
        probs = state.probs.astype(np.float64)
        probs /= probs.sum(axis=-1, keepdims=True)
        return probs[0] if state.batch_size is None else probs

    def begin(self, state: SimpleNamespace, batch_size: int) -> None:
        raise NotImplementedError

    def step(self, state: SimpleNamespace, ids: Any) -> None:
        raise NotImplementedError


class OnnxEngine(Engine):
    """ONNX Runtime's LSTM operator, one step at a time, its state carried by hand."""

    def __init__(self, tensors: Tensors) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(_onnx_step(tensors), options, providers=["CPUExecutionProvider"])
        self.one_hot = np.eye(CHARACTERS, dtype=np.float32)
        self.one_hot_of = [row.reshape(1, 1, CHARACTERS) for row in self.one_hot]

    def begin(self, state: SimpleNamespace, batch_size: int) -> None:
        state.hidden = state.cell = np.zeros((1, batch_size, UNITS), np.float32)

    def step(self, state: SimpleNamespace, ids: Any) -> None:
        x = self.one_hot_of[ids] if state.batch_size is None else self.one_hot[ids][None]
        feeds = {"x": x, "hidden": state.hidden, "cell": state.cell}
        state.probs, state.hidden, state.cell = self.session.run(None, feeds)


def _onnx_step(tensors: Tensors) -> bytes:
    """x [1, batch, V], hidden [1, batch, H], cell [1, batch, H] -> probs [batch, V], hidden, cell"""
    from onnx import TensorProto, helper, numpy_helper

    def by_gate(weights: NDArray[np.float32]) -> NDArray[np.float32]:
        i, f, c, o = np.split(weights, 4, axis=-1)
        return np.concatenate([i, o, f, c], axis=-1)  # ONNX's order

    bias = by_gate(tensors["lstm_1/bias"])
    weights = {
        "w": by_gate(tensors["lstm_1/kernel"]).T[None],
        "r": by_gate(tensors["lstm_1/recurrent_kernel"]).T[None],
        "b": np.concatenate([bias, np.zeros_like(bias)])[None],
        "dense_kernel": tensors["dense/kernel"],
        "dense_bias": tensors["dense/bias"],
        "direction": np.array([0]),
    }
    nodes = [
        helper.make_node("LSTM", ["x", "w", "r", "b", "", "hidden", "cell"], ["", "h", "c"], hidden_size=UNITS),
        helper.make_node("Squeeze", ["h", "direction"], ["rows"]),
        helper.make_node("MatMul", ["rows", "dense_kernel"], ["products"]),
        helper.make_node("Add", ["products", "dense_bias"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probs"], axis=-1),
    ]

    def value(name: str, *shape: int | None) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    graph = helper.make_graph(
        nodes,
        "step",
        [value("x", 1, None, CHARACTERS), value("hidden", 1, None, UNITS), value("cell", 1, None, UNITS)],
        [value("probs", None, CHARACTERS), value("h", 1, None, UNITS), value("c", 1, None, UNITS)],
        [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


class TensorFlowEngine(Engine):
    """One step of Keras's own LSTM cell and Dense, compiled by `tf.function`."""

    def __init__(self, tensors: Tensors) -> None:
        import keras
        import tensorflow as tf

        cell = keras.layers.LSTMCell(UNITS)
        dense = keras.layers.Dense(CHARACTERS, activation="softmax")
        cell.build((None, CHARACTERS))
        dense.build((None, UNITS))
        cell.set_weights([tensors[f"lstm_1/{name}"] for name in ("kernel", "recurrent_kernel", "bias")])
        dense.set_weights([tensors["dense/kernel"], tensors["dense/bias"]])
        state_spec = tf.TensorSpec([None, UNITS], tf.float32)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int32), state_spec, state_spec])
        def step(ids, hidden, memory):
            output, (hidden, memory) = cell(tf.one_hot(ids, CHARACTERS), [hidden, memory])
            return dense(output), hidden, memory

        self._compiled_step = step
        self.nothing = lambda batch_size: tf.zeros([batch_size, UNITS])

    def begin(self, state: SimpleNamespace, batch_size: int) -> None:
        state.hidden = state.memory = self.nothing(batch_size)

    def step(self, state: SimpleNamespace, ids: Any) -> None:
        ids = np.array([ids] if state.batch_size is None else ids, np.int32)
        probs, state.hidden, state.memory = self._compiled_step(ids, state.hidden, state.memory)
        state.probs = probs.numpy()


class PredictEngine(Engine):
    """`keras.Model.predict` for each character: one character with the state kept in the layer."""

    def __init__(self, tensors: Tensors) -> None:
        self.model = _keras_model(tensors, length=1, stateful=True)
        self.one_hot_of = [row.reshape(1, 1, CHARACTERS) for row in np.eye(CHARACTERS, dtype=np.float32)]

    def begin(self, state: SimpleNamespace, batch_size: int) -> None:
        self.model.layers[0].reset_states()

    def step(self, state: SimpleNamespace, ids: Any) -> None:
        state.probs = self.model.predict(self.one_hot_of[ids], verbose=0)


class WindowPredictEngine(Engine):
    """`keras.Model.predict` for each character as in the book: the last 60 characters, read afresh.

    Source: Deep Learning with Python, listing 8.8.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.model = _keras_model(tensors, length=WINDOW, stateful=False)

    def begin(self, state: SimpleNamespace, batch_size: int) -> None:
        state.text = []

    def step(self, state: SimpleNamespace, ids: Any) -> None:
        state.text.append(ids)

    def probs(self, state: SimpleNamespace) -> NDArray[np.float64]:
        x = np.zeros((1, WINDOW, CHARACTERS), np.float32)
        x[0, np.arange(WINDOW), state.text[-WINDOW:]] = 1.0
        probs = self.model.predict(x, verbose=0)[0].astype(np.float64)
        return probs / probs.sum()


def _keras_model(tensors: Tensors, length: int, stateful: bool) -> Any:
    import keras

    from charlstm.training.networks import set_tensors

    model = keras.Sequential(
        [
            keras.Input(batch_shape=(1, length, CHARACTERS)),
            keras.layers.LSTM(UNITS, stateful=stateful, name="lstm_1"),
            keras.layers.Dense(CHARACTERS, activation="softmax", name="dense"),
        ]
    )
    set_tensors(model, dict(tensors))
    return model
