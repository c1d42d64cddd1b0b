"""The kinds of network there are: what each needs to be told, which tensors it has, and the network made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from charlstm.networks.convolutions import ConvolutionNetwork
from charlstm.networks.lstm import LstmNetwork
from charlstm.networks.network import Array32, Context, Network

LARGEST_LAYERS = 64
LARGEST_UNITS = 65_536
LARGEST_WIDTH = 64
LARGEST_DILATION = 65_536
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class LstmLayers:
    """LSTM layers, one on the other, and a softmax.

    Attributes:
        units: memory cells of each layer, from the lowest up.
    """

    units: tuple[int, ...]
    kind: ClassVar[str] = "lstm"

    def __post_init__(self) -> None:
        _check("units", self.units, LARGEST_UNITS)

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the network's tensors by name, and their shapes, for V characters."""
        shapes: Shapes = {}
        below = characters
        for number, units in enumerate(self.units, start=1):
            shapes[f"lstm_{number}/kernel"] = (below, 4 * units)
            shapes[f"lstm_{number}/recurrent_kernel"] = (units, 4 * units)
            shapes[f"lstm_{number}/bias"] = (4 * units,)
            below = units
        return shapes | _dense(below, characters)

    def network(self, tensors: Mapping[str, Array32], context: Context, window: int) -> Network:
        """Return the network of these tensors."""
        return LstmNetwork(tensors, context, window)

    def __str__(self) -> str:
        if len(self.units) == 1:
            return f"one LSTM of {self.units[0]} units"
        sizes = self.units if len(set(self.units)) > 1 else self.units[:1]
        return f"{len(self.units)} LSTM layers of {', '.join(map(str, sizes))} units"


@dataclass(frozen=True)
class GatedConvolutions:
    """Causal dilated 1D convolutions in gated residual blocks, and a softmax.

    Attributes:
        channels: numbers for each character, in every block.
        width: characters that one convolution sees.
        dilations: of each block, from the lowest up: how many characters apart those are.
    """

    channels: int
    width: int
    dilations: tuple[int, ...]
    kind: ClassVar[str] = "convolutions"

    def __post_init__(self) -> None:
        _check("channels", (self.channels,), LARGEST_UNITS)
        _check("width", (self.width,), LARGEST_WIDTH)
        _check("dilations", self.dilations, LARGEST_DILATION)

    @property
    def sees(self) -> int:
        """How many characters back a probability can depend on."""
        return 1 + (self.width - 1) * sum(self.dilations)

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the network's tensors by name, and their shapes, for V characters."""
        channels = self.channels
        shapes: Shapes = {"embedding/embeddings": (characters, channels)}
        for number in range(1, len(self.dilations) + 1):
            shapes |= _norm(f"norm_{number}", channels)
            shapes[f"conv_{number}/kernel"] = (self.width, channels, 2 * channels)
            shapes[f"conv_{number}/bias"] = (2 * channels,)
            shapes[f"mix_{number}/kernel"] = (channels, channels)
            shapes[f"mix_{number}/bias"] = (channels,)
        return shapes | _norm("norm", channels) | _dense(channels, characters)

    def network(self, tensors: Mapping[str, Array32], context: Context, window: int) -> Network:
        """Return the network of these tensors; it is always stateful."""
        if context != "carried":
            raise ValueError(f"the context of convolutions is {context!r}; it must be 'carried'")
        return ConvolutionNetwork(tensors, self.dilations, window)

    def __str__(self) -> str:
        return f"{len(self.dilations)} gated convolutions of {self.channels} channels, seeing {self.sees} characters"


Architecture = LstmLayers | GatedConvolutions


def architecture_of(record: Any) -> Architecture:
    """Return the architecture that a record (of a model.json) tells of.

    Raises:
        ValueError: it tells of none, in one sentence.
    """
    if type(record) is not dict:
        raise ValueError("the architecture is not an object")
    fields = dict(record)
    kind = fields.pop("kind", None)
    if kind not in (LstmLayers.kind, GatedConvolutions.kind):
        raise ValueError("the kind of the architecture is unknown; it must be 'lstm' or 'convolutions'")
    expected = ("units",) if kind == LstmLayers.kind else ("channels", "width", "dilations")
    if set(fields) != set(expected):
        raise ValueError(f"the architecture must have exactly kind, {', '.join(expected)}")
    for name in ("units", "dilations"):
        if name in fields:
            if type(fields[name]) is not list:
                raise ValueError(f"{name} must be a list of whole numbers")
            fields[name] = tuple(fields[name])
    return LstmLayers(**fields) if kind == LstmLayers.kind else GatedConvolutions(**fields)


def record_of(architecture: Architecture) -> dict[str, Any]:
    """Return an architecture as JSON types; `architecture_of` reads it back."""
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(architecture).items()}
    return {"kind": architecture.kind, **fields}


def _check(name: str, values: Any, largest: int) -> None:
    if not 0 < len(values) <= LARGEST_LAYERS:
        raise ValueError(f"{name} must have from 1 to {LARGEST_LAYERS} entries")
    for value in values:
        if type(value) is not int or not 1 <= value <= largest:
            raise ValueError(f"{name} must be whole numbers from 1 to {largest:,}")


def _norm(name: str, channels: int) -> Shapes:
    return {f"{name}/gamma": (channels,), f"{name}/beta": (channels,)}


def _dense(below: int, characters: int) -> Shapes:
    return {"dense/kernel": (below, characters), "dense/bias": (characters,)}
