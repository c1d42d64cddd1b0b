"""The architecture and the tensors of an imported network: of a kind that is trained here, or a stack of layers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.networks.architecture import Architecture, GruLayers, LstmLayers
from charlstm.networks.layers.layer import (
    Activation,
    BaseLayer,
    BatchNormalization,
    Dense,
    Embedding,
    Gru,
    Lstm,
    Masking,
    OneHot,
)
from charlstm.networks.layers.stack import LayerStack
from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.chain import Link
from charlstm.training.keras_files.conversion import Converted, convert_chain
from charlstm.training.keras_files.reading import KerasFile

Tensors = dict[str, NDArray[np.float32]]
Ids = NDArray[np.integer]


def layers_of_chain(source: KerasFile, chain: Sequence[Link]) -> list[Converted]:
    """Return the layers of a chain, which can stand in this order, and read as many ids as they choose among.

    Raises:
        TrainingError: they cannot; says why.
    """
    layers, outputs = convert_chain(source, chain), source.model.outputs[0].shape[-1]
    first = layers[0]
    if isinstance(first.layer, Embedding):
        rows = first.weights["embeddings"]
        if len(rows) < outputs:
            raise TrainingError(f"{source.path} reads {len(rows)} ids, but chooses among {outputs} characters")
        layers[0] = Converted(first.layer, {"embeddings": rows[:outputs]})  # what is beyond is never read
    try:
        LayerStack(tuple(one.layer for one in layers))
    except ValueError as error:
        raise TrainingError(f"{source.path} cannot be imported: {error}") from error
    return layers


def without_ids(layers: Sequence[Converted], known: Ids, outputs: int, file: str) -> tuple[Architecture, Tensors]:
    """Return the architecture and the tensors of a network that reads and writes some of its ids alone.

    Args:
        layers: as `layers_of_chain` gives them.
        known: the ids that stay, rising.
        outputs: how many there are.
        file: for an error message.

    Raises:
        TrainingError: a layer normalises over all ids, so that none can be left out.
    """
    if len(known) < outputs:
        layers = _of_inputs(_of_outputs(list(layers), known, file), known, file)
    stack = LayerStack(tuple(one.layer for one in layers))
    names = stack.layer_names()
    tensors = {
        f"{name}/{weight}": one.weights[weight]
        for name, one in zip(names, layers, strict=True)
        for weight in one.weights
    }
    return _as_trained(stack, tensors)


def _as_trained(stack: LayerStack, tensors: Tensors) -> tuple[Architecture, Tensors]:
    """Return stacked LSTM or GRU layers of the usual settings and a softmax as those that are trained here."""
    first, *recurrent, dense = stack.layers
    units = tuple(one.units for one in recurrent if isinstance(one, Lstm | Gru))
    usual = {replace(one, units=1, return_sequences=True) for one in recurrent if isinstance(one, Lstm | Gru)}
    if not (isinstance(first, OneHot) and isinstance(dense, Dense) and dense.use_bias and len(units) == len(recurrent)):
        return stack, tensors
    for kind, layer in ((LstmLayers, Lstm(1)), (GruLayers, Gru(1))):
        if usual == {layer}:
            return kind(units), {name.replace("dense_1/", "dense/"): tensor for name, tensor in tensors.items()}
    return stack, tensors


def _of_inputs(layers: list[Converted], known: Ids, file: str) -> list[Converted]:
    """Return the layers with the rows of the known ids alone in the first weights."""
    first = layers[0]
    if isinstance(first.layer, Embedding):
        masks = first.layer.mask_zero and known[0] == 0
        layer = replace(first.layer, mask_zero=bool(masks))
        return [Converted(layer, {"embeddings": first.weights["embeddings"][known]}), *layers[1:]]
    for number, one in enumerate(layers[1:], start=1):
        if any(name.endswith("kernel") for name in one.weights):
            kernels = {
                name: weight[known] if name.endswith("kernel") and "recurrent" not in name else weight
                for name, weight in one.weights.items()
            }
            return [*layers[:number], Converted(one.layer, kernels), *layers[number + 1 :]]
        layers = [*layers[:number], _narrowed(one, known, file), *layers[number + 1 :]]
    return layers


def _of_outputs(layers: list[Converted], known: Ids, file: str) -> list[Converted]:
    """Return the layers with the columns of the known ids alone in the last weights."""
    for number in range(len(layers) - 1, -1, -1):
        one = layers[number]
        narrowed: Converted | None = None
        if isinstance(one.layer, Dense):
            weights = {name: weight[..., known] for name, weight in one.weights.items()}
            narrowed = Converted(replace(one.layer, units=len(known)), weights)
        elif isinstance(one.layer, Embedding):
            narrowed = Converted(
                replace(one.layer, size=len(known)), {"embeddings": one.weights["embeddings"][:, known]}
            )
        if narrowed is not None:
            return [*layers[:number], narrowed, *layers[number + 1 :]]
        layers = [*layers[:number], _narrowed(one, known, file), *layers[number + 1 :]]
    return layers


def _narrowed(one: Converted, known: Ids, file: str) -> Converted:
    """Return a layer that looks at each number alone, for the numbers of the known ids."""
    layer: BaseLayer | Any = one.layer
    alone = isinstance(layer, Activation) and "softmax" not in layer.activation
    if not (alone or isinstance(layer, BatchNormalization | Masking | OneHot)):
        raise TrainingError(
            f"{file} normalises over all its ids ({layer.kind}), so none can be left out: give a character to each"
        )
    return Converted(layer, {name: weight[known] for name, weight in one.weights.items()})
