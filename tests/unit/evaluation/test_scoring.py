"""The surprisal of a text, character by character."""

import math

import numpy as np
import pytest

from charlstm.evaluation.metrics import held_out_loss
from charlstm.evaluation.scoring import score_text, surprisal_of_text
from charlstm.model_folder.store import open_model


@pytest.mark.parametrize("context", ["window", "carried"])
def test_surprisal_is_predicted_from_the_characters_before(model_folder, context):
    """Each value compared with the probability after a prefill."""
    model, ids = open_model(model_folder), np.array([1, 2, 0, 1, 3, 2])
    network = model.manifest.architecture.network(model.tensors(), context, window=4)
    probs = [network.probs(network.prefill(ids[:end]))[id_] for end, id_ in enumerate(ids)]
    assert surprisal_of_text(network, ids) == pytest.approx(-np.log(probs), abs=1e-5)


def test_mean_surprisal_of_a_stateful_network_is_its_held_out_loss(model_folder):
    """The first character excepted, which the loss does not score."""
    model, ids = open_model(model_folder), np.array([1, 2, 0, 1, 3, 2])
    network = model.manifest.architecture.network(model.tensors(), "carried", window=4)
    assert surprisal_of_text(network, ids)[1:].mean() == pytest.approx(held_out_loss(network, [ids]), abs=1e-5)


def test_score_text_folds_the_text(model_folder):
    """It has one value per character that remains, and counts those that were dropped."""
    model = open_model(model_folder)
    scored = score_text(model.network(), model.vocabulary, "AB한 ab")
    assert (scored.text, scored.dropped) == ("ab ab", {"한": 1})
    assert scored.surprisal.shape == (5,)
    assert scored.loss == pytest.approx(scored.surprisal.mean())


def test_score_of_an_empty_text_is_nan(model_folder):
    """Without a warning."""
    model = open_model(model_folder)
    assert math.isnan(score_text(model.network(), model.vocabulary, "").loss)
