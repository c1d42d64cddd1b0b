"""The held-out loss, against the definition computed position by position."""

import math

import numpy as np
import pytest

from charlstm import metrics
from charlstm.lstm import LstmNetwork
from charlstm.metrics import held_out_loss, mean_held_out_loss

pytestmark = pytest.mark.filterwarnings("error")


def network_in(context, window=6, certain_of=None):
    """A random network of 7 characters, or one that holds all but one character impossible."""
    generator = np.random.default_rng(4)
    shapes = {
        "lstm_1/kernel": (7, 40),
        "lstm_1/recurrent_kernel": (10, 40),
        "lstm_1/bias": (40,),
        "dense/kernel": (10, 7),
        "dense/bias": (7,),
    }
    tensors = {name: generator.normal(0.0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}
    if certain_of is not None:
        tensors["dense/kernel"][...] = 0.0
        tensors["dense/bias"][...] = -1e6
        tensors["dense/bias"][certain_of] = 0.0
    return LstmNetwork(tensors, context, window)


def text_of(characters, seed=0):
    return np.random.default_rng(seed).integers(7, size=characters)


@pytest.mark.parametrize("step", [1, 3, 10])
@pytest.mark.parametrize("characters", [7, 8, 50, 201])
def test_window_loss_is_the_mean_over_the_books_windows(step, characters):
    """Each window is primed afresh, and the character after it is scored."""
    network, ids = network_in("window"), text_of(characters)
    scores = [
        -math.log(network.probs(network.prime(ids[start : start + 6]))[ids[start + 6]])
        for start in range(0, characters - 6, step)
    ]
    assert held_out_loss(network, ids, step) == pytest.approx(np.mean(scores), abs=1e-5)


def test_window_loss_does_not_depend_on_how_many_windows_are_scored_at_once(monkeypatch):
    """Blocks are only there to save memory."""
    network, ids = network_in("window"), text_of(300)
    whole = held_out_loss(network, ids)
    monkeypatch.setattr(metrics, "WINDOWS_AT_ONCE", 7)
    assert held_out_loss(network, ids) == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("characters", [2, 3, 100])
def test_carried_loss_scores_every_character_after_the_first(characters):
    """The text is read once from nothing."""
    network, ids = network_in("carried"), text_of(characters)
    scores = [-math.log(network.probs(network.prime(ids[:end]))[ids[end]]) for end in range(1, characters)]
    assert held_out_loss(network, ids) == pytest.approx(np.mean(scores), abs=1e-5)


def test_carried_loss_of_a_long_text_scores_each_character_after_a_warm_up(monkeypatch):
    """Read in parts side by side, each character is scored after at least WARM_UP others, once each."""
    monkeypatch.setattr(metrics, "FEWEST_IN_PART", 40)
    monkeypatch.setattr(metrics, "WARM_UP", 12)
    network, ids = network_in("carried"), text_of(203)
    length = -(-(203 - 12) // 5)
    scores = []
    for place in range(12, 203):
        start = 12 + (place - 12) // length * length
        scores.append(-math.log(network.probs(network.prime(ids[start - 12 : place]))[ids[place]]))
    assert held_out_loss(network, ids) == pytest.approx(np.mean(scores), abs=1e-5)


def test_loss_of_several_texts_weighs_each_by_its_length():
    """A text of one character, where nothing can be scored, weighs nothing."""
    network, texts = network_in("carried"), [text_of(30, 1), text_of(90, 2), text_of(1, 3)]
    one, other = (held_out_loss(network, text) for text in texts[:2])
    assert mean_held_out_loss(network, texts) == pytest.approx((30 * one + 90 * other) / 120)
    assert math.isnan(mean_held_out_loss(network, [text_of(1)]))


@pytest.mark.parametrize(("context", "characters"), [("window", 6), ("window", 0), ("carried", 1), ("carried", 0)])
def test_loss_of_a_text_too_short_to_score_is_nan(context, characters):
    """Nothing scored is no figure, and no warning."""
    assert math.isnan(held_out_loss(network_in(context), text_of(characters)))


@pytest.mark.parametrize("context", ["window", "carried"])
def test_loss_is_infinite_where_the_impossible_happened_and_zero_where_all_was_certain(context):
    """The two ends of the scale, without a warning."""
    network = network_in(context, certain_of=2)
    assert held_out_loss(network, np.full(40, 2)) == 0.0
    assert held_out_loss(network, np.full(40, 3)) == math.inf
