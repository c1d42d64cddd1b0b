"""A model folder on disk: read, check, write.

    model.json                what the network is, what it learned from, what it scored
    epoch-000.safetensors …   the weights after each kept epoch; epoch 0 is the untrained network
    history.csv               epoch, train loss, held-out loss, seconds
    samples.jsonl             what was written after each epoch

No pickle, and no code, is ever read. Writing goes to a temporary name and is renamed, so that a
kill at any moment leaves the last good file.
"""

import csv
import io
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from charlstm.network import Context, Network
from charlstm.vocabulary import Vocabulary

FORMAT = 1
MANIFEST = "model.json"
HISTORY = "history.csv"
SAMPLES = "samples.jsonl"
Tensors = Mapping[str, NDArray[np.floating]]


class ModelError(ValueError):
    """A model folder cannot be used; the message says which file, which tensor, and why."""


@dataclass(frozen=True)
class EpochFigures:
    """One line of the history: losses in nats a character (NaN where not known), time in seconds."""

    epoch: int
    train_loss: float
    held_out_loss: float
    seconds: float


@dataclass(frozen=True)
class Sample:
    """What was written after an epoch: `text` is what follows the seed text."""

    epoch: int
    temperature: float
    random_seed: int
    seed_text: str
    text: str


@dataclass(frozen=True)
class Manifest:
    """model.json.

    Attributes:
        units: memory cells of the LSTM.
        context: "window" or "carried".
        window: characters in a window.
        epochs: the kept epochs, rising.
        best_epoch: the kept epoch with the lowest held-out loss: the folder's default.
        held_out_loss: of that epoch, in nats a character.
        characters_by_frequency: the vocabulary, the most frequent in the corpus first.
        recipe, corpus, libraries: a record of how it was made, for people.
    """

    name: str
    units: int
    vocabulary: tuple[str, ...]
    context: Context
    window: int
    epochs: tuple[int, ...]
    best_epoch: int
    held_out_loss: float
    characters_by_frequency: tuple[str, ...] = ()
    recipe: dict[str, Any] = field(default_factory=dict)
    corpus: dict[str, Any] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """A model folder that has been read and checked whole."""

    folder: Path
    manifest: Manifest
    vocabulary: Vocabulary
    history: tuple[EpochFigures, ...]
    samples: tuple[Sample, ...]

    def network(self, epoch: int | None = None) -> Network:
        """Return the network as it was after `epoch`, the best one if None.

        Raises:
            ModelError: that epoch was not kept, or its file has been damaged since.
        """
        epoch = self.manifest.best_epoch if epoch is None else epoch
        if epoch not in self.manifest.epochs:
            raise ModelError(
                f"{self.folder} has no epoch {epoch}: it keeps {_ranges(self.manifest.epochs)}, "
                f"and {self.manifest.best_epoch} is the best"
            )
        tensors = read_epoch(self.folder / epoch_file(epoch), self.manifest)
        return Network(tensors, self.manifest.context, self.manifest.window)

    def figures(self, epoch: int) -> EpochFigures | None:
        """Return the history's line for `epoch`, or None."""
        return next((line for line in self.history if line.epoch == epoch), None)


def epoch_file(epoch: int) -> str:
    """Return the file name of an epoch's weights."""
    return f"epoch-{epoch:03d}.safetensors"


def tensor_shapes(manifest: Manifest) -> dict[str, tuple[int, ...]]:
    """Return the tensors of each epoch's file, and their shapes."""
    characters, units = len(manifest.vocabulary), manifest.units
    return {
        "lstm_1/kernel": (characters, 4 * units),
        "lstm_1/recurrent_kernel": (units, 4 * units),
        "lstm_1/bias": (4 * units,),
        "dense/kernel": (units, characters),
        "dense/bias": (characters,),
    }


def open_model(folder: Path | str) -> Model:
    """Read a model folder and check all of it, every epoch included.

    Raises:
        ModelError: anything is missing, truncated, of a wrong shape, not finite or contradictory.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ModelError(f"there is no model folder {folder}: train one, or check the path")
    manifest = _read_manifest(folder / MANIFEST)
    for epoch in manifest.epochs:
        read_epoch(folder / epoch_file(epoch), manifest)
    return Model(
        folder,
        manifest,
        Vocabulary(manifest.vocabulary),
        read_history(folder / HISTORY),
        read_samples(folder / SAMPLES),
    )


def find_models(folder: Path | str) -> tuple[list[Model], list[str]]:
    """Return the usable models of a folder of model folders, by name, and why others are not."""
    folder = Path(folder)
    models, complaints = [], []
    for place in sorted(folder.iterdir()) if folder.is_dir() else []:
        if place.is_dir() and not place.name.startswith("."):
            try:
                models.append(open_model(place))
            except ModelError as error:
                complaints.append(str(error))
    return models, complaints


def read_epoch(path: Path, manifest: Manifest) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of an epoch's file as float32, each checked.

    Raises:
        ModelError: names the file, the tensor and the reason.
    """
    if not path.is_file():
        raise ModelError(f"{path} is missing")
    shapes = tensor_shapes(manifest)
    try:
        tensors = safetensors.numpy.load(path.read_bytes())
    except (safetensors.SafetensorError, ValueError, KeyError) as error:
        raise ModelError(f"{path} is truncated or not a safetensors file ({error})") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror})") from error
    for name in shapes.keys() - tensors.keys():
        raise ModelError(f"{path}: the tensor {name} is missing")
    for name in tensors.keys() - shapes.keys():
        raise ModelError(f"{path}: there is a tensor {name} that this network does not have")
    for name, shape in shapes.items():
        tensor = tensors[name]
        if tensor.shape != shape:
            raise ModelError(f"{path}: the tensor {name} has the shape {tensor.shape}, not {shape}")
        if tensor.dtype not in (np.float16, np.float32):
            raise ModelError(f"{path}: the tensor {name} has the type {tensor.dtype}, not float16 or float32")
        if not np.isfinite(tensor).all():
            raise ModelError(f"{path}: the tensor {name} has a value that is not finite")
    return {name: tensors[name].astype(np.float32) for name in shapes}


