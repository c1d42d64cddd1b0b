"""The architectures: the sizes that define each, the names and shapes of its weights, and the network made of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from charlstm.networks.convolutions import ConvolutionNetwork
from charlstm.networks.layers.layer import Dense, Gru, OneHot
from charlstm.networks.layers.network import LayerNetwork
from charlstm.networks.layers.stack import LayerStack, tensors_of_layers
from charlstm.networks.lstm import LstmNetwork
from charlstm.networks.network import Array32, Context, Network
from charlstm.networks.ngrams import LARGEST_ORDER, MOST_OF_A_LENGTH, NgramNetwork

LARGEST_LAYERS = 64
LARGEST_UNITS = 65_536
LARGEST_WIDTH = 64
LARGEST_DILATION = 65_536
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class RecurrentLayers:
    """Stacked recurrent layers of one kind and a softmax.

    Attributes:
        units: memory cells of each layer, the lowest layer first.
    """

    units: tuple[int, ...]
    kind: ClassVar[str]
    gates: ClassVar[int]
    remembered: ClassVar[int] = 1  # numbers of each memory cell
    contexts: ClassVar[tuple[Context, ...]] = ("window", "carried")

    def __post_init__(self) -> None:
        _check_sizes("units", self.units, LARGEST_UNITS)

    @property
    def state_size(self) -> int:
        """How many numbers the state of one row has."""
        return self.remembered * sum(self.units)

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the name and shape of each tensor, for a vocabulary of V characters."""
        shapes: Shapes = {}
        below = characters
        for number, units in enumerate(self.units, start=1):
            name, wide = f"{self.kind}_{number}", self.gates * units
            shapes[f"{name}/kernel"] = (below, wide)
            shapes[f"{name}/recurrent_kernel"] = (units, wide)
            shapes[f"{name}/bias"] = self._bias_shape(wide)
            below = units
        return shapes | _dense(below, characters)

    @property
    def title(self) -> str:
        """Kind and size in a few words."""
        if len(set(self.units)) > 1:
            return f"{self.kind.upper()}, {len(self.units)} layers"
        layers = f"{len(self.units)} × " if len(self.units) > 1 else ""
        return f"{self.kind.upper()}, {layers}{self.units[0]} units"

    def __str__(self) -> str:
        if len(self.units) == 1:
            return f"one {self.kind.upper()} of {self.units[0]} units"
        sizes = self.units if len(set(self.units)) > 1 else self.units[:1]
        return f"{len(self.units)} {self.kind.upper()} layers of {', '.join(map(str, sizes))} units"

    def _bias_shape(self, wide: int) -> tuple[int, ...]:
        return (wide,)


@dataclass(frozen=True)
class LstmLayers(RecurrentLayers):
    """Stacked LSTM layers and a softmax."""

    kind: ClassVar[str] = "lstm"
    gates: ClassVar[int] = 4
    remembered: ClassVar[int] = 2

    def network(self, tensors: Mapping[str, Array32], context: Context, window: int) -> Network:
        """Return the network of these tensors."""
        return LstmNetwork(tensors, context, window)


@dataclass(frozen=True)
class GruLayers(RecurrentLayers):
    """Stacked GRU layers, whose reset gates act after the product, and a softmax."""

    kind: ClassVar[str] = "gru"
    gates: ClassVar[int] = 3

    def network(self, tensors: Mapping[str, Array32], context: Context, window: int) -> Network:
        """Return the network of these tensors."""
        layers = (OneHot(), *(Gru(units) for units in self.units), Dense(len(tensors["dense/bias"])))
        names = ("one_hot", *(f"gru_{number}" for number in range(1, len(layers) - 1)), "dense")
        return LayerNetwork(layers, tensors_of_layers(tensors, names, layers), context, window)

    def _bias_shape(self, wide: int) -> tuple[int, ...]:
        return (2, wide)


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
    contexts: ClassVar[tuple[Context, ...]] = ("carried",)

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


