"""A loaded Keras network as one chain of layers, each fed by the one below it alone."""

from typing import Any

import keras

from charlstm.recipes.recipe import TrainingError

OPERATIONS = ("OneHot", "Softmax", "Identity")  # between layers, of those that can be imported
Link = Any  # a keras.Layer, or a keras.Operation


def chain_of(model: keras.Model, file: str) -> list[Link]:
    """Return the layers of a network from the input to the output, those of networks inside it among them.

    Raises:
        TrainingError: they are not one chain, or something stands between them; names the layer.
    """
    for what, tensors in (("inputs", model.inputs), ("outputs", model.outputs)):
        if len(tensors) != 1:
            raise TrainingError(f"{file} has {len(tensors)} {what}, and only a network with one can be imported")
    masks: list[tuple[Link, Any]] = []
    links = _links(model, file, masks)
    for link, mask in masks:
        _check_mask(link, mask, links, file)
    twice = [link.name for number, link in enumerate(links) if any(link is other for other in links[:number])]
    if twice:
        raise TrainingError(f"{file}: the layer {twice[0]} is used twice, so the network is not a chain of layers")
    return [link for link in links if not isinstance(link, keras.layers.InputLayer)]


def _links(model: keras.Model, file: str, masks: list[tuple[Link, Any]]) -> list[Link]:
    links: list[Link] = []
    tensor = model.outputs[0]
    while True:
        history = tensor._keras_history
        operation, node = history.operation, history.operation._inbound_nodes[history.node_index]
        if _is_network(operation):
            if len(operation.outputs) != 1:
                raise TrainingError(f"{file}: the network {operation.name} in it has {len(operation.outputs)} outputs")
            links[:0] = _links(operation, file, masks)
        else:
            links[:0] = [operation]
        if tensor is model.inputs[0] or isinstance(operation, keras.layers.InputLayer):
            return links
        _check_call(operation, node, history.tensor_index, file)
        if isinstance(mask := node.arguments.kwargs.get("mask"), keras.KerasTensor):
            masks.append((operation, mask))
        tensor = node.input_tensors[0]


def _is_network(operation: Any) -> bool:
    return isinstance(operation, keras.Sequential) or type(operation).__name__ == "Functional"


def _check_call(operation: Any, node: Any, output: int, file: str) -> None:
    """Refuse an operation that gets several tensors, whose state is used, or that is called in a way of its own."""
    kind = type(operation).__name__
    if not isinstance(operation, keras.Layer) and kind not in OPERATIONS:
        raise TrainingError(
            f"{file}: the operation {kind} ({operation.name}) stands between the layers, which cannot be imported: "
            "only layers in one chain can"
        )
    # A mask comes along by itself, from an Embedding or a Masking below: see `_check_mask`.
    settings = {name: value for name, value in node.arguments.kwargs.items() if name != "mask"}
    joined = sum(isinstance(one, keras.KerasTensor) for one in keras.tree.flatten((node.arguments.args, settings)))
    if joined != 1:
        raise TrainingError(
            f"{file}: the layer {operation.name} ({kind}) joins {joined} others, "
            "and only a chain of layers can be imported"
        )
    if output != 0:
        raise TrainingError(f"{file}: the state of the layer {operation.name} ({kind}) is used, not what it gives")
    if settings.pop("training", None):
        raise TrainingError(f"{file}: the layer {operation.name} ({kind}) is always called as in training")
    if any(value is not None and not isinstance(value, keras.KerasTensor) for value in settings.values()):
        raise TrainingError(f"{file}: the layer {operation.name} ({kind}) is called with settings of its own")


def _check_mask(link: Link, mask: Any, links: list[Link], file: str) -> None:
    """Refuse a mask that is not the one that an Embedding or a Masking below it makes."""
    place = next(number for number, other in enumerate(links) if other is link)
    below = [one for one in links[:place] if getattr(one, "mask_zero", False) or isinstance(one, keras.layers.Masking)]
    node = _node_of(mask)
    if type(node.operation).__name__ == "Any":  # of all numbers of a time, as Masking looks at them
        node = _node_of(node.input_tensors[0])
    skipped = 0 if not below else getattr(below[-1], "mask_value", 0)
    own = below and type(node.operation).__name__ == "NotEqual" and skipped in node.arguments.args[1:]
    if not own or not any(
        node.input_tensors[0] is one for made in below[-1]._inbound_nodes for one in made.input_tensors
    ):
        raise TrainingError(f"{file}: the layer {link.name} gets a mask of its own, which cannot be imported")


def _node_of(tensor: Any) -> Any:
    return tensor._keras_history.operation._inbound_nodes[tensor._keras_history.node_index]
