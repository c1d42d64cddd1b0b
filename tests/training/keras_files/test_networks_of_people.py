"""Every kind of network that people have is imported, and then gives what Keras gives, character by character."""

import keras
import numpy as np
import pytest
from keras import layers

from charlstm.networks.architecture import GruLayers, LstmLayers
from charlstm.networks.layers.stack import LayerStack
from tests.training.keras_files.conftest import SIZE, WINDOW, graph, ids, softmax, texts, trained, windows

CHARACTERS_PAST_THE_WINDOW = 200


def assert_windows_equal(model, network):
    """The probabilities after each of 200 windows of a random text, written on one character at a time."""
    text = np.random.default_rng(2).integers(SIZE, size=WINDOW + CHARACTERS_PAST_THE_WINDOW)
    cut = np.lib.stride_tricks.sliding_window_view(text, WINDOW)
    one_hot = len(model.inputs[0].shape) == 3
    (expected,) = keras.tree.flatten(model.predict_on_batch(np.eye(SIZE, dtype=np.float32)[cut] if one_hot else cut))
    expected = expected[:, -1] if expected.ndim == 3 else expected
    state, ours = network.prefill(text[: WINDOW - 1]), []
    for id_ in text[WINDOW - 1 :].tolist():
        network.step(state, id_)
        ours.append(network.probs(state))
    np.testing.assert_allclose(ours, expected, atol=1e-5)
    np.testing.assert_allclose(network.probs_after_windows(cut), expected, atol=1e-5)
    batch = network.prefill(text[:-1], 3)
    network.step(batch, np.repeat(text[-1], 3))
    np.testing.assert_allclose(network.probs(batch), np.repeat(expected[-1:], 3, axis=0), atol=1e-5)


