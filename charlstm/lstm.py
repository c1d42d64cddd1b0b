"""The forward pass of LSTM layers and a softmax over the characters, in NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.network import Array32, Context, Softmax, aligned, read_ends

ENTER, FORGET, LEAVE, NEW = range(4)  # the gates in our order; Keras's is i, f, c, o
# What lies farther back moves no probability any more that one could see; the limit keeps a very long seed quick.
LONGEST_MEMORY = 5_000


class OneMemory:
    """What a layer remembers of one text whose state is carried, laid out so that a step is the fewest calls.

    Shapes: hidden and cell (H,); products (4H + `above` and some,), which is hidden times the
    layer's joined kernels, with what the next layer or the softmax needs after the first 4H.
    """

    def __init__(self, hidden: Array32, cell: Array32, products: Array32, above: int) -> None:
        units = hidden.size
        self.hidden = aligned(hidden)
        self.products = aligned(products)
        self.recurrent, self.upward = self.products[: 4 * units], self.products[4 * units : 4 * units + above]
        # Side by side, so that the two products which make the new cell are one.
        gates_and_cell = aligned(np.concatenate([np.zeros(4 * units), cell]))
        self.enter, self.forget, self.leave, self.new, self.cell = gates_and_cell.reshape(5, units)
        self.gates, self.sigmoids = gates_and_cell[: 4 * units], gates_and_cell[: 3 * units]
        self.enter_and_forget, self.new_and_cell = gates_and_cell[: 2 * units], gates_and_cell[3 * units :]

    def copy(self) -> "OneMemory":
        """Return an independent copy."""
        return OneMemory(self.hidden, self.cell, self.products, self.upward.size)


class RowsMemory:
    """What a layer remembers of many texts or windows, one row each.

    Shapes: hidden and cell (rows, H); inputs (rows, below + H) holds what the layer below gave,
    and beside it, as a view, hidden.
    """

    def __init__(self, hidden: Array32, cell: Array32, below: int) -> None:
        rows, units = hidden.shape
        self.inputs = aligned(np.zeros((rows, below + units)))
        self.below, self.hidden = self.inputs[:, :below], self.inputs[:, below:]
        self.hidden[...] = hidden
        self.cell = aligned(cell)
        self.room = aligned(np.zeros((3, rows, units)))  # for what a step computes, so that it allocates nothing

    def copy(self) -> "RowsMemory":
        """Return an independent copy."""
        copy = RowsMemory(self.hidden, self.cell, self.below.shape[1])
        copy.below[...] = self.below
        return copy


@dataclass
class LstmState:
    """What the network remembers of the text so far.

    In the carried context each text has one row in each layer. In the window context it has
    `window` of them, whose windows started one character apart, so that at every character one row
    has seen exactly the last `window`.
    """

    layers: Sequence[OneMemory | RowsMemory]
    read: int
    lanes: int | None  # None: one text, probabilities come as (V,); else (lanes, V)

    def copy(self) -> "LstmState":
        """Return an independent copy, so that a text can be continued in two ways."""
        return LstmState([layer.copy() for layer in self.layers], self.read, self.lanes)


class LstmNetwork:
    """LSTM layers and a dense softmax, from weights in Keras's own layout.

    Args:
        tensors: float32, by name: lstm_1/kernel (V, 4H), lstm_1/recurrent_kernel (H, 4H) and
            lstm_1/bias (4H,), gates in the order i, f, c, o; lstm_2 and on likewise, their kernels
            (H of the layer below, 4H); dense/kernel (H, V), dense/bias (V,).
        context: see `Network`.
        window: see `Network`.

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000, as in
    `keras.layers.LSTM`.
    """

    def __init__(self, tensors: Mapping[str, Array32], context: Context, window: int) -> None:
        self.context: Context = context
        self.window = window
        self._reach = window if context == "window" else LONGEST_MEMORY  # characters back, and none before them
        self.vocabulary_size = len(tensors["dense/bias"])
        self._softmax = Softmax(tensors["dense/kernel"], tensors["dense/bias"], farthest_hidden=1.0)
        count = sum(name.endswith("/recurrent_kernel") for name in tensors)
        upward = [_fold_gates(tensors[f"lstm_{number}/kernel"]) for number in range(2, count + 1)]
        upward.append(tensors["dense/kernel"])
        self._layers = [_Layer(tensors, number, upward[number - 1]) for number in range(1, count + 1)]

    def start(self, lanes: int | None = None) -> LstmState:
        """Return the state before any character: one text, or `lanes` texts side by side."""
        if self.context == "carried" and lanes is None:
            return LstmState([layer.one_memory() for layer in self._layers], 0, None)
        rows = (1 if lanes is None else lanes) * (self.window if self.context == "window" else 1)
        return LstmState([layer.rows_memory(rows) for layer in self._layers], 0, lanes)

    def prime(self, ids: ArrayLike, lanes: int | None = None) -> LstmState:
        """Return the state after reading the ids of a seed text, shape (characters,), into every lane.

        Only the last `window` characters are read, or the last LONGEST_MEMORY in the carried
        context, so a long seed costs no more than a short one. In the window context each goes into
        the row it would have gone into had all been read, so that a text taken up again goes on as
        if it had never been left, to the last bit.
        """
        ids, one = np.asarray(ids), self.start()
        skipped = max(0, len(ids) - self._reach)
        ids, one.read = ids[skipped:], skipped
        for id_ in ids.tolist():
            self.read(one, id_)
        if lanes is None:
            return one
        layers = []
        for layer, memory in zip(self._layers, one.layers, strict=True):
            hidden, cell = (np.tile(part.reshape(-1, layer.units), (lanes, 1)) for part in (memory.hidden, memory.cell))
            layers.append(RowsMemory(hidden, cell, layer.below))
        return LstmState(layers, one.read, lanes)

    def prime_each(self, texts: Sequence[ArrayLike]) -> LstmState:
        """Return the state after reading into each lane the ids of its own text, no more of their ends than `prime`."""
        return read_ends(self, texts, self._reach)

    def read(self, state: LstmState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each lane, into `state` (changed in place)."""
        if self.context == "carried" and state.lanes is None:
            self._advance_one(state.layers, ids)  # type: ignore[arg-type]
        else:
            if self.context == "window":
                self._start_oldest_over(state)
            self._advance_rows(state.layers, ids)  # type: ignore[arg-type]
        state.read += 1

    def probs(self, state: LstmState) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (lanes, V)."""
        last = state.layers[-1]
        if isinstance(last, OneMemory):
            return self._softmax.of_one(last.upward)
        hidden = last.hidden
        if self.context == "window":
            full = state.read % self.window if state.read >= self.window else 0
            if state.lanes is None:
                return self._softmax.of_one(hidden[full].dot(self._softmax.kernel))
            hidden = hidden[full :: self.window]
        return self._softmax.of_many(hidden)

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows read from nothing.

        Args:
            windows: ids, shape (windows, characters).

        Returns:
            float64 (windows, V).
        """
        layers = [layer.rows_memory(len(windows)) for layer in self._layers]
        for ids in windows.T:
            self._advance_rows(layers, ids)
        return self._softmax.of_many(layers[-1].hidden)

    def _start_oldest_over(self, state: LstmState) -> None:
        """Empty the rows that have seen their whole window."""
        oldest = state.read % self.window
        for memory in state.layers:
            memory.hidden[oldest :: self.window] = 0.0
            memory.cell[oldest :: self.window] = 0.0

    def _advance_one(self, layers: Sequence[OneMemory], id_: int) -> None:
        """All layers one character further, in place."""
        below = None
        for layer, memory in zip(self._layers, layers, strict=True):
            if below is None:
                np.add(memory.recurrent, layer.row_of[id_], memory.gates)
            else:
                np.add(memory.recurrent, below, memory.gates)
                np.add(memory.gates, layer.row_of[0], memory.gates)
            layer.advance_one(memory)
            below = memory.upward

    def _advance_rows(self, layers: Sequence[RowsMemory], ids: int | NDArray[np.integer]) -> None:
        """All layers one character further, in place."""
        below = None
        with np.errstate(over="ignore"):  # an infinite e gives the 0 or -1 that it should
            for layer, memory in zip(self._layers, layers, strict=True):
                if below is not None:
                    memory.below[...] = below
                    ids = 0
                layer.advance_rows(memory, ids)
                below = memory.hidden


