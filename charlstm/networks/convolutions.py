"""The forward pass of gated causal convolutions in NumPy: each character costs one step, not a window.

A block, after van den Oord et al. 2016, "WaveNet", with the layer's norm first (Xiong et al. 2020):

    n = norm(x);  a, b = conv(n) in halves;  x = x + mix(tanh(a) sigmoid(b))

A convolution of width 3 and dilation d sees n now, d and 2d characters ago. What was seen before is
kept, in a ring for each block, so nothing is computed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charlstm.networks.network import Array32, Softmax, aligned, prefill_ends, probs_after_windows
from charlstm.networks.threads import limit_blas_threads

EPSILON = 1e-3  # of Keras's LayerNormalization


@dataclass
class ConvolutionState:
    """What each block has seen, as far back as it looks.

    Attributes:
        rings: of each block, float32 ((width - 1) * dilation, rows, C): what was seen at character
            t stands at t modulo the ring's length.
        top: float32 (rows, C), what the last block gave.
    """

    rings: list[Array32]
    top: Array32
    position: int
    batch_size: int | None  # None: one text, probabilities come as (V,); else (batch_size, V)

    def copy(self) -> "ConvolutionState":
        """Return an independent copy, so that a text can be continued in two ways."""
        return ConvolutionState([ring.copy() for ring in self.rings], self.top.copy(), self.position, self.batch_size)


class ConvolutionNetwork:
    """Gated causal convolutions and a dense softmax, from weights in Keras's own layout.

    Args:
        tensors: float32, by name: embedding/embeddings (V, C); for each block norm_1/gamma and
            norm_1/beta (C,), conv_1/kernel (width, C, 2C), conv_1/bias (2C,), mix_1/kernel (C, C)
            and mix_1/bias (C,); norm/gamma, norm/beta (C,); dense/kernel (C, V), dense/bias (V,).
        dilations: of each block.
        window: of the texts it was trained on.
    """

    stateful = True

    def __init__(self, tensors: Mapping[str, Array32], dilations: Sequence[int], window: int) -> None:
        limit_blas_threads()
        self.window = window
        self.vocabulary_size = len(tensors["dense/bias"])
        self._embeddings = aligned(tensors["embedding/embeddings"])
        self._blocks = [_Block(tensors, number, dilation) for number, dilation in enumerate(dilations, start=1)]
        self._norm = _Norm(tensors, "norm")
        self._softmax = Softmax(tensors["dense/kernel"], tensors["dense/bias"], largest_hidden=np.inf)
        self._receptive_field = 1 + sum(block.reach for block in self._blocks)

    def initial_state(self, batch_size: int | None = None) -> ConvolutionState:
        """Return the state before any character: one text, or a batch of texts."""
        rows, channels = batch_size or 1, self._embeddings.shape[1]
        rings = [np.zeros((block.reach, rows, channels), np.float32) for block in self._blocks]
        return ConvolutionState(rings, np.zeros((rows, channels), np.float32), 0, batch_size)

    def prefill(self, ids: ArrayLike, batch_size: int | None = None) -> ConvolutionState:
        """Return the state after the ids of a seed text, shape (characters,), the same in every row of a batch.

        Only as many of the last are read as the network can see.
        """
        one = self.initial_state()
        for id_ in np.asarray(ids)[-self._receptive_field :].tolist():
            self.step(one, id_)
        if batch_size is None:
            return one
        rings = [np.repeat(ring, batch_size, axis=1) for ring in one.rings]
        return ConvolutionState(rings, np.repeat(one.top, batch_size, axis=0), one.position, batch_size)

    def prefill_each(self, texts: Sequence[ArrayLike]) -> ConvolutionState:
        """Return the state after the ids of a text for each row, no more of their ends than it sees."""
        return prefill_ends(self, texts, self._receptive_field)

    def step(self, state: ConvolutionState, ids: int | NDArray[np.integer]) -> None:
        """Feed the next character, an id or one id for each row, into `state` (changed in place)."""
        x = state.top
        x[...] = self._embeddings[ids]
        for block, ring in zip(self._blocks, state.rings, strict=True):
            block.step(x, ring, state.position)
        state.position += 1

    def probs_after_windows(self, windows: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the raw probs after each of many windows of ids, (windows, characters) -> float64 (windows, V)."""
        return probs_after_windows(self, windows)

    def probs(self, state: ConvolutionState) -> NDArray[np.float64]:
        """Return the raw probs of the next character, float64 (V,), or (batch_size, V)."""
        probs = self._softmax.of_batch(self._norm(state.top))
        return probs[0] if state.batch_size is None else probs


class _Norm:
    """Layer normalisation. Source: Ba et al. 2016, "Layer Normalization"."""

    def __init__(self, tensors: Mapping[str, Array32], name: str) -> None:
        self._gamma = np.array(tensors[f"{name}/gamma"], np.float32)
        self._beta = np.array(tensors[f"{name}/beta"], np.float32)
        self._share = np.full(len(self._gamma), 1 / len(self._gamma), np.float32)

    def __call__(self, x: Array32) -> Array32:
        """[rows, C] -> [rows, C]"""
        centred = x - x.dot(self._share)[:, None]
        variance = (centred * centred).dot(self._share)[:, None]
        centred /= np.sqrt(variance + np.float32(EPSILON))
        centred *= self._gamma
        centred += self._beta
        return centred


class _Block:
    def __init__(self, tensors: Mapping[str, Array32], number: int, dilation: int) -> None:
        kernel = tensors[f"conv_{number}/kernel"]
        self._width, channels, _ = kernel.shape
        self._dilation = dilation
        self.reach = (self._width - 1) * dilation
        self._norm = _Norm(tensors, f"norm_{number}")
        # sigmoid(b) = (tanh(b / 2) + 1) / 2, and what can be halved beforehand is.
        halves = np.repeat(np.array([1.0, 0.5], np.float32), channels)
        self._kernel = aligned(kernel.reshape(self._width * channels, 2 * channels) * halves)
        self._bias = np.array(tensors[f"conv_{number}/bias"] * halves, np.float32)
        self._mix = aligned(tensors[f"mix_{number}/kernel"] * np.float32(0.5))
        self._mix_bias = np.array(tensors[f"mix_{number}/bias"], np.float32)

    def step(self, x: Array32, ring: Array32, position: int) -> None:
        """x [rows, C], ring [reach, rows, C] -> the block's output in x, what it saw in the ring; in place."""
        now = self._norm(x)
        before = [ring[(position - back * self._dilation) % self.reach] for back in range(self._width - 1, 0, -1)]
        gates = np.concatenate([*before, now], axis=1).dot(self._kernel)
        gates += self._bias
        np.tanh(gates, out=gates)
        value, gate = gates[:, : x.shape[1]], gates[:, x.shape[1] :]
        gate += 1.0
        value *= gate
        x += value.dot(self._mix)
        x += self._mix_bias
        if self.reach:
            ring[position % self.reach] = now
