"""What each layer computes, in NumPy: of one time, and recurrent layers of whole texts too.

Shapes: rows are texts, or windows of them, that advance together. A mask tells which rows a recurrent layer reads;
those that are skipped keep their state.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.networks.layers.activations import activation_of
from charlstm.networks.layers.layer import (
    Activation,
    BaseLayer,
    BatchNormalization,
    Bidirectional,
    Dense,
    Gru,
    LayerNormalization,
    Lstm,
    Recurrent,
    SimpleRnn,
)
from charlstm.networks.network import Array32, aligned

Mask = NDArray[np.bool_] | None
Memory = tuple[Array32, ...]  # of one layer, each (rows, units); the first is what it gives
Tensors = Mapping[str, Array32]  # of one layer


def pointwise(layer: BaseLayer, tensors: Tensors) -> Callable[[Array32], Array32]:
    """Return what a layer that looks at one time alone computes: (..., below) -> (..., width)."""
    if isinstance(layer, Dense):
        return _dense(layer, tensors)
    if isinstance(layer, Activation):
        return activation_of(layer.activation, layer.slope)
    if isinstance(layer, BatchNormalization):
        return _batch_normalization(layer, tensors)
    if isinstance(layer, LayerNormalization):
        return _layer_normalization(layer, tensors)
    raise TypeError(f"a layer of the kind {layer.kind} does not look at one time alone")


def _dense(layer: Dense, tensors: Tensors) -> Callable[[Array32], Array32]:
    kernel, activation = aligned(tensors["kernel"]), activation_of(layer.activation)
    bias = tensors["bias"] if layer.use_bias else np.zeros(layer.units, np.float32)
    return lambda x: activation(_product(x, kernel) + bias)


def _product(x: Array32, kernel: Array32) -> Array32:
    """(..., below) times (below, width), as one matrix: NumPy multiplies larger arrays without its BLAS."""
    return x.reshape(-1, x.shape[-1]).dot(kernel).reshape(*x.shape[:-1], kernel.shape[1])


def _batch_normalization(layer: BatchNormalization, tensors: Tensors) -> Callable[[Array32], Array32]:
    wide = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    wide_scale = wide.get("gamma", 1.0) / np.sqrt(wide["moving_variance"] + layer.epsilon)
    offset = (wide.get("beta", 0.0) - wide["moving_mean"] * wide_scale).astype(np.float32)
    scale = wide_scale.astype(np.float32)
    return lambda x: x * scale + offset


def _layer_normalization(layer: LayerNormalization, tensors: Tensors) -> Callable[[Array32], Array32]:
    gamma, beta = tensors.get("gamma", np.float32(1)), tensors.get("beta", np.float32(0))
    epsilon = np.float32(layer.epsilon)

    def normalise(x: Array32) -> Array32:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        return centred / np.sqrt(variance + epsilon) * gamma + beta

    return normalise


def recurrent(layer: Recurrent, tensors: Tensors) -> "RecurrentForward":
    """Return what an LSTM, a GRU or a SimpleRNN computes."""
    kinds: dict[type[Recurrent], type[RecurrentForward]] = {Lstm: LstmForward, Gru: GruForward, SimpleRnn: RnnForward}
    return kinds[type(layer)](layer, tensors)


class RecurrentForward:
    """A recurrent layer's weights, and how it goes one character further.

    Attributes:
        kernel: (below, gates x H), with what `input_bias` is added to.
    """

    memories = 1  # arrays that a row remembers

    def __init__(self, layer: Any, tensors: Tensors) -> None:
        self.layer = layer
        self.units: int = layer.units
        self.kernel = aligned(tensors["kernel"])
        self._recurrent_kernel = aligned(tensors["recurrent_kernel"])
        self._activation = activation_of(layer.activation)
        self._set_bias(tensors.get("bias"))

    def _set_bias(self, bias: Array32 | None) -> None:
        self.input_bias = np.zeros(self.kernel.shape[1], np.float32) if bias is None else bias

    def initial(self, rows: int) -> Memory:
        """Return the zero state of so many rows."""
        return tuple(np.zeros((rows, self.units), np.float32) for _ in range(self.memories))

    def inputs(self, x: Array32) -> Array32:
        """What the inputs add to the gates: (..., below) -> (..., gates x H)."""
        return _product(x, self.kernel) + self.input_bias

    def advance(self, inputs: Array32, memory: Memory, mask: Mask = None) -> None:
        """Go one character further: inputs (rows, gates x H); memory is changed in place."""
        new = self._advanced(inputs, memory)
        for old, value in zip(memory, new, strict=True):
            if mask is None:
                old[...] = value
            else:
                np.copyto(old, value, where=mask[:, None])

    def whole(self, inputs: Array32, mask: Mask, zero_masked: bool) -> Array32:
        """Read whole texts from a zero state.

        Args:
            inputs: as `inputs` gives them, (rows, T, gates x H).
            mask: (rows, T), or None.
            zero_masked: whether what is given at skipped times is 0; otherwise it is the last that was given.

        Returns:
            (rows, T, H) in the order of reading, or (rows, H) where the layer gives no sequences.
        """
        rows, length, _ = inputs.shape
        times = range(length)[::-1] if self.layer.go_backwards else range(length)
        memory, given = self.initial(rows), np.zeros((rows, length, self.units), np.float32)
        for place, time in enumerate(times):
            now = None if mask is None else mask[:, time]
            self.advance(inputs[:, time], memory, now)
            given[:, place] = memory[0] if now is None or not zero_masked else memory[0] * now[:, None]
        return given if self.layer.return_sequences else memory[0]

    def _advanced(self, inputs: Array32, memory: Memory) -> Memory:
        raise NotImplementedError


class RnnForward(RecurrentForward):
    """h = act(inputs + h R)"""

    def _advanced(self, inputs: Array32, memory: Memory) -> Memory:
        return (self._activation(inputs + memory[0].dot(self._recurrent_kernel)),)


class LstmForward(RecurrentForward):
    """i, f, c, o = inputs + h R;  cell = f cell + i act(c);  h = o act(cell)"""

    memories = 2

    def __init__(self, layer: Lstm, tensors: Tensors) -> None:
        super().__init__(layer, tensors)
        self._gate = activation_of(layer.recurrent_activation)

    def _advanced(self, inputs: Array32, memory: Memory) -> Memory:
        hidden, cell = memory
        gates, units = inputs + hidden.dot(self._recurrent_kernel), self.units
        input_and_forget = self._gate(gates[:, : 2 * units])
        new_cell = input_and_forget[:, units:] * cell
        new_cell += input_and_forget[:, :units] * self._activation(gates[:, 2 * units : 3 * units])
        return self._gate(gates[:, 3 * units :]) * self._activation(new_cell), new_cell


class GruForward(RecurrentForward):
    """z, r, c = inputs, with h R;  h = z h + (1 - z) act(c), where r acts after or before the product with R."""

    def __init__(self, layer: Gru, tensors: Tensors) -> None:
        super().__init__(layer, tensors)
        self._gate = activation_of(layer.recurrent_activation)
        # Where r acts before it, the candidate's product is another one.
        self._gates_kernel = aligned(self._recurrent_kernel[:, : 2 * self.units])
        self._candidate_kernel = aligned(self._recurrent_kernel[:, 2 * self.units :])

    def _set_bias(self, bias: Array32 | None) -> None:
        self._recurrent_bias = np.zeros(self.kernel.shape[1], np.float32)
        if bias is not None and bias.ndim == 2:
            bias, self._recurrent_bias = bias
        super()._set_bias(bias)

    def _advanced(self, inputs: Array32, memory: Memory) -> Memory:
        (hidden,), units = memory, self.units
        if self.layer.reset_after:
            product = hidden.dot(self._recurrent_kernel) + self._recurrent_bias
            gates = self._gate(inputs[:, : 2 * units] + product[:, : 2 * units])
            candidate = inputs[:, 2 * units :] + gates[:, units:] * product[:, 2 * units :]
        else:
            gates = self._gate(inputs[:, : 2 * units] + hidden.dot(self._gates_kernel))
            candidate = inputs[:, 2 * units :] + (gates[:, units:] * hidden).dot(self._candidate_kernel)
        update, new = gates[:, :units], self._activation(candidate)
        return (new + update * (hidden - new),)


class BidirectionalForward:
    """Two recurrent layers that read whole texts in opposite directions."""

    def __init__(self, layer: Bidirectional, tensors: Tensors) -> None:
        of = lambda prefix: {name[len(prefix) :]: one for name, one in tensors.items() if name.startswith(prefix)}  # noqa: E731
        self.layer = layer
        self._forward = recurrent(layer.forward, of("forward_"))
        self._backward = recurrent(layer.backward, of("backward_"))

    def whole(self, x: Array32, mask: Mask) -> Array32:
        """(rows, T, below) -> (rows, T, width), or (rows, width) where the layer gives no sequences."""
        sequences = self.layer.return_sequences
        forward = self._forward.whole(self._forward.inputs(x), mask, sequences)
        backward = self._backward.whole(self._backward.inputs(x), mask, sequences)
        if sequences:
            backward = backward[:, ::-1]
        if self.layer.merge == "concat":
            return np.concatenate([forward, backward], axis=-1)
        if self.layer.merge == "mul":
            return forward * backward
        return (forward + backward) * np.float32(0.5 if self.layer.merge == "ave" else 1.0)
