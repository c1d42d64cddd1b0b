"""Import of a Keras file as a model folder: converted, compared with the file's own network, and only then written."""

import math
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import held_out_loss
from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import epoch_file, weights_are_usable, write_tensors
from charlstm.model_folder.manifest import LARGEST_WINDOW, Manifest, write_manifest
from charlstm.networks.architecture import Architecture
from charlstm.networks.layers.stack import LayerStack
from charlstm.networks.network import Context, Network
from charlstm.recipes.recipe import TrainingError
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.keras_files.architecture import layers_of_chain, without_ids
from charlstm.training.keras_files.chain import chain_of
from charlstm.training.keras_files.characters import Characters, characters_of_list, characters_of_text, read_text
from charlstm.training.keras_files.conversion import Converted, gives_probabilities
from charlstm.training.keras_files.convolutions import exported_convolutions
from charlstm.training.keras_files.proof import Proof, is_stateful, prove
from charlstm.training.keras_files.reading import KerasFile, read_keras_file
from charlstm.training.networks import get_tensors, library_versions

BOOK_MAXLEN = 60  # the window of a network that keeps its state and does not say of how many characters it learned
FEWEST_CHARACTERS = 500  # of a text that can tell whether the order of the characters is right
MOST_CHARACTERS = 3_000  # of it that are read


@dataclass(frozen=True)
class Imported:
    """A model folder that was made of a Keras file.

    Attributes:
        proof: what it was compared with.
        notes: what was decided on the way, each a sentence.
        warning: why the order of its characters is probably wrong; "" where nothing says so.
    """

    model: store.Model
    proof: Proof
    notes: list[str] = field(default_factory=list)
    warning: str = ""


def import_keras(
    file: Path,
    text_file: Path | None,
    folder: Path,
    *,
    characters_file: Path | None = None,
    context: Context | None = None,
    window: int | None = None,
) -> Imported:
    """Make a model folder from a Keras file.

    Args:
        file: .keras, .h5 or .hdf5.
        text_file: a text whose different characters, sorted, are the network's, as in the book; the one it was
            trained on will do. With `characters_file` only the loss on it is looked at.
        folder: the model folder to make; must not exist, or be empty.
        characters_file: JSON, the network's characters in its own order; see `characters_of_list`.
        context, window: instead of what the file says.

    Raises:
        TrainingError: the file cannot be read, has layers that cannot be imported, does not fit the characters, or
            computes something else than the imported network; nothing is written.
    """
    if folder.is_symlink():
        raise TrainingError(f"{folder} is there already: choose a new folder for the model")
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TrainingError(f"{folder} is there already: choose a new folder for the model")
    if text_file is None and characters_file is None:
        raise TrainingError("say which characters the network has: --chars TEXT, or --characters FILE.json")
    source = read_keras_file(file)
    convolutions = exported_convolutions(source.model)
    chain = [] if convolutions else chain_of(source.model, str(file))
    layers = [] if convolutions else layers_of_chain(source, chain)
    context, window = _context(source, layers, context, window)
    _check_states(source, layers)
    outputs = source.model.outputs[0].shape[-1]
    candidates = _candidates(text_file, characters_file, outputs, file)
    known = np.array([id_ for id_, one in enumerate(candidates[0].of_ids) if one is not None])
    if is_stateful(source) and any(getattr(one.layer, "mask_zero", False) for one in layers) and known[0] == 0:
        raise TrainingError(
            f"{file} keeps its state and skips the id 0 (mask_zero), which is a character: what Keras gives there "
            "depends on how the text is cut into pieces, so it cannot be imported"
        )
    architecture: Architecture
    if convolutions:
        if len(known) < outputs:
            raise TrainingError(f"{file} needs a character for each of its {outputs} ids")
        architecture, tensors = convolutions, get_tensors(source.model)
    else:
        architecture, tensors = without_ids(layers, known, outputs, str(file))
    if not weights_are_usable(tensors):
        raise TrainingError(f"{file} has weights that are not finite, so it cannot write")
    network = architecture.network(tensors, context, window)
    probabilities = bool(convolutions) or gives_probabilities(chain)
    proof = prove(source, layers, network, known, probabilities, context, window)
    characters, loss = _likeliest(candidates, network)
    vocabulary = characters.vocabulary
    manifest = _manifest(file, folder, architecture, vocabulary, context, window)
    model = _write(folder, manifest, tensors)
    return Imported(model, proof, _notes(source, characters), _warning(loss, len(vocabulary)))


