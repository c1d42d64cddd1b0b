"""Whole texts at many temperatures, each written several times, and what can be counted about them.

The texts are lanes of `generation.generate_batch`, and only their figures are kept.
"""

import csv
import io
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from charlstm.evaluation.metrics import distinct_word_share, real_word_share, repetition, surprise, took_top_choice
from charlstm.generation.loop import BatchStep, generate_batch
from charlstm.generation.sampling import NO_FILTERS, Filters, entropy
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary

# Memories that advance together: enough to be quick, and few enough to stay small.
ROWS_AT_ONCE = 1024
Figure = NDArray[np.float64]  # (temperatures, runs)


@dataclass(frozen=True)
class SweepFigures:
    """A figure of every text, float64 (temperatures, runs); NaN where it is not written yet, or cannot be counted.

    Attributes:
        temperatures: of the rows.
        random_seeds: of the columns.
        real_words: share of the words that are known, see `metrics.real_word_share`.
        distinct_words: different words over words.
        repetition: share of the text inside a run of 20 characters that stands there more than once.
        entropy: of what was drawn from, mean over the choices, in bits.
        likeliest: share of the choices that took the network's likeliest character.
        own_loss: the loss that the network gives to its own text, in nats a character.
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
        """Return the figures of texts that are not written yet."""
        nothing = (np.full((len(temperatures), len(random_seeds)), np.nan) for _ in FIGURES)
        return cls(tuple(temperatures), tuple(random_seeds), *nothing)


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
    """Write `runs` texts at every temperature; yield, after each character, the share done and the figures so far.

    Whoever stops asking has ended the sweep. Run r throws the dice of the random seed
    `random_seed` + r at every temperature, so that the temperatures differ in nothing else.

    Args:
        network: what gives the probabilities.
        vocabulary: its characters.
        seed_text: only known characters; each text goes on from it, and is counted without it.
        temperatures: each in [0, infinity].
        runs: texts at each temperature.
        length: characters of each text, 1 or more.
        random_seed: of the first run, zero or more.
        known: which words are real.
        filters: the same for all.

    Yields:
        The share of all characters that are written, in [0, 1], the last time 1; and one
        SweepFigures, filled in as texts are finished.

    Raises:
        ValueError: a temperature is negative or not a number.
    """
    random_seeds = range(random_seed, random_seed + runs)
    figures = SweepFigures.unknown(temperatures, random_seeds)
    at_once = max(1, rows_at_once(network) // runs)
    for first in range(0, len(temperatures), at_once):
        rows = slice(first, min(first + at_once, len(temperatures)))
        lanes = np.repeat(np.asarray(temperatures[rows], dtype=np.float64), runs)
        texts = _Texts(len(lanes), length)
        dice = [*random_seeds] * (rows.stop - first)
        for step in generate_batch(network, vocabulary.encode(seed_text), lanes.tolist(), length, dice, filters):
            texts.add(step)
            share = (first + (rows.stop - first) * step.position / length) / len(temperatures)
            yield share, figures
        for row in range(first, rows.stop):
            texts.count(figures, row, (row - first) * runs, vocabulary, seed_text, known)
            yield share, figures
    yield 1.0, figures


def rows_at_once(network: Network) -> int:
    """Return how many texts should advance together."""
    rows_of_text = 1 if network.stateful else network.window
    return max(1, ROWS_AT_ONCE // rows_of_text)


class _Texts:
    """Some lanes as they are written: their characters, and sums over their choices."""

    def __init__(self, lanes: int, length: int) -> None:
        self.length = length
        self.ids = np.empty((length, lanes), np.int32)
        self.entropy, self.likeliest, self.surprise = np.zeros((3, lanes))

    def add(self, step: BatchStep) -> None:
        self.ids[step.position] = step.character_ids
        self.entropy += entropy(step.reweighted)
        self.likeliest += took_top_choice(step.raw, step.character_ids)
        self.surprise += surprise(step.raw, step.character_ids)

    def count(
        self,
        figures: SweepFigures,
        row: int,
        first: int,
        vocabulary: Vocabulary,
        seed_text: str,
        known: Container[str],
    ) -> None:
        """Fill in the row of a temperature, whose texts are the lanes from `first` on."""
        lanes = slice(first, first + figures.entropy.shape[1])
        texts = [vocabulary.decode(ids) for ids in self.ids[:, lanes].T.tolist()]
        figures.real_words[row] = [real_word_share(text, known, seed_text) for text in texts]
        figures.distinct_words[row] = [distinct_word_share(text, seed_text) for text in texts]
        figures.repetition[row] = [repetition(text) for text in texts]
        figures.entropy[row] = self.entropy[lanes] / self.length
        figures.likeliest[row] = self.likeliest[lanes] / self.length
        figures.own_loss[row] = self.surprise[lanes] / self.length


def spread(figure: Figure, middle: float = 0.8) -> tuple[NDArray, NDArray, NDArray]:
    """Return where the middle share of the runs begins, the median, and where it ends, each (temperatures,).

    Runs that are NaN are left out; NaN where all are.

    Args:
        figure: float64 (temperatures, runs).
        middle: in [0, 1].
    """
    bounds = np.full((3, len(figure)), np.nan)
    there = ~np.isnan(figure).all(axis=1)
    if there.any():
        bounds[:, there] = np.nanquantile(figure[there], [0.5 - middle / 2, 0.5, 0.5 + middle / 2], axis=1)
    return bounds[0], bounds[1], bounds[2]


def as_csv(figures: SweepFigures) -> str:
    """Return the figures of every finished text, one text a line; a figure that cannot be counted is empty."""
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
