"""Keras models: the book's LSTM, and networks that read streams (LSTM layers, gated causal convolutions)."""

from collections.abc import Callable
from typing import Any

import keras

from charlstm.architecture import Architecture, GatedConvolutions

Layers = dict[str, keras.Layer]


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


def stream_network(vocabulary_size: int, architecture: Architecture) -> tuple[keras.Model, Layers]:
    """Return a network that gives probs after every character of a text of any length, and its layers by name.

    Returns:
        A model from int32 ids (batch, T) to probs, float32 (batch, T, V), and what `logits_of` needs.
    """
    layers = _layers(vocabulary_size, architecture)
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


def _layers(vocabulary_size: int, architecture: Architecture) -> Layers:
    kinds = keras.layers
    layers: list[keras.Layer] = []
    if isinstance(architecture, GatedConvolutions):
        channels, width = architecture.channels, architecture.width
        layers.append(kinds.Embedding(vocabulary_size, channels, name="embedding"))
        for number, dilation in enumerate(architecture.dilations, start=1):
            layers += [
                kinds.LayerNormalization(name=f"norm_{number}"),
                kinds.Conv1D(2 * channels, width, dilation_rate=dilation, padding="causal", name=f"conv_{number}"),
                kinds.Dense(channels, name=f"mix_{number}"),
            ]
        layers.append(kinds.LayerNormalization(name="norm"))
    else:
        for number, units in enumerate(architecture.units, start=1):
            layers.append(kinds.LSTM(units, return_sequences=True, name=f"lstm_{number}"))
    layers.append(kinds.Dense(vocabulary_size, name="dense"))
    return {layer.name: layer for layer in layers}
