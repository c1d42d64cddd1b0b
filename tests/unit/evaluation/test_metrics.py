"""The held-out loss and the statistics of a text, compared with their definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.evaluation import metrics
from charlstm.evaluation.metrics import (
    distinct_word_share,
    held_out_loss,
    real_word_share,
    repetition,
    surprisal,
    took_top_choice,
)
from charlstm.networks.architecture import LstmLayers
from charlstm.networks.lstm import LstmNetwork
from charlstm.text.words import words_of

pytestmark = pytest.mark.filterwarnings("error")
texts = st.text(alphabet="ab' -.\n1é", max_size=60)


def network_in(context, window=6, certain_of=None):
    """A random network of 7 characters, or one that gives all but one character probability 0."""
    generator = np.random.default_rng(4)
    shapes = LstmLayers((10,)).tensor_shapes(7)
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
    """Each window is prefilled from the initial state, and the character after it is scored."""
    network, ids = network_in("window"), text_of(characters)
    scores = [
        -math.log(network.probs(network.prefill(ids[start : start + 6]))[ids[start + 6]])
        for start in range(0, characters - 6, step)
    ]
    assert held_out_loss(network, [ids], step) == pytest.approx(np.mean(scores), abs=1e-5)


def test_window_loss_does_not_depend_on_the_batch_size(monkeypatch):
    """Batches only save memory."""
    network, ids = network_in("window"), text_of(300)
    whole = held_out_loss(network, [ids])
    monkeypatch.setattr(metrics, "WINDOW_BATCH_SIZE", 7)
    assert held_out_loss(network, [ids]) == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("characters", [2, 3, 100])
def test_stateful_loss_scores_every_character_after_the_first(characters):
    """The text is read once from the initial state."""
    network, ids = network_in("carried"), text_of(characters)
    scores = [-math.log(network.probs(network.prefill(ids[:end]))[ids[end]]) for end in range(1, characters)]
    assert held_out_loss(network, [ids]) == pytest.approx(np.mean(scores), abs=1e-5)


def test_stateful_loss_of_a_long_text_scores_each_character_after_a_warm_up(monkeypatch):
    """In segments read as one batch, each character is scored once, after at least WARM_UP others."""
    monkeypatch.setattr(metrics, "MIN_SEGMENT_LENGTH", 40)
    monkeypatch.setattr(metrics, "WARM_UP", 12)
    network, ids = network_in("carried"), text_of(203)
    ends = np.linspace(12, 203, 6).astype(int)
    scores = []
    for position in range(12, 203):
        start = max(end for end in ends if end <= position)
        scores.append(-math.log(network.probs(network.prefill(ids[start - 12 : position]))[ids[position]]))
    assert held_out_loss(network, [ids]) == pytest.approx(np.mean(scores), abs=1e-5)


@pytest.mark.parametrize("context", ["window", "carried"])
def test_loss_of_several_texts_is_the_mean_over_all_scored_characters(context):
    """Of texts of different lengths; a text too short to score has no weight."""
    network, texts = network_in(context), [text_of(30, 1), text_of(90, 2), text_of(1, 3), text_of(0)]
    counts = [len(range(0, 24, 3)), len(range(0, 84, 3))] if context == "window" else [29, 89]
    losses = [held_out_loss(network, [text]) for text in texts[:2]]
    assert held_out_loss(network, texts) == pytest.approx(np.average(losses, weights=counts), abs=1e-6)
    assert math.isnan(held_out_loss(network, []))
    assert math.isnan(held_out_loss(network, texts[2:]))


@pytest.mark.parametrize(("context", "characters"), [("window", 6), ("window", 0), ("carried", 1), ("carried", 0)])
def test_loss_of_a_text_too_short_to_score_is_nan(context, characters):
    """Without a warning."""
    assert math.isnan(held_out_loss(network_in(context), [text_of(characters)]))


@pytest.mark.parametrize("context", ["window", "carried"])
def test_loss_is_infinite_for_an_impossible_text_and_zero_for_a_certain_one(context):
    """Probability 0 and 1, without a warning."""
    network = network_in(context, certain_of=2)
    assert held_out_loss(network, [np.full(40, 2)]) == 0.0
    assert held_out_loss(network, [np.full(40, 3)]) == math.inf


@given(texts)
def test_word_shares_count_each_occurrence_of_a_word(text):
    """Compared with plain counting; NaN for a text without a finished word."""
    words = words_of(text)
    if not words:
        assert math.isnan(real_word_share(text, {"ab"}))
        assert math.isnan(distinct_word_share(text))
        return
    assert real_word_share(text, {"ab", "a"}) == sum(word in ("a", "ab") for word in words) / len(words)
    assert real_word_share(text, set(words)) == 1.0
    assert real_word_share(text, ()) == 0.0
    assert distinct_word_share(text) == len(set(words)) / len(words)


def test_real_word_share_joins_the_first_word_and_omits_an_unfinished_one():
    """The last letters of the seed text belong to the first word; the last word may be unfinished."""
    known = {"that", "is", "truth"}
    assert real_word_share("at is tru", known, seed_text="the th") == 1.0
    assert real_word_share("at is tru", known) == 0.5  # without the seed text, "at" is the first word
    assert real_word_share(" is trub'", known, seed_text="that") == 1.0
    assert real_word_share(" is trub.", known, seed_text="that") == 0.5


@given(st.text(alphabet="ab", max_size=40), st.integers(1, 5))
def test_repetition_is_the_share_of_positions_inside_a_repeated_ngram(text, length):
    """Position by position, for every n-gram that covers it; overlapping n-grams count."""
    if len(text) < length:
        assert math.isnan(repetition(text, length))
        return

    def is_repeated(ngram):
        return sum(text.startswith(ngram, start) for start in range(len(text))) > 1

    ngrams = [text[start : start + length] for start in range(len(text) - length + 1)]
    repeated = [is_repeated(ngram) for ngram in ngrams]
    inside = [any(repeated[max(0, position - length + 1) : position + 1]) for position in range(len(text))]
    assert repetition(text, length) == sum(inside) / len(text)


@given(st.text(min_size=1, max_size=30))
def test_repetition_of_a_doubled_text_is_one(text):
    """And 0 for distinct characters."""
    assert repetition(text + text, len(text)) == 1.0
    assert repetition("abcdefghijklmnopqrstuvwxyz") == 0.0


def test_steps_are_scored_by_the_raw_probabilities():
    """Of one text or a batch; the surprisal of an impossible character is infinite."""
    raw = np.array([[0.5, 0.25, 0.25, 0.0], [0.1, 0.2, 0.7, 0.0], [1.0, 0.0, 0.0, 0.0]])
    ids = np.array([1, 2, 3])
    assert took_top_choice(raw, ids).tolist() == [False, True, False]
    assert surprisal(raw, ids).tolist() == pytest.approx([math.log(4), -math.log(0.7), math.inf])
    assert surprisal(raw[1], np.array(2)) == pytest.approx(-math.log(0.7))
    assert took_top_choice(raw[1], np.array(2))
