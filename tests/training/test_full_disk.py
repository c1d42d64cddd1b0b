"""Training onto a disk that is really full, or may not be written to: a small one in memory, as root."""

import os
import subprocess
from dataclasses import replace

import pytest

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.model_folder import store
from charlstm.recipes.recipe import TrainingError
from charlstm.training import loop
from charlstm.training.progress import PlainLines
from tests.training.tiny import TEXT, TINY


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
    """When the disk is full, one sentence names the file, and the model of the last good epoch opens."""
    corpus, long = InMemoryCorpus("small.txt", (TEXT,), "hash"), replace(TINY, epochs=60)
    with pytest.raises(
        TrainingError, match=r"cannot be written \(No space left on device\), so training stopped"
    ) as end:
        loop.train(corpus, long, small_disk / "tiny", PlainLines(60))
    model = store.open_model(small_disk / "tiny")
    kept = int(str(end.value).split("epoch ")[1].split()[0])
    assert kept >= 1
    assert kept in model.manifest.epochs
    assert not [path.name for path in (small_disk / "tiny").iterdir() if path.name.endswith(".part")]


def test_train_keeps_the_last_good_epoch_without_permission(small_disk):
    """A disk that may no longer be written to ends a training in one sentence, and changes nothing."""
    corpus = InMemoryCorpus("small.txt", (TEXT,), "hash")
    loop.train(corpus, replace(TINY, epochs=1), small_disk / "tiny", PlainLines(1))
    before = store.open_model(small_disk / "tiny").manifest
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(TrainingError, match=r"Read-only file system.*; epoch 1 is kept in"):
        loop.train(corpus, replace(TINY, epochs=2), small_disk / "tiny", PlainLines(2))
    with pytest.raises(TrainingError, match=r"the folder .* cannot be made \(Read-only file system\)"):
        loop.train(corpus, TINY, small_disk / "other", PlainLines(2))
    assert store.open_model(small_disk / "tiny").manifest == before