@dataclass(frozen=True)
class NgramCounts:
    """How often n-grams occur in a text: nothing is learned but counted.

    Attributes:
        ngrams: how many different n-grams of two characters are counted, of three and so on; each single character is.
    """

    ngrams: tuple[int, ...]
    kind: ClassVar[str] = "counts"
    contexts: ClassVar[tuple[Context, ...]] = ("carried",)

    def __post_init__(self) -> None:
        if type(self.ngrams) is not tuple or len(self.ngrams) >= LARGEST_ORDER:
            raise ValueError(f"ngrams must be a list of at most {LARGEST_ORDER - 1} whole numbers")
        for number in self.ngrams:
            if type(number) is not int or not 0 <= number <= MOST_OF_A_LENGTH:
                raise ValueError(f"ngrams must be whole numbers from 0 to {MOST_OF_A_LENGTH:,}")

    @property
    def order(self) -> int:
        """How many characters the longest n-grams have."""
        return 1 + len(self.ngrams)

    @property
    def state_size(self) -> int:
        """How many numbers the state of one row has."""
        return self.order - 1

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the name and shape of each tensor, for a vocabulary of V characters."""
        shapes: Shapes = {}
        for length, number in enumerate((characters, *self.ngrams), start=1):
            names = [*(["ids"] if length > 1 else []), "counts", *(["children"] if length < self.order else [])]
            shapes |= {f"ngram_{length}/{name}": (number,) for name in names}
        return shapes

    def network(self, tensors: Mapping[str, Any], context: Context, window: int) -> Network:
        """Return the network of these tensors; raises ValueError unless `context` is "carried", as it is stateful."""
        del window  # its order says what it remembers
        if context != "carried":
            raise ValueError(f"the context of counts is {context!r}; it must be 'carried'")
        return NgramNetwork(tensors, self.order)

    @property
    def title(self) -> str:
        """Kind and size in a few words."""
        return f"Counting, {self.order} characters" if self.ngrams else "Counting, 1 character"

    def __str__(self) -> str:
        return f"counts of n-grams of up to {self.order} characters" if self.ngrams else "counts of single characters"


Architecture = LstmLayers | GruLayers | GatedConvolutions | LayerStack | NgramCounts
KINDS: dict[str, type[Architecture]] = {
    kind.kind: kind for kind in (LstmLayers, GruLayers, GatedConvolutions, LayerStack, NgramCounts)
}


def architecture_of(record: Mapping[str, Any]) -> Architecture:
    """Return the architecture that a record of JSON types describes, as `record_of` writes it.

    Raises:
        ValueError: the kind is unknown, a field is missing or unknown, or a size is out of its range.
    """
    kind = record.get("kind")
    if type(kind) is not str or kind not in KINDS:
        raise ValueError(f"the kind of the architecture is unknown; it must be {' or '.join(map(repr, KINDS))}")
    if kind == LayerStack.kind:
        return LayerStack.of_record(record)
    names = [field.name for field in fields(KINDS[kind])]
    if record.keys() != {"kind", *names}:
        raise ValueError(f"the architecture must have exactly kind, {', '.join(names)}")
    sizes: dict[str, Any] = {name: tuple(value) if type(value := record[name]) is list else value for name in names}
    return KINDS[kind](**sizes)


def record_of(architecture: Architecture) -> dict[str, Any]:
    """Return an architecture as JSON types; `architecture_of` reads it back."""
    if isinstance(architecture, LayerStack):
        return architecture.record()
    sizes = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(architecture).items()}
    return {"kind": architecture.kind, **sizes}


def size_of(architecture: Architecture, characters: int) -> str:
    """Return how large a network is, for a vocabulary of V characters: "5,407,806 weights", or "89,627 counts"."""
    if isinstance(architecture, NgramCounts):
        return f"{characters + sum(architecture.ngrams):,} counts"
    return f"{sum(map(math.prod, architecture.tensor_shapes(characters).values())):,} weights"


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
