"""The layers' equations once more, in float64 and as plainly as they are written: what an import is compared with where
Keras 3 cannot run a file itself.

Nothing here is shared with the forward pass but the names of activation functions.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from charlstm.networks.layers.activations import activation_of
from charlstm.networks.layers.layer import (
    Activation,
    BaseLayer,
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    LayerNormalization,
    Lstm,
    Masking,
    OneHot,
    Recurrent,
)
from charlstm.training.keras_files.conversion import Converted

Array64 = NDArray[np.float64]
Read = NDArray[np.bool_]  # (rows, T): which times are read; the others are masked


def reference_probs(layers: Sequence[Converted], ids: NDArray[np.integer], every_time: bool) -> Array64:
    """Return the probs of the next character.

    Args:
        layers: as `convert_chain` gives them.
        ids: (rows, T).
        every_time: after every character (layers that read backwards then see all of the text), or after the last.

    Returns:
        float64 (rows, T, V), or (rows, V).
    """
    x, read = np.zeros((*ids.shape, 1)), np.ones(ids.shape, bool)
    for converted in layers:
        weights = {name: weight.astype(np.float64) for name, weight in converted.weights.items()}
        if isinstance(converted.layer, OneHot):
            x = (ids[..., None] == np.arange(_characters(layers))).astype(np.float64)
        else:
            x, read = _apply(converted.layer, weights, x, ids, read, every_time)
    logits = x if every_time or x.ndim == 2 else x[:, -1]
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _characters(layers: Sequence[Converted]) -> int:
    """Return how many rows the first weights have, which is how many characters there are."""
    return next(len(weight) for converted in layers for weight in converted.weights.values())


def _apply(
    layer: BaseLayer,
    weights: dict[str, Array64],
    x: Array64,
    ids: NDArray[np.integer],
    read: Read,
    every_time: bool,
) -> tuple[Array64, Read]:
    if isinstance(layer, Embedding):
        return weights["embeddings"][ids], ids != 0 if layer.mask_zero else read
    if isinstance(layer, Masking):
        read = (x != layer.value).any(axis=-1)
        return x * read[..., None], read
    if isinstance(layer, Recurrent):
        given = _recurrent(layer, weights, x, read, zero_masked=False)
        return given if layer.return_sequences or every_time else given[:, -1], read
    if isinstance(layer, Bidirectional):
        return _bidirectional(layer, weights, x, read), read
    return _pointwise(layer, weights, x), read


def _pointwise(layer: BaseLayer, weights: dict[str, Array64], x: Array64) -> Array64:
    if isinstance(layer, Dense):
        return activation_of(layer.activation)(x @ weights["kernel"] + weights.get("bias", 0.0))
    if isinstance(layer, Activation):
        return activation_of(layer.activation, layer.slope)(x)
    if isinstance(layer, BatchNormalization):
        mean, variance = weights["moving_mean"], weights["moving_variance"]
    elif isinstance(layer, LayerNormalization):
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    else:
        raise TypeError(layer.kind)
    return (x - mean) / np.sqrt(variance + layer.epsilon) * weights.get("gamma", 1.0) + weights.get("beta", 0.0)


def _recurrent(layer: Recurrent, weights: dict[str, Array64], x: Array64, read: Read, zero_masked: bool) -> Array64:
    """(rows, T, below) -> (rows, T, H), in the order of reading."""
    if layer.go_backwards:
        x, read = x[:, ::-1], read[:, ::-1]
    rows, length, _ = x.shape
    hidden, cell, given = np.zeros((rows, layer.units)), np.zeros((rows, layer.units)), []
    for time in range(length):
        new_hidden, new_cell = _one_time(layer, weights, x[:, time], hidden, cell)
        now = read[:, time, None]
        hidden, cell = np.where(now, new_hidden, hidden), np.where(now, new_cell, cell)
        given.append(np.where(now, hidden, 0.0) if zero_masked else hidden)
    return np.stack(given, axis=1)


def _one_time(
    layer: Recurrent, weights: dict[str, Array64], x: Array64, hidden: Array64, cell: Array64
) -> tuple[Array64, Array64]:
    activation, bias = activation_of(layer.activation), weights.get("bias", np.zeros(layer.gates * layer.units))
    kernels = np.split(weights["kernel"], layer.gates, axis=1)
    recurrents = np.split(weights["recurrent_kernel"], layer.gates, axis=1)
    if isinstance(layer, Lstm):
        gate = activation_of(layer.recurrent_activation)
        i, f, c, o = (
            x @ kernel + hidden @ recurrent + b
            for kernel, recurrent, b in zip(kernels, recurrents, np.split(bias, 4), strict=True)
        )
        cell = gate(f) * cell + gate(i) * activation(c)
        return gate(o) * activation(cell), cell
    if isinstance(layer, Gru):
        return _gru(layer, kernels, recurrents, bias, x, hidden), cell
    return activation(x @ kernels[0] + hidden @ recurrents[0] + bias), cell


def _gru(
    layer: Gru, kernels: list[Array64], recurrents: list[Array64], bias: Array64, x: Array64, hidden: Array64
) -> Array64:
    gate, activation = activation_of(layer.recurrent_activation), activation_of(layer.activation)
    of_input, of_state = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
    (bz, br, bh), (sz, sr, sh) = np.split(of_input, 3), np.split(of_state, 3)
    z = gate(x @ kernels[0] + bz + hidden @ recurrents[0] + sz)
    r = gate(x @ kernels[1] + br + hidden @ recurrents[1] + sr)
    state = r * (hidden @ recurrents[2] + sh) if layer.reset_after else (r * hidden) @ recurrents[2]
    return z * hidden + (1 - z) * activation(x @ kernels[2] + bh + state)


def _bidirectional(layer: Bidirectional, weights: dict[str, Array64], x: Array64, read: Read) -> Array64:
    sequences = layer.return_sequences
    both = [
        _recurrent(
            one, {n.removeprefix(prefix): w for n, w in weights.items() if n.startswith(prefix)}, x, read, sequences
        )
        for one, prefix in ((layer.forward, "forward_"), (layer.backward, "backward_"))
    ]
    forward, backward = (both[0], both[1][:, ::-1]) if sequences else (both[0][:, -1], both[1][:, -1])
    if layer.merge == "concat":
        return np.concatenate([forward, backward], axis=-1)
    if layer.merge == "mul":
        return forward * backward
    return (forward + backward) / (2 if layer.merge == "ave" else 1)
