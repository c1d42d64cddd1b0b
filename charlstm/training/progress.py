"""Callbacks that show a training run: a progress bar in a terminal, plain lines elsewhere, JSON for a program."""

import json
import math
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from charlstm.model_folder.training_records import EpochFigures, Sample
from charlstm.recipes.sample_seed import SampleSeed
from charlstm.text.character_mapping import MappedCharacter, describe_mappings, printable_name
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.loop import TrainingCallback

MOST_MAPPINGS = 12  # folded characters that are listed, and dropped ones
SECONDS_BETWEEN_LINES = 1.0  # of JsonLines


def resumed_line(epoch: int, epochs: int) -> str:
    """Return a line about a folder that already has a run."""
    return f"going on after epoch {epoch}" if epoch < epochs else f"epoch {epoch} is finished: nothing is left to learn"


def figures_line(figures: EpochFigures, epochs: int) -> str:
    """Return one epoch's figures as a line."""
    if figures.epoch == 0:
        return f"epoch 0/{epochs}: untrained, held-out loss {figures.held_out_loss:.3f}"
    return (
        f"epoch {figures.epoch}/{epochs}: train loss {figures.train_loss:.3f}, "
        f"held-out loss {figures.held_out_loss:.3f}, {figures.seconds:.0f} s"
    )


def _on_a_line(text: str) -> str:
    """Return a text with line breaks as ↵, and without what would command a terminal."""
    return "".join("↵" if one == "\n" else "�" if unicodedata.category(one) == "Cc" else one for one in text)


def seed_line(seed: SampleSeed) -> str:
    """Return a line about the seed text of the samples: what it is, where it is from, what it lost."""
    lost = ", ".join(f"{printable_name(one)} {count:,}" for one, count in seed.dropped.items())
    return (
        f"samples begin with “{_on_a_line(seed.text)}”"
        + (", from the held-out text" if seed.held_out else "")
        + (f"; unknown to the network, and left out: {lost}" if lost else "")
    )


def sample_line(sample: Sample, width: int = 100) -> str:
    """Return the beginning of a sample as a line, with line breaks shown as ↵."""
    return f"  {sample.temperature:3.1f}  {_on_a_line(sample.text[:width])}"


class PlainLines(TrainingCallback):
    """One line an epoch, and its samples: for a file or a pipe."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def on_train_begin(self, vocabulary: Vocabulary, mappings: list[MappedCharacter], counted_in: str) -> None:
        for line in describe_mappings(vocabulary, mappings, counted_in, MOST_MAPPINGS):
            print(line, flush=True)

    def on_seed_text(self, seed: SampleSeed) -> None:
        print(seed_line(seed), flush=True)

    def on_resume(self, epoch: int) -> None:
        print(resumed_line(epoch, self.epochs), flush=True)

    def on_epoch_end(self, figures: EpochFigures, samples: list[Sample]) -> None:
        print(figures_line(figures, self.epochs), flush=True)
        for sample in samples:
            print(sample_line(sample), flush=True)


class ProgressBar(PlainLines):
    """The same lines above a bar with the current loss and the time left."""

    def __init__(self, epochs: int, bar: Progress) -> None:
        super().__init__(epochs)
        self._bar = bar
        self._task: TaskID | None = None

    def on_resume(self, epoch: int) -> None:
        self._bar.console.print(resumed_line(epoch, self.epochs), markup=False, highlight=False)

    def on_batch_end(self, epoch: int, done: int, total: int, loss: float) -> None:
        if self._task is None:
            self._task = self._bar.add_task("", total=(self.epochs - epoch + 1) * total)
        self._bar.update(self._task, advance=1, description=f"epoch {epoch}/{self.epochs}, loss {loss:.3f}")

    def on_epoch_end(self, figures: EpochFigures, samples: list[Sample]) -> None:
        self._bar.console.print(figures_line(figures, self.epochs), markup=False, highlight=False)
        width = max(20, self._bar.console.width - 8)
        for sample in samples:
            self._bar.console.print(sample_line(sample, width), markup=False, highlight=False, no_wrap=True, crop=True)


class JsonLines(TrainingCallback):
    """One JSON object a line, for a program: batches once a second at most, and every epoch.

    {"epoch": 1, "done": 20, "total": 169, "lately": 2.31}   the mean loss of the batches since the last line
    {"epoch": 1, "finished": true}                           the epoch is in the folder, with its samples
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_line = -math.inf  # when it was printed
        self._done, self._loss = 0, 0.0  # as of the last line

    def on_resume(self, epoch: int) -> None:
        self._print(epoch=epoch, finished=True)

    def on_batch_end(self, epoch: int, done: int, total: int, loss: float) -> None:
        now = self._clock()
        if done < total and now - self._last_line < SECONDS_BETWEEN_LINES:
            return
        if done <= self._done:
            self._done, self._loss = 0, 0.0  # another epoch
        recent_loss = (loss * done - self._loss * self._done) / (done - self._done)
        self._last_line, self._done, self._loss = now, done, loss
        lately = recent_loss if math.isfinite(recent_loss) else None
        self._print(epoch=epoch, done=done, total=total, lately=lately)

    def on_epoch_end(self, figures: EpochFigures, samples: list[Sample]) -> None:
        self._done, self._loss = 0, 0.0
        self._print(epoch=figures.epoch, finished=True)

    def _print(self, **content: float | None) -> None:
        print(json.dumps(content), flush=True)


@contextmanager
def progress(epochs: int, as_json: bool = False) -> Iterator[TrainingCallback]:
    """Give the callback for the standard output: a terminal, a file or pipe, or a program that reads JSON."""
    if as_json:
        yield JsonLines()
        return
    if not sys.stdout.isatty():
        yield PlainLines(epochs)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(None),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console()) as bar:
        yield ProgressBar(epochs, bar)
