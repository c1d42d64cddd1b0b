"""Stand-ins for CuDNNLSTM and CuDNNGRU of Keras 2, which Keras 3 does not have: they hold the weights of a file."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


class CuDNN(keras.layers.Layer):
    """The weights of such a layer, and its settings; it computes nothing."""

    gates = 4

    def __init__(
        self,
        units: int,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        name: str | None = None,
        **_others: Any,  # of training
    ) -> None:
        super().__init__(name=name)
        self.units, self.stateful, self.return_state = units, stateful, return_state
        self.return_sequences, self.go_backwards = return_sequences, go_backwards
        self.input_spec = None

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        wide = self.gates * self.units
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], wide))
        self.recurrent_kernel = self.add_weight(name="recurrent_kernel", shape=(self.units, wide))
        self.bias = self.add_weight(name="bias", shape=(2 * wide,))

    def call(self, x: Any) -> Any:
        """Return zeros of the right shape."""
        x = x[..., :1] * keras.ops.zeros((self.units,))
        return x if self.return_sequences else x[:, -1]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of what it gives."""
        batch, length, _ = input_shape
        return (batch, length, self.units) if self.return_sequences else (batch, self.units)

    def get_config(self) -> dict[str, Any]:
        """Return its settings."""
        names = ("units", "return_sequences", "return_state", "go_backwards", "stateful")
        return {"name": self.name} | {name: getattr(self, name) for name in names}

    def converted(self) -> list[NDArray[np.floating]]:
        """Return the kernel, the recurrent kernel and the bias in the layout of Keras's LSTM, or GRU.

        The kernel of each gate lies transposed in the file; the two biases of an LSTM only ever count as their sum.
        """
        kernel, recurrent, bias = self.get_weights()
        kernels = [one.T.reshape(one.shape, order="F") for one in np.hsplit(kernel, self.gates)]
        recurrents = [one.T for one in np.hsplit(recurrent, self.gates)]
        return [np.hstack(kernels), np.hstack(recurrents), self._converted_bias(bias)]

    def _converted_bias(self, bias: NDArray[np.floating]) -> NDArray[np.floating]:
        return np.sum(np.split(bias, 2), axis=0)


class CuDNNLSTM(CuDNN):
    """Gates i, f, c, o."""


class CuDNNGRU(CuDNN):
    """Gates z, r, h; the reset gate acts after the product."""

    gates = 3

    def _converted_bias(self, bias: NDArray[np.floating]) -> NDArray[np.floating]:
        return bias.reshape(2, -1)


STAND_INS = {"CuDNNLSTM": CuDNNLSTM, "CuDNNGRU": CuDNNGRU}
