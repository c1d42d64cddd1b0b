"""Export of a model folder's network as a .keras file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from charlstm.model_folder import store
from charlstm.networks.architecture import RecurrentLayers
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
    SimpleRnn,
)
from charlstm.networks.layers.stack import LayerStack
from charlstm.recipes.recipe import TrainingError
from charlstm.training.networks import RECURRENT, book_network, set_tensors, stream_network

KERAS_2 = "hard_sigmoid_2"
# hard_sigmoid of Keras 2 is that of Keras 3 of 1.2 x, and x is a product with weights.
KERAS_2_SCALE = 1.2
Tensors = dict[str, NDArray[np.float32]]


def export_keras(model: store.Model, epoch: int | None, file: Path) -> None:
    """Write a model folder's network as a .keras file.

    Raises:
        ModelError: that epoch was not kept.
        TrainingError: the file is there already or has another ending, or Keras has no such network.
    """
    if file.suffix != ".keras":
        raise TrainingError(f"{file} must end in .keras")
    if file.exists():
        raise TrainingError(f"{file} is there already: choose another name")
    manifest, tensors = model.manifest, model.tensors(epoch)
    architecture, characters = manifest.architecture, len(manifest.vocabulary)
    if isinstance(architecture, LayerStack):
        length = manifest.window if manifest.context == "window" else None
        network = keras_network(architecture, characters, length)
        network.set_weights(_of_keras_3(architecture, tensors))
    else:
        if manifest.context == "window" and isinstance(architecture, RecurrentLayers):
            network = _window_network(characters, architecture, manifest.window)
        else:
            network, _ = stream_network(characters, architecture)
        set_tensors(network, tensors)
    network.save(file)


def _window_network(vocabulary_size: int, architecture: RecurrentLayers, maxlen: int) -> keras.Model:
    """Return the book's network with one or more LSTM or GRU layers."""
    if len(architecture.units) == 1:
        return book_network(vocabulary_size, architecture.units[0], maxlen, unroll=False, kind=architecture.kind)
    last = len(architecture.units)
    layers = [
        RECURRENT[architecture.kind](units, return_sequences=number < last, name=f"{architecture.kind}_{number}")
        for number, units in enumerate(architecture.units, start=1)
    ]
    dense = keras.layers.Dense(vocabulary_size, activation="softmax", name="dense")
    return keras.Sequential([keras.Input((maxlen, vocabulary_size)), *layers, dense])


def keras_network(stack: LayerStack, characters: int, length: int | None) -> keras.Model:
    """Return a stack of layers in Keras, which ends in a softmax.

    Args:
        stack: the layers.
        characters: V.
        length: characters in a window; None for texts of any length.

    Returns:
        A model from int32 ids (batch, length), or one-hot float32 (batch, length, V), to probs.
    """
    one_hot = isinstance(stack.layers[0], OneHot)
    inputs = keras.Input((length, characters)) if one_hot else keras.Input((length,), dtype="int32")
    named = list(zip(stack.layer_names(), stack.layers, strict=True))
    layers = [keras_layer(layer, characters, name) for name, layer in named if not isinstance(layer, OneHot)]
    return keras.Sequential([inputs, *layers, keras.layers.Activation("softmax", name="softmax")])


def keras_layer(layer: BaseLayer, characters: int, name: str) -> keras.layers.Layer:
    """Return a layer as Keras's."""
    settings: dict[str, Any] = {"name": name}
    if isinstance(layer, Embedding):
        return keras.layers.Embedding(characters, layer.size, mask_zero=layer.mask_zero, **settings)
    if isinstance(layer, Masking):
        return keras.layers.Masking(layer.value, **settings)
    if isinstance(layer, Recurrent):
        return _recurrent(layer, name)
    if isinstance(layer, Bidirectional):
        forward, backward = _recurrent(layer.forward, "forward"), _recurrent(layer.backward, "backward")
        return keras.layers.Bidirectional(forward, merge_mode=layer.merge, backward_layer=backward, **settings)
    if isinstance(layer, Dense):
        return keras.layers.Dense(layer.units, _keras_3(layer.activation), use_bias=layer.use_bias, **settings)
    if isinstance(layer, LayerNormalization):
        kind = (
            keras.layers.BatchNormalization
            if isinstance(layer, BatchNormalization)
            else keras.layers.LayerNormalization
        )
        return kind(epsilon=layer.epsilon, scale=layer.scale, center=layer.center, **settings)
    assert isinstance(layer, Activation)
    if layer.activation == KERAS_2:
        raise TrainingError("Keras 3 does not have the hard_sigmoid of Keras 2, so this network cannot be exported")
    if layer.slope is None:
        return keras.layers.Activation(layer.activation, **settings)
    kind = keras.layers.LeakyReLU if layer.activation == "leaky_relu" else keras.layers.ELU
    return kind(layer.slope, **settings)


def _recurrent(layer: Recurrent, name: str) -> keras.layers.Layer:
    settings: dict[str, Any] = {
        "activation": layer.activation,
        "use_bias": layer.use_bias,
        "return_sequences": layer.return_sequences,
        "go_backwards": layer.go_backwards,
        "name": name,
    }
    if layer.activation == KERAS_2 and not isinstance(layer, SimpleRnn):
        raise TrainingError("Keras 3 does not have the hard_sigmoid of Keras 2, so this network cannot be exported")
    if isinstance(layer, SimpleRnn):
        return keras.layers.SimpleRNN(layer.units, **settings | {"activation": _keras_3(layer.activation)})
    assert isinstance(layer, Lstm | Gru)
    settings["recurrent_activation"] = _keras_3(layer.recurrent_activation)
    if isinstance(layer, Gru):
        return keras.layers.GRU(layer.units, reset_after=layer.reset_after, **settings)
    return keras.layers.LSTM(layer.units, **settings)


def _keras_3(activation: str) -> str:
    return "hard_sigmoid" if activation == KERAS_2 else activation


def _of_keras_3(stack: LayerStack, tensors: Tensors) -> list[NDArray[np.float32]]:
    """Return the weights in Keras's order, scaled where hard_sigmoid of Keras 3 stands for that of Keras 2."""
    weights = []
    for name, layer in zip(stack.layer_names(), stack.layers, strict=True):
        for weight in layer.shapes(1):
            part = layer
            if isinstance(layer, Bidirectional):
                part = layer.forward if weight.startswith("forward_") else layer.backward
            weights.append(tensors[f"{name}/{weight}"] * _scales(part))
    return weights


def _scales(layer: BaseLayer) -> NDArray[np.float32] | np.float32:
    """Return what the columns of a layer's weights are multiplied by."""
    one, scale = np.float32(1), np.float32(KERAS_2_SCALE)
    if isinstance(layer, Dense | SimpleRnn):
        return scale if layer.activation == KERAS_2 else one
    if not isinstance(layer, Lstm | Gru) or layer.recurrent_activation != KERAS_2:
        return one
    gates: Sequence[np.float32] = [scale, scale, one, scale] if isinstance(layer, Lstm) else [scale, scale, one]
    return np.repeat(np.array(gates, np.float32), layer.units)
