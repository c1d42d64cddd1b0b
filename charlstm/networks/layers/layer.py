"""Which layers there are: the sizes and settings that define each, and the names and shapes of its weights.

All have the names of Keras's layers and arguments.
"""

from dataclasses import dataclass
from typing import ClassVar

Shapes = dict[str, tuple[int, ...]]


class BaseLayer:
    """A layer that gives as many numbers as it gets, and has no weights."""

    kind: ClassVar[str]

    @property
    def own_width(self) -> int | None:
        """How many numbers it gives; None for as many as it gets."""
        return None

    def width(self, below: int) -> int:
        """Return how many numbers it gives, for so many below; below the first layer they are the characters."""
        return self.own_width or below

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight, in Keras's order, for so many numbers below."""
        del below
        return {}


@dataclass(frozen=True)
class OneHot(BaseLayer):
    """Ids as rows with one 1."""

    kind: ClassVar[str] = "one_hot"


@dataclass(frozen=True)
class Embedding(BaseLayer):
    """Ids as rows of a table.

    Attributes:
        size: numbers in a row.
        mask_zero: whether the id 0 is skipped by the recurrent layers above.
    """

    size: int
    mask_zero: bool = False
    kind: ClassVar[str] = "embedding"

    @property
    def own_width(self) -> int:
        """How many numbers it gives."""
        return self.size

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight."""
        return {"embeddings": (below, self.size)}


@dataclass(frozen=True)
class Masking(BaseLayer):
    """Times at which all numbers are `value` are skipped by the recurrent layers above."""

    value: float = 0.0
    kind: ClassVar[str] = "masking"


@dataclass(frozen=True)
class Recurrent(BaseLayer):
    """What LSTM, GRU and SimpleRNN share.

    Attributes:
        units: H.
        activation: of the candidate (and of the cell).
        use_bias: whether there is a bias.
        return_sequences: whether the layer above gets every time, or the last alone.
        go_backwards: whether it reads from the last character to the first, which a window alone allows.
    """

    units: int
    activation: str = "tanh"
    use_bias: bool = True
    return_sequences: bool = True
    go_backwards: bool = False
    gates: ClassVar[int] = 1

    @property
    def own_width(self) -> int:
        """How many numbers it gives."""
        return self.units

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight."""
        wide = self.gates * self.units
        return {"kernel": (below, wide), "recurrent_kernel": (self.units, wide)} | self._bias(wide)

    def _bias(self, wide: int) -> Shapes:
        return {"bias": (wide,)} if self.use_bias else {}


@dataclass(frozen=True)
class SimpleRnn(Recurrent):
    """Source: Elman 1990, as in `keras.layers.SimpleRNN`."""

    kind: ClassVar[str] = "simple_rnn"


@dataclass(frozen=True)
class Lstm(Recurrent):
    """Source: Hochreiter and Schmidhuber 1997, as in `keras.layers.LSTM`; gates i, f, c, o."""

    recurrent_activation: str = "sigmoid"
    kind: ClassVar[str] = "lstm"
    gates: ClassVar[int] = 4


@dataclass(frozen=True)
class Gru(Recurrent):
    """Source: Cho et al. 2014, as in `keras.layers.GRU`; gates z, r, h.

    Attributes:
        reset_after: whether the reset gate acts after the product with the recurrent kernel, as cuDNN does, with a
            bias (2, 3H) for the inputs and the state; or before.
    """

    recurrent_activation: str = "sigmoid"
    reset_after: bool = True
    kind: ClassVar[str] = "gru"
    gates: ClassVar[int] = 3

    def _bias(self, wide: int) -> Shapes:
        if not self.use_bias:
            return {}
        return {"bias": (2, wide) if self.reset_after else (wide,)}


@dataclass(frozen=True)
class Bidirectional(BaseLayer):
    """Two recurrent layers that read in opposite directions.

    Attributes:
        forward, backward: as they are; one of them goes backwards.
        merge: how what they give becomes one: "concat", "sum", "ave" or "mul".
    """

    forward: Recurrent
    backward: Recurrent
    merge: str = "concat"
    kind: ClassVar[str] = "bidirectional"

    @property
    def return_sequences(self) -> bool:
        """As that of both."""
        return self.forward.return_sequences

    @property
    def own_width(self) -> int:
        """How many numbers it gives."""
        return self.forward.units + self.backward.units if self.merge == "concat" else self.forward.units

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight."""
        forward = {f"forward_{name}": shape for name, shape in self.forward.shapes(below).items()}
        return forward | {f"backward_{name}": shape for name, shape in self.backward.shapes(below).items()}


@dataclass(frozen=True)
class Dense(BaseLayer):
    """A product with a kernel, a bias, and an activation."""

    units: int
    activation: str = "linear"
    use_bias: bool = True
    kind: ClassVar[str] = "dense"

    @property
    def own_width(self) -> int:
        """How many numbers it gives."""
        return self.units

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight."""
        bias: Shapes = {"bias": (self.units,)} if self.use_bias else {}
        return {"kernel": (below, self.units)} | bias


@dataclass(frozen=True)
class Activation(BaseLayer):
    """An activation alone.

    Attributes:
        slope: of leaky_relu below 0, or the alpha of elu; None for Keras's own.
    """

    activation: str
    slope: float | None = None
    kind: ClassVar[str] = "activation"


@dataclass(frozen=True)
class LayerNormalization(BaseLayer):
    """Source: Ba et al. 2016, "Layer Normalization", as in `keras.layers.LayerNormalization`.

    Attributes:
        epsilon: added to the variance.
        scale, center: whether there is a gamma, and a beta.
    """

    epsilon: float = 1e-3
    scale: bool = True
    center: bool = True
    kind: ClassVar[str] = "layer_normalization"

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight."""
        gamma: Shapes = {"gamma": (below,)} if self.scale else {}
        return gamma | ({"beta": (below,)} if self.center else {})


@dataclass(frozen=True)
class BatchNormalization(LayerNormalization):
    """With the means and variances that were met in training. Source: Ioffe and Szegedy 2015."""

    kind: ClassVar[str] = "batch_normalization"

    def shapes(self, below: int) -> Shapes:
        """Return the name and shape of each weight."""
        return super().shapes(below) | {"moving_mean": (below,), "moving_variance": (below,)}
