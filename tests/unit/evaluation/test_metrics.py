"""The held-out loss and the figures of a text, against their definitions computed place by place."""

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
    surprise,
    took_top_choice,
    word_spans,
    words_of,
)
from charlstm.networks.lstm import LstmNetwork

pytestmark = pytest.mark.filterwarnings("error")
texts = st.text(alphabet="ab' -.\n1é", max_size=60)


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
    """Each window is prefilled afresh, and the character after it is scored."""
    network, ids = network_in("window"), text_of(characters)
    scores = [
        -math.log(network.probs(network.prefill(ids[start : start + 6]))[ids[start + 6]])
        for start in range(0, characters - 6, step)
    ]
    assert held_out_loss(network, [ids], step) == pytest.approx(np.mean(scores), abs=1e-5)


def test_window_loss_does_not_depend_on_how_many_windows_are_scored_at_once(monkeypatch):
    """Blocks are only there to save memory."""
    network, ids = network_in("window"), text_of(300)
    whole = held_out_loss(network, [ids])
    monkeypatch.setattr(metrics, "WINDOWS_AT_ONCE", 7)
    assert held_out_loss(network, [ids]) == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("characters", [2, 3, 100])
def test_carried_loss_scores_every_character_after_the_first(characters):
    """The text is read once from nothing."""
    network, ids = network_in("carried"), text_of(characters)
    scores = [-math.log(network.probs(network.prefill(ids[:end]))[ids[end]]) for end in range(1, characters)]
    assert held_out_loss(network, [ids]) == pytest.approx(np.mean(scores), abs=1e-5)


def test_carried_loss_of_a_long_text_scores_each_character_after_a_warm_up(monkeypatch):
    """Read in parts side by side, each character is scored after at least WARM_UP others, once each."""
    monkeypatch.setattr(metrics, "FEWEST_IN_PART", 40)
    monkeypatch.setattr(metrics, "WARM_UP", 12)
    network, ids = network_in("carried"), text_of(203)
    ends = np.linspace(12, 203, 6).astype(int)
    scores = []
    for place in range(12, 203):
        start = max(end for end in ends if end <= place)
        scores.append(-math.log(network.probs(network.prefill(ids[start - 12 : place]))[ids[place]]))
    assert held_out_loss(network, [ids]) == pytest.approx(np.mean(scores), abs=1e-5)


@pytest.mark.parametrize("context", ["window", "carried"])
def test_loss_of_several_texts_is_the_mean_over_all_that_is_scored(context):
    """Short and long ones side by side; a text where nothing can be scored weighs nothing."""
    network, texts = network_in(context), [text_of(30, 1), text_of(90, 2), text_of(1, 3), text_of(0)]
    counts = [len(range(0, 24, 3)), len(range(0, 84, 3))] if context == "window" else [29, 89]
    losses = [held_out_loss(network, [text]) for text in texts[:2]]
    assert held_out_loss(network, texts) == pytest.approx(np.average(losses, weights=counts), abs=1e-6)
    assert math.isnan(held_out_loss(network, []))
    assert math.isnan(held_out_loss(network, texts[2:]))


@pytest.mark.parametrize(("context", "characters"), [("window", 6), ("window", 0), ("carried", 1), ("carried", 0)])
def test_loss_of_a_text_too_short_to_score_is_nan(context, characters):
    """Nothing scored is no figure, and no warning."""
    assert math.isnan(held_out_loss(network_in(context), [text_of(characters)]))


@pytest.mark.parametrize("context", ["window", "carried"])
def test_loss_is_infinite_where_the_impossible_happened_and_zero_where_all_was_certain(context):
    """The two ends of the scale, without a warning."""
    network = network_in(context, certain_of=2)
    assert held_out_loss(network, [np.full(40, 2)]) == 0.0
    assert held_out_loss(network, [np.full(40, 3)]) == math.inf


@given(texts, texts)
def test_words_are_those_of_the_whole_text_that_end_in_what_was_written(seed_text, text):
    """Read letter by letter: what ends in the seed text is not counted, nor what touches the end."""
    whole, words, word = seed_text + text, [], ""
    for place, character in enumerate(whole):
        inner = character == "'" and word and whole[place + 1 : place + 2].isalpha()
        if character.isalpha() or inner:
            word += character
        elif word:
            # In front of the first apostrophe of those at the end, a word may go on.
            if place > len(seed_text) and whole[place:].strip("'"):
                words.append(word)
            word = ""
    assert words_of(text, seed_text) == words
    spans = word_spans(text, seed_text)
    assert [whole[len(seed_text) + start : len(seed_text) + end] for start, end in spans] == words


@given(texts)
def test_word_shares_count_each_word_as_often_as_it_stands_there(text):
    """Against plain counting; a text without a finished word has no share."""
    words = words_of(text)
    if not words:
        assert math.isnan(real_word_share(text, {"ab"}))
        assert math.isnan(distinct_word_share(text))
        return
    assert real_word_share(text, {"ab", "a"}) == sum(word in ("a", "ab") for word in words) / len(words)
    assert real_word_share(text, set(words)) == 1.0
    assert real_word_share(text, ()) == 0.0
    assert distinct_word_share(text) == len(set(words)) / len(words)


def test_word_begun_in_the_seed_text_or_cut_off_at_the_end_is_not_called_invented():
    """The seed's last letters belong to the first word; the last word is not judged."""
    known = {"that", "is", "truth"}
    assert real_word_share("at is tru", known, seed_text="the th") == 1.0
    assert real_word_share("at is tru", known) == 0.5  # without the seed text, "at" is the first word
    assert real_word_share(" is trub'", known, seed_text="that") == 1.0
    assert real_word_share(" is trub.", known, seed_text="that") == 0.5


@given(st.text(alphabet="ab", max_size=40), st.integers(1, 5))
def test_repetition_is_the_share_of_places_inside_a_run_that_stands_twice(text, length):
    """Place by place, for every run that covers it; overlapping runs count."""
    if len(text) < length:
        assert math.isnan(repetition(text, length))
        return

    def stands_twice(run):
        return sum(text.startswith(run, start) for start in range(len(text))) > 1

    runs = [text[start : start + length] for start in range(len(text) - length + 1)]
    inside = [
        any(stands_twice(runs[start]) for start in range(max(0, place - length + 1), min(place, len(runs) - 1) + 1))
        for place in range(len(text))
    ]
    assert repetition(text, length) == sum(inside) / len(text)


@given(st.text(min_size=1, max_size=30))
def test_repetition_of_a_text_said_twice_is_whole(text):
    """Said twice, everything is repeated; different characters, nothing is."""
    assert repetition(text + text, len(text)) == 1.0
    assert repetition("abcdefghijklmnopqrstuvwxyz") == 0.0


def test_choices_are_scored_by_the_raw_probabilities():
    """One text or several lanes; what was impossible is infinitely surprising."""
    raw = np.array([[0.5, 0.25, 0.25, 0.0], [0.1, 0.2, 0.7, 0.0], [1.0, 0.0, 0.0, 0.0]])
    ids = np.array([1, 2, 3])
    assert took_top_choice(raw, ids).tolist() == [False, True, False]
    assert surprise(raw, ids).tolist() == pytest.approx([math.log(4), -math.log(0.7), math.inf])
    assert surprise(raw[1], np.array(2)) == pytest.approx(-math.log(0.7))
    assert took_top_choice(raw[1], np.array(2))
