"""Learning on a CPU: what the learner does in place of Keras's LSTM and Conv1D, against those layers themselves."""

import os

from benchmarks.measure import Claim, report, times_as_fast

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import threadpoolctl

from charlstm.training.cpu_layers import apply_on_cpu

BATCH, LENGTH, UNITS, CHANNELS, ROUNDS = 64, 100, 512, 256, 3


def step(layer: keras.Layer, ours: bool, x: tf.Tensor):
    """Return a compiled step forward and back through one layer."""

    @tf.function
    def forward_and_back():
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(apply_on_cpu(layer, x) if ours else layer(x))
        return tape.gradient(total, [x, *(variable.value for variable in layer.trainable_variables)])

    forward_and_back()  # compiles
    return forward_and_back


def measure() -> list[Claim]:
    threadpoolctl.threadpool_limits(1)  # as in training
    lstm = keras.layers.LSTM(UNITS, return_sequences=True)
    convolution = keras.layers.Conv1D(2 * CHANNELS, 3, dilation_rate=8, padding="causal")
    claims = []
    for layer, width in ((lstm, UNITS), (convolution, CHANNELS)):
        x = tf.constant(np.random.default_rng(1).normal(size=(BATCH, LENGTH, width)), tf.float32)
        layer.build(x.shape)
        ours, theirs = step(layer, True, x), step(layer, False, x)
        ratio = times_as_fast((ours, 1), {"keras": (theirs, 1)}, ROUNDS)["keras"]
        claims.append(Claim(f"learning on a CPU, {type(layer).__name__}: against Keras's own layer", ratio, 1))
    return claims


if __name__ == "__main__":
    report(measure)
