"""What training records beside the weights: history.csv, samples.jsonl and words.txt; each may be missing."""

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from charlstm.model_folder.atomic_write import write_whole
from charlstm.model_folder.manifest import EPOCH, LARGEST_EPOCH, ModelError
from charlstm.model_folder.schema import TEXT, number, object_of, one_line, parse_json, whole_number
from charlstm.text.word_list import WordList

HISTORY = "history.csv"
SAMPLES = "samples.jsonl"
WORDS = "words.txt"
_SAMPLE = object_of(
    {
        "epoch": EPOCH,
        "temperature": number(0.0),
        "random_seed": whole_number(0, 2**64 - 1),
        "seed_text": TEXT,
        "text": TEXT,
    }
)


@dataclass(frozen=True)
class EpochFigures:
    """One line of the history: losses in nats per character (NaN where not known), time in seconds."""

    epoch: int
    train_loss: float
    held_out_loss: float
    seconds: float


@dataclass(frozen=True)
class Sample:
    """A text that was written after an epoch: `text` is what follows the seed text."""

    epoch: int
    temperature: float
    random_seed: int
    seed_text: str
    text: str


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


def write_history(folder: Path, history: Sequence[EpochFigures]) -> None:
    """Write history.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["epoch", "train_loss", "held_out_loss", "seconds"])
    for line in history:
        losses = ("nan" if math.isnan(loss) else f"{loss:.6f}" for loss in (line.train_loss, line.held_out_loss))
        writer.writerow([line.epoch, *losses, f"{line.seconds:.1f}"])
    write_whole(folder / HISTORY, text.getvalue().encode())


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Return the lines of samples.jsonl; none when there is no such file.

    Raises:
        ModelError: a line is not a sample; names the line, the field and the reason.
    """
    if not path.is_file():
        return ()
    samples = []
    for line_number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            try:
                content = parse_json(line)
                _SAMPLE(content, "")
            except ValueError as error:
                raise ModelError(f"{path} is damaged (line {line_number}: {error})") from error
            samples.append(Sample(**content))
    return tuple(samples)


def write_samples(folder: Path, samples: Sequence[Sample]) -> None:
    """Write samples.jsonl."""
    lines = (json.dumps(asdict(sample), ensure_ascii=False) + "\n" for sample in samples)
    write_whole(folder / SAMPLES, "".join(lines).encode())


def read_words(path: Path) -> WordList:
    """Return the words of words.txt; none when there is no such file.

    Raises:
        ModelError: the file is not a list of words in order.
    """
    if not path.is_file():
        return WordList()
    try:
        return WordList.of_lines(path.read_bytes())
    except ValueError as error:
        raise ModelError(f"{path} is damaged ({one_line(error)})") from error


def write_words(folder: Path, words: WordList) -> None:
    """Write words.txt."""
    write_whole(folder / WORDS, b"".join(words.lists))
