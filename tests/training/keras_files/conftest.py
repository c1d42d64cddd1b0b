"""Networks that Keras saves into a temporary folder, and their import."""

import json

import keras
import numpy as np
import pytest

from charlstm.training.keras_files.importing import import_keras

CHARACTERS = "abcde"
WINDOW = 7
SIZE = len(CHARACTERS)


def softmax():
    """The last layer of the book's network."""
    return keras.layers.Dense(SIZE, activation="softmax")


def windows(*layers):
    """Layers on windows of one-hot characters."""
    return keras.Sequential([keras.Input((WINDOW, SIZE)), *layers])


def ids(*layers, length=WINDOW):
    """Layers on windows of ids."""
    return keras.Sequential([keras.Input((length,), dtype="int32"), *layers])


def texts(*layers):
    """Layers on one-hot texts of any length."""
    return keras.Sequential([keras.Input((None, SIZE)), *layers])


def graph(function, shape=(WINDOW, SIZE), **of_input):
    """What a function makes of an input."""
    inputs = keras.Input(shape, **of_input)
    return keras.Model(inputs, function(inputs))


def trained(model):
    """Give a network weights as large as learned ones, so that every setting counts."""
    generator = np.random.default_rng(1)
    for variable in model.weights:
        values = generator.normal(0.0, 0.7, variable.shape)
        variable.assign(np.abs(values) + 0.1 if "variance" in variable.path else values)
    return model


@pytest.fixture
def characters(tmp_path):
    """A text with the five characters."""
    path = tmp_path / "chars.txt"
    path.write_text(CHARACTERS)
    return path


@pytest.fixture
def imported(tmp_path, characters):
    """Save a network and import it."""

    def save_and_import(model, ending=".keras", text=None, listed=None, **settings):
        path = tmp_path / f"theirs{ending}"
        model.save(path)
        if listed is not None:
            settings["characters_file"] = tmp_path / "ids.json"
            settings["characters_file"].write_text(json.dumps(listed))
        return import_keras(path, text or (None if listed else characters), tmp_path / "mine", **settings)

    return save_and_import
