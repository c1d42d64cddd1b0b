"""Our forward pass gives what Keras gives, within 1e-5, at every step and in both contexts."""

from pathlib import Path

import keras
import numpy as np
import pytest

from charlstm.model_folder.store import open_model, read_epoch
from charlstm.networks.architecture import GatedConvolutions, LstmLayers
from charlstm.networks.lstm import LstmNetwork
from charlstm.training.keras_weights import set_tensors, tensors_of
from charlstm.training.networks import book_network, stream_network

BOOK = Path(__file__).resolve().parents[2] / "models" / "nietzsche-book"
WINDOW, CHARACTERS_READ = 60, 2_000
SIZES = [(1, 2), (7, 30), (32, 57), (128, 57), (200, 90)]  # units, characters


def whole_text_network(characters, units):
    """The same layers, giving probs after every character of a text of any length."""
    return keras.Sequential(
        [
            keras.Input((None, characters)),
            keras.layers.LSTM(units, return_sequences=True, name="lstm_1"),
            keras.layers.Dense(characters, activation="softmax", name="dense"),
        ]
    )


def random_tensors(units, characters, scale):
    """Weights as Keras begins with them, and a bias; `scale` enlarges all that is not fed back."""
    keras.utils.set_random_seed(units)
    tensors = tensors_of(book_network(characters, units, WINDOW, unroll=False))
    generator = np.random.default_rng(units)
    for name in ("lstm_1/bias", "dense/bias"):
        tensors[name] = generator.normal(0.0, 0.3, tensors[name].shape).astype(np.float32)
    return {name: tensor if "recurrent" in name else tensor * np.float32(scale) for name, tensor in tensors.items()}


def one_hot(ids, characters):
    return np.eye(characters, dtype=np.float32)[ids]


def assert_carried_equal(tensors, ids):
    units, characters = tensors["dense/kernel"].shape
    model = whole_text_network(characters, units)
    set_tensors(model, tensors)
    theirs = model(one_hot(ids, characters)[None]).numpy()[0]
    network = LstmNetwork(tensors, "carried", WINDOW)
    one, lanes = network.initial_state(), network.initial_state(2)
    ours = []
    for id_ in ids.tolist():
        network.step(one, id_)
        network.step(lanes, np.array([id_, id_]))
        ours.append([network.probs(one), *network.probs(lanes)])
    np.testing.assert_allclose(ours, np.stack([theirs] * 3, axis=1), atol=1e-5)


def assert_window_equal(tensors, ids):
    units, characters = tensors["dense/kernel"].shape
    model = book_network(characters, units, WINDOW, unroll=False)
    set_tensors(model, tensors)
    windows = np.lib.stride_tricks.sliding_window_view(ids, WINDOW)
    theirs = np.concatenate([model(one_hot(part, characters)).numpy() for part in np.array_split(windows, 20)])
    network = LstmNetwork(tensors, "window", WINDOW)
    state = network.prefill(ids[: WINDOW - 1])
    ours = []
    for id_ in ids[WINDOW - 1 :].tolist():
        network.step(state, id_)
        ours.append(network.probs(state))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    np.testing.assert_allclose(network.probs_after_windows(windows), theirs, atol=1e-5)


def random_text(characters, length):
    return np.random.default_rng(length).integers(characters, size=length)


@pytest.mark.parametrize("scale", [1.0, 10.0])
@pytest.mark.parametrize(("units", "characters"), SIZES)
def test_a_random_network_whose_state_is_carried_equals_keras(units, characters, scale):
    """One text and lanes, 500 characters, small and large weights."""
    assert_carried_equal(random_tensors(units, characters, scale), random_text(characters, 500))


@pytest.mark.parametrize("scale", [1.0, 10.0])
@pytest.mark.parametrize(("units", "characters"), SIZES)
def test_a_random_network_asked_by_windows_equals_keras(units, characters, scale):
    """Every window of a text of 300 characters, small and large weights."""
    assert_window_equal(random_tensors(units, characters, scale), random_text(characters, 300))


@pytest.fixture(scope="module")
def book():
    """The trained network of this project, and a text for it: what it writes itself."""
    model = open_model(BOOK)
    epoch = model.manifest.best_epoch
    tensors = read_epoch(BOOK / f"epoch-{epoch:03d}.safetensors", model.manifest)
    sample = max((sample for sample in model.samples if sample.epoch == epoch), key=lambda sample: sample.temperature)
    text = sample.seed_text + "".join(other.text for other in model.samples if other.epoch == epoch) + sample.text
    ids = model.vocabulary.encode(text)
    return tensors, np.resize(ids, CHARACTERS_READ + WINDOW)


def test_the_trained_network_whose_state_is_carried_equals_keras(book):
    """Over 2,000 characters and more."""
    assert_carried_equal(*book)


def test_the_trained_network_asked_by_windows_equals_keras(book):
    """Over 2,000 windows and more."""
    assert_window_equal(*book)


@pytest.mark.parametrize(
    "architecture",
    [
        LstmLayers((16, 9, 12)),
        LstmLayers((128, 128)),
        GatedConvolutions(16, 3, (1, 2, 4, 8)),
        GatedConvolutions(64, 2, (1, 2, 4, 8, 16, 32)),
    ],
    ids=str,
)
def test_a_random_network_that_reads_streams_equals_keras(architecture):
    """One text and lanes, 500 characters."""
    keras.utils.set_random_seed(1)
    model, _ = stream_network(57, architecture)
    generator = np.random.default_rng(1)
    tensors = {
        name: tensor + generator.normal(0.0, 0.05, tensor.shape).astype(np.float32)
        for name, tensor in tensors_of(model).items()
    }
    assert {name: tensor.shape for name, tensor in tensors.items()} == architecture.tensor_shapes(57)
    set_tensors(model, tensors)
    ids = random_text(57, 500)
    theirs = model(ids[None]).numpy()[0]
    network = architecture.network(tensors, "carried", WINDOW)
    one, lanes, ours = network.initial_state(), network.initial_state(2), []
    for id_ in ids.tolist():
        network.step(one, id_)
        network.step(lanes, np.array([id_, id_]))
        ours.append([network.probs(one), *network.probs(lanes)])
    np.testing.assert_allclose(ours, np.stack([theirs] * 3, axis=1), atol=1e-5)
