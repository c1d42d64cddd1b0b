"""Files of Keras 2 give what Keras 2 gave."""

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.exporting import export_keras
from charlstm.training.keras_files.importing import import_keras

FOLDER = Path(__file__).parent / "of_keras_2"
EXPECTED = dict(np.load(FOLDER / "expected.npz"))
IDS = EXPECTED.pop("ids")
# What Keras 3 cannot run itself, and so is compared with the equations in float64.
BY_EQUATIONS = ("cudnn", "hard-sigmoid", "time-major")


@pytest.mark.parametrize("name", EXPECTED)
def test_network_of_keras_2_gives_what_it_gave(tmp_path, characters, name):
    """Within 1e-5; and it is exported to a file of Keras 3 that gives the same."""
    mine = import_keras(FOLDER / name, characters, tmp_path / "mine")
    assert bool(mine.proof.why_not_keras) == name.startswith(BY_EQUATIONS)
    assert_gives(mine.model.network(), EXPECTED[name])
    export_keras(mine.model, None, tmp_path / "again.keras")
    again = import_keras(tmp_path / "again.keras", characters, tmp_path / "again")
    assert not again.proof.why_not_keras
    assert_gives(again.model.network(), EXPECTED[name])


@pytest.fixture
def older_file(tmp_path):
    """Rewrite what a file says of its layers."""

    def rewrite(change):
        shutil.copy(FOLDER / "lstm.h5", tmp_path / "older.h5")
        with h5py.File(tmp_path / "older.h5", "r+") as file:
            config = json.loads(file.attrs["model_config"])
            file.attrs["keras_version"] = "2.1.6"
            file.attrs["model_config"] = json.dumps(config | {"config": change(config["config"]["layers"])})
        return tmp_path / "older.h5"

    return rewrite


def test_sequential_of_before_2_3_is_a_list_of_layers(older_file, tmp_path, characters):
    """Without an input layer; the first layer says the shape."""

    def as_a_list(layers):
        _, lstm, dense = layers
        return [lstm | {"config": lstm["config"] | {"batch_input_shape": [None, 6, 5]}}, dense]

    mine = import_keras(older_file(as_a_list), characters, tmp_path / "mine")
    assert not mine.proof.why_not_keras
    assert_gives(mine.model.network(), EXPECTED["lstm.h5"])


def test_file_of_keras_1_is_refused(older_file, tmp_path, characters):
    """Its LSTM had no units but an output_dim, and other weights."""

    def of_keras_1(layers):
        for layer in layers[1:]:
            layer["config"]["output_dim"] = layer["config"].pop("units")
        return layers

    with pytest.raises(TrainingError, match="saved by Keras 1"):
        import_keras(older_file(of_keras_1), characters, tmp_path / "mine")


def test_setting_that_keras_3_does_not_have_is_refused(older_file, tmp_path, characters):
    """Where it would change what the network computes."""

    def renormalised(layers):
        settings = {"name": "norm", "axis": [1], "epsilon": 1e-3, "center": True, "scale": True, "renorm": True}
        return [*layers[:2], {"class_name": "BatchNormalization", "config": settings}, layers[2]]

    with pytest.raises(TrainingError, match="the layer norm has renorm = True, which Keras 3 does not have"):
        import_keras(older_file(renormalised), characters, tmp_path / "mine")


def assert_gives(network, expected):
    for ids, given in zip(IDS, expected, strict=True):
        probs = given[-1] if given.ndim == 2 else given
        if not np.isclose(probs.sum(), 1.0, atol=1e-4):
            probs = np.exp(probs) / np.exp(probs).sum()
        np.testing.assert_allclose(network.probs(network.prefill(ids)), probs, atol=1e-5)
