"""Import and export of Keras files: a round trip is exact, and unknown layers are refused in one sentence."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import epoch_file, write_tensors
from charlstm.model_folder.manifest import write_manifest
from charlstm.networks.architecture import GatedConvolutions, LstmLayers
from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_io import export_keras, import_keras
from charlstm.training.networks import book_network

CHARACTERS = "abcde"


@pytest.fixture
def characters(tmp_path):
    path = tmp_path / "chars.txt"
    path.write_text(CHARACTERS + "\n")
    return path


def saved(model, tmp_path, name="model.keras"):
    model.save(tmp_path / name)
    return tmp_path / name


def test_imported_network_of_the_book_gives_the_same_probabilities(tmp_path, characters):
    """Built as in listing 8.5, with Keras's default names."""
    theirs = keras.Sequential([keras.Input((7, 5)), keras.layers.LSTM(6), keras.layers.Dense(5, activation="softmax")])
    model = import_keras(saved(theirs, tmp_path), characters, tmp_path / "mine")
    assert (model.vocabulary.characters, model.manifest.context, model.manifest.window) == (tuple("abcde"), "window", 7)
    window = np.random.default_rng(1).integers(5, size=7)
    network = model.network()
    expected = theirs(np.eye(5, dtype=np.float32)[window][None]).numpy()[0]
    np.testing.assert_allclose(network.probs(network.prefill(window)), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("architecture", "context"),
    [
        (LstmLayers((3,)), "window"),
        (LstmLayers((3, 2)), "window"),
        (LstmLayers((4, 3, 2)), "carried"),
        (GatedConvolutions(4, 3, (1, 2)), "carried"),
    ],
    ids=str,
)
def test_round_trip_is_exact(tmp_path, characters, model_folder, architecture, context):
    """Every kind of network is imported with the same weights, names and context."""
    manifest = replace(store.open_model(model_folder).manifest, architecture=architecture, context=context, epochs=(2,))
    generator = np.random.default_rng(1)
    tensors = {
        name: generator.normal(size=shape).astype(np.float32) for name, shape in architecture.tensor_shapes(5).items()
    }
    write_tensors(model_folder / epoch_file(2), tensors)
    write_manifest(model_folder, manifest)
    export_keras(store.open_model(model_folder), None, tmp_path / "out.keras")
    imported = import_keras(tmp_path / "out.keras", characters, tmp_path / "imported")
    assert (imported.manifest.architecture, imported.manifest.context) == (architecture, context)
    for name, tensor in imported.tensors().items():
        np.testing.assert_array_equal(tensor, tensors[name])


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([keras.layers.GRU(3), keras.layers.Dense(5, activation="softmax")], "of the kind GRU, unknown here"),
        ([keras.layers.LSTM(3), keras.layers.Dense(5)], "is not a softmax with a bias"),
        ([keras.layers.LSTM(3, activation="relu"), keras.layers.Dense(5, activation="softmax")], "activation = 'relu'"),
        ([keras.layers.LSTM(3)], "does not end in LSTM layers and a Dense one"),
        ([keras.layers.Flatten(), keras.layers.Dense(5, activation="softmax")], "of the kind Flatten, unknown here"),
        ([keras.layers.LSTM(3), keras.layers.Dense(7, activation="softmax")], "chooses among 7 characters, but"),
        ([keras.layers.LSTM(3), keras.layers.Dense(6, activation="softmax")], "reads other characters than it writes"),
    ],
)
def test_network_of_another_kind_is_refused(tmp_path, characters, layers, message):
    """The sentence names the file and the layer, and no folder is left."""
    path = saved(keras.Sequential([keras.Input((7, 5)), *layers]), tmp_path)
    with pytest.raises(TrainingError) as error:
        import_keras(path, characters, tmp_path / "mine")
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert not (tmp_path / "mine").exists()


def test_code_in_a_keras_file_is_not_run(tmp_path, characters):
    """Keras's safe mode refuses a Lambda layer, which is code."""
    model = keras.Sequential([keras.Input((7, 5)), keras.layers.Lambda(lambda x: x), keras.layers.LSTM(3)])
    with pytest.raises(TrainingError, match="not a network that Keras can read safely"):
        import_keras(saved(model, tmp_path), characters, tmp_path / "mine")


@pytest.mark.parametrize(("name", "content"), [("m.keras", b"nothing"), ("m.h5", b""), ("m.txt", b"")])
def test_file_that_is_no_network_is_refused(tmp_path, characters, name, content):
    """In one sentence."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrainingError) as error:
        import_keras(tmp_path / name, characters, tmp_path / "mine")
    assert "\n" not in str(error.value)


def test_existing_files_are_not_overwritten(tmp_path, characters, model_folder):
    """Neither a folder by an import nor a file by an export."""
    path = saved(book_network(5, 3, 7, unroll=False), tmp_path)
    with pytest.raises(TrainingError, match="is there already"):
        import_keras(path, characters, model_folder)
    with pytest.raises(TrainingError, match="is there already"):
        export_keras(store.open_model(model_folder), None, path)
