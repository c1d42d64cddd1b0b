"""The architecture of a network that is composed of layers, one after another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from charlstm.networks.layers.layer import (
    BaseLayer,
    Bidirectional,
    Dense,
    Embedding,
    Lstm,
    Masking,
    OneHot,
    Recurrent,
    Shapes,
)
from charlstm.networks.layers.network import LayerNetwork
from charlstm.networks.layers.records import layer_of, record_of_layer
from charlstm.networks.layers.windows import WindowNetwork
from charlstm.networks.network import Array32, Context, Network

MOST_LAYERS = 64
NAMES = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "simple RNN"}  # as people call them


@dataclass(frozen=True)
class LayerStack:
    """Layers, of which the first reads characters, and what the last gives are logits.

    Attributes:
        layers: the lowest first.

    Raises:
        ValueError: they cannot stand in this order.
    """

    layers: tuple[BaseLayer, ...]
    kind: ClassVar[str] = "layers"

    def __post_init__(self) -> None:
        if type(self.layers) is not tuple or not 2 <= len(self.layers) <= MOST_LAYERS:
            raise ValueError(f"there must be from 2 to {MOST_LAYERS} layers")
        first, *others = self.layers
        if not isinstance(first, OneHot | Embedding):
            raise ValueError("the first layer must be one_hot or embedding, which read characters")
        sequences = True
        for layer in others:
            if isinstance(layer, OneHot | Embedding):
                raise ValueError(f"only the first layer can be {layer.kind}, which reads characters")
            if isinstance(layer, Recurrent | Bidirectional | Masking):
                if not sequences:
                    raise ValueError(f"a layer of the kind {layer.kind} gets no sequence from the one below it")
                sequences = getattr(layer, "return_sequences", True)

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "LayerStack":
        """Return the stack that a record of JSON types describes, as `record` writes it.

        Raises:
            ValueError: a field is missing, unknown or of a value that it cannot have.
        """
        if record.keys() != {"kind", "layers"} or type(record["layers"]) is not list:
            raise ValueError("the architecture must have exactly kind, layers")
        return cls(tuple(layer_of(one) for one in record["layers"][: MOST_LAYERS + 1]))

    def record(self) -> dict[str, Any]:
        """Return the stack as JSON types."""
        return {"kind": self.kind, "layers": [record_of_layer(layer) for layer in self.layers]}

    @property
    def contexts(self) -> tuple[Context, ...]:
        """The contexts it can have: layers that read backwards need a window."""
        backwards = any(isinstance(one, Bidirectional) or getattr(one, "go_backwards", False) for one in self.layers)
        return ("window",) if backwards else ("window", "carried")

    @property
    def recurrent_layers(self) -> list[BaseLayer]:
        """The layers that remember."""
        return [layer for layer in self.layers if isinstance(layer, Recurrent | Bidirectional)]

    @property
    def state_size(self) -> int:
        """How many numbers the state of one row has."""
        recurrent = [layer for layer in self.layers if isinstance(layer, Recurrent)]
        return 1 + sum(layer.units * (2 if isinstance(layer, Lstm) else 1) for layer in recurrent)

    def layer_names(self) -> list[str]:
        """Return the name of each layer: its kind, and its number among those of its kind."""
        numbers: Counter[str] = Counter()
        names = []
        for layer in self.layers:
            numbers[layer.kind] += 1
            names.append(f"{layer.kind}_{numbers[layer.kind]}")
        return names

    def tensor_shapes(self, characters: int) -> Shapes:
        """Return the name and shape of each tensor, for a vocabulary of V characters."""
        shapes: Shapes = {}
        below = characters
        for name, layer in zip(self.layer_names(), self.layers, strict=True):
            shapes |= {f"{name}/{weight}": shape for weight, shape in layer.shapes(below).items()}
            below = layer.width(below)
        return shapes

    def output_width(self, characters: int) -> int:
        """Return how many logits the last layer gives, which must be as many as there are characters."""
        below = characters
        for layer in self.layers:
            below = layer.width(below)
        return below

    def network(self, tensors: Mapping[str, Array32], context: Context, window: int) -> Network:
        """Return the network of these tensors; raises ValueError where the layers need a window and have none."""
        if context not in self.contexts:
            raise ValueError("the context of layers that read backwards is 'carried'; it must be 'window'")
        of_layers = tensors_of_layers(tensors, self.layer_names(), self.layers)
        if len(self.contexts) == 1:
            return WindowNetwork(self.layers, of_layers, window)
        return LayerNetwork(self.layers, of_layers, context, window)

    @property
    def title(self) -> str:
        """Kind and size in a few words."""
        layers = self.recurrent_layers
        if not layers:
            return "Layers that remember nothing"
        kinds = list(dict.fromkeys(map(_kind, layers)))
        if len(kinds) > 2:
            return f"{len(layers)} recurrent layers"
        name = _capitalised(" and ".join(kinds))
        units = {_units(layer) for layer in layers}
        if len(kinds) > 1 or len(units) > 1:
            return f"{name}, {len(layers)} layers"
        return f"{name}, {len(layers)} × {units.pop()}" if len(layers) > 1 else f"{name}, {units.pop()} units"

    def __str__(self) -> str:
        return ", ".join(filter(None, map(_description, self.layers)))


def tensors_of_layers(
    tensors: Mapping[str, Array32], names: Sequence[str], layers: Sequence[BaseLayer]
) -> list[dict[str, Array32]]:
    """Return the tensors of each layer by the names of its weights, before which its own name stands in a folder."""
    return [
        {weight: tensors[f"{name}/{weight}"] for weight in layer.shapes(1)}
        for name, layer in zip(names, layers, strict=True)
    ]


def _kind(layer: BaseLayer) -> str:
    if isinstance(layer, Bidirectional):
        return f"bidirectional {NAMES[layer.forward.kind]}"
    return NAMES[layer.kind]


def _units(layer: BaseLayer) -> int:
    return layer.forward.units if isinstance(layer, Bidirectional) else layer.units  # type: ignore[attr-defined]


def _description(layer: BaseLayer) -> str:
    if isinstance(layer, Recurrent | Bidirectional):
        return f"{_kind(layer)} of {_units(layer)} units"
    if isinstance(layer, Embedding):
        return f"embedding of {layer.size}"
    return f"dense of {layer.units}" if isinstance(layer, Dense) else ""


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]
