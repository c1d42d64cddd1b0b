"""A model folder as a whole is read as it was written, and `find_models` returns the usable ones."""

import shutil

import numpy as np
import pytest

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.store import find_models, open_model
from charlstm.model_folder.training_records import Sample

EPOCH = "epoch-002.safetensors"


def test_open_model_reads_what_was_written(model_folder):
    """The manifest, history, samples and weights of a folder come back as they were written."""
    model = open_model(model_folder)
    assert model.manifest.vocabulary == ("\n", " ", "a", "b", "ë")
    assert [line.epoch for line in model.history] == [0, 1, 2]
    assert np.isnan(model.history[0].train_loss)
    figures = model.figures(1)
    assert figures is not None
    assert figures.held_out_loss == 1.4
    assert model.samples == (Sample(2, 0.5, 1, "a b", "ab\n ë"),)
    assert "ab" in model.words
    assert model.network(0).vocabulary_size == 5
    assert find_models(model_folder.parent)[1] == []


def test_network_names_the_epochs_that_are_kept(model_folder):
    """In the message about an epoch that was not kept."""
    with pytest.raises(ModelError, match="has no epoch 1: it keeps 0, 2, and 2 is the best"):
        open_model(model_folder).network(1)


@pytest.mark.parametrize("name", ["nowhere", "x" * 5000, "model.json"])
def test_open_model_refuses_what_is_no_folder(model_folder, name):
    """A path that is no folder, or cannot be one, is one sentence."""
    with pytest.raises(ModelError, match=r"there is no model folder|cannot be read"):
        open_model(model_folder / name)


def test_find_models_returns_usable_models_and_the_errors_of_others(model_folder):
    """A broken folder does not hide the others; hidden folders and files are ignored."""
    broken = shutil.copytree(model_folder, model_folder.parent / "broken")
    (broken / EPOCH).unlink()
    (model_folder.parent / ".hidden").mkdir()
    (model_folder.parent / "file.txt").touch()
    models, complaints = find_models(model_folder.parent)
    assert [model.folder for model in models] == [model_folder]
    assert complaints == [f"{broken / EPOCH} is missing"]
    assert find_models(model_folder / "nowhere") == ([], [])
