"""A model folder on disk: read, check, write.

    model.json                what the network is, what it learned from, what it scored
    epoch-000.safetensors …   the weights after each kept epoch; epoch 0 is the untrained network
    history.csv               epoch, train loss, held-out loss, seconds
    samples.jsonl             what was written after each epoch
    words.txt                 the words of the text it learned from
    report.json               what an evaluation found

No pickle, and no code, is ever read. Writing goes to a temporary name and is renamed, so that a
kill at any moment leaves the last good file.
"""

import csv
import io
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from charlstm.model_folder.manifest import (
    LARGEST_EPOCH,
    Manifest,
    ModelError,
    is_finite,
    is_whole,
    manifest_bytes,
    one_line,
    read_manifest,
    shown,
)
from charlstm.model_folder.report import Report, read_report, report_bytes
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import Lexicon

MANIFEST = "model.json"
HISTORY = "history.csv"
SAMPLES = "samples.jsonl"
WORDS = "words.txt"
REPORT = "report.json"
# Beyond this a sum over the memory cells could overflow float32 and turn into NaN.
LARGEST_WEIGHT = 1e30
Tensors = Mapping[str, NDArray[np.floating]]


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
class Model:
    """A model folder that has been read and checked whole."""

    folder: Path
    manifest: Manifest
    vocabulary: Vocabulary
    history: tuple[EpochFigures, ...]
    samples: tuple[Sample, ...]
    words: Lexicon  # of the text it learned from, held-out part included; none where not known
    report: Report | None  # None where it has not been evaluated

    def network(self, epoch: int | None = None) -> Network:
        """Return the network as it was after `epoch`, the best one if None.

        Raises:
            ModelError: that epoch was not kept, or its file has been damaged since.
        """
        manifest = self.manifest
        return manifest.architecture.network(self.tensors(epoch), manifest.context, manifest.window)

    def tensors(self, epoch: int | None = None) -> dict[str, NDArray[np.float32]]:
        """Return the weights of `epoch`, the best one if None; raises as `network` does."""
        epoch = self.manifest.best_epoch if epoch is None else epoch
        if epoch not in self.manifest.epochs:
            raise ModelError(
                f"{self.folder} has no epoch {epoch}: it keeps {_ranges(self.manifest.epochs)}, "
                f"and {self.manifest.best_epoch} is the best"
            )
        return read_epoch(self.folder / epoch_file(epoch), self.manifest)

    def figures(self, epoch: int) -> EpochFigures | None:
        """Return the history's line for `epoch`, or None."""
        return next((line for line in self.history if line.epoch == epoch), None)


def epoch_file(epoch: int) -> str:
    """Return the file name of an epoch's weights."""
    return f"epoch-{epoch:03d}.safetensors"


def open_model(folder: Path | str) -> Model:
    """Read a model folder and check all of it, every epoch included.

    Raises:
        ModelError: anything is missing, truncated, of a wrong shape, not finite or contradictory.
    """
    folder = Path(folder)
    try:
        if not folder.is_dir():
            raise ModelError(f"there is no model folder {folder}: train one, or check the path")
        manifest = read_manifest(folder / MANIFEST)
        for epoch in manifest.epochs:
            read_epoch(folder / epoch_file(epoch), manifest)
        history, samples = read_history(folder / HISTORY), read_samples(folder / SAMPLES)
        words, report = read_words(folder / WORDS), read_report(folder / REPORT)
    except OSError as error:
        raise ModelError(f"{error.filename or folder} cannot be read ({error.strerror})") from error
    return Model(folder, manifest, Vocabulary(manifest.vocabulary), history, samples, words, report)


def find_models(folder: Path | str) -> tuple[list[Model], list[str]]:
    """Return the usable models of a folder of model folders, by name, and why others are not."""
    folder = Path(folder)
    models, complaints = [], []
    try:
        places = sorted(place for place in folder.iterdir() if place.is_dir()) if folder.is_dir() else []
    except OSError as error:
        return [], [f"{folder} cannot be read ({error.strerror})"]
    for place in places:
        if not place.name.startswith("."):
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
    try:
        tensors = safetensors.numpy.load(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror})") from error
    except Exception as error:
        raise ModelError(f"{path} is truncated or not a safetensors file ({one_line(error)})") from error
    shapes = manifest.architecture.tensor_shapes(len(manifest.vocabulary))
    for name in sorted(shapes.keys() - tensors.keys()):
        raise ModelError(f"{path}: the tensor {name} is missing")
    for name in sorted(tensors.keys() - shapes.keys()):
        raise ModelError(f"{path}: there is a tensor {name!r} that this network does not have")
    for name, shape in shapes.items():
        problem = _problem_with_tensor(tensors[name], shape)
        if problem:
            raise ModelError(f"{path}: the tensor {name} has {problem}")
    return {name: tensors[name].astype(np.float32) for name in shapes}