def _read_manifest(path: Path) -> Manifest:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing: this is not a model folder") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not readable JSON ({error})") from error
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise ModelError(f"{path} has an unknown format version; this program reads version {FORMAT}")
    try:
        for name in ("vocabulary", "epochs", "characters_by_frequency"):
            content[name] = tuple(content[name])
        manifest = Manifest(**content)
    except (TypeError, KeyError) as error:
        raise ModelError(f"{path} has missing or unknown fields ({error})") from error
    problem = _problem_with(manifest)
    if problem:
        raise ModelError(f"{path}: {problem}")
    return manifest


def _problem_with(manifest: Manifest) -> str | None:
    """Return what is wrong with the fields that the rest of the program relies on, or None."""
    try:
        Vocabulary(manifest.vocabulary)
    except ValueError as error:
        return str(error)
    numbers = {"units": manifest.units, "window": manifest.window, "best_epoch": manifest.best_epoch}
    for name, value in numbers.items():
        if type(value) is not int or not 0 <= value <= 65536:
            return f"{name} is {value!r}, which is not a sensible number"
    if manifest.units < 1 or manifest.window < 1:
        return "units and window must be at least 1"
    if manifest.context not in ("window", "carried"):
        return f"the context is {manifest.context!r}, not 'window' or 'carried'"
    if not all(type(epoch) is int and epoch >= 0 for epoch in manifest.epochs) or not manifest.epochs:
        return "epochs must list at least one epoch"
    if manifest.best_epoch not in manifest.epochs:
        return f"the best epoch, {manifest.best_epoch}, is not among the epochs kept"
    if sorted(manifest.characters_by_frequency) != sorted(manifest.vocabulary):
        return "characters_by_frequency does not list the characters of the vocabulary"
    return None


def read_history(path: Path) -> tuple[EpochFigures, ...]:
    """Return the lines of history.csv; none when there is no such file."""
    if not path.is_file():
        return ()
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        return tuple(
            EpochFigures(
                int(row["epoch"]), float(row["train_loss"]), float(row["held_out_loss"]), float(row["seconds"])
            )
            for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is damaged ({error})") from error


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Return the lines of samples.jsonl; none when there is no such file."""
    if not path.is_file():
        return ()
    try:
        return tuple(Sample(**json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path} is damaged ({error})") from error


def stored(tensors: Tensors) -> dict[str, NDArray[np.floating]]:
    """Return tensors as an epoch's file keeps them: float16, or float32 where float16 would overflow."""
    largest = np.finfo(np.float16).max
    return {
        name: tensor.astype(np.float16) if np.abs(tensor).max(initial=0) <= largest else tensor.astype(np.float32)
        for name, tensor in tensors.items()
    }


def write_epoch(folder: Path, epoch: int, tensors: Tensors) -> None:
    """Write an epoch's weights, as `stored` gives them."""
    write_tensors(folder / epoch_file(epoch), tensors)


def write_tensors(path: Path, tensors: Tensors, metadata: dict[str, str] | None = None) -> None:
    """Write a safetensors file, whole or not at all."""
    contiguous = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    write_whole(path, safetensors.numpy.save(contiguous, metadata))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write model.json."""
    content = {"format": FORMAT, **asdict(manifest)}
    write_whole(folder / MANIFEST, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())


def write_history(folder: Path, history: Sequence[EpochFigures]) -> None:
    """Write history.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", "train_loss", "held_out_loss", "seconds"])
    for line in history:
        losses = ("nan" if math.isnan(loss) else f"{loss:.6f}" for loss in (line.train_loss, line.held_out_loss))
        writer.writerow([line.epoch, *losses, f"{line.seconds:.1f}"])
    write_whole(folder / HISTORY, text.getvalue().encode())


def write_samples(folder: Path, samples: Sequence[Sample]) -> None:
    """Write samples.jsonl."""
    lines = (json.dumps(asdict(sample), ensure_ascii=False) + "\n" for sample in samples)
    write_whole(folder / SAMPLES, "".join(lines).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, flush it to the disk, and rename it."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _ranges(numbers: Sequence[int]) -> str:
    """[0, 1, 2, 5] -> '0-2, 5'"""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
