"""The forward pass of layers that read forwards: each character costs one step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.networks.layers.forward import (
    Mask,
    Memory,
    RecurrentForward,
)
from charlstm.networks.layers.layer import BaseLayer
from charlstm.networks.layers.parts import LayerTensors, Masked, NetworkParts
from charlstm.networks.lstm import LONGEST_PREFILL
from charlstm.networks.network import Array32, Context, prefill_ends


@dataclass
class LayerState:
    """What each layer that remembers does.

    Attributes:
        memories: of each of these layers. In windows each text has `window` rows, whose windows started one
            character apart, so that at every character one row has seen exactly the last `window`.
        top: (rows, width), what the last of them gave.
    """

    memories: list[Memory]
    top: Array32
    position: int
    batch_size: int | None  # None: one text, probabilities come as (V,); else (batch, V)

    def copy(self) -> "LayerState":
        """Return an independent copy, so that a text can be continued in two ways."""
        return self.of_rows(lambda array: array.copy(), self.batch_size)

    def of_rows(self, take: Callable[[Array32], Array32], batch_size: int | None) -> "LayerState":
        """Return the state with other rows, which `take` makes of each array."""
        memories = [tuple(take(one) for one in memory) for memory in self.memories]
        # What the last layer that remembers gave is its first array, not a copy of it.
        top = memories[-1][0] if memories else take(self.top)
        return LayerState(memories, top, self.position, batch_size)


class LayerNetwork:
    """Layers that read forwards: each character costs one step.

    Args:
        layers: the lowest first; none reads backwards.
        tensors: of each layer, float32, by Keras's names of its weights.
        context: "carried" where stateful, else "window".
        window: see `Network`.
    """

    def __init__(self, layers: Sequence[BaseLayer], tensors: LayerTensors, context: Context, window: int) -> None:
        self.stateful = context == "carried"
        self.window = window
        self._max_prefill = LONGEST_PREFILL if self.stateful else window
        self._layers = NetworkParts(layers, tensors)
        self.vocabulary_size = self._layers.characters

    def initial_state(self, batch_size: int | None = None) -> LayerState:
        """Return the state before any character: of one text, or of a batch of texts."""
        rows = (1 if batch_size is None else batch_size) * (1 if self.stateful else self.window)
        return self._zero_state(rows, batch_size)

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> LayerState:
        """Return the state after the ids of a seed text, shape (characters,), the same in every row of a batch.

        Only the last `window` characters are read, or where stateful the last LONGEST_PREFILL. In windows each goes
        into the row it would have gone into had all been read.
        """
        ids, one = np.asarray(ids), self.initial_state()
        skipped = max(0, len(ids) - self._max_prefill)
        ids, one.position = ids[skipped:], skipped
        for id_ in ids.tolist():
            self.step(one, id_)
        if batch_size is None:
            return one
        return one.of_rows(lambda array: np.tile(array, (batch_size, 1)), batch_size)

    def prefill_each(self, texts: Sequence[ArrayLike]) -> LayerState:
        """Return the state of a batch after the ids of a text for each row, no more of their ends than `prefill`."""
        return prefill_ends(self, texts, self._max_prefill)

    def step(self, state: LayerState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each row, into `state` (changed in place)."""
        of_rows = np.atleast_1d(np.asarray(ids))
        if not self.stateful:
            self._restart_oldest(state)
            of_rows = np.repeat(of_rows, len(state.top) // len(of_rows))
        elif len(of_rows) < len(state.top):
            of_rows = np.repeat(of_rows, len(state.top))
        self._advance(state, of_rows)
        state.position += 1

    def probs(self, state: LayerState) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (batch, V)."""
        top = state.top
        if not self.stateful:
            full = state.position % self.window if state.position >= self.window else 0
            top = top[full :: self.window]
        probs = self._layers.probs(top)
        return probs[0] if state.batch_size is None else probs

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows of ids, (windows, characters) -> float64 (windows, V)."""
        state = self._zero_state(len(windows), len(windows))
        for column in windows.T:
            self._advance(state, column)
        return self._layers.probs(state.top)

    def _zero_state(self, rows: int, batch_size: int | None) -> LayerState:
        memories = [part.initial(rows) for part in self._layers.body if isinstance(part, RecurrentForward)]
        top = memories[-1][0] if memories else np.zeros((rows, self._layers.top_width), np.float32)
        return LayerState(memories, top, 0, batch_size)

    def _restart_oldest(self, state: LayerState) -> None:
        """Zero the rows that have seen their whole window."""
        oldest = state.position % self.window
        for memory in state.memories:
            for one in memory:
                one[oldest :: self.window] = 0.0

    def _advance(self, state: LayerState, ids: NDArray[np.integer]) -> None:
        """All layers one character further, in place; ids (rows,)."""
        layers, memories = self._layers, iter(state.memories)
        mask: Mask = ids != 0 if layers.mask_zero else None
        x, is_added = layers.read(ids), layers.first_is_recurrent
        with np.errstate(over="ignore", invalid="ignore"):
            for part in layers.body:
                if isinstance(part, RecurrentForward):
                    memory = next(memories)
                    part.advance(x if is_added else part.inputs(x), memory, mask)
                    x, is_added = memory[0], False
                elif isinstance(part, Masked):
                    x, mask = part(x)
                else:
                    x = part(x)
        if not state.memories:
            state.top[...] = x