ACTIVATIONS = (
    "relu relu6 elu selu gelu silu mish softplus softsign hard_tanh exponential leaky_relu sigmoid hard_sigmoid tanh "
    "log_softmax softmax linear"
).split()
OF_WINDOWS = {
    "LSTM": lambda: windows(layers.LSTM(4), softmax()),
    "LSTM, hard sigmoid of Keras 3": lambda: windows(layers.LSTM(4, recurrent_activation="hard_sigmoid"), softmax()),
    "LSTM without bias": lambda: windows(layers.LSTM(4, use_bias=False), softmax()),
    "LSTM, relu": lambda: windows(layers.LSTM(4, activation="relu"), softmax()),
    "GRU, reset after": lambda: windows(layers.GRU(4), softmax()),
    "GRU, reset before": lambda: windows(layers.GRU(4, reset_after=False), softmax()),
    "GRU without bias": lambda: windows(layers.GRU(4, use_bias=False), softmax()),
    "simple RNN": lambda: windows(layers.SimpleRNN(4), softmax()),
    "stack of three kinds": lambda: windows(
        layers.LSTM(4, return_sequences=True),
        layers.Dropout(0.5),
        layers.GRU(3, return_sequences=True),
        layers.SimpleRNN(5),
        softmax(),
    ),
    "noise, dropout and masking first": lambda: windows(
        layers.GaussianNoise(0.1), layers.Dropout(0.2), layers.Masking(), layers.LSTM(4), softmax()
    ),
    "embedding": lambda: ids(layers.Embedding(SIZE, 3), layers.SpatialDropout1D(0.1), layers.GRU(4), softmax()),
    "embedding that masks id 0": lambda: ids(
        layers.Embedding(SIZE, 3, mask_zero=True),
        layers.LSTM(4, return_sequences=True),
        layers.SimpleRNN(3, return_sequences=True),
        layers.GRU(3),
        softmax(),
    ),
    "embedding of more ids than characters": lambda: ids(layers.Embedding(SIZE + 9, 3), layers.LSTM(4), softmax()),
    "norms": lambda: windows(
        layers.LSTM(4, return_sequences=True),
        layers.BatchNormalization(),
        layers.GRU(4, return_sequences=True),
        layers.LayerNormalization(),
        layers.LSTM(4),
        layers.BatchNormalization(scale=False),
        layers.LayerNormalization(center=False),
        softmax(),
    ),
    "norm on the input": lambda: windows(layers.BatchNormalization(), layers.LSTM(4), softmax()),
    "dense layers": lambda: windows(layers.Dense(6, activation="tanh"), layers.LSTM(4), layers.Dense(3), softmax()),
    "layers that are activations": lambda: windows(
        layers.LSTM(4),
        layers.LeakyReLU(0.4),
        layers.Dense(6),
        layers.ELU(0.7),
        layers.Dense(6),
        layers.ReLU(6),
        softmax(),
    ),
    "norms of each time": lambda: windows(
        layers.LSTM(4, return_sequences=True),
        layers.TimeDistributed(layers.BatchNormalization()),
        layers.TimeDistributed(layers.LayerNormalization()),
        layers.TimeDistributed(softmax()),
    ),
    "bidirectional cells": lambda: windows(layers.Bidirectional(layers.RNN(layers.GRUCell(4))), softmax()),
    "time distributed": lambda: windows(layers.LSTM(4, return_sequences=True), layers.TimeDistributed(softmax())),
    "softmax as an activation": lambda: windows(layers.LSTM(4), layers.Dense(SIZE), layers.Activation("softmax")),
    "softmax as a layer": lambda: windows(layers.LSTM(4), layers.Dense(SIZE), layers.Softmax()),
    "softmax along axis 1, the last": lambda: windows(layers.LSTM(4), layers.Dense(SIZE), layers.Softmax(axis=1)),
    "an output by name": lambda: graph(lambda x: {"next": softmax()(layers.LSTM(4)(x))}),
    "two softmaxes": lambda: windows(layers.LSTM(4), softmax(), layers.Softmax()),
    "softmax, then dropout": lambda: windows(layers.LSTM(4), softmax(), layers.Dropout(0.3)),
    "bidirectional": lambda: windows(layers.Bidirectional(layers.LSTM(4)), softmax()),
    "bidirectional in a stack": lambda: ids(
        layers.Embedding(SIZE, 3, mask_zero=True),
        layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum"),
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="mul"),
        layers.Bidirectional(layers.SimpleRNN(3), merge_mode="ave"),
        softmax(),
    ),
    "bidirectional, the last time alone": lambda: windows(
        layers.Bidirectional(layers.GRU(4, return_sequences=True)), layers.TimeDistributed(softmax())
    ),
    "backwards": lambda: windows(layers.LSTM(4, go_backwards=True, return_sequences=True), layers.GRU(3), softmax()),
    "cells": lambda: windows(layers.RNN([layers.LSTMCell(4), layers.GRUCell(3), layers.SimpleRNNCell(3)]), softmax()),
    "networks in a network": lambda: windows(
        keras.Sequential([layers.LSTM(4, return_sequences=True), layers.Dropout(0.1)]),
        keras.Sequential([layers.LSTM(3), softmax()]),
    ),
    "state asked for, and not used": lambda: graph(lambda x: softmax()(layers.LSTM(4, return_state=True)(x)[0])),
    "ids made one-hot": lambda: graph(
        lambda x: softmax()(layers.LSTM(4, activation="elu")(keras.ops.one_hot(x, SIZE))), (WINDOW,), dtype="int32"
    ),
    "float64": lambda: keras.Sequential(
        [
            keras.Input((WINDOW, SIZE), dtype="float64"),
            layers.LSTM(4, dtype="float64"),
            layers.Dense(SIZE, activation="softmax", dtype="float64"),
        ]
    ),
} | {
    f"dense, {name}": lambda name=name: windows(layers.LSTM(4), layers.Dense(5, activation=name), softmax())
    for name in ACTIVATIONS
}


@pytest.mark.parametrize("name", OF_WINDOWS)
def test_network_of_windows_equals_keras(imported, name):
    """Within 1e-5, at each of 200 characters past the window, for one text and for a batch."""
    model = trained(OF_WINDOWS[name]())
    mine = imported(model)
    assert (mine.model.manifest.context, mine.model.manifest.window) == ("window", WINDOW)
    assert not mine.proof.why_not_keras
    assert mine.proof.characters > CHARACTERS_PAST_THE_WINDOW
    assert_windows_equal(model, mine.model.network())


@pytest.mark.parametrize("ending", [".h5", ".hdf5"])
def test_hdf5_file_is_the_same_network(imported, ending):
    """The older kind of file, of Keras 3."""
    model = trained(OF_WINDOWS["networks in a network"]())
    assert_windows_equal(model, imported(model, ending).model.network())


def test_logits_are_softmaxed(imported):
    """A linear end is read as logits."""
    model = trained(windows(layers.LSTM(4), layers.Dense(SIZE)))
    assert_windows_equal(keras.Sequential([model, layers.Softmax()]), imported(model).model.network())


