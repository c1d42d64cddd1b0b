"""The network's forward pass, against the textbook's equations written out plainly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.networks.architecture import LstmLayers
from charlstm.networks.lstm import LONGEST_PREFILL, LstmNetwork

pytestmark = pytest.mark.filterwarnings("error")


def tensors_of_size(units, characters, scale=1.0, seed=1):
    """Random weights in Keras's layout, one layer of so many units or several; scale 1 is about a trained network's."""
    generator = np.random.default_rng(seed)
    if isinstance(units, tuple):
        shapes = LstmLayers(units).tensor_shapes(characters)
        return {name: generator.normal(0.0, 0.4 * scale, shape).astype(np.float32) for name, shape in shapes.items()}
    shapes = {
        "lstm_1/kernel": (characters, 4 * units),
        "lstm_1/recurrent_kernel": (units, 4 * units),
        "lstm_1/bias": (4 * units,),
        "dense/kernel": (units, characters),
        "dense/bias": (characters,),
    }
    return {name: generator.normal(0.0, 0.4 * scale, shape).astype(np.float32) for name, shape in shapes.items()}


def textbook_probs(tensors, ids):
    """The probs after reading `ids` from nothing, in float64, one equation a line."""
    weights = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    layers = sum("recurrent" in name for name in tensors)
    hidden, cell = ([np.zeros(len(weights[f"lstm_{n}/recurrent_kernel"])) for n in range(1, layers + 1)] for _ in "hc")
    with np.errstate(over="ignore"):
        for id_ in ids:
            below = np.eye(len(weights["dense/bias"]))[id_]
            for n in range(layers):
                x = below @ weights[f"lstm_{n + 1}/kernel"] + weights[f"lstm_{n + 1}/bias"]
                x = x + hidden[n] @ weights[f"lstm_{n + 1}/recurrent_kernel"]
                i, f, c, o = np.split(x, 4)
                cell[n] = cell[n] / (1 + np.exp(-f)) + np.tanh(c) / (1 + np.exp(-i))
                hidden[n] = below = np.tanh(cell[n]) / (1 + np.exp(-o))
    logits = hidden[-1] @ weights["dense/kernel"] + weights["dense/bias"]
    exps = np.exp(logits - logits.max())
    return exps / exps.sum()


networks = st.builds(
    tensors_of_size,
    units=st.integers(1, 40) | st.lists(st.integers(1, 20), min_size=1, max_size=3).map(tuple),
    characters=st.integers(1, 60),
    scale=st.sampled_from([0.1, 0.5, 1.0]),  # beyond, a rounding error grows from step to step
    seed=st.integers(0, 1000),
)


@given(networks, st.integers(0, 2**32 - 1), st.integers(0, 40), st.sampled_from([None, 1, 3]))
def test_carried_probs_are_those_of_the_textbook(tensors, seed, characters, lanes):
    """One text and lanes, after texts of any length, the empty one included."""
    network = LstmNetwork(tensors, "carried", window=5)
    ids = np.random.default_rng(seed).integers(network.vocabulary_size, size=(characters, lanes or 1))
    state = network.initial_state(lanes)
    for row in ids:
        network.step(state, int(row[0]) if lanes is None else row)
    probs = network.probs(state)
    assert probs.shape == ((network.vocabulary_size,) if lanes is None else (lanes, network.vocabulary_size))
    for lane, row in enumerate(np.atleast_2d(probs)):
        np.testing.assert_allclose(row, textbook_probs(tensors, ids[:, lane]), atol=1e-5)


@given(networks, st.integers(0, 2**32 - 1), st.integers(1, 12), st.sampled_from([None, 1, 3]))
def test_window_stepping_is_feeding_the_window_afresh(tensors, seed, window, lanes):
    """At every step, also while the text is shorter than the window."""
    network = LstmNetwork(tensors, "window", window)
    ids = np.random.default_rng(seed).integers(network.vocabulary_size, size=(30, lanes or 1))
    state = network.initial_state(lanes)
    for read in range(1, len(ids) + 1):
        network.step(state, int(ids[read - 1, 0]) if lanes is None else ids[read - 1])
        stepped = np.atleast_2d(network.probs(state))
        last = ids[max(0, read - window) : read]
        np.testing.assert_allclose(stepped, network.probs_after_windows(last.T), atol=1e-5)
        np.testing.assert_allclose(stepped[0], textbook_probs(tensors, last[:, 0]), atol=1e-5)


@pytest.mark.parametrize("context", ["window", "carried"])
@pytest.mark.parametrize("scale", [1.0, 100.0, 1e6])
def test_probs_are_a_distribution_for_weights_of_any_size(context, scale):
    """Saturated gates and logits in the millions give finite probs that sum to 1, without a warning."""
    network = LstmNetwork(tensors_of_size(16, 57, scale), context, window=5)
    one, many = network.initial_state(), network.initial_state(4)
    for id_ in range(20):
        network.step(one, id_)
        network.step(many, np.arange(4) + id_)
        for probs in (network.probs(one), *network.probs(many)):
            assert probs.dtype == np.float64
            assert (probs >= 0.0).all()
            assert math.fsum(probs) == pytest.approx(1.0, abs=1e-9)


def test_probs_keep_what_float32_could_not():
    """A logit 200 below the largest is a probability of 1e-87, in one text and in lanes."""
    tensors = {name: np.zeros_like(tensor) for name, tensor in tensors_of_size(2, 2).items()}
    tensors["dense/bias"][1] = -200.0
    network = LstmNetwork(tensors, "carried", window=1)
    for probs in (network.probs(network.initial_state()), network.probs(network.initial_state(1))[0]):
        np.testing.assert_allclose(probs, [1.0, math.exp(-200.0)], rtol=1e-4)


@pytest.mark.parametrize("lanes", [None, 3])
def test_prime_of_a_long_seed_reads_only_the_last_window(lanes):
    """100,002 characters, whole windows of them, leave exactly the memories that their last window does."""
    network = LstmNetwork(tensors_of_size(8, 30), "window", window=6)
    seed = np.random.default_rng(3).integers(30, size=100_002)
    whole, end = network.prefill(seed, lanes), network.prefill(seed[-6:], lanes)
    np.testing.assert_array_equal(whole.layers[0].hidden, end.layers[0].hidden)
    np.testing.assert_array_equal(whole.layers[0].cell, end.layers[0].cell)


def test_prime_of_a_long_seed_reads_only_what_a_carried_state_remembers():
    """100,000 characters leave exactly the state that their last LONGEST_MEMORY do."""
    network = LstmNetwork(tensors_of_size((8, 4), 30), "carried", window=6)
    seed = np.random.default_rng(3).integers(30, size=100_000)
    whole, end = network.prefill(seed), network.prefill(seed[-LONGEST_PREFILL:])
    np.testing.assert_array_equal(network.probs(whole), network.probs(end))


@pytest.mark.parametrize("units", [8, (8, 5, 6)])
@pytest.mark.parametrize("context", ["window", "carried"])
@pytest.mark.parametrize("characters", [0, 1, 5, 17])
def test_prime_of_lanes_is_prime_of_one_in_each(units, context, characters):
    """Every lane goes on from the same seed text."""
    network = LstmNetwork(tensors_of_size(units, 30), context, window=6)
    seed = np.arange(characters)
    one, many = network.prefill(seed), network.prefill(seed, batch_size=3)
    for id_ in [4, 2, 9, 9, 1, 0, 3]:
        np.testing.assert_allclose(network.probs(many), np.tile(network.probs(one), (3, 1)), atol=1e-6)
        network.step(one, id_)
        network.step(many, np.full(3, id_))


@pytest.mark.parametrize("units", [8, (8, 5)])
@pytest.mark.parametrize("context", ["window", "carried"])
@pytest.mark.parametrize("lanes", [None, 2])
def test_copy_of_a_state_goes_its_own_way(units, context, lanes):
    """Reading into the copy changes nothing in the original, and the other way round."""
    network = LstmNetwork(tensors_of_size(units, 30), context, window=4)
    original = network.prefill([1, 2, 3, 4, 5], lanes)
    before = network.probs(original)
    copy = original.copy()
    np.testing.assert_array_equal(network.probs(copy), before)
    network.step(copy, 7 if lanes is None else np.array([7, 8]))
    after = network.probs(copy)
    np.testing.assert_array_equal(network.probs(original), before)
    network.step(original, 7 if lanes is None else np.array([7, 8]))
    np.testing.assert_array_equal(network.probs(original), after)
    np.testing.assert_array_equal(network.probs(copy), after)


def test_a_network_leaves_its_tensors_as_they_were():
    """What was given is neither changed nor kept: changing it later changes nothing."""
    tensors = tensors_of_size(6, 10)
    before = {name: tensor.copy() for name, tensor in tensors.items()}
    network = LstmNetwork(tensors, "carried", window=1)
    probs = network.probs(network.prefill([1, 2]))
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor, before[name])
        tensor[...] = 0.0
    np.testing.assert_array_equal(network.probs(network.prefill([1, 2])), probs)


@given(networks, st.sampled_from(["window", "carried"]), st.integers(0, 40), st.integers(0, 40), st.data())
def test_text_that_is_taken_up_again_goes_on_to_the_last_bit(tensors, context, before, after, data):
    """Primed with the whole text, a state is what it is after reading the text on from its beginning."""
    network = LstmNetwork(tensors, context, window=9)
    ids = data.draw(
        st.lists(st.integers(0, network.vocabulary_size - 1), min_size=before + after, max_size=before + after)
    )
    read_on, prefilled = network.prefill(ids[:before]), network.prefill(ids)
    for id_ in ids[before:]:
        network.step(read_on, id_)
    for _ in range(12):
        np.testing.assert_array_equal(network.probs(read_on), network.probs(prefilled))
        for state in (read_on, prefilled):
            network.step(state, 0)
