"""Import of a .keras file as a model folder, and export of a model folder's network as a .keras file.

A .keras file is read on the command line only, and without any code of its own (Keras's safe mode);
its layers are checked against those that this program knows, and only their weights are taken.
"""

import math
from pathlib import Path
from typing import Any

import keras

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import epoch_file, weights_are_usable, write_tensors
from charlstm.model_folder.manifest import Manifest, write_manifest
from charlstm.networks.architecture import Architecture, GatedConvolutions, LstmLayers
from charlstm.networks.network import Context
from charlstm.recipes.recipe import TrainingError
from charlstm.text.decoding import decode
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.manifest import library_versions
from charlstm.training.networks import book_network, get_tensors, set_tensors, stream_network

BOOK_MAXLEN = 60
# What the forward pass in NumPy computes; an LSTM with other settings cannot be imported.
LSTM_SETTINGS = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "go_backwards": False,
}


def import_keras(file: Path, characters_file: Path, folder: Path) -> store.Model:
    """Make a model folder from a Keras file.

    Args:
        file: a .keras file: the book's network, stacked LSTM layers, or what `export_keras` wrote.
        characters_file: a text whose different characters, sorted, are the network's, as in the
            book; the text it was trained on will do.
        folder: the model folder to make; must not exist, or be empty.

    Raises:
        TrainingError: the file cannot be read, has layers that are unknown here, or does not fit
            the characters.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TrainingError(f"{folder} is there already: choose a new folder for the model")
    model = _load(file)
    architecture, context, maxlen = _architecture(model, file)
    tensors = _tensors(model, architecture)
    vocabulary = _vocabulary(characters_file, len(tensors["dense/bias"]), file)
    if {name: tensor.shape for name, tensor in tensors.items()} != architecture.tensor_shapes(len(vocabulary)):
        raise TrainingError(f"{file} reads other characters than it writes, or has layers that do not fit together")
    if not weights_are_usable(tensors):
        raise TrainingError(f"{file} has weights that are not finite, so it cannot write")
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(folder / epoch_file(0), tensors)
    manifest = Manifest(
        name=folder.resolve().name,
        architecture=architecture,
        vocabulary=vocabulary.characters,
        context=context,
        window=maxlen,
        epochs=(0,),
        best_epoch=0,
        held_out_loss=math.nan,
        characters_by_frequency=vocabulary.characters,
        recipe={"name": f"imported from {file.name}"},
        libraries=library_versions(),
    )
    write_manifest(folder, manifest)
    return store.open_model(folder)


def export_keras(model: store.Model, epoch: int | None, file: Path) -> None:
    """Write a model folder's network as a .keras file.

    Raises:
        ModelError: that epoch was not kept.
        TrainingError: the file is there already or has another ending.
    """
    if file.suffix != ".keras":
        raise TrainingError(f"{file} must end in .keras")
    if file.exists():
        raise TrainingError(f"{file} is there already: choose another name")
    manifest = model.manifest
    tensors = model.tensors(epoch)
    if manifest.context == "window" and isinstance(manifest.architecture, LstmLayers):
        network = _window_network(len(manifest.vocabulary), manifest.architecture, manifest.window)
    else:
        network, _ = stream_network(len(manifest.vocabulary), manifest.architecture)
    set_tensors(network, tensors)
    network.save(file)


def _window_network(vocabulary_size: int, architecture: LstmLayers, maxlen: int) -> keras.Model:
    """Return the book's network with one or more LSTM layers."""
    if len(architecture.units) == 1:
        return book_network(vocabulary_size, architecture.units[0], maxlen, unroll=False)
    last = len(architecture.units)
    layers = [
        keras.layers.LSTM(units, return_sequences=number < last, name=f"lstm_{number}")
        for number, units in enumerate(architecture.units, start=1)
    ]
    dense = keras.layers.Dense(vocabulary_size, activation="softmax", name="dense")
    return keras.Sequential([keras.Input((maxlen, vocabulary_size)), *layers, dense])


def _load(file: Path) -> keras.Model:
    if file.suffix not in (".keras", ".h5"):
        raise TrainingError(f"{file} must end in .keras or .h5, as Keras saves networks")
    if not file.is_file():
        raise TrainingError(f"there is no file {file}")
    try:
        return keras.models.load_model(file, compile=False, safe_mode=True)
    except Exception as error:
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise TrainingError(f"{file} is not a network that Keras can read safely ({reason})") from error


