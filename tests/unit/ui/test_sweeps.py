"""The table of the charts of a sweep."""

import math

import pytest

from charlstm.evaluation.sweep import spread, sweep
from charlstm.model_folder.store import open_model
from charlstm.ui.charts.sweeps import sweep_table
from charlstm.ui.shared import sentences as shared_sentences


def test_sweep_table_has_the_spread_of_the_runs(model_folder):
    """Each row is the median and the band of its figure; what is NaN has none."""
    model = open_model(model_folder)
    *_, (_, figures) = sweep(model.network(), model.vocabulary, "a", (0.5, 1.0), 5, 60, 1, model.words)
    figures.repetition[1] = math.nan
    rows = sweep_table(figures, "shares").to_pylist()
    assert len(rows) == 7
    for row in rows:
        name = next(name for name, label in shared_sentences.FIGURES.items() if label == row["figure"])
        place = (0.5, 1.0).index(row["temperature"])
        bounds = [bound[place] for bound in spread(getattr(figures, name))]
        assert [row["low"], row["middle"], row["high"]] == pytest.approx(bounds)
    (first, _) = sweep_table(figures, "own_loss", 1.25).to_pylist()
    assert first["reference"] == 1.25
