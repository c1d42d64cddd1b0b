"""The forward pass of layers of which some read backwards: each character costs a whole window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.networks.layers.forward import (
    BidirectionalForward,
    Mask,
    RecurrentForward,
)
from charlstm.networks.layers.layer import BaseLayer
from charlstm.networks.layers.parts import LayerTensors, Masked, NetworkParts
from charlstm.networks.network import Array32, prefill_ends


@dataclass
class WindowState:
    """The last characters of each text.

    Attributes:
        ids: (rows, window), the last at the right.
    """

    ids: NDArray[np.integer]
    position: int
    batch_size: int | None  # None: one text, probabilities come as (V,); else (batch, V)

    def copy(self) -> "WindowState":
        """Return an independent copy, so that a text can be continued in two ways."""
        return WindowState(self.ids.copy(), self.position, self.batch_size)


class WindowNetwork:
    """Layers of which some read backwards: every character costs a whole window, which is read afresh.

    Args:
        layers: the lowest first.
        tensors: of each layer, float32, by Keras's names of its weights.
        window: the last characters that are read.
    """

    stateful = False

    def __init__(self, layers: Sequence[BaseLayer], tensors: LayerTensors, window: int) -> None:
        self.window = window
        self._layers = NetworkParts(layers, tensors)
        self.vocabulary_size = self._layers.characters

    def initial_state(self, batch_size: int | None = None) -> WindowState:
        """Return the state before any character: of one text, or of a batch of texts."""
        return WindowState(np.zeros((batch_size or 1, self.window), np.int64), 0, batch_size)

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> WindowState:
        """Return the state after the ids of a seed text, shape (characters,), the same in every row of a batch."""
        state, ids = self.initial_state(batch_size), np.asarray(ids)
        last = ids[-self.window :]
        state.ids[:, self.window - len(last) :] = last
        state.position = len(ids)
        return state

    def prefill_each(self, texts: Sequence[ArrayLike]) -> WindowState:
        """Return the state of a batch after the ids of a text for each row, of ends as long as the shortest."""
        return prefill_ends(self, texts, self.window)

    def step(self, state: WindowState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each row, into `state` (changed in place)."""
        state.ids[:, :-1] = state.ids[:, 1:]
        state.ids[:, -1] = ids
        state.position += 1

    def probs(self, state: WindowState) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (batch, V)."""
        length = min(state.position, self.window)
        probs = self.probs_after_windows(state.ids[:, self.window - length :])
        return probs[0] if state.batch_size is None else probs

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows of ids, (windows, characters) -> float64 (windows, V)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self._layers.probs(self._top(windows))

    def _top(self, ids: NDArray[np.integer]) -> Array32:
        """What the last layer that remembers gives at the end of texts: (rows, T) -> (rows, width)."""
        layers = self._layers
        if not ids.shape[1]:
            return np.zeros((len(ids), layers.top_width), np.float32)
        mask: Mask = ids != 0 if layers.mask_zero else None
        x, is_added = layers.read(ids), layers.first_is_recurrent
        for part in layers.body:
            if isinstance(part, RecurrentForward):
                x = part.whole(x if is_added else part.inputs(x), mask, False)
                is_added = False
            elif isinstance(part, BidirectionalForward):
                x = part.whole(x, mask)
            elif isinstance(part, Masked):
                x, mask = part(x)
            else:
                x = part(x)
        return x if x.ndim == 2 else x[:, -1]
