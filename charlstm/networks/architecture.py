"""The architectures: the sizes that define each, the names and shapes of its weights, and the network made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
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
    """Stacked LSTM layers and a softmax.

    Attributes:
        units: memory cells of each layer, the lowest layer first.
    """

    units: tuple[int, ...]
    kind: ClassVar[str] = "lstm"

    def __post_init__(self) -> None:
        _check_sizes("units", self.units, LARGEST_UNITS)

    @property
    def state_size(self) -> int:
        """How many numbers the state of one row has."""
        return 2 * sum(self.units)

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the name and shape of each tensor, for a vocabulary of V characters."""
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

    @property
    def title(self) -> str:
        """Kind and size in a few words."""
        if len(set(self.units)) > 1:
            return f"LSTM, {len(self.units)} layers"
        layers = f"{len(self.units)} × " if len(self.units) > 1 else ""
        return f"LSTM, {layers}{self.units[0]} units"

    def __str__(self) -> str:
        if len(self.units) == 1:
            return f"one LSTM of {self.units[0]} units"
        sizes = self.units if len(set(self.units)) > 1 else self.units[:1]
        return f"{len(self.units)} LSTM layers of {', '.join(map(str, sizes))} units"


@dataclass(frozen=True)
class GatedConvolutions:
    """Causal dilated 1D convolutions in gated residual blocks, and a softmax.

    Attributes:
        channels: of every block.
        width: of the kernel, in characters.
        dilations: of each block, the lowest first, in characters.
    """

    channels: int
    width: int
    dilations: tuple[int, ...]
    kind: ClassVar[str] = "convolutions"

    def __post_init__(self) -> None:
        _check_sizes("channels", (self.channels,), LARGEST_UNITS)
        _check_sizes("width", (self.width,), LARGEST_WIDTH)
        _check_sizes("dilations", self.dilations, LARGEST_DILATION)

    @property
    def receptive_field(self) -> int:
        """How many of the last characters, the current one included, a probability depends on."""
        return 1 + (self.width - 1) * sum(self.dilations)

    @property
    def state_size(self) -> int:
        """How many numbers the state of one row has."""
        return self.channels * self.receptive_field

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the name and shape of each tensor, for a vocabulary of V characters."""
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
        """Return the network of these tensors; raises ValueError unless `context` is "carried", as it is stateful."""
        if context != "carried":
            raise ValueError(f"the context of convolutions is {context!r}; it must be 'carried'")
        return ConvolutionNetwork(tensors, self.dilations, window)

    @property
    def title(self) -> str:
        """Kind and size in a few words."""
        return f"Convolutions, {len(self.dilations)} × {self.channels}"

    def __str__(self) -> str:
        blocks = f"{len(self.dilations)} gated convolutions of {self.channels} channels"
        return f"{blocks}, seeing {self.receptive_field} characters"


Architecture = LstmLayers | GatedConvolutions
KINDS: dict[str, type[Architecture]] = {"lstm": LstmLayers, "convolutions": GatedConvolutions}


def architecture_of(record: Mapping[str, Any]) -> Architecture:
    """Return the architecture that a record of JSON types describes, as `record_of` writes it.

    Raises:
        ValueError: the kind is unknown, a field is missing or unknown, or a size is out of its range.
    """
    kind = record.get("kind")
    if type(kind) is not str or kind not in KINDS:
        raise ValueError("the kind of the architecture is unknown; it must be 'lstm' or 'convolutions'")
    names = [field.name for field in fields(KINDS[kind])]
    if record.keys() != {"kind", *names}:
        raise ValueError(f"the architecture must have exactly kind, {', '.join(names)}")
    sizes: dict[str, Any] = {name: tuple(value) if type(value := record[name]) is list else value for name in names}
    return KINDS[kind](**sizes)


def record_of(architecture: Architecture) -> dict[str, Any]:
    """Return an architecture as JSON types; `architecture_of` reads it back."""
    sizes = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(architecture).items()}
    return {"kind": architecture.kind, **sizes}


def _check_sizes(name: str, values: Any, largest: int) -> None:
    if type(values) is not tuple:
        raise ValueError(f"{name} must be a list of whole numbers")
    if not 0 < len(values) <= LARGEST_LAYERS:
        raise ValueError(f"{name} must have from 1 to {LARGEST_LAYERS} entries")
    for value in values:
        if type(value) is not int or not 1 <= value <= largest:
            raise ValueError(f"{name} must be whole numbers from 1 to {largest:,}")


def _norm(name: str, channels: int) -> Shapes:
    return {f"{name}/gamma": (channels,), f"{name}/beta": (channels,)}


def _dense(below: int, characters: int) -> Shapes:
    return {"dense/kernel": (below, characters), "dense/bias": (characters,)}
