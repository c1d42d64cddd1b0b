"""A model folder as a whole: opened, and all of it checked.

model.json                what the network is, what it learned from, what it scored      manifest.py
epoch-000.safetensors …   the weights after each kept epoch, or the counts               epoch_weights.py
history.csv               epoch, train loss, held-out loss, seconds                      training_records.py
samples.jsonl             texts written after each epoch                                 training_records.py
words.txt                 the words of the text it learned from                          training_records.py
passages.safetensors      an index, by which copied passages are found in any text       passage_index.py
report.json               the results of an evaluation                                   report.py
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from charlstm.corpora.passages import PassageIndex
from charlstm.model_folder.epoch_weights import epoch_file, read_epoch
from charlstm.model_folder.manifest import MANIFEST, Manifest, ModelError, read_manifest
from charlstm.model_folder.passage_index import PASSAGES, read_passages
from charlstm.model_folder.report import REPORT, Report, read_report
from charlstm.model_folder.training_records import (
    HISTORY,
    SAMPLES,
    WORDS,
    EpochFigures,
    Sample,
    read_history,
    read_samples,
    read_words,
)
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import WordList, english


@dataclass(frozen=True)
class Model:
    """A model folder that has been read and checked whole.

    Attributes:
        words: of the text it learned from, the held-out part included; none where not known.
        report: None where it has not been evaluated.
        passages: the index of the text it learned, the held-out part left out; None where there is none.
    """

    folder: Path
    manifest: Manifest
    vocabulary: Vocabulary
    history: tuple[EpochFigures, ...]
    samples: tuple[Sample, ...]
    words: WordList
    report: Report | None
    passages: PassageIndex | None

    @property
    def real_words(self) -> WordList:
        """The words that count as real for this model: English, and those of its text."""
        return english() | self.words

    def network(self, epoch: int | None = None) -> Network:
        """Return the network as it was after `epoch`, the best one if None.

        Raises:
            ModelError: that epoch was not kept, or its file has been damaged since.
        """
        manifest = self.manifest
        return manifest.architecture.network(self.tensors(epoch), manifest.context, manifest.window)

    def tensors(self, epoch: int | None = None) -> dict[str, NDArray[Any]]:
        """Return the weights or counts of `epoch`, the best one if None; raises as `network` does."""
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
        passages = read_passages(folder / PASSAGES)
    except OSError as error:
        raise ModelError(f"{error.filename or folder} cannot be read ({error.strerror})") from error
    return Model(folder, manifest, Vocabulary(manifest.vocabulary), history, samples, words, report, passages)


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


def _ranges(numbers: Sequence[int]) -> str:
    """[0, 1, 2, 5] -> '0-2, 5'"""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
