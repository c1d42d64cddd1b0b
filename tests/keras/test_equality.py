"""The forward pass in NumPy gives the probabilities of Keras, within 1e-5, at every step and in both contexts."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from charlstm.model_folder.epoch_weights import read_epoch
from charlstm.model_folder.store import open_model
from charlstm.networks.architecture import GatedConvolutions, GruLayers, LstmLayers
from charlstm.networks.lstm import LstmNetwork
from charlstm.training.networks import book_network, get_tensors, set_tensors, stream_network

BOOK = Path(__file__).resolve().parents[2] / "models" / "nietzsche-book"
WINDOW, LENGTH = 60, 2_000
SIZES = [(1, 2), (7, 30), (32, 57), (128, 57), (200, 90)]  # units, characters


def stateful_network(characters, units):
    """Return the book's layers with probs after every character of a text of any length."""
    return keras.Sequential(
        [
            keras.Input((None, characters)),
            keras.layers.LSTM(units, return_sequences=True, name="lstm_1"),
            keras.layers.Dense(characters, activation="softmax", name="dense"),
        ]
    )


def random_tensors(units, characters, scale):
    """Return Keras's initial weights, and a random bias; `scale` multiplies all but the recurrent kernel."""
    keras.utils.set_random_seed(units)
    tensors = get_tensors(book_network(characters, units, WINDOW, unroll=False))
    generator = np.random.default_rng(units)
    for name in ("lstm_1/bias", "dense/bias"):
        tensors[name] = generator.normal(0.0, 0.3, tensors[name].shape).astype(np.float32)
    return {name: tensor if "recurrent" in name else tensor * np.float32(scale) for name, tensor in tensors.items()}


def keras_probs(model, x):
    """Return what a model gives, compiled: the steps of an LSTM are slow one by one."""
    return tf.function(model)(x).numpy()


def one_hot(ids, characters):
    return np.eye(characters, dtype=np.float32)[ids]


def assert_stateful_equal(tensors, ids):
    units, characters = tensors["dense/kernel"].shape
    model = stateful_network(characters, units)
    set_tensors(model, tensors)
    expected = keras_probs(model, one_hot(ids, characters)[None])[0]
    network = LstmNetwork(tensors, "carried", WINDOW)
    one, batch = network.initial_state(), network.initial_state(2)
    ours = []
    for id_ in ids.tolist():
        network.step(one, id_)
        network.step(batch, np.array([id_, id_]))
        ours.append([network.probs(one), *network.probs(batch)])
    np.testing.assert_allclose(ours, np.stack([expected] * 3, axis=1), atol=1e-5)


def assert_window_equal(tensors, ids):
    units, characters = tensors["dense/kernel"].shape
    model = book_network(characters, units, WINDOW, unroll=False)
    set_tensors(model, tensors)
    windows = np.lib.stride_tricks.sliding_window_view(ids, WINDOW)
    expected = keras_probs(model, one_hot(windows, characters))
    network = LstmNetwork(tensors, "window", WINDOW)
    state = network.prefill(ids[: WINDOW - 1])
    ours = []
    for id_ in ids[WINDOW - 1 :].tolist():
        network.step(state, id_)
        ours.append(network.probs(state))
    np.testing.assert_allclose(ours, expected, atol=1e-5)
    np.testing.assert_allclose(network.probs_after_windows(windows), expected, atol=1e-5)


def random_text(characters, length):
    return np.random.default_rng(length).integers(characters, size=length)


@pytest.mark.parametrize("scale", [1.0, 10.0])
@pytest.mark.parametrize(("units", "characters"), SIZES)
def test_random_stateful_network_equals_keras(units, characters, scale):
    """One text and a batch, 500 characters, small and large weights."""
    assert_stateful_equal(random_tensors(units, characters, scale), random_text(characters, 500))


@pytest.mark.parametrize("scale", [1.0, 10.0])
@pytest.mark.parametrize(("units", "characters"), SIZES)
def test_random_network_with_windows_equals_keras(units, characters, scale):
    """Every window of a text of 300 characters, small and large weights."""
    assert_window_equal(random_tensors(units, characters, scale), random_text(characters, 300))


@pytest.fixture(scope="module")
def book():
    """The trained network in models/, and a text for it: its own samples."""
    model = open_model(BOOK)
    epoch = model.manifest.best_epoch
    tensors = read_epoch(BOOK / f"epoch-{epoch:03d}.safetensors", model.manifest)
    sample = max((sample for sample in model.samples if sample.epoch == epoch), key=lambda sample: sample.temperature)
    text = sample.seed_text + "".join(other.text for other in model.samples if other.epoch == epoch) + sample.text
    ids = model.vocabulary.encode(text)
    return tensors, np.resize(ids, LENGTH + WINDOW)


def test_trained_stateful_network_equals_keras(book):
    """Over 2,000 characters and more."""
    assert_stateful_equal(*book)


def test_trained_network_with_windows_equals_keras(book):
    """Over 2,000 windows and more."""
    assert_window_equal(*book)


@pytest.mark.parametrize(
    "architecture",
    [
        LstmLayers((16, 9, 12)),
        LstmLayers((128, 128)),
        GruLayers((16, 9)),
        GruLayers((128,)),
        GatedConvolutions(16, 3, (1, 2, 4, 8)),
        GatedConvolutions(64, 2, (1, 2, 4, 8, 16, 32)),
    ],
    ids=str,
)
def test_random_stream_network_equals_keras(architecture):
    """One text and a batch, 500 characters."""
    keras.utils.set_random_seed(1)
    model, _ = stream_network(57, architecture)
    generator = np.random.default_rng(1)
    tensors = {
        name: tensor + generator.normal(0.0, 0.05, tensor.shape).astype(np.float32)
        for name, tensor in get_tensors(model).items()
    }
    assert {name: tensor.shape for name, tensor in tensors.items()} == architecture.tensor_shapes(57)
    set_tensors(model, tensors)
    ids = random_text(57, 500)
    expected = keras_probs(model, ids[None])[0]
    network = architecture.network(tensors, "carried", WINDOW)
    one, batch, ours = network.initial_state(), network.initial_state(2), []
    for id_ in ids.tolist():
        network.step(one, id_)
        network.step(batch, np.array([id_, id_]))
        ours.append([network.probs(one), *network.probs(batch)])
    np.testing.assert_allclose(ours, np.stack([expected] * 3, axis=1), atol=1e-5)
