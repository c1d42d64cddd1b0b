"""The convolutions' forward pass, step by step, against the whole text convolved at once."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.networks.architecture import GatedConvolutions
from charlstm.networks.convolutions import EPSILON

pytestmark = pytest.mark.filterwarnings("error")


def tensors_of(architecture, characters, scale=0.3, seed=1):
    """Random weights in Keras's layout."""
    generator = np.random.default_rng(seed)
    shapes = architecture.tensor_shapes(characters)
    return {name: generator.normal(0.0, scale, shape).astype(np.float32) for name, shape in shapes.items()}


def whole_text_probs(architecture, tensors, ids):
    """The probs after every character of `ids`, in float64: every block over the whole text before the next."""
    weights = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}

    def norm(x, name):
        centred = x - x.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
        return scaled * weights[f"{name}/gamma"] + weights[f"{name}/beta"]

    x = weights["embedding/embeddings"][ids]
    for number, dilation in enumerate(architecture.dilations, start=1):
        seen = norm(x, f"norm_{number}")
        both = np.tile(weights[f"conv_{number}/bias"], (len(ids), 1))
        for tap, kernel in enumerate(weights[f"conv_{number}/kernel"]):
            back = (architecture.width - 1 - tap) * dilation
            both[back:] += seen[: max(0, len(ids) - back)] @ kernel
        value, gate = np.split(both, 2, axis=1)
        x = x + (np.tanh(value) / (1 + np.exp(-gate))) @ weights[f"mix_{number}/kernel"] + weights[f"mix_{number}/bias"]
    logits = norm(x, "norm") @ weights["dense/kernel"] + weights["dense/bias"]
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


architectures = st.builds(
    GatedConvolutions,
    channels=st.integers(1, 12),
    width=st.integers(1, 4),
    dilations=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
)


@settings(max_examples=50)
@given(architectures, st.integers(1, 60), st.integers(0, 2**32 - 1), st.sampled_from([None, 1, 3]))
def test_stepping_is_convolving_the_whole_text(architecture, characters, seed, lanes):
    """At every character of a text, one text and lanes, shapes of every kind."""
    tensors = tensors_of(architecture, characters)
    network = architecture.network(tensors, "carried", 10)
    ids = np.random.default_rng(seed).integers(characters, size=(40, lanes or 1))
    expected = [whole_text_probs(architecture, tensors, lane) for lane in ids.T]
    state = network.initial_state(lanes)
    for place, row in enumerate(ids):
        network.step(state, int(row[0]) if lanes is None else row)
        probs = network.probs(state)
        assert probs.shape == ((characters,) if lanes is None else (lanes, characters))
        np.testing.assert_allclose(np.atleast_2d(probs), [lane[place] for lane in expected], atol=1e-5)


@given(architectures, st.integers(0, 80), st.sampled_from([None, 3]))
def test_prime_is_reading_the_whole_seed_text(architecture, characters, lanes):
    """Also where it reads only what the network can see, and in every lane, and what follows too."""
    network = architecture.network(tensors_of(architecture, 9), "carried", 10)
    seed = np.random.default_rng(characters).integers(9, size=characters)
    read = network.initial_state()
    for id_ in seed.tolist():
        network.step(read, id_)
    prefilled = network.prefill(seed, lanes)
    for id_ in [4, 2, 8, 8, 1, 0, 3]:
        expected = network.probs(read) if lanes is None else np.tile(network.probs(read), (lanes, 1))
        np.testing.assert_allclose(network.probs(prefilled), expected, atol=1e-5)
        network.step(read, id_)
        network.step(prefilled, id_ if lanes is None else np.full(lanes, id_))


def test_copy_of_a_state_goes_its_own_way():
    """Reading into the copy changes nothing in the original."""
    architecture = GatedConvolutions(4, 3, (1, 2))
    network = architecture.network(tensors_of(architecture, 9), "carried", 10)
    original = network.prefill([1, 2, 3, 4, 5])
    before, copy = network.probs(original), original.copy()
    network.step(copy, 7)
    np.testing.assert_array_equal(network.probs(original), before)
    network.step(original, 7)
    np.testing.assert_array_equal(network.probs(original), network.probs(copy))


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e6])
def test_probs_are_a_distribution_for_weights_of_any_size(scale):
    """Saturated gates and logits in the millions give finite probs that sum to 1, without a warning."""
    architecture = GatedConvolutions(8, 3, (1, 2))
    network = architecture.network(tensors_of(architecture, 57, scale), "carried", 10)
    state = network.initial_state(4)
    for id_ in range(20):
        network.step(state, np.arange(4) + id_)
        for probs in network.probs(state):
            assert (probs >= 0.0).all()
            assert math.fsum(probs) == pytest.approx(1.0, abs=1e-9)
