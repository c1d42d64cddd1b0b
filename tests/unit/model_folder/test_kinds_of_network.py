"""A model folder holds a network of any kind, and tells what is wrong with one."""

import json
from dataclasses import replace

import numpy as np
import pytest

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import write_epoch
from charlstm.model_folder.manifest import ModelError, write_manifest
from charlstm.model_folder.zip_file import unpack, zip_bytes
from charlstm.networks.architecture import GruLayers
from charlstm.networks.layers.layer import (
    Activation,
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    Lstm,
    OneHot,
)
from charlstm.networks.layers.stack import LayerStack

BOTH_WAYS = Bidirectional(Gru(2, return_sequences=False), Gru(2, return_sequences=False, go_backwards=True))
KINDS = [
    GruLayers((3, 2)),
    LayerStack((Embedding(3, mask_zero=True), Gru(4, reset_after=False), BatchNormalization(), Dense(5))),
    LayerStack((OneHot(), Lstm(3, recurrent_activation="hard_sigmoid_2"), Activation("elu", 0.5), Dense(5))),
    LayerStack((OneHot(), BOTH_WAYS, Dense(5))),
]


@pytest.fixture
def folder_of(model_folder):
    """Make the small model's folder that of another kind of network."""

    def folder_of_(architecture):
        manifest = store.open_model(model_folder).manifest
        generator, shapes = np.random.default_rng(1), architecture.tensor_shapes(5)
        for epoch in manifest.epochs:
            tensors = {name: np.abs(generator.normal(size=shape)).astype(np.float32) for name, shape in shapes.items()}
            write_epoch(model_folder, epoch, tensors)
        write_manifest(model_folder, replace(manifest, architecture=architecture))
        return model_folder

    return folder_of_


@pytest.mark.parametrize("architecture", KINDS, ids=str)
def test_folder_and_zip_hold_the_network(folder_of, tmp_path, architecture):
    """The same probabilities, from the folder and from a zip of it."""
    model = store.open_model(folder_of(architecture))
    again = unpack(zip_bytes(model), tmp_path / "again")
    assert again.manifest == model.manifest
    assert again.manifest.architecture == architecture
    ids = [0, 1, 2, 3, 4, 0, 2]
    one, other = model.network(), again.network()
    np.testing.assert_array_equal(one.probs(one.prefill(ids)), other.probs(other.prefill(ids)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda layers: layers.pop(), "does not give a number for each of the 5 characters"),
        (lambda layers: layers[-1].update(units=6), "does not give a number for each of the 5 characters"),
        (lambda layers: layers[-1].update(units=0), "units of a layer of the kind dense"),
        (lambda layers: layers[-1].update(activation="eval"), "activation of a layer of the kind dense"),
        (lambda layers: layers[1].update(kind="lambda"), "the kind of a layer is unknown"),
        (lambda layers: layers[1].pop("units"), "must have exactly kind, units"),
        (lambda layers: layers.reverse(), "the first layer must be"),
        (lambda layers: layers.extend([layers[1]] * 99), "from 2 to 64 layers"),
        (lambda layers: layers[1].update(units=4), "the tensor gru_1/kernel has the shape"),
    ],
)
def test_damaged_stack_is_refused(folder_of, change, reason):
    """In one sentence that says what is wrong."""
    folder = folder_of(LayerStack((OneHot(), Gru(3), Dense(5))))
    content = json.loads((folder / "model.json").read_text())
    change(content["architecture"]["layers"])
    (folder / "model.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match=reason) as error:
        store.open_model(folder)
    assert "\n" not in str(error.value)


def test_network_that_reads_backwards_needs_a_window(folder_of):
    """It is refused where it should keep its state."""
    folder = folder_of(KINDS[-1])
    content = json.loads((folder / "model.json").read_text()) | {"context": "carried"}
    (folder / "model.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="context is 'carried'; it must be 'window' for layers"):
        store.open_model(folder)
