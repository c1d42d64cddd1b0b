"""Keras models: the book's LSTM, and networks that read streams (LSTM layers, gated causal convolutions)."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from charlstm.networks.architecture import Architecture, GatedConvolutions

Layers = dict[str, keras.Layer]
BFLOAT16_FROM = (8, 0)  # the compute capability from which on a GPU multiplies bfloat16 faster than float32


def fastest_precision() -> str:
    """Return the Keras dtype policy for a network that reads streams: mixed where all GPUs here are built for it.

    The weights are float32 in any case; bfloat16 has float32's range, so that no loss needs scaling.
    """
    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0)) for gpu in gpus]
    return "mixed_bfloat16" if details and min(details) >= BFLOAT16_FROM else "float32"


def book_network(vocabulary_size: int, units: int, maxlen: int | None, unroll: bool) -> keras.Model:
    """Return the book's network: one LSTM and a softmax over the characters.

    Source: Deep Learning with Python, listing 8.5.

    Args:
        vocabulary_size: V.
        units: memory cells of the LSTM.
        maxlen: characters in a window; None for any number.
        unroll: lay the steps out side by side in the graph; the same numbers, sooner on a CPU.

    Returns:
        A model from float32 (batch, maxlen, V), one-hot, to probs, float32 (batch, V).
    """
    return keras.Sequential(
        [
            keras.Input((maxlen, vocabulary_size)),
            keras.layers.LSTM(units, unroll=unroll, name="lstm_1"),
            keras.layers.Dense(vocabulary_size, activation="softmax", name="dense"),
        ]
    )


def stream_network(
    vocabulary_size: int, architecture: Architecture, precision: str = "float32"
) -> tuple[keras.Model, Layers]:
    """Return a network that gives probs after every character of a text of any length, and its layers by name.

    Args:
        vocabulary_size: V.
        architecture: which layers.
        precision: Keras's dtype policy of all layers but the last.

    Returns:
        A model from int32 ids (batch, T) to probs, float32 (batch, T, V), and what `logits_of` needs.
    """
    layers = _layers(vocabulary_size, architecture, precision)
    ids = keras.Input((None,), dtype="int32")
    return keras.Model(ids, keras.ops.softmax(logits_of(layers, architecture, ids))), layers


def logits_of(
    layers: Layers,
    architecture: Architecture,
    ids: Any,
    drop: Callable[[Any], Any] = lambda x: x,
    along: Callable[[keras.Layer, Any], Any] = lambda layer, x: layer(x),
) -> Any:
    """Return the logits after every character.

    Args:
        layers: as `stream_network` gives them.
        architecture: theirs.
        ids: int32 (batch, T).
        drop: what leaves numbers out between the layers while learning.
        along: what takes an LSTM or a convolution along the texts, (batch, T, below) -> (batch, T, H).

    Returns:
        float32 (batch, T, V).
    """
    if isinstance(architecture, GatedConvolutions):
        x = layers["embedding"](ids)
        for number in range(1, len(architecture.dilations) + 1):
            value, gate = keras.ops.split(along(layers[f"conv_{number}"], layers[f"norm_{number}"](x)), 2, axis=-1)
            x = x + layers[f"mix_{number}"](drop(keras.ops.tanh(value) * keras.ops.sigmoid(gate)))
        return layers["dense"](drop(layers["norm"](x)))
    x = keras.ops.one_hot(ids, layers["dense"].units)
    for number in range(1, len(architecture.units) + 1):
        x = drop(along(layers[f"lstm_{number}"], x))
    return layers["dense"](x)


def _layers(vocabulary_size: int, architecture: Architecture, precision: str) -> Layers:
    kinds, mixed = keras.layers, {"dtype": precision}
    layers: list[keras.Layer] = []
    if isinstance(architecture, GatedConvolutions):
        channels, width = architecture.channels, architecture.width
        layers.append(kinds.Embedding(vocabulary_size, channels, name="embedding", **mixed))
        for number, dilation in enumerate(architecture.dilations, start=1):
            layers += [
                kinds.LayerNormalization(name=f"norm_{number}", **mixed),
                kinds.Conv1D(
                    2 * channels, width, dilation_rate=dilation, padding="causal", name=f"conv_{number}", **mixed
                ),
                kinds.Dense(channels, name=f"mix_{number}", **mixed),
            ]
        layers.append(kinds.LayerNormalization(name="norm", **mixed))
    else:
        for number, units in enumerate(architecture.units, start=1):
            layers.append(kinds.LSTM(units, return_sequences=True, name=f"lstm_{number}", **mixed))
    layers.append(kinds.Dense(vocabulary_size, name="dense"))
    return {layer.name: layer for layer in layers}