def _context(
    source: KerasFile, layers: Sequence[Converted], context: Context | None, window: int | None
) -> tuple[Context, int]:
    """Return the context and the window: what was asked for, or what the file says."""
    shape = source.model.inputs[0].shape
    length = shape[0] if source.time_major else shape[1]
    if context is None:
        asked_for = window is not None and length is None
        context = "carried" if is_stateful(source) or (length is None and not asked_for) else "window"
        if context == "carried" and window is not None and _reads_backwards(layers):
            context = "window"
    if context == "carried" and _reads_backwards(layers):
        raise TrainingError(
            f"{source.path} reads backwards too, so that it would have to read what is not written yet: "
            "it can write from windows of a fixed length only, for example --window 60"
        )
    if context == "window" and window is None and length is None:
        raise TrainingError(f"{source.path} does not say how many characters it reads: say it with --window")
    window = window or length or BOOK_MAXLEN
    if window > LARGEST_WINDOW:
        raise TrainingError(f"{source.path} has a window of {window:,} characters, and {LARGEST_WINDOW:,} are the most")
    return context, window


def _check_states(source: KerasFile, layers: Sequence[Converted]) -> None:
    """Refuse a network in which one layer keeps its state and another does not, or in which a Masking is kept."""
    recurrent = [layer for layer in source.model._flatten_layers(include_self=False) if hasattr(layer, "stateful")]
    recurrent = [layer for layer in recurrent if hasattr(layer, "return_sequences")]
    keeping = [layer for layer in recurrent if layer.stateful]
    others = [layer for layer in recurrent if not layer.stateful]
    if keeping and others:
        raise TrainingError(
            f"{source.path}: the layer {keeping[0].name} keeps its state from call to call (stateful) and "
            f"{others[0].name} does not, so what it gives depends on how the text is cut into pieces"
        )
    if keeping and any(one.layer.kind == "masking" for one in layers[2:]):
        raise TrainingError(f"{source.path} keeps its state and has a Masking in it, which cannot be imported")


def _reads_backwards(layers: Sequence[Converted]) -> bool:
    return bool(layers) and "carried" not in LayerStack(tuple(one.layer for one in layers)).contexts


def _candidates(text_file: Path | None, characters_file: Path | None, outputs: int, file: Path) -> list[Characters]:
    """Return what the characters may be; in all of them the same ids stand for some."""
    if characters_file is None:
        assert text_file is not None
        return characters_of_text(text_file, outputs, file)
    listed = characters_of_list(characters_file, outputs, file)
    if text_file is None:
        return [listed]
    text = listed.vocabulary.fold(read_text(text_file)).text
    if len(text) < FEWEST_CHARACTERS:
        short = f"{text_file} has too few of the network's characters to tell whether their order is right"
        listed = replace(listed, note="; ".join(filter(None, (listed.note, short))))
    return [replace(listed, text=text)]


def _likeliest(candidates: Sequence[Characters], network: Network) -> tuple[Characters, float]:
    """Return the characters with which the network predicts its text best, and that loss; NaN where none can tell."""
    losses = [_loss(characters, network) for characters in candidates]
    if len(candidates) == 1 or any(map(math.isnan, losses)):
        return candidates[0], losses[0]
    best = int(np.argmin(losses))
    return candidates[best], losses[best]


def _loss(characters: Characters, network: Network) -> float:
    text = characters.text or ""
    if len(text) < FEWEST_CHARACTERS:
        return math.nan
    begin = max(0, (len(text) - MOST_CHARACTERS) // 2)
    ids = characters.vocabulary.encode(text[begin : begin + MOST_CHARACTERS])
    return held_out_loss(network, [ids], step=max(1, len(ids) // 300))


def _warning(loss: float, characters: int) -> str:
    guessing = math.log(characters)
    if not loss > guessing:  # NaN is not
        return ""
    return (
        f"it predicts the text worse than guessing ({loss:.2f} nats per character; guessing has {guessing:.2f}), so "
        "the order of its characters is probably another one (--characters FILE.json gives it), or it learned nothing"
    )


def _notes(source: KerasFile, characters: Characters) -> list[str]:
    notes = [characters.note] if characters.note else []
    if source.half_precision:
        notes.append("it computed in half precision, and computes in float32 here")
    return notes


def _manifest(
    file: Path, folder: Path, architecture: Architecture, vocabulary: Vocabulary, context: Context, window: int
) -> Manifest:
    return Manifest(
        name=folder.resolve().name,
        architecture=architecture,
        vocabulary=vocabulary.characters,
        context=context,
        window=window,
        epochs=(0,),
        best_epoch=0,
        held_out_loss=math.nan,
        characters_by_frequency=vocabulary.characters,
        recipe={"name": f"imported from {file.name}"},
        libraries=library_versions(),
    )


def _write(folder: Path, manifest: Manifest, tensors: dict[str, NDArray[np.float32]]) -> store.Model:
    """Write a model folder, whole or not at all, and open it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".", suffix="-import", dir=folder.parent))
    except OSError as error:
        raise TrainingError(f"the folder {folder} cannot be made ({error.strerror}): choose another") from error
    try:
        part.chmod(0o777 & ~_umask())
        write_tensors(part / epoch_file(0), tensors)
        write_manifest(part, manifest)
        store.open_model(part)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, store.ModelError):
            raise TrainingError(str(error).replace(str(part), str(folder))) from error
        raise
    return store.open_model(folder)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
