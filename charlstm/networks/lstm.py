"""The forward pass of LSTM layers and a softmax over the characters, in NumPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.networks.network import Array32, Context, Softmax, aligned, prefill_ends
from charlstm.networks.threads import limit_blas_threads

INPUT, FORGET, OUTPUT, CANDIDATE = range(4)  # the gates in our order; Keras's is i, f, c, o
# Earlier characters change no probability visibly: read from here on, natural text had the same ones within 5e-6 at 96
# places with each network that comes with the project (half of them within 1e-7). The limit keeps a long seed quick.
LONGEST_PREFILL = 1_500


class SingleState:
    """What a layer remembers of one text of a stateful network, laid out so that a step is the fewest calls.

    Shapes: hidden and cell (H,); products (4H + `above`, padded to whole cache lines), which is hidden times the
    layer's joined kernels, with what the next layer or the softmax needs after the first 4H.
    """

    def __init__(self, hidden: Array32, cell: Array32, products: Array32, above: int) -> None:
        units = hidden.size
        self.hidden = aligned(hidden)
        self.products = aligned(products)
        self.recurrent, self.next_input = self.products[: 4 * units], self.products[4 * units : 4 * units + above]
        # Side by side, so that the two products which make the new cell are one.
        gates_and_cell = aligned(np.concatenate([np.zeros(4 * units), cell]))
        self.input, self.forget, self.output, self.candidate, self.cell = gates_and_cell.reshape(5, units)
        self.gates, self.sigmoids = gates_and_cell[: 4 * units], gates_and_cell[: 3 * units]
        self.input_and_forget, self.candidate_and_cell = gates_and_cell[: 2 * units], gates_and_cell[3 * units :]

    def copy(self) -> "SingleState":
        """Return an independent copy."""
        return SingleState(self.hidden, self.cell, self.products, self.next_input.size)


class BatchState:
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
        self.scratch = aligned(np.zeros((3, rows, units)))  # what a step computes in, so that it allocates nothing

    def copy(self) -> "BatchState":
        """Return an independent copy."""
        copy = BatchState(self.hidden, self.cell, self.below.shape[1])
        copy.below[...] = self.below
        return copy


@dataclass
class LstmState:
    """What the network remembers of the text so far.

    Where stateful, each text has one row in each layer. In windows it has `window` of them, whose
    windows started one character apart, so that at every character one row has seen exactly the last
    `window`.
    """

    layers: Sequence[SingleState | BatchState]
    position: int
    batch_size: int | None  # None: one text, probabilities come as (V,); else (batch, V)

    def copy(self) -> "LstmState":
        """Return an independent copy, so that a text can be continued in two ways."""
        return LstmState([layer.copy() for layer in self.layers], self.position, self.batch_size)


class LstmNetwork:
    """LSTM layers and a dense softmax, from weights in Keras's own layout.

    Args:
        tensors: float32, by name: lstm_1/kernel (V, 4H), lstm_1/recurrent_kernel (H, 4H) and
            lstm_1/bias (4H,), gates in the order i, f, c, o; lstm_2 and on likewise, their kernels
            (H of the layer below, 4H); dense/kernel (H, V), dense/bias (V,).
        context: "carried" where stateful, else "window".
        window: see `Network`.

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000, as in
    `keras.layers.LSTM`.
    """

    def __init__(self, tensors: Mapping[str, Array32], context: Context, window: int) -> None:
        limit_blas_threads()
        self.stateful = context == "carried"
        self.window = window
        # How many of the last characters `prefill` reads.
        self._max_prefill = LONGEST_PREFILL if self.stateful else window
        self.vocabulary_size = len(tensors["dense/bias"])
        self._softmax = Softmax(tensors["dense/kernel"], tensors["dense/bias"], largest_hidden=1.0)
        count = sum(name.endswith("/recurrent_kernel") for name in tensors)
        next_input = [_fold_gates(tensors[f"lstm_{number}/kernel"]) for number in range(2, count + 1)]
        next_input.append(tensors["dense/kernel"])
        self._layers = [_Layer(tensors, number, next_input[number - 1]) for number in range(1, count + 1)]

    def initial_state(self, batch_size: int | None = None) -> LstmState:
        """Return the state before any character: one text, or a batch of texts."""
        if self.stateful and batch_size is None:
            return LstmState([layer.single_state() for layer in self._layers], 0, None)
        rows = (1 if batch_size is None else batch_size) * (self.window if not self.stateful else 1)
        return LstmState([layer.batch_state(rows) for layer in self._layers], 0, batch_size)

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> LstmState:
        """Return the state after the ids of a seed text, shape (characters,), the same in every row of a batch.

        Only the last `window` characters are read, or where stateful the last LONGEST_PREFILL, so a long
        seed costs no more than a short one. In windows each goes into the row it would have gone into had
        all been read, so that a text taken up again goes on as if it had never been left, to the last bit.
        """
        ids, one = np.asarray(ids), self.initial_state()
        skipped = max(0, len(ids) - self._max_prefill)
        ids, one.position = ids[skipped:], skipped
        for id_ in ids.tolist():
            self.step(one, id_)
        if batch_size is None:
            return one
        layers = []
        for layer, state in zip(self._layers, one.layers, strict=True):
            hidden, cell = (
                np.tile(part.reshape(-1, layer.units), (batch_size, 1)) for part in (state.hidden, state.cell)
            )
            layers.append(BatchState(hidden, cell, layer.below))
        return LstmState(layers, one.position, batch_size)

    def prefill_each(self, texts: Sequence[ArrayLike]) -> LstmState:
        """Return the state of a batch after the ids of a text for each row, no more of their ends than `prefill`."""
        return prefill_ends(self, texts, self._max_prefill)

    def step(self, state: LstmState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each row, into `state` (changed in place)."""
        if self.stateful and state.batch_size is None:
            self._step_one(state.layers, ids)  # type: ignore[arg-type]
        else:
            if not self.stateful:
                self._restart_oldest(state)
            self._step_batch(state.layers, ids)  # type: ignore[arg-type]
        state.position += 1

    def probs(self, state: LstmState) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (batch, V)."""
        last = state.layers[-1]
        if isinstance(last, SingleState):
            return self._softmax.of_one(last.next_input)
        hidden = last.hidden
        if not self.stateful:
            full = state.position % self.window if state.position >= self.window else 0
            if state.batch_size is None:
                return self._softmax.of_one(hidden[full].dot(self._softmax.kernel))
            hidden = hidden[full :: self.window]
        return self._softmax.of_batch(hidden)

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows, each read from the initial state.

        Args:
            windows: ids, shape (windows, characters).

        Returns:
            float64 (windows, V).
        """
        layers = [layer.batch_state(len(windows)) for layer in self._layers]
        for ids in windows.T:
            self._step_batch(layers, ids)
        return self._softmax.of_batch(layers[-1].hidden)

    def _restart_oldest(self, state: LstmState) -> None:
        """Zero the rows that have seen their whole window."""
        oldest = state.position % self.window
        for layer in state.layers:
            layer.hidden[oldest :: self.window] = 0.0
            layer.cell[oldest :: self.window] = 0.0

    def _step_one(self, layers: Sequence[SingleState], id_: int) -> None:
        """All layers one character further, in place."""
        below = None
        for layer, state in zip(self._layers, layers, strict=True):
            if below is None:
                np.add(state.recurrent, layer.row_of[id_], state.gates)
            else:
                np.add(state.recurrent, below, state.gates)
                np.add(state.gates, layer.row_of[0], state.gates)
            layer.step_one(state)
            below = state.next_input

    def _step_batch(self, layers: Sequence[BatchState], ids: int | NDArray[np.integer]) -> None:
        """All layers one character further, in place."""
        below = None
        with np.errstate(over="ignore"):  # an infinite e gives the 0 or -1 that it should
            for layer, state in zip(self._layers, layers, strict=True):
                if below is not None:
                    state.below[...] = below
                    ids = 0
                layer.step_batch(state, ids)
                below = state.hidden


