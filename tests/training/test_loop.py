"""Training: what an epoch leaves, what stops it, and what it refuses to begin."""

import errno
import math
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
import safetensors

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder import store
from charlstm.recipes.recipe import TrainingError
from charlstm.text.word_list import Lexicon
from charlstm.training import loop
from charlstm.training.resume import STATE_FILE, alone
from tests.training.tiny import TEXT, TINY, TINY_CONV, TINY_DEEP


class Silent(loop.Listener):
    """A listener that remembers what it was told."""

    def __init__(self):
        self.batches, self.epochs, self.after = [], [], None

    def resumed(self, epoch):
        self.after = epoch

    def batch(self, epoch, done, total, loss):
        self.batches.append((epoch, done, total, loss))

    def epoch(self, figures, samples):
        self.epochs.append(figures)


@pytest.fixture
def corpus():
    return InMemoryCorpus("small.txt", (TEXT,), "hash of the text")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with a finished tiny run, to be copied and not changed."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    listener = Silent()
    loop.train(InMemoryCorpus("small.txt", (TEXT,), "hash of the text"), TINY, folder, listener)
    return folder, listener


def contents(folder):
    """Return the bytes of every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_train_leaves_a_whole_model(finished, corpus):
    """After a run the folder opens, with every epoch, its figures, its samples, and where it came from."""
    model = store.open_model(finished[0])
    assert model.manifest.epochs == (0, 1, 2)
    assert model.manifest.recipe == TINY.as_dict()
    assert model.manifest.corpus == {
        "name": "small.txt",
        "sha256": "hash of the text",
        "training_characters": 4500,
        "held_out_characters": 500,
        "left_out_characters": 0,
    }
    assert [line.epoch for line in model.history] == [0, 1, 2]
    assert math.isnan(model.history[0].train_loss)
    assert model.history[2].held_out_loss < model.history[1].held_out_loss < model.history[0].held_out_loss
    assert model.manifest.best_epoch == 2
    assert model.manifest.held_out_loss == model.history[2].held_out_loss
    assert model.manifest.characters_by_frequency[0] == " "
    assert model.words == Lexicon.of_text(TEXT)


def test_train_samples_each_epoch_from_the_same_seed_and_dice(finished):
    """Each epoch has a sample at each temperature, all from one seed text and one random seed."""
    samples = store.open_model(finished[0]).samples
    assert [(line.epoch, line.temperature) for line in samples] == [
        (epoch, temperature) for epoch in (0, 1, 2) for temperature in BOOK_TEMPERATURES
    ]
    assert len({(line.seed_text, line.random_seed) for line in samples}) == 1
    assert {len(line.text) for line in samples} == {TINY.sample_length}


def test_train_tells_of_each_batch_and_epoch(finished):
    """The listener hears the moving loss of each batch, and the figures of each epoch."""
    listener = finished[1]
    of_first = [done for epoch, done, _, _ in listener.batches if epoch == 1]
    total = listener.batches[0][2]
    assert of_first == list(range(1, total + 1))
    assert total == -(-len(range(0, 4500 - 10, 3)) // 64)
    assert listener.batches[total - 1][3] == pytest.approx(listener.epochs[1].train_loss)
    assert [figures.epoch for figures in listener.epochs] == [0, 1, 2]


def test_train_again_has_nothing_to_do(finished, corpus, tmp_path):
    """The same command on a finished folder changes nothing."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
    listener = Silent()
    loop.train(corpus, TINY, folder, listener)
    assert (listener.after, listener.batches) == (2, [])
    assert contents(folder) == contents(finished[0])


def test_train_goes_on_when_more_epochs_are_asked_for(finished, corpus, tmp_path):
    """A finished run takes more epochs, and ends as one that was asked for them at once."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
    longer = replace(TINY, epochs=3)
    loop.train(corpus, longer, folder, Silent())
    loop.train(corpus, longer, tmp_path / "at once" / "tiny", Silent())
    one, other = contents(folder), contents(tmp_path / "at once" / "tiny")
    assert one["epoch-003.safetensors"] == other["epoch-003.safetensors"]
    assert one["samples.jsonl"] == other["samples.jsonl"]
    assert one["model.json"] == other["model.json"]


@pytest.mark.parametrize("change", [{"learning_rate": 0.02}, {"random_seed": 2}, {"units": (9,)}])
def test_train_refuses_a_folder_of_another_recipe(finished, corpus, tmp_path, change):
    """Another recipe in the same folder is one sentence, and the folder stays as it is."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
    with pytest.raises(
        TrainingError, match="holds a run of another recipe, corpus or number of workers: choose another folder"
    ):
        loop.train(corpus, replace(TINY, **change), folder, Silent())
    assert contents(folder) == contents(finished[0])


