"""A sweep gives the same statistics as generating each of its texts alone."""

import csv
import io
import math
import tracemalloc
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from charlstm.evaluation import metrics
from charlstm.evaluation import sweep as sweeping
from charlstm.evaluation.sweep import FIGURES, SweepFigures, as_csv, spread, sweep
from charlstm.generation.filters import Filters
from charlstm.generation.loop import generate
from charlstm.generation.sampling import entropy
from charlstm.networks.architecture import LstmLayers
from charlstm.networks.lstm import LstmNetwork
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import WordList

VOCABULARY = Vocabulary(tuple("\n 'abcd"))
TEMPERATURES = (0.0, 0.5, 1.0, math.inf)
SEED, RUNS, LENGTH, RANDOM_SEED = "ab c", 3, 50, 7
KNOWN = WordList.of_text("a b ab abc")

pytestmark = pytest.mark.filterwarnings("error")


def network_in(context):
    generator = np.random.default_rng(4)
    shapes = LstmLayers((10,)).tensor_shapes(7)
    tensors = {name: generator.normal(0.0, 1.0, shape).astype(np.float32) for name, shape in shapes.items()}
    return LstmNetwork(tensors, context, window=6)


def swept(network, filters=Filters(), **changes):
    arguments: dict[str, Any] = {"temperatures": TEMPERATURES, "runs": RUNS, "length": LENGTH}
    arguments |= {"random_seed": RANDOM_SEED} | changes
    return list(sweep(network, VOCABULARY, SEED, known=KNOWN, filters=filters, **arguments))


def alone(network, temperature, run, filters):
    """The statistics of one text that is generated alone, from its Steps."""
    steps = list(generate(network, VOCABULARY.encode(SEED), temperature, LENGTH, RANDOM_SEED + run, filters))
    text = VOCABULARY.decode(step.character_id for step in steps)
    return {
        "real_words": metrics.real_word_share(text, KNOWN, SEED),
        "distinct_words": metrics.distinct_word_share(text, SEED),
        "repetition": metrics.repetition(text),
        "entropy": np.mean([entropy(step.reweighted) for step in steps]),
        "likeliest": np.mean([step.character_id == np.argmax(step.raw) for step in steps]),
        "own_loss": -np.mean([math.log(step.raw[step.character_id]) for step in steps]),
    }


@pytest.mark.parametrize("filters", [Filters(), Filters(top_k=3)])
@pytest.mark.parametrize("batch_size", [1, 6, 1000])
@pytest.mark.parametrize("context", ["window", "carried"])
def test_sweep_has_the_statistics_of_each_text_alone(monkeypatch, context, batch_size, filters):
    """Each value of each text, for any batch size, compared with the loop of one text."""
    monkeypatch.setattr(sweeping, "MAX_BATCH_SIZE", batch_size)
    network = network_in(context)
    share, figures = swept(network, filters)[-1]
    assert share == 1.0
    for row, temperature in enumerate(TEMPERATURES):
        for run in range(RUNS):
            expected = alone(network, temperature, run, filters)
            found = {name: getattr(figures, name)[row, run] for name in FIGURES}
            assert found == pytest.approx(expected, abs=1e-5, nan_ok=True)


def test_sweep_yields_its_progress(monkeypatch):
    """The share rises from 0 to 1; values are NaN until their text is finished."""
    monkeypatch.setattr(sweeping, "MAX_BATCH_SIZE", 1)
    steps = sweep(network_in("carried"), VOCABULARY, SEED, TEMPERATURES, RUNS, LENGTH, RANDOM_SEED, KNOWN)
    shares = []
    for share, figures in steps:
        shares.append(share)
        finished = np.logical_not(np.isnan(figures.entropy).any(axis=1))
        assert finished.sum() == pytest.approx(share * len(TEMPERATURES), abs=1.0)
        assert finished.tolist() == sorted(finished, reverse=True)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > LENGTH


def test_closed_sweep_makes_no_more_steps():
    """Closing its iterator ends it."""

    class CountingNetwork(LstmNetwork):
        steps = 0

        def step(self, state, ids):
            self.steps += 1
            super().step(state, ids)

    network = network_in("carried")
    network.__class__ = CountingNetwork
    steps = sweep(network, VOCABULARY, SEED, TEMPERATURES, RUNS, LENGTH, RANDOM_SEED, KNOWN)
    assert isinstance(steps, Generator)
    for _ in range(10):
        next(steps)
    steps.close()
    assert network.steps <= len(SEED) + 10


def test_sweep_rejects_a_negative_temperature():
    """With the message of the loop."""
    with pytest.raises(ValueError, match="it must be zero or more"):
        swept(network_in("carried"), temperatures=(0.5, -1.0))


def test_sweep_stores_no_steps():
    """Longer texts need little more memory: their ids; a BatchStep of all rows would be 11 kB per character here."""
    peaks = []
    network = network_in("carried")
    for length in (50, 250):
        tracemalloc.start()
        for _ in sweep(network, VOCABULARY, SEED, [1.0] * 10, 10, length, 1, KNOWN):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 200 * 100 * 4 + 300_000


def test_spread_ignores_runs_that_are_nan():
    """The median and the central 80%; NaN only where all runs are."""
    nan = math.nan
    low, middle, high = spread(np.array([[*range(11)], [1.0, 3.0] + [nan] * 9, [nan] * 11]))
    assert low.tolist()[:2] == pytest.approx([1.0, 1.2])
    assert middle.tolist()[:2] == pytest.approx([5.0, 2.0])
    assert high.tolist()[:2] == pytest.approx([9.0, 2.8])
    assert np.isnan([low[2], middle[2], high[2]]).all()


def test_csv_has_a_line_for_each_finished_text():
    """With the values of the sweep; unfinished texts have no line."""
    figures = SweepFigures.unknown((0.2, math.inf), (5, 6))
    for number, name in enumerate(FIGURES):
        getattr(figures, name)[0] = [number + 0.25, number + 0.5]
    figures.real_words[0, 1] = math.nan
    lines = list(csv.DictReader(io.StringIO(as_csv(figures))))
    assert [(line["temperature"], line["random_seed"]) for line in lines] == [("0.2", "5"), ("0.2", "6")]
    assert float(lines[1]["own_loss"]) == 5.5
    assert lines[1]["real_words"] == ""
