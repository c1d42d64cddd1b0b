"""LSTM and Conv1D layers over whole chunks of text on a CPU: the numbers of Keras's layers, sooner.

TensorFlow multiplies the small matrices of one LSTM step at about half the speed of NumPy's BLAS, and
builds the hundred steps of a chunk from a thousand small operations. So the recurrence is one operation
in NumPy here, its rows split over the cores; the large products stay TensorFlow's
(benchmarks/training_layers.py).
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from charlstm.networks.threads import limit_blas_threads

Array32 = NDArray[np.float32]
FEWEST_ROWS = 32  # of a thread: with fewer, the matrix products take longer than another core saves


def apply_on_cpu(layer: keras.Layer, x):
    """Return what a layer that gives sequences gives, an LSTM and a causal Conv1D sooner than Keras's own.

    (batch, T, features) -> (batch, T, H)
    """
    if isinstance(layer, keras.layers.LSTM):
        return _lstm(layer, x)
    return _conv1d(layer, x) if isinstance(layer, keras.layers.Conv1D) else layer(x)


def _lstm(layer: keras.layers.LSTM, x):
    cell, shape = layer.cell, tf.shape(x)
    by_time = tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, x.shape[-1]])
    inputs = tf.reshape(tf.matmul(by_time, cell.kernel) + cell.bias, [shape[1], shape[0], 4 * layer.units])
    return tf.transpose(lstm_sequence(inputs, cell.recurrent_kernel.value), [1, 0, 2])


def _conv1d(layer: keras.layers.Conv1D, x):
    """The receptive field of each place is laid side by side, so that the convolution is one matrix product."""
    (width,), (dilation,) = layer.kernel_size, layer.dilation_rate
    reach, length = (width - 1) * dilation, tf.shape(x)[1]
    padded = tf.pad(x, [[0, 0], [reach, 0], [0, 0]])
    fields = tf.concat([padded[:, start : start + length] for start in range(0, reach + 1, dilation)], axis=-1)
    kernel = tf.reshape(layer.kernel.value, [width * x.shape[-1], -1])
    flat = tf.matmul(tf.reshape(fields, [-1, width * x.shape[-1]]), kernel) + layer.bias
    return tf.reshape(flat, [tf.shape(x)[0], length, layer.filters])


@tf.custom_gradient
def lstm_sequence(x, recurrent_kernel):
    """Return the hidden state after every character, from a zero state on.

    Args:
        x: float32 (T, B, 4H), the inputs times the kernel, plus the bias; gates i, f, c, o.
        recurrent_kernel: float32 (H, 4H).

    Returns:
        float32 (T, B, H).
    """
    units = recurrent_kernel.shape[0]
    hidden, cell, gates = tf.numpy_function(_forward, [x, recurrent_kernel], [tf.float32] * 3)
    hidden = tf.ensure_shape(hidden, [x.shape[0], x.shape[1], units])

    def gradient(grad_hidden):
        grad_x = tf.numpy_function(_backward, [grad_hidden, cell, gates, recurrent_kernel], tf.float32)
        grad_x = tf.ensure_shape(grad_x, x.shape)
        previous = tf.reshape(hidden[:-1], [-1, units])
        grad_kernel = tf.matmul(previous, tf.reshape(grad_x[1:], [-1, 4 * units]), transpose_a=True)
        return grad_x, grad_kernel

    return hidden, gradient


def _forward(x: Array32, kernel: Array32) -> tuple[Array32, Array32, Array32]:
    """x [T, B, 4H], kernel [H, 4H] -> hidden [T, B, H], cell [T, B, H], gates [T, B, 4H]"""
    length, batch, _ = x.shape
    hidden, cell = np.empty((2, length, batch, len(kernel)), np.float32)
    gates = np.empty_like(x)
    _in_threads(batch, lambda rows: _forward_rows(x[:, rows], kernel, hidden[:, rows], cell[:, rows], gates[:, rows]))
    return hidden, cell, gates


def _forward_rows(x: Array32, kernel: Array32, hidden: Array32, cell: Array32, gates: Array32) -> None:
    """Fill hidden, cell and gates, which have the shapes of `_forward`, from the first character to the last."""
    units = len(kernel)
    buffer = np.empty(hidden.shape[1:], np.float32)
    for t in range(len(x)):
        z = gates[t]
        if t:
            np.dot(hidden[t - 1], kernel, out=z)
            z += x[t]
        else:
            z[...] = x[t]
        input_and_forget, candidate, output = z[:, : 2 * units], z[:, 2 * units : 3 * units], z[:, 3 * units :]
        for gate in (input_and_forget, output):  # sigmoid(z) = (tanh(z / 2) + 1) / 2
            gate *= 0.5
        np.tanh(z, out=z)
        for gate in (input_and_forget, output):
            gate *= 0.5
            gate += 0.5
        np.multiply(z[:, :units], candidate, out=cell[t])
        if t:
            cell[t] += np.multiply(z[:, units : 2 * units], cell[t - 1], out=buffer)
        np.tanh(cell[t], out=buffer)
        np.multiply(buffer, output, out=hidden[t])


def _backward(grad_hidden: Array32, cell: Array32, gates: Array32, kernel: Array32) -> Array32:
    """grad_hidden [T, B, H], cell [T, B, H], gates [T, B, 4H], kernel [H, 4H] -> grad_x [T, B, 4H]"""
    grad_x = np.empty_like(gates)
    transposed = np.ascontiguousarray(kernel.T)
    _in_threads(
        cell.shape[1],
        lambda rows: _backward_rows(grad_hidden[:, rows], cell[:, rows], gates[:, rows], transposed, grad_x[:, rows]),
    )
    return grad_x


def _backward_rows(
    grad_hidden: Array32, cell: Array32, gates: Array32, transposed_kernel: Array32, grad_x: Array32
) -> None:
    """Fill grad_x from the last character to the first; the shapes are those of `_backward`."""
    units = cell.shape[2]
    grad_c, grad_h = np.zeros((2, *cell.shape[1:]), np.float32)  # of the states at t, from t + 1 on
    a, b = np.empty((2, *cell.shape[1:]), np.float32)  # buffers
    for t in reversed(range(len(cell))):
        input_, forget, candidate, output = (gates[t][:, k * units : (k + 1) * units] for k in range(4))
        grad_i, grad_f, grad_g, grad_o = (grad_x[t][:, k * units : (k + 1) * units] for k in range(4))
        grad_h += grad_hidden[t]
        tanh_c = np.tanh(cell[t], out=a)
        _multiply_by_sigmoid_slope(np.multiply(grad_h, tanh_c, out=grad_o), output, b)
        tanh_c *= tanh_c
        slope = np.subtract(1.0, tanh_c, out=a)  # of tanh at c
        slope *= output
        slope *= grad_h
        grad_c += slope
        _multiply_by_sigmoid_slope(np.multiply(grad_c, candidate, out=grad_i), input_, b)
        np.multiply(candidate, candidate, out=b)
        np.subtract(1.0, b, out=b)
        b *= input_
        np.multiply(grad_c, b, out=grad_g)
        if t:
            _multiply_by_sigmoid_slope(np.multiply(grad_c, cell[t - 1], out=grad_f), forget, b)
            grad_c *= forget
            np.dot(grad_x[t], transposed_kernel, out=grad_h)
        else:
            grad_f[...] = 0.0


def _multiply_by_sigmoid_slope(gradient: Array32, sigmoid: Array32, buffer: Array32) -> None:
    """Multiply by s (1 - s), in place; overwrites `buffer`."""
    np.subtract(1.0, sigmoid, out=buffer)
    buffer *= sigmoid
    gradient *= buffer


@cache
def _thread_pool() -> ThreadPoolExecutor:
    limit_blas_threads()  # each of these threads has a core to itself
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())


def _in_threads(rows: int, work: Callable[[slice], None]) -> None:
    """Do the work for each of several slices of the rows, one a core."""
    count = max(1, min(_thread_pool()._max_workers, rows // FEWEST_ROWS))
    ends = np.linspace(0, rows, count + 1).astype(int).tolist()
    list(_thread_pool().map(work, (slice(start, end) for start, end in pairwise(ends))))
