"""Our LSTM operation gives what Keras's layer gives, forward and backward."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from charlstm.training.learner import _walk_on_cpu


def outputs_and_gradients(layer, walk, x, weights):
    """The layer's outputs, and the gradients of their weighted sum towards its input and its variables."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        hidden = walk(layer, x)
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
    ours = tf.function(lambda: outputs_and_gradients(layer, _walk_on_cpu, x, weights))()
    theirs = outputs_and_gradients(layer, lambda layer, x: layer(x), x, weights)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our, their, atol=2e-4, rtol=1e-4)
