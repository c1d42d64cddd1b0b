"""The activation functions of Keras, in NumPy.

Each takes and returns an array of any shape, float32 or float64. Source: `keras.activations`, and for `hard_sigmoid_2`
that of Keras 1 and 2.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # float32 or float64, which comes out as it goes in
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
LEAKY_SLOPE = 0.2  # of Keras's function leaky_relu; its layer LeakyReLU has a slope of its own


def linear(x: Array) -> Array:
    """x"""
    return x


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def hard_sigmoid(x: Array) -> Array:
    """Keras 3's: x / 6 + 0.5, within [0, 1]."""
    return np.clip(x / 6 + 0.5, 0, 1)


def hard_sigmoid_2(x: Array) -> Array:
    """Keras 2's: 0.2 x + 0.5, within [0, 1]."""
    return np.clip(0.2 * x + 0.5, 0, 1)


def hard_tanh(x: Array) -> Array:
    """x, within [-1, 1]."""
    return np.clip(x, -1, 1)


def relu(x: Array) -> Array:
    """max(x, 0)"""
    return np.maximum(x, 0)


def relu6(x: Array) -> Array:
    """x, within [0, 6]."""
    return np.clip(x, 0, 6)


def leaky_relu(x: Array, slope: float = LEAKY_SLOPE) -> Array:
    """x where it is positive, else `slope` x."""
    return np.where(x > 0, x, slope * x)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """x where it is positive, else `alpha` (exp(x) - 1)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def selu(x: Array) -> Array:
    """Source: Klambauer et al. 2017, "Self-Normalizing Neural Networks"."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def gelu(x: Array) -> Array:
    """x Phi(x), with the normal distribution's Phi."""
    return x * 0.5 * (1 + _erf(x / np.sqrt(2).astype(x.dtype)))


def silu(x: Array) -> Array:
    """x sigmoid(x)"""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """x tanh(softplus(x))"""
    return x * np.tanh(softplus(x))


def softplus(x: Array) -> Array:
    """log(exp(x) + 1)"""
    return np.logaddexp(x, 0)


def softsign(x: Array) -> Array:
    """x / (|x| + 1)"""
    return x / (np.abs(x) + 1)


def softmax(x: Array) -> Array:
    """exp(x), divided by its sum over the last axis."""
    shifted = np.exp(x - x.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def log_softmax(x: Array) -> Array:
    """log(softmax(x))"""
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def exponential(x: Array) -> Array:
    """exp(x)"""
    return np.exp(x)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    function.__name__: function
    for function in (
        linear,
        sigmoid,
        hard_sigmoid,
        hard_sigmoid_2,
        hard_tanh,
        np.tanh,
        relu,
        relu6,
        leaky_relu,
        elu,
        selu,
        gelu,
        silu,
        mish,
        softplus,
        softsign,
        softmax,
        log_softmax,
        exponential,
    )
}
OF_SLOPE: dict[str, Callable[[Array, float], Array]] = {"leaky_relu": leaky_relu, "elu": elu}


def activation_of(name: str, slope: float | None = None) -> Callable[[Array], Array]:
    """Return an activation function by its name, with a slope (of leaky_relu; elu's alpha) where one is given."""
    if slope is None:
        return ACTIVATIONS[name]
    function = OF_SLOPE[name]
    return lambda x: function(x, slope)


def _erf(x: Array) -> Array:
    """The error function, within 1.5e-7. Source: Abramowitz and Stegun 1964, formula 7.1.26."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-x * x))
