"""What is seen of a training run: a progress bar in a terminal, plain lines elsewhere, JSON for a program."""

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from charlstm.model_folder.store import EpochFigures, Sample
from charlstm.text.character_mapping import MappedCharacter, told
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.loop import Listener

KINDS = 12  # of characters whose fate is told

BETWEEN_LINES = 1.0  # seconds, of JsonLines


def resumed_line(epoch: int, epochs: int) -> str:
    """Return what to say of a folder that already has a run."""
    return f"going on after epoch {epoch}" if epoch < epochs else f"epoch {epoch} is finished: nothing is left to learn"


def figures_line(figures: EpochFigures, epochs: int) -> str:
    """Return one epoch's figures as a line."""
    if figures.epoch == 0:
        return f"epoch 0/{epochs}: untrained, held-out loss {figures.held_out_loss:.3f}"
    return (
        f"epoch {figures.epoch}/{epochs}: train loss {figures.train_loss:.3f}, "
        f"held-out loss {figures.held_out_loss:.3f}, {figures.seconds:.0f} s"
    )


def sample_line(sample: Sample, width: int = 100) -> str:
    """Return the beginning of a sample as a line, line breaks made visible."""
    return f"  {sample.temperature:3.1f}  {sample.text[:width].replace(chr(10), '↵')}"


class PlainLines(Listener):
    """One line an epoch, and its samples: for a file or a pipe."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs

    def begun(self, vocabulary: Vocabulary, fates: list[MappedCharacter], sample_description: str) -> None:
        for line in told(vocabulary, fates, sample_description, KINDS):
            print(line, flush=True)

    def resumed(self, epoch: int) -> None:
        print(resumed_line(epoch, self.epochs), flush=True)

    def batch(self, epoch: int, done: int, total: int, loss: float) -> None:
        pass

    def epoch(self, figures: EpochFigures, samples: list[Sample]) -> None:
        print(figures_line(figures, self.epochs), flush=True)
        for sample in samples:
            print(sample_line(sample), flush=True)


class Bar(PlainLines):
    """The same lines above a bar with the time left and the loss as it moves."""

    def __init__(self, epochs: int, bar: Progress) -> None:
        super().__init__(epochs)
        self._bar = bar
        self._task: TaskID | None = None

    def resumed(self, epoch: int) -> None:
        self._bar.console.print(resumed_line(epoch, self.epochs), markup=False, highlight=False)

    def batch(self, epoch: int, done: int, total: int, loss: float) -> None:
        if self._task is None:
            self._task = self._bar.add_task("", total=(self.epochs - epoch + 1) * total)
        self._bar.update(self._task, advance=1, description=f"epoch {epoch}/{self.epochs}, loss {loss:.3f}")

    def epoch(self, figures: EpochFigures, samples: list[Sample]) -> None:
        self._bar.console.print(figures_line(figures, self.epochs), markup=False, highlight=False)
        width = max(20, self._bar.console.width - 8)
        for sample in samples:
            self._bar.console.print(sample_line(sample, width), markup=False, highlight=False, no_wrap=True, crop=True)


class JsonLines(Listener):
    """One JSON object a line, for a program: batches once a second at most, and every epoch.

    {"epoch": 1, "done": 20, "total": 169, "lately": 2.31}   the mean loss of the batches since the last line
    {"epoch": 1, "finished": true}                           it is in the folder, its samples too
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told = -math.inf
        self._done, self._loss = 0, 0.0  # as of the last line

    def begun(self, vocabulary: Vocabulary, fates: list[MappedCharacter], sample_description: str) -> None:
        pass

    def resumed(self, epoch: int) -> None:
        self._tell(epoch=epoch, finished=True)

    def batch(self, epoch: int, done: int, total: int, loss: float) -> None:
        now = self._clock()
        if done < total and now - self._told < BETWEEN_LINES:
            return
        if done <= self._done:
            self._done, self._loss = 0, 0.0  # another epoch
        lately = (loss * done - self._loss * self._done) / (done - self._done)
        self._told, self._done, self._loss = now, done, loss
        self._tell(epoch=epoch, done=done, total=total, lately=lately if math.isfinite(lately) else None)

    def epoch(self, figures: EpochFigures, samples: list[Sample]) -> None:
        self._done, self._loss = 0, 0.0
        self._tell(epoch=figures.epoch, finished=True)

    def _tell(self, **content: float | None) -> None:
        print(json.dumps(content), flush=True)


@contextmanager
def progress(epochs: int, as_json: bool = False) -> Iterator[Listener]:
    """Give the listener that suits the standard output, or a program that reads it."""
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
        yield Bar(epochs, bar)