def _architecture(model: keras.Model, file: Path) -> tuple[Architecture, Context, int]:
    """Return the architecture, the context and the window of a network; raise TrainingError for an unknown layer."""
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer | keras.layers.Dropout)]
    if model.inputs[0].dtype == "int32":  # ids, which only exported networks read
        return _exported_architecture(model, file)
    *lstms, dense = layers or [None]
    for number, layer in enumerate(lstms):
        if not isinstance(layer, keras.layers.LSTM):
            raise TrainingError(f"{file}: the layer {layer.name} is of the kind {type(layer).__name__}, unknown here")
        settings: dict[str, Any] = layer.get_config()
        for name, expected in LSTM_SETTINGS.items():
            if settings[name] != expected:
                raise TrainingError(f"{file}: the layer {layer.name} has {name} = {settings[name]!r}, not {expected!r}")
        if not layer.return_sequences and number < len(lstms) - 1:
            raise TrainingError(f"{file}: the layer {layer.name} gives no sequences to the one above it")
    if not lstms or not isinstance(dense, keras.layers.Dense):
        raise TrainingError(f"{file} does not end in LSTM layers and a Dense one, as the book's network does")
    if dense.activation is not keras.activations.softmax or not dense.use_bias:
        raise TrainingError(f"{file}: the layer {dense.name} is not a softmax with a bias")
    maxlen = model.input_shape[1] or BOOK_MAXLEN
    context: Context = "carried" if lstms[-1].return_sequences else "window"
    return LstmLayers(tuple(layer.units for layer in lstms)), context, maxlen


def _exported_architecture(model: keras.Model, file: Path) -> tuple[Architecture, Context, int]:
    """Return those of a network that `export_keras` wrote: built anew, it must be the same layer for layer."""
    names = {layer.name: layer for layer in model.layers}
    architecture: Architecture
    try:
        if "conv_1" in names:
            convolutions = [names[f"conv_{number}"] for number in range(1, 1 + sum("conv_" in name for name in names))]
            dilations = tuple(int(layer.dilation_rate[0]) for layer in convolutions)
            architecture = GatedConvolutions(names["embedding"].output_dim, convolutions[0].kernel_size[0], dilations)
        else:
            lstms = [layer for layer in model.layers if isinstance(layer, keras.layers.LSTM)]
            architecture = LstmLayers(tuple(layer.units for layer in lstms))
        rebuilt, _ = stream_network(names["dense"].units, architecture)
    except (KeyError, ValueError, AttributeError, IndexError) as error:
        raise TrainingError(f"{file} has layers that are unknown here") from error
    if _layer_shapes(model) != _layer_shapes(rebuilt):
        raise TrainingError(f"{file} has layers that are unknown here")
    return architecture, "carried", BOOK_MAXLEN


def _layer_shapes(model: keras.Model) -> list[tuple]:
    """Return the type of each layer, and the names and shapes of its weights."""
    return [
        (type(layer), [(f"{layer.name}/{weight.name}", tuple(weight.shape)) for weight in layer.weights])
        for layer in model.layers
    ]


def _tensors(model: keras.Model, architecture: Architecture) -> dict[str, Any]:
    if isinstance(architecture, GatedConvolutions):
        return get_tensors(model)
    # The layers may have any names; they are named here by their order.
    weights = [weight.numpy() for layer in model.layers if layer.weights for weight in layer.weights]
    names = [
        *(f"lstm_{n}/{name}" for n in range(1, len(architecture.units) + 1) for name in _LSTM_WEIGHTS),
        "dense/kernel",
        "dense/bias",
    ]
    return dict(zip(names, weights, strict=True))


_LSTM_WEIGHTS = ("kernel", "recurrent_kernel", "bias")


def _vocabulary(file: Path, expected: int, network: Path) -> Vocabulary:
    if not file.is_file():
        raise TrainingError(f"there is no file {file}: give a text whose different characters are the network's")
    text = decode(file.read_bytes(), str(file))
    found = sorted(set(text))
    if len(found) == expected + 1 and text.endswith("\n") and text.count("\n") == 1:
        found.remove("\n")  # the line end that an editor adds
    if len(found) != expected:
        raise TrainingError(
            f"{network} chooses among {expected} characters, but {file} has {len(found)} different ones: "
            "give the text it was trained on, or its characters alone"
        )
    return Vocabulary(tuple(found))
