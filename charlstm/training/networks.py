"""Keras models and their weights by name.

The book's LSTM, which reads windows, and networks that read streams: LSTM or GRU layers, and gated causal convolutions.
"""

import platform
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from charlstm.networks.architecture import Architecture, GatedConvolutions, RecurrentLayers

Layers = dict[str, keras.Layer]
RECURRENT = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}  # by the kind of the architecture
BFLOAT16_FROM = (8, 0)  # the compute capability from which on a GPU multiplies bfloat16 faster than float32


def fastest_dtype_policy() -> str:
    """Return the Keras dtype policy for a network that reads streams: mixed where all GPUs here are built for it.

    The weights are float32 in any case; bfloat16 has float32's range, so that no loss needs scaling.
    """
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0)) for gpu in gpus]
    return "mixed_bfloat16" if details and min(details) >= BFLOAT16_FROM else "float32"


def library_versions() -> dict[str, str]:
    """Return the versions of Python, TensorFlow and Keras, and the GPUs' names where there are any."""
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return versions | ({"device": ", ".join(names)} if names else {})


def book_network(vocabulary_size: int, units: int, maxlen: int | None, unroll: bool, kind: str = "lstm") -> keras.Model:
    """Return the book's network: one LSTM, or a GRU in its place, and a softmax over the characters.

    Source: Deep Learning with Python, listing 8.5.

    Args:
        vocabulary_size: V.
        units: memory cells of the LSTM.
        maxlen: characters in a window; None for any number.
        unroll: unroll the steps in the graph; the same numbers, sooner on a CPU.
        kind: "lstm" or "gru".

    Returns:
        A model from float32 (batch, maxlen, V), one-hot, to probs, float32 (batch, V).
    """
    return keras.Sequential(
        [
            keras.Input((maxlen, vocabulary_size)),
            RECURRENT[kind](units, unroll=unroll, name=f"{kind}_1"),
            keras.layers.Dense(vocabulary_size, activation="softmax", name="dense"),
        ]
    )


def stream_network(
    vocabulary_size: int, architecture: Architecture, dtype_policy: str = "float32"
) -> tuple[keras.Model, Layers]:
    """Return a network that gives probs after every character of a text of any length, and its layers by name.

    Args:
        vocabulary_size: V.
        architecture: which layers.
        dtype_policy: Keras's, of all layers but the last.

    Returns:
        A model from int32 ids (batch, T) to probs, float32 (batch, T, V), and what `logits_of` needs.
    """
    layers = _layers(vocabulary_size, architecture, dtype_policy)
    ids = keras.Input((None,), dtype="int32")
    return keras.Model(ids, keras.ops.softmax(logits_of(layers, architecture, ids))), layers


def logits_of(
    layers: Layers,
    architecture: Architecture,
    ids: Any,
    dropout: Callable[[Any], Any] = lambda x: x,
    apply: Callable[[keras.Layer, Any], Any] = lambda layer, x: layer(x),
) -> Any:
    """Return the logits after every character.

    Args:
        layers: as `stream_network` gives them.
        architecture: theirs.
        ids: int32 (batch, T).
        dropout: applied to the inputs of the upper layers while training.
        apply: applies an LSTM or a convolution, (batch, T, features) -> (batch, T, H).

    Returns:
        float32 (batch, T, V).
    """
    if isinstance(architecture, GatedConvolutions):
        x = layers["embedding"](ids)
        for number in range(1, len(architecture.dilations) + 1):
            value, gate = keras.ops.split(apply(layers[f"conv_{number}"], layers[f"norm_{number}"](x)), 2, axis=-1)
            x = x + layers[f"mix_{number}"](dropout(keras.ops.tanh(value) * keras.ops.sigmoid(gate)))
        return layers["dense"](dropout(layers["norm"](x)))
    assert isinstance(architecture, RecurrentLayers)
    x = keras.ops.one_hot(ids, layers["dense"].units)
    for number in range(1, len(architecture.units) + 1):
        x = dropout(apply(layers[f"{architecture.kind}_{number}"], x))
    return layers["dense"](x)


def _layers(vocabulary_size: int, architecture: Architecture, dtype_policy: str) -> Layers:
    policy = {"dtype": dtype_policy}
    layers: list[keras.Layer] = []
    if isinstance(architecture, GatedConvolutions):
        channels, width = architecture.channels, architecture.width
        layers.append(keras.layers.Embedding(vocabulary_size, channels, name="embedding", **policy))
        for number, dilation in enumerate(architecture.dilations, start=1):
            layers += [
                keras.layers.LayerNormalization(name=f"norm_{number}", **policy),
                keras.layers.Conv1D(
                    2 * channels, width, dilation_rate=dilation, padding="causal", name=f"conv_{number}", **policy
                ),
                keras.layers.Dense(channels, name=f"mix_{number}", **policy),
            ]
        layers.append(keras.layers.LayerNormalization(name="norm", **policy))
    else:
        assert isinstance(architecture, RecurrentLayers)
        for number, units in enumerate(architecture.units, start=1):
            name = f"{architecture.kind}_{number}"
            layers.append(RECURRENT[architecture.kind](units, return_sequences=True, name=name, **policy))
    layers.append(keras.layers.Dense(vocabulary_size, name="dense"))
    return {layer.name: layer for layer in layers}


def weight_names(model: keras.Model) -> list[str]:
    """Return the names of a model's weights in a model folder: lstm_1/kernel, dense/bias, and so on."""
    return [f"{layer.name}/{weight.name}" for layer in model.layers for weight in layer.weights]


def get_tensors(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Return a model's weights by their names in a model folder."""
    return dict(zip(weight_names(model), model.get_weights(), strict=True))


def set_tensors(model: keras.Model, tensors: dict[str, NDArray[np.floating]]) -> None:
    """Set a model's weights.

    Raises:
        KeyError, ValueError: the tensors are those of another network.
    """
    model.set_weights([tensors[name].astype(np.float32) for name in weight_names(model)])
