"""The network's forward pass in NumPy: one LSTM layer and a softmax over the characters.

The network speaks float32; probabilities are float64 from the softmax on. A state belongs to one
text, or to several that advance together (lanes).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Context = Literal["window", "carried"]
Array32 = NDArray[np.float32]


@dataclass
class State:
    """What a network remembers of the text so far. Only `Network` reads or changes it.

    Shapes: (rows, H), or (H,) when there is one row; a row is one memory. In the carried context
    each text has one. In the window context each text has `window` of them, whose windows started
    one character apart, so that at every character one row has seen exactly the last `window`.
    """

    hidden: Array32
    cell: Array32
    read: int  # characters read since the beginning
    lanes: int | None  # None: one text, probabilities come as (V,); else (lanes, V)

    def __post_init__(self) -> None:
        # Room for the four gates, so that a step allocates nothing.
        self.gates = np.empty((*self.hidden.shape[:-1], 4 * self.hidden.shape[-1]), np.float32)

    def copy(self) -> "State":
        """Return an independent copy, so that a text can be continued in two ways."""
        return State(self.hidden.copy(), self.cell.copy(), self.read, self.lanes)


class Network:
    """One LSTM layer and a dense softmax, from weights in Keras's own layout.

    Args:
        tensors: float32, by name: lstm_1/kernel (V, 4H), lstm_1/recurrent_kernel (H, 4H) and
            lstm_1/bias (4H,), gates in the order i, f, c, o; dense/kernel (H, V), dense/bias (V,).
        context: "window" feeds the last `window` characters afresh for every character, as the
            book does; "carried" keeps the state from the first character on.
        window: characters in a window (the book's maxlen); ignored when carried.

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000, as in
    `keras.layers.LSTM`.
    """

    def __init__(self, tensors: Mapping[str, Array32], context: Context, window: int) -> None:
        self.context: Context = context
        self.window = window
        self.units = tensors["lstm_1/recurrent_kernel"].shape[0]
        # A one-hot vector times the kernel is one row of it, so the bias can be added beforehand.
        self._rows = _fold_gates(tensors["lstm_1/kernel"] + tensors["lstm_1/bias"])
        self._recurrent = _fold_gates(tensors["lstm_1/recurrent_kernel"])
        self._dense_kernel = np.ascontiguousarray(tensors["dense/kernel"], dtype=np.float32)
        self._dense_bias = np.asarray(tensors["dense/bias"], dtype=np.float32)

    @property
    def vocabulary_size(self) -> int:
        return len(self._dense_bias)

    def start(self, lanes: int | None = None) -> State:
        """Return the state before any character: one text, or `lanes` texts side by side."""
        rows = (lanes or 1) * (self.window if self.context == "window" else 1)
        shape = (self.units,) if rows == 1 and lanes is None else (rows, self.units)
        return State(np.zeros(shape, np.float32), np.zeros(shape, np.float32), 0, lanes)

    def prime(self, ids: ArrayLike, lanes: int | None = None) -> State:
        """Return the state after reading the ids of a seed text, shape (characters,), into every lane.

        In the window context only the last `window` characters are read, so a long seed costs no
        more than a short one.
        """
        ids = np.asarray(ids)
        if self.context == "window":
            ids = ids[-self.window :]
        one = self.start()
        for id_ in ids.tolist():
            self.read(one, id_)
        if lanes is None:
            return one
        rows = one.hidden.reshape(-1, self.units), one.cell.reshape(-1, self.units)
        hidden, cell = (np.tile(part, (lanes, 1)) for part in rows)
        return State(hidden, cell, one.read, lanes)

    def read(self, state: State, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each lane, into `state` (changed in place)."""
        if self.context == "window":
            oldest = state.read % self.window  # has seen its whole window: starts over
            state.hidden.reshape(-1, self.window, self.units)[:, oldest] = 0.0
            state.cell.reshape(-1, self.window, self.units)[:, oldest] = 0.0
            if state.lanes is not None:
                ids = np.repeat(ids, self.window)
        self._advance(state, ids)
        state.read += 1

    def probs(self, state: State) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (lanes, V)."""
        hidden = state.hidden
        if self.context == "window":
            full = state.read % self.window if state.read >= self.window else 0
            hidden = hidden.reshape(-1, self.window, self.units)[:, full]
            if state.lanes is None:
                hidden = hidden[0]
        return self._softmax(hidden)

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows read from nothing.

        Args:
            windows: ids, shape (windows, characters).

        Returns:
            float64 (windows, V).
        """
        hidden, cell = np.zeros((2, len(windows), self.units), np.float32)
        state = State(hidden, cell, 0, len(windows))
        for ids in windows.T:
            self._advance(state, ids)
        return self._softmax(hidden)

    def _advance(self, state: State, ids: int | NDArray[np.integer]) -> None:
        """hidden [rows, H], cell [rows, H], ids [rows] -> both one character further, in place."""
        units, hidden, cell, gates = self.units, state.hidden, state.cell, state.gates
        np.dot(hidden, self._recurrent, out=gates)
        gates += self._rows[ids]
        np.tanh(gates, out=gates)
        sigmoids = gates[..., : 3 * units]
        sigmoids *= 0.5
        sigmoids += 0.5
        enter, forget, leave, new = (gates[..., k * units : (k + 1) * units] for k in range(4))
        cell *= forget
        enter *= new
        cell += enter
        np.tanh(cell, out=hidden)
        hidden *= leave

    def _softmax(self, hidden: Array32) -> NDArray[np.float64]:
        """[rows, H] -> [rows, V]"""
        logits = np.dot(hidden, self._dense_kernel)
        logits += self._dense_bias
        probs = logits.astype(np.float64)
        probs -= np.maximum.reduce(probs, axis=-1, keepdims=True)
        np.exp(probs, out=probs)
        probs /= np.add.reduce(probs, axis=-1, keepdims=True)
        return probs


def _fold_gates(weights: Array32) -> Array32:
    """Reorder Keras's gates i, f, c, o to i, f, o, c, and halve the three sigmoids' inputs.

    sigmoid(x) = (tanh(x / 2) + 1) / 2, so all four gates become one tanh.
    """
    i, f, c, o = np.split(np.asarray(weights, dtype=np.float32), 4, axis=-1)
    return np.ascontiguousarray(np.concatenate([i / 2, f / 2, o / 2, c], axis=-1))
