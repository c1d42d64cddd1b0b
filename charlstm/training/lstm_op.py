"""An LSTM layer over whole stretches of text as one TensorFlow operation for a CPU, with its gradient.

TensorFlow multiplies the small matrices of a single character's step at about half the speed of
NumPy's BLAS, and builds a hundred of those steps from a thousand small operations. So the walk
along the text is NumPy here, split over the cores by rows; the large products stay TensorFlow's
(benchmarks/training_layers.py).
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

Array32 = NDArray[np.float32]
FEWEST_ROWS = 32  # with fewer, the matrix products take longer than another core saves


@tf.custom_gradient
def lstm_sequence(x, recurrent_kernel):
    """Return the hidden values after every character, read from nothing.

    Args:
        x: float32 (T, B, 4H), what the layer below gives, times the kernel, plus the bias; gates
            i, f, c, o.
        recurrent_kernel: float32 (H, 4H).

    Returns:
        float32 (T, B, H).
    """
    units = recurrent_kernel.shape[0]
    hidden, cell, gates = tf.numpy_function(_forward, [x, recurrent_kernel], [tf.float32] * 3)
    hidden = tf.ensure_shape(hidden, [x.shape[0], x.shape[1], units])

    def gradient(towards_hidden):
        towards_x = tf.numpy_function(_backward, [towards_hidden, cell, gates, recurrent_kernel], tf.float32)
        towards_x = tf.ensure_shape(towards_x, x.shape)
        before = tf.reshape(hidden[:-1], [-1, units])
        towards_kernel = tf.matmul(before, tf.reshape(towards_x[1:], [-1, 4 * units]), transpose_a=True)
        return towards_x, towards_kernel

    return hidden, gradient


def _forward(x: Array32, kernel: Array32) -> tuple[Array32, Array32, Array32]:
    """x [T, B, 4H], kernel [H, 4H] -> hidden [T, B, H], cell [T, B, H], gates [T, B, 4H]"""
    characters, rows, _ = x.shape
    hidden, cell = np.empty((2, characters, rows, len(kernel)), np.float32)
    gates = np.empty_like(x)
    _over_rows(rows, lambda part: _walk(x[:, part], kernel, hidden[:, part], cell[:, part], gates[:, part]))
    return hidden, cell, gates


def _walk(x: Array32, kernel: Array32, hidden: Array32, cell: Array32, gates: Array32) -> None:
    """Fill hidden, cell and gates, which have the shapes of `_forward`, from the first character to the last."""
    units = len(kernel)
    room = np.empty(hidden.shape[1:], np.float32)
    for place in range(len(x)):
        z = gates[place]
        if place:
            np.dot(hidden[place - 1], kernel, out=z)
            z += x[place]
        else:
            z[...] = x[place]
        enter_and_forget, new, leave = z[:, : 2 * units], z[:, 2 * units : 3 * units], z[:, 3 * units :]
        for gate in (enter_and_forget, leave):  # sigmoid(z) = (tanh(z / 2) + 1) / 2
            gate *= 0.5
        np.tanh(z, out=z)
        for gate in (enter_and_forget, leave):
            gate *= 0.5
            gate += 0.5
        np.multiply(z[:, :units], new, out=cell[place])
        if place:
            cell[place] += np.multiply(z[:, units : 2 * units], cell[place - 1], out=room)
        np.tanh(cell[place], out=room)
        np.multiply(room, leave, out=hidden[place])


def _backward(towards_hidden: Array32, cell: Array32, gates: Array32, kernel: Array32) -> Array32:
    """towards_hidden [T, B, H], cell [T, B, H], gates [T, B, 4H], kernel [H, 4H] -> towards x [T, B, 4H]"""
    towards_x = np.empty_like(gates)
    transposed = np.ascontiguousarray(kernel.T)
    _over_rows(
        cell.shape[1],
        lambda part: _walk_back(towards_hidden[:, part], cell[:, part], gates[:, part], transposed, towards_x[:, part]),
    )
    return towards_x


def _walk_back(towards_hidden: Array32, cell: Array32, gates: Array32, transposed: Array32, towards_x: Array32) -> None:
    """Fill towards_x from the last character to the first; the shapes are those of `_backward`."""
    units = cell.shape[2]
    towards_cell, later = np.zeros((2, *cell.shape[1:]), np.float32)
    a, b = np.empty((2, *cell.shape[1:]), np.float32)
    for place in reversed(range(len(cell))):
        enter, forget, new, leave = (gates[place][:, k * units : (k + 1) * units] for k in range(4))
        to_enter, to_forget, to_new, to_leave = (towards_x[place][:, k * units : (k + 1) * units] for k in range(4))
        later += towards_hidden[place]
        squashed = np.tanh(cell[place], out=a)
        _times_sigmoid_slope(np.multiply(later, squashed, out=to_leave), leave, b)
        squashed *= squashed
        np.subtract(1.0, squashed, out=squashed)
        squashed *= leave
        squashed *= later
        towards_cell += squashed
        _times_sigmoid_slope(np.multiply(towards_cell, new, out=to_enter), enter, b)
        np.multiply(new, new, out=b)
        np.subtract(1.0, b, out=b)
        b *= enter
        np.multiply(towards_cell, b, out=to_new)
        if place:
            _times_sigmoid_slope(np.multiply(towards_cell, cell[place - 1], out=to_forget), forget, b)
            towards_cell *= forget
            np.dot(towards_x[place], transposed, out=later)
        else:
            to_forget[...] = 0.0


def _times_sigmoid_slope(towards: Array32, sigmoid: Array32, room: Array32) -> None:
    """Multiply by s (1 - s), in place; spoils `room`."""
    np.subtract(1.0, sigmoid, out=room)
    room *= sigmoid
    towards *= room


@cache
def _cores() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())


def _over_rows(rows: int, work) -> None:
    """Do the work for parts of the rows, given as slices, each on a core."""
    count = max(1, min(_cores()._max_workers, rows // FEWEST_ROWS))
    ends = np.linspace(0, rows, count + 1).astype(int).tolist()
    list(_cores().map(work, (slice(start, end) for start, end in pairwise(ends))))
