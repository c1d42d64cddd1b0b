"""Resuming: a run ends as an uninterrupted one, and a folder of something else is refused and left as it is."""

import errno
import os
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import safetensors

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import read_epoch
from charlstm.recipes.recipe import TrainingError
from charlstm.training import loop
from charlstm.training.resume import LOCK_FILE, STATE_FILE, locked_folder
from tests.training.tiny import CORPUS, TINY, TINY_CONV, TINY_DEEP, TINY_GRU, Interrupting, Recorder


def contents(folder):
    """Return the bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_finished_run_is_not_changed(finished_run, tmp_path):
    """By training it again."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    recorder = Recorder()
    loop.train(CORPUS, TINY, folder, recorder)
    assert (recorder.resumed_after, recorder.batches) == (2, [])
    assert contents(folder) == contents(finished_run(TINY)[0])


def test_finished_run_takes_more_epochs(finished_run, tmp_path):
    """It ends exactly as one that had them from the beginning."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    longer = replace(TINY, epochs=3)
    loop.train(CORPUS, longer, folder, Recorder())
    loop.train(CORPUS, longer, tmp_path / "at once" / "tiny", Recorder())
    one, other = contents(folder), contents(tmp_path / "at once" / "tiny")
    assert one["epoch-003.safetensors"] == other["epoch-003.safetensors"]
    assert one["samples.jsonl"] == other["samples.jsonl"]
    assert one["model.json"] == other["model.json"]


@pytest.mark.parametrize("recipe", [TINY_DEEP, TINY_GRU, TINY_CONV], ids=["deep", "gru", "conv"])
def test_interrupted_run_ends_as_an_uninterrupted_one(finished_run, tmp_path, recipe):
    """With chunks, dropout, schedule and EMA; only the seconds may differ."""
    with pytest.raises(KeyboardInterrupt):
        loop.train(CORPUS, recipe, tmp_path / "tiny", Interrupting(2))
    loop.train(CORPUS, recipe, tmp_path / "tiny", Recorder())
    resumed, uninterrupted = store.open_model(tmp_path / "tiny"), store.open_model(finished_run(recipe)[0])
    assert resumed.manifest == uninterrupted.manifest
    assert resumed.samples == uninterrupted.samples
    for one, other in zip(resumed.history, uninterrupted.history, strict=True):
        assert (one.epoch, one.held_out_loss) == (other.epoch, other.held_out_loss)


def test_training_state_has_float32_weights(finished_run):
    """Not the float16 ones of the epoch's file."""
    folder, _ = finished_run(TINY)
    with safetensors.safe_open(folder / STATE_FILE, framework="numpy") as file:
        full = file.get_tensor("model/dense/kernel")
    kept = read_epoch(folder / "epoch-002.safetensors", store.open_model(folder).manifest)
    assert full.dtype == np.float32
    assert (full != kept["dense/kernel"]).any()
    np.testing.assert_array_equal(full.astype(np.float16).astype(np.float32), kept["dense/kernel"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"learning_rate": 0.02}, "--learning-rate 0.01, not 0.02"),
        ({"random_seed": 2}, "--random-seed 1, not 2"),
        ({"units": (9,)}, "--units 8, not 9"),
        ({"clip_norm": 1.0}, "--clip-norm none, not 1.0"),
        ({"case": "keep"}, "--case 'lower', not 'keep'"),
    ],
)
def test_train_refuses_a_folder_of_another_recipe(finished_run, tmp_path, change, told):
    """In one sentence, which names the flag."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    with pytest.raises(TrainingError, match=f"holds a run with {told}: go on with what it has, or choose another"):
        loop.train(CORPUS, replace(TINY, **change), folder, Recorder())
    assert contents(folder) == contents(finished_run(TINY)[0])


def test_train_refuses_a_folder_of_another_encoding(finished_run, tmp_path):
    """The same bytes are another text in it."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    with pytest.raises(TrainingError, match="holds a run with --encoding utf-8, not cp1252: go on with what it has"):
        loop.train(replace(CORPUS, encoding="cp1252"), TINY, folder, Recorder())
    assert contents(folder) == contents(finished_run(TINY)[0])


def test_train_refuses_a_folder_of_another_corpus(finished_run, tmp_path):
    """In one sentence."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    with pytest.raises(
        TrainingError, match="holds a run of another corpus, whose sha256 begins with hash of the , not another:"
    ):
        loop.train(replace(CORPUS, sha256="another"), TINY, folder, Recorder())
    assert contents(folder) == contents(finished_run(TINY)[0])


def test_train_refuses_a_trained_model_without_its_state(finished_run, tmp_path):
    """A model from elsewhere is not overwritten."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    (folder / STATE_FILE).unlink()
    before = contents(folder)
    with pytest.raises(TrainingError, match=r"holds a trained model without training\.safetensors"):
        loop.train(CORPUS, TINY, folder, Recorder())
    assert contents(folder) == before


def test_train_refuses_a_folder_of_other_files(tmp_path):
    """That are not a model's."""
    (tmp_path / "letter.doc").touch()
    with pytest.raises(TrainingError, match=r"holds other files \('letter.doc'\): choose a new folder"):
        loop.train(CORPUS, TINY, tmp_path, Recorder())
    assert list(contents(tmp_path)) == ["letter.doc"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (STATE_FILE, b"broken", "training.safetensors is damaged"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n0,nan,1,0\n", "does not tell of epochs 0 to 2"),
        ("history.csv", b"broken", "history.csv is damaged|does not tell of epochs"),
        ("samples.jsonl", b"broken", "samples.jsonl is damaged"),
    ],
)
def test_train_refuses_a_damaged_folder(finished_run, tmp_path, name, content, told):
    """One sentence names the damaged file."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=told):
        loop.train(CORPUS, replace(TINY, epochs=3), folder, Recorder())
    assert not (folder / "epoch-003.safetensors").exists()


def test_train_refuses_a_folder_that_another_run_has_locked(tmp_path):
    """And leaves no file behind, as the other does not when it ends."""
    with locked_folder(tmp_path):
        with pytest.raises(TrainingError, match=r"another training is at work in .*: wait until it ends"):
            loop.train(CORPUS, TINY, tmp_path, Recorder())
        assert list(contents(tmp_path)) == [LOCK_FILE]
    assert contents(tmp_path) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fcntl")
@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK])
def test_train_needs_no_locks_of_the_file_system(tmp_path, monkeypatch, number):
    """Where there are none, two runs in one folder are the user's to avoid."""

    def without_locks(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", without_locks)
    with locked_folder(tmp_path), locked_folder(tmp_path):
        pass


def test_train_refuses_a_folder_that_cannot_be_made(tmp_path):
    """One sentence says why."""
    (tmp_path / "file").touch()
    for into in (tmp_path / "file", tmp_path / "file" / "model"):
        with pytest.raises(TrainingError, match=r"the folder .* cannot be made \((File exists|Not a directory)\)"):
            loop.train(CORPUS, TINY, into, Recorder())
