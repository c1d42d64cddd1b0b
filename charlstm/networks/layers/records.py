"""A layer as JSON types, and back, every field checked."""

from dataclasses import fields
from typing import Any

from charlstm.networks.layers.activations import ACTIVATIONS, OF_SLOPE
from charlstm.networks.layers.layer import (
    Activation,
    BaseLayer,
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    LayerNormalization,
    Lstm,
    Masking,
    OneHot,
    Recurrent,
    SimpleRnn,
)

LARGEST_UNITS = 65_536
SMALLEST_EPSILON, LARGEST_EPSILON = 1e-12, 1.0
MERGES = ("concat", "sum", "ave", "mul")
KINDS: dict[str, type[Any]] = {
    layer.kind: layer
    for layer in (
        OneHot,
        Embedding,
        Masking,
        SimpleRnn,
        Lstm,
        Gru,
        Bidirectional,
        Dense,
        Activation,
        LayerNormalization,
        BatchNormalization,
    )
}
_RULES = {
    "units": lambda value: type(value) is int and 1 <= value <= LARGEST_UNITS,
    "size": lambda value: type(value) is int and 1 <= value <= LARGEST_UNITS,
    "activation": lambda value: type(value) is str and value in ACTIVATIONS,
    "recurrent_activation": lambda value: type(value) is str and value in ACTIVATIONS,
    "merge": lambda value: type(value) is str and value in MERGES,
    "epsilon": lambda value: type(value) in (int, float) and SMALLEST_EPSILON <= value <= LARGEST_EPSILON,
    "value": lambda value: type(value) in (int, float) and abs(value) <= 1e30,
    "slope": lambda value: value is None or (type(value) in (int, float) and abs(value) <= 1e30),
}


def record_of_layer(layer: BaseLayer) -> dict[str, Any]:
    """Return a layer as JSON types; `layer_of` reads it back."""
    settings = {field.name: getattr(layer, field.name) for field in fields(layer)}  # type: ignore[arg-type]
    return {"kind": layer.kind} | {
        name: record_of_layer(value) if isinstance(value, Recurrent) else value for name, value in settings.items()
    }


def layer_of(record: Any) -> BaseLayer:
    """Return the layer that a record of JSON types describes.

    Raises:
        ValueError: the kind is unknown, a field is missing or unknown, or a value is not one that its field can have.
    """
    kind = record.get("kind") if type(record) is dict else None
    if type(kind) is not str or kind not in KINDS:
        raise ValueError(f"the kind of a layer is unknown; it must be one of {', '.join(KINDS)}")
    names = [field.name for field in fields(KINDS[kind])]
    if record.keys() != {"kind", *names}:
        raise ValueError(f"a layer of the kind {kind} must have exactly {', '.join(['kind', *names])}")
    settings = {name: _setting(kind, name, record[name]) for name in names}
    layer: BaseLayer = KINDS[kind](**settings)
    _check(layer)
    return layer


def _setting(kind: str, name: str, value: Any) -> Any:
    if kind == Bidirectional.kind and name in ("forward", "backward"):
        layer = layer_of(value)
        if not isinstance(layer, Recurrent):
            raise ValueError(f"the {name} layer of a bidirectional one must be recurrent")
        return layer
    allowed = _RULES.get(name, lambda value: type(value) is bool)
    if not allowed(value):
        raise ValueError(f"{name} of a layer of the kind {kind} has a value that it cannot have")
    return float(value) if name in ("epsilon", "value") else value


def _check(layer: BaseLayer) -> None:
    if isinstance(layer, Activation) and layer.slope is not None and layer.activation not in OF_SLOPE:
        raise ValueError(f"a layer of the activation {layer.activation} has a slope, which it cannot have")
    if isinstance(layer, Bidirectional):
        forward, backward = layer.forward, layer.backward
        if forward.go_backwards == backward.go_backwards:
            raise ValueError("one layer of a bidirectional one must go backwards, and the other must not")
        if forward.return_sequences != backward.return_sequences:
            raise ValueError("the two layers of a bidirectional one must give sequences alike")
        if layer.merge != "concat" and forward.units != backward.units:
            raise ValueError(f"the two layers of a bidirectional one must have the same units for {layer.merge!r}")