def test_train_refuses_a_folder_of_another_corpus(finished, corpus, tmp_path):
    """Another corpus in the same folder is one sentence, and the folder stays as it is."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
    with pytest.raises(TrainingError, match="holds a run of another recipe, corpus or number of workers"):
        loop.train(replace(corpus, sha256="another"), TINY, folder, Silent())
    assert contents(folder) == contents(finished[0])


def test_train_refuses_a_finished_model_without_its_state(finished, corpus, tmp_path):
    """A model that was learned elsewhere is not written over."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
    (folder / STATE_FILE).unlink()
    before = contents(folder)
    with pytest.raises(TrainingError, match=r"holds a trained model without training\.safetensors"):
        loop.train(corpus, TINY, folder, Silent())
    assert contents(folder) == before


def test_train_refuses_a_folder_of_other_files(corpus, tmp_path):
    """A folder with files that are not a model's is left alone."""
    (tmp_path / "letter.doc").touch()
    with pytest.raises(TrainingError, match=r"holds other files \('letter.doc'\): choose a new folder"):
        loop.train(corpus, TINY, tmp_path, Silent())
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
def test_train_refuses_a_damaged_folder(finished, corpus, tmp_path, name, content, told):
    """A run whose state or history was damaged is not gone on with, and the file is named."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=told):
        loop.train(corpus, replace(TINY, epochs=3), folder, Silent())
    assert not (folder / "epoch-003.safetensors").exists()


def test_train_refuses_a_folder_in_use(corpus, tmp_path):
    """Two trainings in one folder at once are told apart: the second is refused."""
    with alone(tmp_path), pytest.raises(TrainingError, match=r"another training is at work in .*: wait until it ends"):
        loop.train(corpus, TINY, tmp_path, Silent())
    assert contents(tmp_path) == {}


def test_train_refuses_a_file_for_a_folder(corpus, tmp_path):
    """Where the folder cannot be made, one sentence says why."""
    (tmp_path / "file").touch()
    for into in (tmp_path / "file", tmp_path / "file" / "model"):
        with pytest.raises(TrainingError, match=r"the folder .* cannot be made \((File exists|Not a directory)\)"):
            loop.train(corpus, TINY, into, Silent())


def test_train_stops_when_it_diverges_and_keeps_the_last_good_epoch(corpus, tmp_path):
    """With an absurd learning rate the loss becomes infinite or NaN; the epoch before it stays, whole."""
    absurd = replace(TINY, learning_rate=1e38)
    listener = Silent()
    with pytest.raises(TrainingError, match=r"the loss became (nan|inf) in epoch 1.*; epoch 0 is kept in .*tiny"):
        loop.train(corpus, absurd, tmp_path / "tiny", listener)
    assert store.open_model(tmp_path / "tiny").manifest.epochs == (0,)
    assert len(listener.batches) < 10, "it stopped at once, not at the end of the epoch"


def test_train_goes_on_diverging_when_the_recipe_says_so(corpus, tmp_path):
    """A recipe that says to go on keeps the NaN in its history, and no weights that are not finite."""
    absurd = replace(TINY, learning_rate=1e38, when_diverging="continue")
    loop.train(corpus, absurd, tmp_path / "tiny", Silent())
    model = store.open_model(tmp_path / "tiny")
    assert [line.epoch for line in model.history] == [0, 1, 2]
    assert math.isnan(model.history[2].train_loss)
    assert (model.manifest.epochs, model.manifest.best_epoch) == ((0,), 0)


@pytest.mark.parametrize("write", range(5))
def test_train_keeps_the_last_good_epoch_when_the_disk_is_full(finished, corpus, tmp_path, monkeypatch, write):
    """Whichever of an epoch's five files does not fit, one sentence says so, and the run can be gone on with."""
    folder = shutil.copytree(finished[0], tmp_path / "tiny")
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
            loop.train(corpus, longer, folder, Silent())
    names = ["epoch-003.safetensors", "history.csv", "samples.jsonl", "model.json", STATE_FILE]
    assert str(error.value) == (
        f"{folder / names[write]} cannot be written (No space left on device), so training stopped; "
        f"epoch 2 is kept in {folder}, and the same command goes on from there"
    )
    assert store.open_model(folder).network(2)
    assert not [path for path in folder.iterdir() if path.name.endswith(".part")]
    loop.train(corpus, longer, folder, Silent())
    assert store.open_model(folder).manifest.epochs == (0, 1, 2, 3)