CARRIED = {
    "every time": (lambda: texts(layers.LSTM(4, return_sequences=True), softmax()), 60),
    "the last time": (lambda: texts(layers.GRU(4), softmax()), 60),
    "stateful, one character at a time": (
        lambda: keras.Sequential([keras.Input(batch_shape=(1, 1, SIZE)), layers.LSTM(4, stateful=True), softmax()]),
        1,
    ),
    "stateful, pieces of 12": (
        lambda: keras.Sequential([keras.Input(batch_shape=(1, 12, SIZE)), layers.LSTM(4, stateful=True), softmax()]),
        12,
    ),
    "stateful cells": (
        lambda: keras.Sequential(
            [
                keras.Input(batch_shape=(1, None, SIZE)),
                layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)], return_sequences=True, stateful=True),
                softmax(),
            ]
        ),
        60,
    ),
    "stateful, three texts of any length": (
        lambda: keras.Sequential(
            [
                keras.Input(batch_shape=(3, None), dtype="int32"),
                layers.Embedding(SIZE, 3),
                layers.GRU(4, stateful=True, return_sequences=True),
                layers.Dense(SIZE),
            ]
        ),
        60,
    ),
}


@pytest.mark.parametrize("name", CARRIED)
def test_state_is_kept_where_the_network_keeps_it(imported, name):
    """No length, or a stateful layer: every character of the text counts, not those of a window alone."""
    make, window = CARRIED[name]
    model = trained(make())
    mine = imported(model)
    assert (mine.model.manifest.context, mine.model.manifest.window) == ("carried", window)
    network, text = mine.model.network(), np.random.default_rng(3).integers(SIZE, size=120)
    twin = keras.Sequential([keras.Input((None, SIZE))])
    for layer in model.layers:
        if isinstance(layer, layers.Embedding):
            twin.add(layers.Dense(layer.output_dim, use_bias=False, name="embedding"))
        else:
            config = layer.get_config() | ({"stateful": False} if "stateful" in layer.get_config() else {})
            twin.add(type(layer).from_config(config))
    twin.set_weights(model.get_weights())
    expected = np.asarray(twin(np.eye(SIZE, dtype=np.float32)[text][None]))[0]
    expected = expected[-1] if expected.ndim == 2 else expected
    if name.startswith("stateful, three"):  # logits
        expected = np.exp(expected) / np.exp(expected).sum()
    np.testing.assert_allclose(network.probs(network.prefill(text)), expected, atol=1e-5)


def test_window_and_context_can_be_said(imported):
    """A network of texts of any length reads windows of 9 where that is asked for."""
    mine = imported(trained(texts(layers.LSTM(4), softmax())), window=9)
    assert (mine.model.manifest.context, mine.model.manifest.window) == ("window", 9)
    assert "carried" in mine.proof.why_not_keras


def test_network_of_windows_can_keep_its_state(imported):
    """Which Keras cannot run, so the equations in float64 are the reference."""
    mine = imported(trained(windows(layers.GRU(4), softmax())), context="carried")
    assert (mine.model.manifest.context, mine.model.manifest.window) == ("carried", WINDOW)
    assert "window" in mine.proof.why_not_keras


def test_half_precision_is_told(imported):
    """The weights are float32 in any case; it computes in float32 here, and that is what is compared."""
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = windows(layers.LSTM(4), layers.Dense(SIZE), layers.Activation("softmax", dtype="float32"))
    finally:
        keras.mixed_precision.set_global_policy("float32")
    mine = imported(trained(model))
    assert "half precision" in mine.notes[0]
    assert mine.proof.difference < 1e-6


USUAL = [
    (
        lambda: windows(layers.LSTM(4, return_sequences=True), layers.Dropout(0.1), layers.LSTM(3), softmax()),
        LstmLayers((4, 3)),
    ),
    (lambda: windows(layers.GRU(4), softmax()), GruLayers((4,))),
]


@pytest.mark.parametrize(("make", "architecture"), USUAL)
def test_usual_network_is_of_a_kind_that_is_trained_here(imported, make, architecture):
    """So that it is stepped as fast, and can be told beside others."""
    assert imported(make()).model.manifest.architecture == architecture


def test_other_network_is_a_stack_of_layers(imported):
    """Its title says what it is."""
    mine = imported(windows(layers.Bidirectional(layers.LSTM(4)), softmax())).model.manifest
    assert isinstance(mine.architecture, LayerStack)
    assert mine.title == "Bidirectional LSTM, 4 units"
