"""Counting the n-grams of a text, one character longer with every epoch: what a run does that learns nothing."""

import platform
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import held_out_loss
from charlstm.networks.architecture import NgramCounts
from charlstm.networks.ngrams import LARGEST_ORDER, NgramCounter, NgramNetwork
from charlstm.recipes.recipe import Recipe

AfterBatch = Callable[[int, int, float], None]  # called with the finished batches, all batches, and the mean loss
MOST_SCORED = 50_000  # characters of the training text in which the training loss is measured: the last ones


class CountLearner:
    """Counts by a recipe; see `charlstm.training.run.Learner`.

    Args:
        recipe: says the least counts.
        texts: the ids of the training part of each text, shape (characters,).
        vocabulary_size: V.
    """

    def __init__(self, recipe: Recipe, texts: Sequence[NDArray[np.integer]], vocabulary_size: int) -> None:
        self._counter = NgramCounter(texts, vocabulary_size, recipe.least_ngram_count or 1)
        self._scored = [text[-max(1, MOST_SCORED // len(texts)) :] for text in texts]

    def architecture_after(self, epoch: int) -> NgramCounts:
        """Return how many n-grams of each length had been counted after an epoch."""
        return NgramCounts(self._counter.kept[: max(0, epoch - 1)])

    @property
    def tensors(self) -> dict[str, NDArray[Any]]:
        """The counts, by name."""
        return self._counter.tensors

    @property
    def state(self) -> tuple[dict[str, NDArray[Any]], list[NDArray[Any]]]:
        """How long the n-grams are: they are soon counted again."""
        return {}, [np.array([self._counter.order])]

    def restore(self, weights: dict[str, NDArray[Any]], others: list[NDArray[Any]]) -> None:
        """Count again what had been counted when `state` gave this.

        Raises:
            ValueError: it is the state of something else.
        """
        ((order,),) = others
        if weights or not 0 <= order <= LARGEST_ORDER:
            raise ValueError("this is not the state of counts")
        while self._counter.order < order:
            self._counter.count_longer()

    def learn_epoch(self, generator: np.random.Generator, after_batch: AfterBatch) -> float:
        """Count the n-grams that are one character longer; return the loss on the end of the training text."""
        del generator  # nothing is drawn
        self._counter.count_longer()
        network = NgramNetwork(self.tensors, self._counter.order)
        loss = held_out_loss(network, self._scored)
        after_batch(1, 1, loss)
        return loss

    @property
    def libraries(self) -> dict[str, str]:
        """The versions of Python and NumPy."""
        return {"python": platform.python_version(), "numpy": np.__version__}
