"""Keras weights <-> the tensors of a model folder."""

import keras
import numpy as np
from numpy.typing import NDArray

# The variables of Keras's LSTM and Dense, in the order in which a layer lists them.
TENSOR_NAMES = (
    "lstm_1/kernel",
    "lstm_1/recurrent_kernel",
    "lstm_1/bias",
    "dense/kernel",
    "dense/bias",
)


def tensors_of(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Return the model's weights by their names in a model folder."""
    return dict(zip(TENSOR_NAMES, model.get_weights(), strict=True))


def set_tensors(model: keras.Model, tensors: dict[str, NDArray[np.floating]]) -> None:
    """Put the tensors of a model folder into a Keras model of the same shape."""
    model.set_weights([tensors[name].astype(np.float32) for name in TENSOR_NAMES])
