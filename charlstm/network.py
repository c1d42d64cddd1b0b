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
CACHE_LINE = 64  # bytes
ENTER, FORGET, LEAVE, NEW = range(4)  # the gates in our order; Keras's is i, f, c, o


@dataclass
class State:
    """What a network remembers of the text so far. Only `Network` reads or changes it.

    Shapes: (rows, H), or (H,) for one text whose state is carried; a row is one memory. In the
    carried context each text has one. In the window context each text has `window` of them, whose
    windows started one character apart, so that at every character one row has seen exactly the
    last `window`.
    """

    hidden: Array32
    cell: Array32
    read: int  # characters read since the beginning
    lanes: int | None  # None: one text, probabilities come as (V,); else (lanes, V)
    products: Array32 | None = None  # (4H + V and some,), hidden times the joined kernels; only where (H,)

    def __post_init__(self) -> None:
        self.hidden = _aligned(self.hidden)
        # Room for what a step computes, so that it allocates nothing.
        if self.products is None:
            self.cell = _aligned(self.cell)
            self.room = _aligned(np.zeros((3, *self.hidden.shape)))
        else:
            units = self.hidden.size
            self.products = _aligned(self.products)
            self.recurrent, self.logits = self.products[: 4 * units], self.products[4 * units :]
            # Side by side, so that the two products which make the new cell are one.
            gates_and_cell = _aligned(np.concatenate([np.zeros(4 * units), self.cell]))
            self.enter, self.forget, self.leave, self.new, self.cell = gates_and_cell.reshape(5, units)
            self.gates, self.sigmoids = gates_and_cell[: 4 * units], gates_and_cell[: 3 * units]
            self.enter_and_forget, self.new_and_cell = gates_and_cell[: 2 * units], gates_and_cell[3 * units :]

    def copy(self) -> "State":
        """Return an independent copy, so that a text can be continued in two ways."""
        return State(self.hidden, self.cell, self.read, self.lanes, self.products)


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
        recurrent = _fold_gates(tensors["lstm_1/recurrent_kernel"])
        self._dense_kernel = _aligned(tensors["dense/kernel"])
        self._dense_bias = np.array(tensors["dense/bias"], dtype=np.float32)
        self._wide_bias = self._dense_bias.astype(np.float64)  # turns the logits of one text to float64 on the way
        # For one text: see `_advance_one`.
        joined = np.concatenate([recurrent, self._dense_kernel], axis=1)
        # As wide as whole cache lines, so that every row of it begins on one.
        self._joined_kernels = _aligned(np.pad(joined, ((0, 0), (0, -joined.shape[1] % 16))))
        self._row_of = list(_aligned(self._rows))
        self._halves = _aligned(np.full(3 * self.units, 0.5))
        # For many: see `_advance_rows`.
        self._rows_by_gate = _by_gate(-2 * self._rows)
        self._recurrent_by_gate = _by_gate(-2 * recurrent)
        # Hidden values are in [-1, 1], so this is the farthest that a logit can be from 0. Where
        # exp can take it, the largest logit need not be subtracted first.
        farthest = np.abs(self._dense_kernel).sum(axis=0) + np.abs(self._dense_bias)
        self._logits_are_small = bool(farthest.max() < 300.0)
        self._ones = np.ones(len(self._dense_bias))

    @property
    def vocabulary_size(self) -> int:
        """V, the number of characters."""
        return len(self._dense_bias)

    def start(self, lanes: int | None = None) -> State:
        """Return the state before any character: one text, or `lanes` texts side by side."""
        if self.context == "carried" and lanes is None:
            nothing = np.zeros(self.units, np.float32)
            return State(nothing, nothing, 0, None, np.zeros(self._joined_kernels.shape[1], np.float32))
        rows = (1 if lanes is None else lanes) * (self.window if self.context == "window" else 1)
        nothing = np.zeros((rows, self.units), np.float32)
        return State(nothing, nothing, 0, lanes)

    def prime(self, ids: ArrayLike, lanes: int | None = None) -> State:
        """Return the state after reading the ids of a seed text, shape (characters,), into every lane.

        In the window context only the last `window` characters are read, so a long seed costs no
        more than a short one. Each goes into the row it would have gone into had all been read, so
        that a text taken up again goes on as if it had never been left, to the last bit.
        """
        ids = np.asarray(ids)
        one = self.start()
        if self.context == "window":
            one.read = max(0, len(ids) - self.window)
            ids = ids[one.read :]
        for id_ in ids.tolist():
            self.read(one, id_)
        if lanes is None:
            return one
        rows = one.hidden.reshape(-1, self.units), one.cell.reshape(-1, self.units)
        hidden, cell = (np.tile(part, (lanes, 1)) for part in rows)
        return State(hidden, cell, one.read, lanes)

    def read(self, state: State, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each lane, into `state` (changed in place)."""
        if state.products is not None:
            self._advance_one(state, ids)  # type: ignore[arg-type]
        else:
            if self.context == "window":
                oldest = state.read % self.window  # has seen its whole window: starts over
                state.hidden.reshape(-1, self.window, self.units)[:, oldest] = 0.0
                state.cell.reshape(-1, self.window, self.units)[:, oldest] = 0.0
                if state.lanes is not None:
                    ids = np.repeat(ids, self.window)
            self._advance_rows(state, ids)
        state.read += 1

    def probs(self, state: State) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (lanes, V)."""
        if state.products is not None:
            return self._softmax(state.logits[: len(self._wide_bias)] + self._wide_bias)
        hidden = state.hidden
        if self.context == "window":
            full = state.read % self.window if state.read >= self.window else 0
            hidden = hidden.reshape(-1, self.window, self.units)[:, full]
            if state.lanes is None:
                return self._softmax(hidden[0].dot(self._dense_kernel) + self._wide_bias)
        return self._softmax(hidden.dot(self._dense_kernel) + self._dense_bias)

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows read from nothing.

        Args:
            windows: ids, shape (windows, characters).

        Returns:
            float64 (windows, V).
        """
        nothing = np.zeros((len(windows), self.units), np.float32)
        state = State(nothing, nothing, 0, len(windows))
        for ids in windows.T:
            self._advance_rows(state, ids)
        return self._softmax(state.hidden.dot(self._dense_kernel) + self._dense_bias)

    def _advance_one(self, state: State, id_: int) -> None:
        """hidden [H], cell [H], products [4H + V], id -> all one character further, in place.

        Each of these calls costs about as much as its arithmetic, so the fewest calls win: one
        product gives both the logits and what the next character's gates will need.
        """
        hidden, cell, gates, sigmoids = state.hidden, state.cell, state.gates, state.sigmoids
        np.add(state.recurrent, self._row_of[id_], gates)
        np.tanh(gates, gates)
        np.multiply(sigmoids, self._halves, sigmoids)
        np.add(sigmoids, self._halves, sigmoids)
        np.multiply(state.enter_and_forget, state.new_and_cell, state.enter_and_forget)
        np.add(state.enter, state.forget, cell)
        np.tanh(cell, hidden)
        np.multiply(hidden, state.leave, hidden)
        hidden.dot(self._joined_kernels, state.products)

    def _advance_rows(self, state: State, ids: int | NDArray[np.integer]) -> None:
        """hidden [rows, H], cell [rows, H], ids [rows] or one id for all -> one character further, in place.

        Here the arithmetic costs the most, and numpy's float32 exp takes half the time of its tanh:
        with e(x) = 1 + exp(-x), sigmoid(x) = 1 / e(x) and tanh(x) = 2 / e(2x) - 1. One gate at a
        time, so that what is at work stays in the processor's cache.
        """
        hidden, cell = state.hidden, state.cell
        gate, new, rows = state.room
        with np.errstate(over="ignore"):  # an infinite e gives the 0 or -1 that it should
            cell /= self._gate(FORGET, hidden, ids, gate, rows)
            _to_tanh(self._gate(NEW, hidden, ids, new, rows))
            new /= self._gate(ENTER, hidden, ids, gate, rows)
            cell += new
            self._gate(LEAVE, hidden, ids, gate, rows)
            np.multiply(cell, -2.0, out=hidden)
            np.exp(hidden, out=hidden)
            hidden += 1.0
            _to_tanh(hidden)
            hidden /= gate

    def _gate(
        self, which: int, hidden: Array32, ids: int | NDArray[np.integer], out: Array32, rows: Array32
    ) -> Array32:
        """hidden [rows, H], ids [rows] or one id -> e of one gate, [rows, H], in `out`; spoils `rows`."""
        np.dot(hidden, self._recurrent_by_gate[which], out=out)
        if not isinstance(ids, np.ndarray):
            out += self._rows_by_gate[which, ids]
        else:  # the ids are in range; "clip" spares numpy a copy
            out += np.take(self._rows_by_gate[which], ids, axis=0, out=rows, mode="clip")
        np.exp(out, out=out)
        out += 1.0
        return out

    def _softmax(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """float32 [rows, V] -> [rows, V], or float64 [V] -> [V]; spoils `logits`."""
        if not self._logits_are_small:
            logits -= np.maximum.reduce(logits, axis=-1, keepdims=True)
        if logits.ndim == 1:
            probs = np.exp(logits, logits)
            probs *= 1.0 / probs.dot(self._ones)
            return probs
        probs = _exp_of_many(logits)
        probs *= 1.0 / probs.dot(self._ones)[:, None]
        return probs


def _to_tanh(e: Array32) -> None:
    """e(2x) = 1 + exp(-2x) -> tanh(x) = 2 / e(2x) - 1, in place, any shape."""
    np.divide(2.0, e, out=e)
    e -= 1.0


def _exp_of_many(x: Array32) -> NDArray[np.float64]:
    """float32 -> float64 exp, any shape, within a few float32 roundings; spoils `x`.

    exp(x) = exp(x / 4)^4: numpy's float32 exp is five times as quick as its float64 exp, and x / 4
    keeps within float32 what only float64 can hold.
    """
    x *= 0.25
    quarter = np.exp(x, out=x).astype(np.float64)
    quarter *= quarter
    quarter *= quarter
    return quarter


def _aligned(array: NDArray[np.floating]) -> Array32:
    """Return a float32 copy that begins where a line of the processor's cache does: 5 to 10% sooner to work with."""
    room = np.empty(4 * array.size + CACHE_LINE, np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    copy = room[begin : begin + 4 * array.size].view(np.float32).reshape(array.shape)
    copy[...] = array
    return copy


def _by_gate(folded: Array32) -> Array32:
    """[n, 4H] -> [4, n, H]"""
    return _aligned(folded.reshape(len(folded), 4, -1).swapaxes(0, 1))


def _fold_gates(weights: Array32) -> Array32:
    """Reorder Keras's gates i, f, c, o to i, f, o, c, and halve the three sigmoids' inputs.

    sigmoid(x) = (tanh(x / 2) + 1) / 2, so all four gates become one tanh.
    """
    i, f, c, o = np.split(np.asarray(weights, dtype=np.float32), 4, axis=-1)
    return np.ascontiguousarray(np.concatenate([i / 2, f / 2, o / 2, c], axis=-1))