def _problem_with_tensor(tensor: NDArray[Any], shape: tuple[int, ...]) -> str | None:
    if tensor.shape != shape:
        return f"the shape {tensor.shape}, not {shape}"
    if tensor.dtype not in (np.float16, np.float32):
        return f"the type {tensor.dtype}, not float16 or float32"
    if not np.isfinite(tensor).all():
        return "a value that is not finite"
    if not usable(tensor):
        return f"a value beyond {LARGEST_WEIGHT:.0e}, with which the network would overflow"
    return None


def usable(tensor: NDArray[np.floating]) -> bool:
    """Whether all values are finite, and small enough for the network's sums to stay so."""
    return float(np.abs(tensor).max(initial=0.0)) <= LARGEST_WEIGHT  # a NaN is not <=


def read_history(path: Path) -> tuple[EpochFigures, ...]:
    """Return the lines of history.csv; none when there is no such file.

    Raises:
        ModelError: a line is not an epoch's figures, or the epochs do not rise.
    """
    if not path.is_file():
        return ()
    try:
        rows = csv.DictReader(path.read_text(encoding="utf-8").split("\n"))
        history = tuple(
            EpochFigures(
                int(row["epoch"]), float(row["train_loss"]), float(row["held_out_loss"]), float(row["seconds"])
            )
            for row in rows
        )
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise ModelError(f"{path} is damaged ({one_line(error)})") from error
    epochs = [line.epoch for line in history]
    if not all(0 <= epoch <= LARGEST_EPOCH for epoch in epochs) or epochs != sorted(set(epochs)):
        raise ModelError(f"{path} is damaged (its epochs do not rise)")
    return history


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Return the lines of samples.jsonl; none when there is no such file.

    Raises:
        ModelError: a line is not a sample.
    """
    if not path.is_file():
        return ()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return tuple(_sample(json.loads(line)) for line in lines if line)
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({one_line(error)})") from error


def _sample(content: Any) -> Sample:
    sample = Sample(**content)
    for text in (sample.seed_text, sample.text):
        if type(text) is not str:
            raise TypeError(f"{shown(text)} is not a text")
        text.encode()
    if not (is_finite(sample.temperature) and sample.temperature >= 0):
        raise ValueError(f"{shown(sample.temperature)} is not a temperature")
    if not (is_whole(sample.epoch, 0, LARGEST_EPOCH) and is_whole(sample.random_seed, 0, 2**64)):
        raise ValueError("an epoch or a random seed is not a whole number")
    return sample


def read_words(path: Path) -> Lexicon:
    """Return the words of words.txt; none when there is no such file.

    Raises:
        ModelError: the file is not a list of words in order.
    """
    if not path.is_file():
        return Lexicon()
    try:
        return Lexicon.of_lines(path.read_bytes())
    except ValueError as error:
        raise ModelError(f"{path} is damaged ({one_line(error)})") from error


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


def remove_epochs(folder: Path, all_but: int) -> None:
    """Remove the weights of every epoch but one."""
    for path in folder.glob("epoch-*.safetensors"):
        if path.name != epoch_file(all_but):
            path.unlink(missing_ok=True)


def write_tensors(path: Path, tensors: Tensors, metadata: dict[str, str] | None = None) -> None:
    """Write a safetensors file, whole or not at all."""
    contiguous = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    write_whole(path, safetensors.numpy.save(contiguous, metadata))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write model.json."""
    write_whole(folder / MANIFEST, manifest_bytes(manifest))


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


def write_report(folder: Path, report: Report) -> None:
    """Write report.json."""
    write_whole(folder / REPORT, report_bytes(report))


def write_words(folder: Path, words: Lexicon) -> None:
    """Write words.txt."""
    write_whole(folder / WORDS, b"".join(words.lists))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, flush it to the disk, and rename it."""
    with whole_file(path) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that takes its name only when all of it is on the disk.

    Raises:
        OSError: it cannot be written; names `path`, which is as it was before.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
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
