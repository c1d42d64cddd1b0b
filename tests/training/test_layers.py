"""What learns on a CPU gives what Keras's layers give, forward and backward."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from charlstm.training.learner import _along_on_cpu


def outputs_and_gradients(layer, along, x, weights):
    """The layer's outputs, and the gradients of their weighted sum towards its input and its variables."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        hidden = along(layer, x)
        total = tf.reduce_sum(hidden * weights)
    sources = [x, *(variable.value for variable in layer.trainable_variables)]
    return [hidden, *tape.gradient(total, sources)]


@pytest.mark.parametrize(("batch", "characters", "below", "units"), [(1, 1, 3, 2), (3, 7, 5, 4), (70, 25, 9, 16)])
def test_the_operation_equals_the_layer_of_keras(batch, characters, below, units):
    """Also where its rows are split over the cores; large and small numbers, a bias in every gate."""
    generator = np.random.default_rng(units)
    layer = keras.layers.LSTM(units, return_sequences=True)
    layer.build((batch, characters, below))
    layer.cell.bias.assign(generator.normal(size=4 * units))
    x = tf.constant(generator.normal(0, 2, (batch, characters, below)), tf.float32)
    weights = tf.constant(generator.normal(size=(batch, characters, units)), tf.float32)
    assert_equal(layer, x, weights)


@pytest.mark.parametrize(("width", "dilation"), [(1, 1), (2, 3), (3, 1), (3, 16)])
def test_the_convolution_equals_the_layer_of_keras(width, dilation):
    """Also where it reaches farther back than the text goes."""
    generator = np.random.default_rng(width)
    layer = keras.layers.Conv1D(6, width, dilation_rate=dilation, padding="causal")
    layer.build((3, 11, 5))
    layer.bias.assign(generator.normal(size=6))
    x = tf.constant(generator.normal(0, 2, (3, 11, 5)), tf.float32)
    assert_equal(layer, x, tf.constant(generator.normal(size=(3, 11, 6)), tf.float32))


def assert_equal(layer, x, weights):
    ours = tf.function(lambda: outputs_and_gradients(layer, _along_on_cpu, x, weights))()
    theirs = outputs_and_gradients(layer, lambda layer, x: layer(x), x, weights)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, atol=2e-4, rtol=1e-4)