class _Layer:
    """One LSTM layer's weights, laid out for one text and for many.

    `row_of[id]` is added to the gates: in the first layer the character's row of the kernel plus the
    bias, in the others the bias alone, `row_of[0]`.
    """

    def __init__(self, tensors: Mapping[str, Array32], number: int, next_input: Array32) -> None:
        kernel, bias = tensors[f"lstm_{number}/kernel"], tensors[f"lstm_{number}/bias"]
        recurrent = _fold_gates(tensors[f"lstm_{number}/recurrent_kernel"])
        self.units = len(recurrent)
        self.below = 0 if number == 1 else len(kernel)
        # A one-hot vector times the kernel is one row of it, so the bias can be added beforehand.
        rows = _fold_gates(kernel + bias if number == 1 else bias[None])
        # For one text: what goes to this layer's next step and to what is above it are one product,
        # as wide as whole cache lines, so that every row of it begins on one.
        joined = np.concatenate([recurrent, next_input], axis=1)
        self._joined_kernels = aligned(np.pad(joined, ((0, 0), (0, -joined.shape[1] % 16))))
        self._above = next_input.shape[1]
        self.row_of = list(aligned(rows))
        self._halves = aligned(np.full(3 * self.units, 0.5))
        # For many: see `step_batch`.
        kernels = recurrent if number == 1 else np.concatenate([_fold_gates(kernel), recurrent])
        self._rows_by_gate = _by_gate(-2 * rows)
        self._kernels_by_gate = _by_gate(-2 * kernels)

    def single_state(self) -> SingleState:
        """Return this layer's zero state."""
        nothing = np.zeros(self.units, np.float32)
        return SingleState(nothing, nothing, np.zeros(self._joined_kernels.shape[1], np.float32), self._above)

    def batch_state(self, rows: int) -> BatchState:
        """Return this layer's zero state."""
        nothing = np.zeros((rows, self.units), np.float32)
        return BatchState(nothing, nothing, self.below)

    def step_one(self, state: SingleState) -> None:
        """hidden [H], cell [H], gates [4H] as summed -> all one character further, in place.

        Each of these calls costs about as much as its arithmetic, so the fewest calls win: one
        product gives both what the layer above and what the next character's gates will need.
        """
        hidden, cell, gates, sigmoids = state.hidden, state.cell, state.gates, state.sigmoids
        np.tanh(gates, gates)
        np.multiply(sigmoids, self._halves, sigmoids)
        np.add(sigmoids, self._halves, sigmoids)
        np.multiply(state.input_and_forget, state.candidate_and_cell, state.input_and_forget)
        np.add(state.input, state.forget, cell)
        np.tanh(cell, hidden)
        np.multiply(hidden, state.output, hidden)
        hidden.dot(self._joined_kernels, state.products)

    def step_batch(self, state: BatchState, ids: int | NDArray[np.integer]) -> None:
        """hidden [rows, H], cell [rows, H], ids [batch] or one id for all -> one character further, in place.

        Here the arithmetic costs the most, and numpy's float32 exp takes half the time of its tanh:
        with e(x) = 1 + exp(-x), sigmoid(x) = 1 / e(x) and tanh(x) = 2 / e(2x) - 1. One gate at a
        time, so that what is at work stays in the processor's cache.
        """
        hidden, cell = state.hidden, state.cell
        gate, candidate, rows = state.scratch
        cell /= self._gate(FORGET, state, ids, gate, rows)
        _to_tanh(self._gate(CANDIDATE, state, ids, candidate, rows))
        candidate /= self._gate(INPUT, state, ids, gate, rows)
        cell += candidate
        self._gate(OUTPUT, state, ids, gate, rows)
        np.multiply(cell, -2.0, out=candidate)
        np.exp(candidate, out=candidate)
        candidate += 1.0
        _to_tanh(candidate)
        np.divide(candidate, gate, out=hidden)

    def _gate(
        self, which: int, state: BatchState, ids: int | NDArray[np.integer], out: Array32, rows: Array32
    ) -> Array32:
        """inputs [rows, below + H], ids [batch] or one id -> e of one gate, [rows, H], in `out`; overwrites `rows`."""
        np.dot(state.inputs, self._kernels_by_gate[which], out=out)
        if not isinstance(ids, np.ndarray):
            out += self._rows_by_gate[which, ids]
        else:  # the ids are in range; "clip" spares numpy a copy
            of_texts = np.take(self._rows_by_gate[which], ids, axis=0, out=rows[: len(ids)], mode="clip")
            by_text = out.reshape(len(ids), -1, self.units)
            by_text += of_texts[:, None]
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