def test_train_writes_a_name_that_can_be_read(corpus, tmp_path):
    """A folder with a name that cannot be shown on one line still makes a model that opens."""
    loop.train(corpus, replace(TINY, epochs=1), tmp_path / "a\nb", Silent())
    assert store.open_model(tmp_path / "a\nb").manifest.name == "a_b"


def test_state_holds_the_full_weights(finished):
    """What is gone on from is not the rounded weights of the model folder."""
    with safetensors.safe_open(finished[0] / STATE_FILE, framework="numpy") as file:
        full = file.get_tensor("model/dense/kernel")
    kept = store.read_epoch(finished[0] / "epoch-002.safetensors", store.open_model(finished[0]).manifest)
    assert full.dtype == np.float32
    assert (full != kept["dense/kernel"]).any()
    np.testing.assert_array_equal(full.astype(np.float16).astype(np.float32), kept["dense/kernel"])


class Stopping(Silent):
    """A listener that ends the run in the middle of an epoch, as Ctrl-C would."""

    def __init__(self, epoch):
        super().__init__()
        self.at = epoch

    def batch(self, epoch, done, total, loss):
        if (epoch, done) == (self.at, total // 2):
            raise KeyboardInterrupt


@pytest.mark.parametrize("recipe", [TINY_DEEP, TINY_CONV], ids=["deep", "conv"])
def test_a_stopped_run_ends_with_the_files_of_an_unbroken_one(corpus, tmp_path, recipe):
    """Streams, dropout, schedule and the averaged weights included; the time it took may differ."""
    with pytest.raises(KeyboardInterrupt):
        loop.train(corpus, recipe, tmp_path / "stopped" / "tiny", Stopping(2))
    loop.train(corpus, recipe, tmp_path / "stopped" / "tiny", Silent())
    loop.train(corpus, recipe, tmp_path / "unbroken" / "tiny", Silent())
    stopped, unbroken = (store.open_model(tmp_path / name / "tiny") for name in ("stopped", "unbroken"))
    assert stopped.manifest == unbroken.manifest
    assert stopped.samples == unbroken.samples
    for one, other in zip(stopped.history, unbroken.history, strict=True):
        assert (one.epoch, one.held_out_loss) == (other.epoch, other.held_out_loss)


def test_only_the_best_epoch_is_kept_where_the_recipe_says_so(corpus, tmp_path):
    """The folder has one epoch's weights, the best of the history; all figures and samples stay."""
    loop.train(corpus, TINY_DEEP, tmp_path / "tiny", Silent())
    model = store.open_model(tmp_path / "tiny")
    best = min(model.history, key=lambda line: line.held_out_loss)
    assert model.manifest.epochs == (best.epoch,) == (model.manifest.best_epoch,)
    assert [path.name for path in (tmp_path / "tiny").glob("epoch-*")] == [store.epoch_file(best.epoch)]
    assert len(model.history) == TINY_DEEP.epochs + 1
    assert model.manifest.context == "carried"


def test_a_run_stops_early_when_it_no_longer_gets_better(corpus, tmp_path):
    """With a learning rate that ruins the network, `patience` epochs after the best one."""
    ruinous = replace(TINY_DEEP, learning_rate=50.0, schedule="constant", warmup_steps=None, epochs=40, patience=2)
    loop.train(corpus, ruinous, tmp_path / "tiny", Silent())
    model = store.open_model(tmp_path / "tiny")
    assert model.history[-1].epoch == model.manifest.best_epoch + 2 < 40
    listener = Silent()
    loop.train(corpus, ruinous, tmp_path / "tiny", listener)
    assert listener.batches == []


def test_what_a_recipe_folds_and_leaves_out_is_counted(tmp_path):
    """Rare characters and a printer's quotes: the vocabulary has neither, and the folder says how many went."""
    text = TEXT + "“ß ☃" + TEXT
    loop.train(
        InMemoryCorpus("folded", (text,), "hash"), replace(TINY_DEEP, least_count=2), tmp_path / "tiny", Silent()
    )
    manifest = store.open_model(tmp_path / "tiny").manifest
    assert not set("“ß☃") & set(manifest.vocabulary)
    assert manifest.corpus["left_out_characters"] == 2  # the quote, whose plain one is as rare, and the snowman
