"""Stacks of layers: their records, what cannot stand on what, and what a text costs each of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.networks.architecture import architecture_of, record_of
from charlstm.networks.layers.activations import ACTIVATIONS, OF_SLOPE
from charlstm.networks.layers.layer import (
    Activation,
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    LayerNormalization,
    Lstm,
    Masking,
    OneHot,
    SimpleRnn,
)
from charlstm.networks.layers.stack import LayerStack

CHARACTERS = 5
units = st.integers(1, 6)
activations = st.sampled_from(sorted(ACTIVATIONS))
bounded = st.sampled_from(["tanh", "sigmoid", "hard_sigmoid", "hard_sigmoid_2", "softsign", "hard_tanh"])
flags = st.booleans()


def recurrent(**settings):
    """Recurrent layers of every kind; what is bounded does not blow up a rounding."""
    common = {"units": units, "activation": bounded, "use_bias": flags} | settings
    gated = common | {"recurrent_activation": bounded}
    return st.builds(SimpleRnn, **common) | st.builds(Lstm, **gated) | st.builds(Gru, **gated, reset_after=flags)


def bidirectional(sequences):
    """Two layers of the same size, one of which goes backwards."""
    merges = st.sampled_from(["concat", "sum", "ave", "mul"])
    forward = recurrent(return_sequences=st.just(sequences), go_backwards=st.just(False))
    return st.builds(lambda one, merge: Bidirectional(one, replace(one, go_backwards=True), merge), forward, merges)


def sequence_layers(backwards):
    """What can stand below the last layer that remembers."""
    of = recurrent(return_sequences=st.just(True), go_backwards=flags if backwards else st.just(False))
    others = st.builds(Dense, units, bounded, flags) | norms() | st.builds(Masking, st.floats(-1, 1))
    return of | others | bidirectional(True) if backwards else of | others


def norms():
    """Both kinds."""
    epsilons = st.floats(1e-6, 1e-2)
    return st.builds(LayerNormalization, epsilons, flags, flags) | st.builds(BatchNormalization, epsilons, flags, flags)


@st.composite
def stacks(draw, backwards=True):
    """Any stack that can be."""
    first = draw(st.just(OneHot()) | st.builds(Embedding, units, flags))
    body = draw(st.lists(sequence_layers(backwards), max_size=3))
    last = draw(recurrent(return_sequences=flags, go_backwards=st.just(False)))
    if backwards and draw(flags):
        last = draw(bidirectional(False))
    slopes = st.builds(Activation, st.sampled_from(sorted(OF_SLOPE)), st.floats(0, 1)) | st.builds(
        Activation, activations
    )
    tail = draw(st.lists(norms() | slopes, max_size=2))
    return LayerStack((first, *body, last, *tail, Dense(CHARACTERS)))


def tensors_of(stack, seed=0):
    generator = np.random.default_rng(seed)
    return {
        name: (np.abs(generator.normal(size=shape)) + 0.1).astype(np.float32)
        if "variance" in name
        else generator.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in stack.tensor_shapes(CHARACTERS).items()
    }


@given(stacks())
def test_record_gives_the_same_stack_again(stack):
    """What a model folder keeps is all of it, and people can read what it is."""
    assert architecture_of(record_of(stack)) == stack
    assert len(stack.title) <= 60
    assert str(stack)


@given(stacks(), st.data())
def test_record_with_another_value_is_refused_or_another_stack(stack, data):
    """A value that no field can have is one short sentence; nothing else is raised."""
    record = record_of(stack)
    layer = data.draw(st.sampled_from(record["layers"]))
    name = data.draw(st.sampled_from(sorted(layer)))
    layer[name] = data.draw(
        st.sampled_from([None, "x", -1, 0, 1.5, True, [], {}, 10**9, "lstm", float("nan"), 10**400])
    )
    try:
        again = architecture_of(record)
    except ValueError as error:
        assert len(str(error)) < 300
    else:
        assert record_of(again)["layers"] == record["layers"]


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ((OneHot(),), "from 2 to 64 layers"),
        ((OneHot(), *[Dense(5)] * 64), "from 2 to 64 layers"),
        ((Lstm(3), Dense(5)), "the first layer must be"),
        ((OneHot(), Embedding(3), Dense(5)), "only the first layer can be embedding"),
        ((OneHot(), Lstm(3, return_sequences=False), Gru(3), Dense(5)), "gru gets no sequence"),
    ],
)
def test_layers_that_cannot_stand_so_are_refused(layers, reason):
    """With the layer that is in the way."""
    with pytest.raises(ValueError, match=reason):
        LayerStack(layers)


def test_what_reads_backwards_needs_a_window():
    """It cannot keep a state, having to read what is not written yet."""
    stack = LayerStack((OneHot(), Lstm(3, go_backwards=True), Dense(5)))
    assert stack.contexts == ("window",)
    with pytest.raises(ValueError, match="must be 'window'"):
        stack.network({}, "carried", 4)


@settings(max_examples=40)
@given(stacks(), st.lists(st.integers(0, CHARACTERS - 1), max_size=20))
def test_probabilities_are_probabilities(stack, ids):
    """Whatever the layers are, and before any character too."""
    network = stack.network(tensors_of(stack), stack.contexts[-1], 4)
    assert network.vocabulary_size == CHARACTERS
    probs = network.probs(network.prefill(ids))
    assert (probs >= 0).all()
    assert probs.sum() == pytest.approx(1.0)


def test_network_that_overflows_writes_anything():
    """A file from outside may hold such weights: there are probabilities nevertheless, and nothing is raised."""
    stack = LayerStack((OneHot(), SimpleRnn(3, "exponential"), Dense(CHARACTERS)))
    large = {name: tensor if "dense" in name else np.abs(tensor) * 100 for name, tensor in tensors_of(stack).items()}
    network = stack.network(large, "carried", 4)
    probs = network.probs(network.prefill([0] * 50))
    assert (probs >= 0).all()
    assert probs.sum() == pytest.approx(1.0)


@settings(max_examples=40)
@given(stacks(), st.lists(st.integers(0, CHARACTERS - 1), min_size=1, max_size=12), st.integers(1, 5))
def test_prefill_is_stepping_and_windows_forget(stack, ids, window):
    """A seed text, characters one by one, a batch, and a copy that goes on otherwise, all give the same."""
    for context in stack.contexts:
        network = stack.network(tensors_of(stack), context, window)
        stepped, expected = network.initial_state(), network.probs(network.prefill(ids))
        for id_ in ids:
            network.step(stepped, id_)
            network.step(stepped.copy(), 0)
        np.testing.assert_array_equal(network.probs(stepped), expected)
        np.testing.assert_allclose(network.probs(network.prefill(ids, 2)), [expected] * 2, atol=1e-5)
        np.testing.assert_allclose(network.probs(network.prefill_each([ids, ids])), [expected] * 2, atol=1e-5)
        if context == "window":
            longer = network.prefill([1, 0, *ids])
            assert len(ids) < window or np.allclose(network.probs(longer), expected, atol=1e-5)
