"""The layers of a network in two parts: those that remember, with what is below them, and those above."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.networks.layers.activations import softmax
from charlstm.networks.layers.forward import (
    BidirectionalForward,
    RecurrentForward,
    pointwise,
    recurrent,
)
from charlstm.networks.layers.layer import BaseLayer, Bidirectional, Embedding, Masking, Recurrent
from charlstm.networks.network import Array32, aligned
from charlstm.networks.threads import limit_blas_threads

LARGEST_LOGIT = 1e30
LayerTensors = Sequence[Mapping[str, Array32]]  # of each layer, by the names of its weights


class NetworkParts:
    """The layers, in two parts: those up to the last one that remembers, and those above, which give the logits."""

    def __init__(self, layers: Sequence[BaseLayer], tensors: LayerTensors) -> None:
        limit_blas_threads()
        first, *others = zip(layers, tensors, strict=True)
        self.mask_zero = getattr(first[0], "mask_zero", False)
        last = max((n for n, (one, _) in enumerate(others) if isinstance(one, Recurrent | Bidirectional)), default=-1)
        self.body = [_part(layer, weights) for layer, weights in others[: last + 1]]
        self._tail = [pointwise(layer, weights) for layer, weights in others[last + 1 :] if layer.kind != Masking.kind]
        layer, weights = first
        self.characters = len(weights["embeddings"]) if isinstance(layer, Embedding) else _characters(others)
        self._table = weights.get("embeddings")  # None: the rows are one-hot
        self.first_is_recurrent = bool(self.body) and isinstance(self.body[0], RecurrentForward)
        if self.first_is_recurrent:
            self._table = self._added(self.body[0])
        self.top_width = self.characters
        for layer in layers[: last + 2]:
            self.top_width = layer.width(self.top_width)

    def _added(self, above: RecurrentForward) -> Array32:
        """What each character adds to the gates of a recurrent first layer, (V, gates x H).

        A one-hot row times a kernel is a row of the kernel, and the product of an embedding with it is
        the same whenever the character comes, so it is made once.
        """
        if self._table is None:
            return aligned(above.kernel + above.input_bias)
        return aligned(self._table.astype(np.float64).dot(above.kernel) + above.input_bias)

    def read(self, ids: NDArray[np.integer]) -> Array32:
        """ids of any shape -> what the first layer gives: its rows, or what they add to the gates of the next."""
        if self._table is not None:
            return self._table[ids]
        rows = np.zeros((*ids.shape, self.characters), np.float32)
        np.put_along_axis(rows, ids[..., None], 1, axis=-1)
        return rows

    def probs(self, top: Array32) -> NDArray[np.float64]:
        """What the last layer that remembers gave, (rows, width) -> probs, float64 (rows, V).

        Activations without a bound can overflow; characters whose logits are no numbers then are equally likely.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            for layer in self._tail:
                top = layer(top)
        return softmax(np.nan_to_num(top.astype(np.float64), posinf=LARGEST_LOGIT, neginf=-LARGEST_LOGIT))


def _characters(above: Sequence[tuple[BaseLayer, Mapping[str, Array32]]]) -> int:
    """Return V for layers on one-hot characters: the rows of the first kernel, or the size of the first weights."""
    for _, weights in above:
        kernels = [tensor for name, tensor in weights.items() if name.endswith("kernel")]
        if kernels:
            return len(kernels[0])
        if weights:
            return len(next(iter(weights.values())))
    raise ValueError("the layers have no weights")


class Masked:
    """Skips the times at which all numbers are one value, and gives 0 there."""

    def __init__(self, value: float) -> None:
        self._value = value

    def __call__(self, x: Array32) -> tuple[Array32, NDArray[np.bool_]]:
        """(..., below) -> the same with zeros, and the mask (...)."""
        mask = (x != np.float32(self._value)).any(axis=-1)
        return x * mask[..., None], mask


def _part(layer: BaseLayer, weights: Mapping[str, Array32]) -> Any:
    if isinstance(layer, Recurrent):
        return recurrent(layer, weights)
    if isinstance(layer, Bidirectional):
        return BidirectionalForward(layer, weights)
    return Masked(layer.value) if isinstance(layer, Masking) else pointwise(layer, weights)
