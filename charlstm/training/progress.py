"""What a person sees of a training run: a progress bar in a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from charlstm.reading import Fate, told
from charlstm.store import EpochFigures, Sample
from charlstm.training.loop import Listener
from charlstm.vocabulary import Vocabulary

KINDS = 12  # of characters whose fate is told


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

    def begun(self, vocabulary: Vocabulary, fates: list[Fate], counted_in: str) -> None:
        for line in told(vocabulary, fates, counted_in, KINDS):
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


@contextmanager
def progress(epochs: int) -> Iterator[Listener]:
    """Give the listener that suits the standard output."""
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
