"""A sweep: several texts at each of many temperatures, and the statistics of each text.

The texts are rows of `generate_batch`; only their statistics are kept.
"""

import csv
import io
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import distinct_word_share, real_word_share, repetition, surprisal, took_top_choice
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import generate_batch
from charlstm.generation.sampling import entropy
from charlstm.generation.step import BatchStep
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary

MAX_BATCH_SIZE = 1024  # rows of network state: enough for fast matrix products, in little memory
Figure = NDArray[np.float64]  # (temperatures, runs)


@dataclass(frozen=True)
class SweepFigures:
    """Statistics of every text, each float64 (temperatures, runs); NaN if the text is unfinished or has no such value.

    Attributes:
        temperatures: of the rows.
        random_seeds: of the columns.
        real_words: share of the words that are known, see `metrics.real_word_share`.
        distinct_words: distinct words over words.
        repetition: share of the text inside an n-gram of 20 characters that occurs more than once.
        entropy: of the reweighted distributions, mean over the steps, in bits.
        likeliest: share of the steps that drew the network's likeliest character.
        own_loss: mean surprisal of the text to the network itself, in nats per character.
    """

    temperatures: tuple[float, ...]
    random_seeds: tuple[int, ...]
    real_words: Figure
    distinct_words: Figure
    repetition: Figure
    entropy: Figure
    likeliest: Figure
    own_loss: Figure

    @classmethod
    def unknown(cls, temperatures: Sequence[float], random_seeds: Sequence[int]) -> "SweepFigures":
        """Return the statistics of texts that are not generated yet: all NaN."""
        unknown = (np.full((len(temperatures), len(random_seeds)), np.nan) for _ in FIGURES)
        return cls(tuple(temperatures), tuple(random_seeds), *unknown)


FIGURES = tuple(field.name for field in fields(SweepFigures))[2:]


def sweep(
    network: Network,
    vocabulary: Vocabulary,
    seed_text: str,
    temperatures: Sequence[float],
    runs: int,
    length: int,
    random_seed: int,
    known: Container[str],
    filters: Filters = NO_FILTERS,
) -> Iterator[tuple[float, SweepFigures]]:
    """Generate `runs` texts at every temperature; after each character, yield the progress and the statistics so far.

    Closing the iterator ends the sweep. Run r uses the uniform draws of the random seed
    `random_seed` + r at every temperature, so that only the temperature differs.

    Args:
        network: what gives the probabilities.
        vocabulary: its characters.
        seed_text: only known characters; each text continues it, and is evaluated without it.
        temperatures: each in [0, infinity].
        runs: texts at each temperature.
        length: characters of each text, 1 or more.
        random_seed: of the first run, zero or more.
        known: the real words.
        filters: the same for all texts.

    Yields:
        The share of all characters generated so far, in [0, 1], at last 1; and always the same
        SweepFigures, filled in as texts are finished.

    Raises:
        ValueError: a temperature is negative or not a number.
    """
    random_seeds = range(random_seed, random_seed + runs)
    figures = SweepFigures.unknown(temperatures, random_seeds)
    temperatures_per_batch = max(1, texts_per_batch(network) // runs)
    for first in range(0, len(temperatures), temperatures_per_batch):
        batch = temperatures[first : first + temperatures_per_batch]
        rows = np.repeat(np.asarray(batch, dtype=np.float64), runs)
        texts = _BatchOfTexts(len(rows), length)
        seeds = [*random_seeds] * len(batch)
        ids, characters = vocabulary.encode(seed_text), vocabulary.characters
        for step in generate_batch(network, ids, rows.tolist(), length, seeds, filters, characters):
            texts.add(step)
            share = (first + len(batch) * step.position / length) / len(temperatures)
            yield share, figures
        for index in range(len(batch)):
            texts.evaluate(figures, first + index, index * runs, vocabulary, seed_text, known)
            yield share, figures
    yield 1.0, figures


def texts_per_batch(network: Network) -> int:
    """Return how many texts should be generated as one batch; a window network has a state row per window position."""
    state_rows_per_text = 1 if network.stateful else network.window
    return max(1, MAX_BATCH_SIZE // state_rows_per_text)


class _BatchOfTexts:
    """A batch of texts while they are generated: their ids (length, batch), and sums over their steps, (batch,)."""

    def __init__(self, batch_size: int, length: int) -> None:
        self.length = length
        self.ids = np.empty((length, batch_size), np.int32)
        self.entropy, self.likeliest, self.surprisal = np.zeros((3, batch_size))

    def add(self, step: BatchStep) -> None:
        self.ids[step.position] = step.character_ids
        self.entropy += entropy(step.reweighted)
        self.likeliest += took_top_choice(step.raw, step.character_ids)
        self.surprisal += surprisal(step.raw, step.character_ids)

    def evaluate(
        self,
        figures: SweepFigures,
        row: int,
        first: int,
        vocabulary: Vocabulary,
        seed_text: str,
        known: Container[str],
    ) -> None:
        """Fill in the row of a temperature, whose texts begin at index `first` of the batch."""
        runs = slice(first, first + figures.entropy.shape[1])
        texts = [vocabulary.decode(ids) for ids in self.ids[:, runs].T.tolist()]
        figures.real_words[row] = [real_word_share(text, known, seed_text) for text in texts]
        figures.distinct_words[row] = [distinct_word_share(text, seed_text) for text in texts]
        figures.repetition[row] = [repetition(text) for text in texts]
        figures.entropy[row] = self.entropy[runs] / self.length
        figures.likeliest[row] = self.likeliest[runs] / self.length
        figures.own_loss[row] = self.surprisal[runs] / self.length


def spread(figure: Figure, middle: float = 0.8) -> tuple[NDArray, NDArray, NDArray]:
    """Return the lower bound of the central interval of the runs, their median, and the upper bound.

    Each has shape (temperatures,). NaN runs are ignored; NaN where all are.

    Args:
        figure: float64 (temperatures, runs).
        middle: share of the runs inside the interval, in [0, 1].
    """
    bounds = np.full((3, len(figure)), np.nan)
    there = ~np.isnan(figure).all(axis=1)
    if there.any():
        bounds[:, there] = np.nanquantile(figure[there], [0.5 - middle / 2, 0.5, 0.5 + middle / 2], axis=1)
    return bounds[0], bounds[1], bounds[2]


def as_csv(figures: SweepFigures) -> str:
    """Return the statistics of every finished text as CSV, one line per text; NaN is an empty cell."""
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(["temperature", "random_seed", *FIGURES])
    columns = [getattr(figures, name) for name in FIGURES]
    for row, temperature in enumerate(figures.temperatures):
        for run, random_seed in enumerate(figures.random_seeds):
            values = [column[row, run] for column in columns]
            if not np.isnan(figures.entropy[row, run]):
                shown = ["" if np.isnan(value) else f"{value:.6f}" for value in values]
                lines.writerow([f"{temperature:g}", random_seed, *shown])
    return file.getvalue()
