"""A corpus and recipes so small that an epoch takes a second, and callbacks that show nothing."""

from dataclasses import replace
from typing import Any

import numpy as np

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.recipes.recipe import find_recipe
from charlstm.training.loop import TrainingCallback

_WORDS = "of and to in that is it the as not be for which".split()
TEXT = " ".join(np.random.default_rng(1).choice(_WORDS, 2000))[:5000]
CORPUS = InMemoryCorpus("small.txt", (TEXT,), "hash of the text")
TINY = replace(
    find_recipe("book"), units=(8,), maxlen=10, epochs=2, batch_size=64, sample_length=20, when_diverging="stop"
)
_FEWER: dict[str, Any] = {
    "maxlen": 10,
    "batch_size": 16,
    "epochs": 3,
    "sample_length": 20,
    "warmup_steps": 5,
    "learning_rate": 0.01,
}
TINY_DEEP = replace(find_recipe("deep"), units=(8, 6), dropout=0.2, **_FEWER)
TINY_GRU = replace(TINY_DEEP, network="gru")
TINY_CONV = replace(find_recipe("conv"), channels=6, dilations=(1, 2), **_FEWER)


class Recorder(TrainingCallback):
    """Remembers the arguments of its calls."""

    def __init__(self):
        self.batches, self.epochs, self.resumed_after = [], [], None

    def on_resume(self, epoch):
        self.resumed_after = epoch

    def on_batch_end(self, epoch, done, total, loss):
        self.batches.append((epoch, done, total, loss))

    def on_epoch_end(self, figures, samples):
        self.epochs.append(figures)


class Interrupting(TrainingCallback):
    """Ends the run in the middle of an epoch, as Ctrl-C does."""

    def __init__(self, epoch):
        self.interrupted_epoch = epoch

    def on_batch_end(self, epoch, done, total, loss):
        if (epoch, done) == (self.interrupted_epoch, total // 2):
            raise KeyboardInterrupt
