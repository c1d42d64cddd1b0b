"""Export as a Keras file: a round trip is exact."""

from dataclasses import replace

import numpy as np
import pytest

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import epoch_file, write_tensors
from charlstm.model_folder.manifest import write_manifest
from charlstm.networks.architecture import GatedConvolutions, GruLayers, LstmLayers
from charlstm.networks.layers.layer import (
    Activation,
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    Lstm,
    Masking,
    OneHot,
    SimpleRnn,
)
from charlstm.networks.layers.stack import LayerStack
from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.exporting import export_keras
from charlstm.training.keras_files.importing import import_keras
from charlstm.training.networks import book_network


def saved(model, tmp_path, name="model.keras"):
    model.save(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize(
    ("architecture", "context"),
    [
        (LstmLayers((3,)), "window"),
        (LstmLayers((3, 2)), "window"),
        (LstmLayers((4, 3, 2)), "carried"),
        (GruLayers((3,)), "window"),
        (GruLayers((4, 3)), "carried"),
        (GatedConvolutions(4, 3, (1, 2)), "carried"),
        (
            LayerStack((Embedding(3, mask_zero=True), Gru(4, reset_after=False), BatchNormalization(), Dense(5))),
            "carried",
        ),
        (LayerStack((OneHot(), Masking(0.5), SimpleRnn(3), Activation("elu", 0.5), Dense(5))), "window"),
        (LayerStack((OneHot(), Bidirectional(Lstm(3), Lstm(3, go_backwards=True), "sum"), Dense(5))), "window"),
    ],
    ids=str,
)
def test_round_trip_is_exact(tmp_path, characters, model_folder, architecture, context):
    """Every kind of network is imported with the same weights, names and context."""
    manifest = replace(store.open_model(model_folder).manifest, architecture=architecture, context=context, epochs=(2,))
    generator = np.random.default_rng(1)
    tensors = {
        name: np.abs(generator.normal(size=shape)).astype(np.float32)
        for name, shape in architecture.tensor_shapes(5).items()
    }
    write_tensors(model_folder / epoch_file(2), tensors)
    write_manifest(model_folder, manifest)
    export_keras(store.open_model(model_folder), None, tmp_path / "out.keras")
    imported = import_keras(tmp_path / "out.keras", characters, tmp_path / "imported").model
    assert (imported.manifest.architecture, imported.manifest.context) == (architecture, context)
    for name, tensor in imported.tensors().items():
        np.testing.assert_array_equal(tensor, tensors[name])


def test_existing_files_are_not_overwritten(tmp_path, characters, model_folder):
    """Neither a folder by an import nor a file by an export."""
    path = saved(book_network(5, 3, 7, unroll=False), tmp_path)
    with pytest.raises(TrainingError, match="is there already"):
        import_keras(path, characters, model_folder)
    with pytest.raises(TrainingError, match="is there already"):
        export_keras(store.open_model(model_folder), None, path)
