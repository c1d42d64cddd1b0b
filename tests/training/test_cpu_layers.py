"""The layers for a CPU give what Keras's layers give, forward and backward."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from charlstm.training.cpu_layers import apply_on_cpu


def outputs_and_gradients(layer, apply, x, weights):
    """Return the layer's outputs, and the gradients of their weighted sum by its input and its variables."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        hidden = apply(layer, x)
        total = tf.reduce_sum(hidden * weights)
    sources = [x, *(variable.value for variable in layer.trainable_variables)]
    return [hidden, *tape.gradient(total, sources)]


@pytest.mark.parametrize(("batch", "length", "features", "units"), [(1, 1, 3, 2), (3, 7, 5, 4), (70, 25, 9, 16)])
def test_lstm_equals_that_of_keras(batch, length, features, units):
    """Also where its rows are split over the cores; with large and small numbers, and a bias in every gate."""
    generator = np.random.default_rng(units)
    layer = keras.layers.LSTM(units, return_sequences=True)
    layer.build((batch, length, features))
    layer.cell.bias.assign(generator.normal(size=4 * units))
    x = tf.constant(generator.normal(0, 2, (batch, length, features)), tf.float32)
    weights = tf.constant(generator.normal(size=(batch, length, units)), tf.float32)
    assert_equal(layer, x, weights)


@pytest.mark.parametrize(("width", "dilation"), [(1, 1), (2, 3), (3, 1), (3, 16)])
def test_convolution_equals_that_of_keras(width, dilation):
    """Also where it reaches farther back than the text."""
    generator = np.random.default_rng(width)
    layer = keras.layers.Conv1D(6, width, dilation_rate=dilation, padding="causal")
    layer.build((3, 11, 5))
    layer.bias.assign(generator.normal(size=6))
    x = tf.constant(generator.normal(0, 2, (3, 11, 5)), tf.float32)
    assert_equal(layer, x, tf.constant(generator.normal(size=(3, 11, 6)), tf.float32))


def assert_equal(layer, x, weights):
    ours = tf.function(lambda: outputs_and_gradients(layer, apply_on_cpu, x, weights))()
    theirs = outputs_and_gradients(layer, lambda layer, x: layer(x), x, weights)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, atol=2e-4, rtol=1e-4)
