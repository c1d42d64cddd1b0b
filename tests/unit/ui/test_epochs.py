"""The tables of the charts of a network as it learns."""

import numpy as np

from charlstm.model_folder.store import open_model
from charlstm.ui.charts.epochs import HELD_OUT, LEARNED, losses_table, through_table


def test_losses_table_has_the_losses_of_the_history(model_folder):
    """In both curves; what is NaN is left out."""
    history = open_model(model_folder).history
    table = losses_table(history, 2).to_pylist()
    assert [(row["epoch"], row["loss"]) for row in table if row["text"] == LEARNED] == [(1, 1.5), (2, 1.3)]
    assert [(row["epoch"], row["loss"]) for row in table if row["text"] == HELD_OUT] == [(0, 1.6), (1, 1.4), (2, 1.25)]
    assert {row["chosen"] for row in table} == {2}


def test_through_table_has_the_probs_of_each_epoch(model_folder):
    """Each cell is what that epoch's network gives; the last epoch's likeliest is the first."""
    model = open_model(model_folder)
    ids = model.vocabulary.encode("a b")
    raw = np.array([network.probs(network.prefill(ids)) for network in map(model.network, model.manifest.epochs)])
    rows = through_table(model.manifest.epochs, raw, model.vocabulary, 2).to_pylist()
    assert len(rows) == 2 * len(model.vocabulary)
    first = next(row for row in rows if row["epoch"] == 2 and row["rank"] == 0)
    assert first["raw"] == raw[1].max()
    assert {row["epoch"] for row in rows if row["chosen"]} == {2}
