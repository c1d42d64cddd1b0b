"""Training onto a disk that is full or read-only: a simulated one, and a real one in memory, as root."""

import errno
import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from charlstm.model_folder import store
from charlstm.recipes.recipe import TrainingError
from charlstm.training import loop
from charlstm.training.resume import STATE_FILE
from tests.training.tiny import CORPUS, TINY, Recorder


@pytest.mark.parametrize("write", range(5))
def test_train_keeps_the_last_good_epoch_whichever_file_fails(finished_run, tmp_path, monkeypatch, write):
    """One sentence names the file of the epoch that does not fit on the disk, and the run can be resumed."""
    folder = shutil.copytree(finished_run(TINY)[0], tmp_path / "tiny")
    longer = replace(TINY, epochs=3)
    written = []
    flush = os.fsync

    def full(handle):
        written.append(handle)
        if len(written) > write:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(TrainingError) as error:
            loop.train(CORPUS, longer, folder, Recorder())
    names = ["epoch-003.safetensors", "history.csv", "samples.jsonl", "model.json", STATE_FILE]
    assert str(error.value) == (
        f"{folder / names[write]} cannot be written (No space left on device), so training stopped; "
        f"epoch 2 is kept in {folder}, and the same command goes on from there"
    )
    assert store.open_model(folder).network(2)
    assert not [path for path in folder.iterdir() if path.name.endswith(".part")]
    loop.train(CORPUS, longer, folder, Recorder())
    assert store.open_model(folder).manifest.epochs == (0, 1, 2, 3)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 128 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_train_keeps_the_last_good_epoch_on_a_full_disk(small_disk):
    """One sentence names the file, and the model of the last good epoch opens."""
    with pytest.raises(
        TrainingError, match=r"cannot be written \(No space left on device\), so training stopped"
    ) as end:
        loop.train(CORPUS, replace(TINY, epochs=60), small_disk / "tiny", Recorder())
    model = store.open_model(small_disk / "tiny")
    kept = int(str(end.value).split("epoch ")[1].split()[0])
    assert kept >= 1
    assert kept in model.manifest.epochs
    assert not [path.name for path in (small_disk / "tiny").iterdir() if path.name.endswith(".part")]


def test_train_keeps_the_last_good_epoch_on_a_read_only_disk(small_disk):
    """One sentence, and nothing changes."""
    loop.train(CORPUS, replace(TINY, epochs=1), small_disk / "tiny", Recorder())
    before = store.open_model(small_disk / "tiny").manifest
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(TrainingError, match=r"Read-only file system.*; epoch 1 is kept in"):
        loop.train(CORPUS, replace(TINY, epochs=2), small_disk / "tiny", Recorder())
    with pytest.raises(TrainingError, match=r"the folder .* cannot be made \(Read-only file system\)"):
        loop.train(CORPUS, TINY, small_disk / "other", Recorder())
    assert store.open_model(small_disk / "tiny").manifest == before
