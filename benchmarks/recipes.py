"""Learning by another recipe than the book's: how much sooner it is as good as the book's network ever becomes.

    python -m benchmarks.recipes    # six minutes on two idle cores; the corpus is needed

The book's recipe has its best held-out loss after the epoch that models/nietzsche-book tells. What an
epoch of it takes is measured here, in the same run, and so the whole time until then is known without
waiting for it. The other really learns until it is as good.
"""

import math
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Claim, report

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import threadpoolctl

from charlstm.corpora.corpus import load_corpus
from charlstm.model_folder.store import open_model
from charlstm.model_folder.training_records import EpochFigures, Sample
from charlstm.recipes.recipe import Recipe, find_recipe
from charlstm.training.learner import use_inter_op_threads
from charlstm.training.loop import TrainingCallback, train

BOOK = Path(__file__).resolve().parent.parent / "models" / "nietzsche-book"
OTHER, WANTED = "small-conv", 1 / 10
TIMED_EPOCHS = 2  # of the book's: the first, in which all is compiled, and one that all others are like


class _GoodEnough(Exception):
    """The held-out loss has been reached."""


class _Watch(TrainingCallback):
    """Adds up the seconds of learning, and ends it when the held-out loss is low enough."""

    def __init__(self, enough: float) -> None:
        self.enough = enough
        self.seconds: list[float] = []

    def on_resume(self, epoch: int) -> None:
        raise AssertionError("the folder is new")

    def on_epoch_end(self, figures: EpochFigures, samples: list[Sample]) -> None:
        if figures.epoch:
            self.seconds.append(figures.seconds)
            print(f"  epoch {figures.epoch}: {figures.held_out_loss:.3f}", file=sys.stderr, flush=True)
        if figures.held_out_loss <= self.enough:
            raise _GoodEnough


def seconds_to(recipe: Recipe, enough: float) -> tuple[list[float], bool]:
    """Return the seconds of each epoch until the held-out loss is low enough, or all are done; and whether it was."""
    watch = _Watch(enough)
    with tempfile.TemporaryDirectory() as folder:
        try:
            train(load_corpus("nietzsche", recipe.case), recipe, Path(folder) / "model", watch)
        except _GoodEnough:
            return watch.seconds, True
    return watch.seconds, False


def measure() -> list[Claim]:
    threadpoolctl.threadpool_limits(1)  # as in training
    use_inter_op_threads()
    book = open_model(BOOK).manifest
    enough = book.held_out_loss
    (first, second), _ = seconds_to(find_recipe("book").with_changes(epochs=str(TIMED_EPOCHS)), enough=0.0)
    whole = first + (book.best_epoch - 1) * second
    seconds, reached = seconds_to(find_recipe(OTHER), enough)
    share = sum(seconds) / whole if reached else math.inf
    return [
        Claim(f"learning by the book until the held-out loss is {enough:.3f}", whole, None, unit="s"),
        Claim(f"the same loss by the recipe {OTHER}: share of that time", share, WANTED, False),
    ]


if __name__ == "__main__":
    report(measure)