class _Layer:
    """One LSTM layer's weights, laid out for one text and for many.

    Every layer adds a row of numbers to its gates: the first that of the character, the others
    their bias, which is the one row they have.
    """

    def __init__(self, tensors: Mapping[str, Array32], number: int, upward: Array32) -> None:
        kernel, bias = tensors[f"lstm_{number}/kernel"], tensors[f"lstm_{number}/bias"]
        recurrent = _fold_gates(tensors[f"lstm_{number}/recurrent_kernel"])
        self.units = len(recurrent)
        self.below = 0 if number == 1 else len(kernel)
        # A one-hot vector times the kernel is one row of it, so the bias can be added beforehand.
        rows = _fold_gates(kernel + bias if number == 1 else bias[None])
        # For one text: what goes to this layer's next step and to what is above it are one product,
        # as wide as whole cache lines, so that every row of it begins on one.
        joined = np.concatenate([recurrent, upward], axis=1)
        self._joined_kernels = aligned(np.pad(joined, ((0, 0), (0, -joined.shape[1] % 16))))
        self._above = upward.shape[1]
        self.row_of = list(aligned(rows))
        self._halves = aligned(np.full(3 * self.units, 0.5))
        # For many: see `advance_rows`.
        kernels = recurrent if number == 1 else np.concatenate([_fold_gates(kernel), recurrent])
        self._rows_by_gate = _by_gate(-2 * rows)
        self._kernels_by_gate = _by_gate(-2 * kernels)

    def one_memory(self) -> OneMemory:
        """Return what there is before any character."""
        nothing = np.zeros(self.units, np.float32)
        return OneMemory(nothing, nothing, np.zeros(self._joined_kernels.shape[1], np.float32), self._above)

    def rows_memory(self, rows: int) -> RowsMemory:
        """Return what there is before any character."""
        nothing = np.zeros((rows, self.units), np.float32)
        return RowsMemory(nothing, nothing, self.below)

    def advance_one(self, memory: OneMemory) -> None:
        """hidden [H], cell [H], gates [4H] as summed -> all one character further, in place.

        Each of these calls costs about as much as its arithmetic, so the fewest calls win: one
        product gives both what is above and what the next character's gates will need.
        """
        hidden, cell, gates, sigmoids = memory.hidden, memory.cell, memory.gates, memory.sigmoids
        np.tanh(gates, gates)
        np.multiply(sigmoids, self._halves, sigmoids)
        np.add(sigmoids, self._halves, sigmoids)
        np.multiply(memory.enter_and_forget, memory.new_and_cell, memory.enter_and_forget)
        np.add(memory.enter, memory.forget, cell)
        np.tanh(cell, hidden)
        np.multiply(hidden, memory.leave, hidden)
        hidden.dot(self._joined_kernels, memory.products)

    def advance_rows(self, memory: RowsMemory, ids: int | NDArray[np.integer]) -> None:
        """hidden [rows, H], cell [rows, H], ids [lanes] or one id for all -> one character further, in place.

        Here the arithmetic costs the most, and numpy's float32 exp takes half the time of its tanh:
        with e(x) = 1 + exp(-x), sigmoid(x) = 1 / e(x) and tanh(x) = 2 / e(2x) - 1. One gate at a
        time, so that what is at work stays in the processor's cache.
        """
        hidden, cell = memory.hidden, memory.cell
        gate, new, rows = memory.room
        cell /= self._gate(FORGET, memory, ids, gate, rows)
        _to_tanh(self._gate(NEW, memory, ids, new, rows))
        new /= self._gate(ENTER, memory, ids, gate, rows)
        cell += new
        self._gate(LEAVE, memory, ids, gate, rows)
        np.multiply(cell, -2.0, out=new)
        np.exp(new, out=new)
        new += 1.0
        _to_tanh(new)
        np.divide(new, gate, out=hidden)

    def _gate(
        self, which: int, memory: RowsMemory, ids: int | NDArray[np.integer], out: Array32, rows: Array32
    ) -> Array32:
        """inputs [rows, below + H], ids [lanes] or one id -> e of one gate, [rows, H], in `out`; spoils `rows`."""
        np.dot(memory.inputs, self._kernels_by_gate[which], out=out)
        if not isinstance(ids, np.ndarray):
            out += self._rows_by_gate[which, ids]
        else:  # the ids are in range; "clip" spares numpy a copy
            of_lanes = np.take(self._rows_by_gate[which], ids, axis=0, out=rows[: len(ids)], mode="clip")
            by_lane = out.reshape(len(ids), -1, self.units)
            by_lane += of_lanes[:, None]
        np.exp(out, out=out)
        out += 1.0
        return out


def _to_tanh(e: Array32) -> None:
    """e(2x) = 1 + exp(-2x) -> tanh(x) = 2 / e(2x) - 1, in place, any shape."""
    np.divide(2.0, e, out=e)
    e -= 1.0


def _by_gate(folded: Array32) -> Array32:
    """[n, 4H] -> [4, n, H]"""
    return aligned(folded.reshape(len(folded), 4, -1).swapaxes(0, 1))


def _fold_gates(weights: Array32) -> Array32:
    """Reorder Keras's gates i, f, c, o to i, f, o, c, and halve the three sigmoids' inputs.

    sigmoid(x) = (tanh(x / 2) + 1) / 2, so all four gates become one tanh.
    """
    i, f, c, o = np.split(np.asarray(weights, dtype=np.float32), 4, axis=-1)
    return np.ascontiguousarray(np.concatenate([i / 2, f / 2, o / 2, c], axis=-1))
