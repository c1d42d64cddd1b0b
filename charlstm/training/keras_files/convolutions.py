"""The gated convolutions that an export wrote: not a chain of layers, so they are known by being built anew."""

from typing import Any

import keras

from charlstm.networks.architecture import GatedConvolutions
from charlstm.training.networks import stream_network


def exported_convolutions(model: keras.Model) -> GatedConvolutions | None:
    """Return the architecture of gated convolutions as `export_keras` writes them; None for any other network."""
    names = {layer.name: layer for layer in model.layers}
    if "conv_1" not in names:
        return None
    try:
        convolutions = [names[f"conv_{number}"] for number in range(1, 1 + sum("conv_" in name for name in names))]
        dilations = tuple(int(layer.dilation_rate[0]) for layer in convolutions)
        architecture = GatedConvolutions(names["embedding"].output_dim, convolutions[0].kernel_size[0], dilations)
        rebuilt, _ = stream_network(names["dense"].units, architecture)
    except (KeyError, ValueError, AttributeError, IndexError):
        return None
    return architecture if _described(model) == _described(rebuilt) else None


def _described(model: keras.Model) -> list[Any]:
    """Return the type of each layer, and the names and shapes of its weights."""
    return [
        (type(layer), [(f"{layer.name}/{weight.name}", tuple(weight.shape)) for weight in layer.weights])
        for layer in model.layers
    ]
