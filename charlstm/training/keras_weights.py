"""Keras weights <-> the tensors of a model folder."""

import keras
import numpy as np
from numpy.typing import NDArray


def names_of(model: keras.Model) -> list[str]:
    """Return the names of the model's weights in a model folder: lstm_1/kernel, dense/bias, and so on."""
    return [f"{layer.name}/{weight.name}" for layer in model.layers for weight in layer.weights]


def tensors_of(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Return the model's weights by their names in a model folder."""
    return dict(zip(names_of(model), model.get_weights(), strict=True))


def set_tensors(model: keras.Model, tensors: dict[str, NDArray[np.floating]]) -> None:
    """Put the tensors of a model folder into a Keras model of the same shape."""
    model.set_weights([tensors[name].astype(np.float32) for name in names_of(model)])
