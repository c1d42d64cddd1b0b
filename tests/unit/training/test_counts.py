"""A run that counts: what it leaves in its folder, and what ends it; without TensorFlow."""

import errno
import math
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from charlstm.compression.network_hash import network_hash
from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.corpora.on_disk import scan_files
from charlstm.corpora.passages import copied_passages
from charlstm.evaluation.protocol import held_out_loss_by_file
from charlstm.generation.loop import generate_batch
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder import store, training_records
from charlstm.model_folder.zip_file import unpack, zip_bytes
from charlstm.networks.architecture import NgramCounts
from charlstm.recipes.recipe import TrainingError, check_corpus, find_recipe
from charlstm.training import loop
from charlstm.training.progress import PlainLines
from charlstm.training.resume import STATE_FILE, locked_folder, read_state, run_identity

ROOT = Path(__file__).parents[3]
WORDS = "of and to in that is it the as not be for which".split()
TEXT = " ".join(np.random.default_rng(1).choice(WORDS, 4000))[:9000]
CORPUS = InMemoryCorpus("small.txt", (TEXT, TEXT[::-1]), "hash of the texts", ("small.txt", "llams.txt"))
RECIPE = replace(find_recipe("counts"), order=6, sample_length=40)


class Recorder(loop.TrainingCallback):
    """Remembers the arguments of its calls, and may end the run in an epoch as Ctrl-C does."""

    def __init__(self, interrupted=None):
        self.batches, self.epochs, self.resumed_after, self._interrupted = [], [], None, interrupted

    def on_resume(self, epoch):
        self.resumed_after = epoch

    def on_batch_end(self, epoch, done, total, loss):
        self.batches.append((epoch, done, total))
        if epoch == self._interrupted:
            raise KeyboardInterrupt

    def on_epoch_end(self, figures, samples):
        self.epochs.append(figures)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a finished run, which is not to be changed, and what was told of it."""
    folder, recorder = tmp_path_factory.mktemp("models") / "small", Recorder()
    loop.train(CORPUS, RECIPE, folder, recorder)
    return folder, recorder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_folder_is_whole(finished):
    """With the figures and samples of every epoch, and the counts of the best; epoch n is the n-grams of n."""
    model = store.open_model(finished[0])
    history = model.history
    best = min(history, key=lambda line: line.held_out_loss)
    assert [line.epoch for line in history] == list(range(7))
    assert history[0].held_out_loss == pytest.approx(math.log(len(model.vocabulary)), abs=1e-6)
    assert all(later.train_loss < earlier.train_loss for earlier, later in pairwise(history[1:]))
    assert model.manifest.epochs == (best.epoch,)
    assert isinstance(model.manifest.architecture, NgramCounts)
    assert (model.manifest.architecture.order, model.manifest.window) == (best.epoch, best.epoch - 1)
    assert model.manifest.recipe == RECIPE.as_dict()
    assert set(model.manifest.libraries) == {"python", "numpy"}
    assert [(one.epoch, one.temperature) for one in model.samples] == [
        (epoch, temperature) for epoch in range(7) for temperature in BOOK_TEMPERATURES
    ]
    assert model.words.lists
    assert model.passages is not None
    assert copied_passages(model.passages, TEXT[:500]) == [(0, 500)]


def test_samples_are_what_the_kept_counts_write(finished):
    """As those of any network."""
    model = store.open_model(finished[0])
    samples = [one for one in model.samples if one.epoch == model.manifest.best_epoch]
    seed_ids = model.vocabulary.encode(samples[0].seed_text)
    steps = generate_batch(model.network(), seed_ids, BOOK_TEMPERATURES, RECIPE.sample_length, [1] * 4)
    rows = np.array([step.character_ids for step in steps]).T
    assert [model.vocabulary.decode(row) for row in rows.tolist()] == [one.text for one in samples]


def test_held_out_loss_is_that_of_the_evaluation(finished):
    """Which is the same for all networks; here of two texts of the same length."""
    model = store.open_model(finished[0])
    losses = held_out_loss_by_file(model.network(), model.vocabulary, CORPUS)
    assert sum(losses.values()) / 2 == pytest.approx(model.manifest.held_out_loss, abs=1e-6)


def test_zip_is_the_folder(finished, tmp_path):
    """It opens, and predicts the same."""
    model = store.open_model(finished[0])
    other = unpack(zip_bytes(model), tmp_path / "zip")
    assert other.manifest == model.manifest
    assert network_hash(other.manifest, other.tensors()) == network_hash(model.manifest, model.tensors())


def test_hash_tells_large_counts_apart(finished):
    """Which float32 would not."""
    manifest = store.open_model(finished[0]).manifest
    one, other = ({"ngram_1/counts": np.array([1 << 24, 1 + more], np.uint32)} for more in (0, 1))
    more = {"ngram_1/counts": np.array([(1 << 24) + 1, 1], np.uint32)}
    assert len({network_hash(manifest, tensors) for tensors in (one, other, more)}) == 3


@pytest.mark.parametrize("epoch", [1, 4])
def test_interrupted_run_ends_as_an_uninterrupted_one(finished, tmp_path, epoch):
    """What had been counted is counted again; only the seconds may differ."""
    with pytest.raises(KeyboardInterrupt):
        loop.train(CORPUS, RECIPE, tmp_path / "small", Recorder(epoch))
    assert store.open_model(tmp_path / "small").history[-1].epoch == epoch - 1
    recorder = Recorder()
    loop.train(CORPUS, RECIPE, tmp_path / "small", recorder)
    assert (recorder.resumed_after, recorder.batches[0][0]) == (epoch - 1, epoch)
    resumed, whole = contents(tmp_path / "small"), contents(finished[0])
    for name in ("history.csv", STATE_FILE):  # seconds; and what safetensors writes in any order
        assert resumed.pop(name)
    assert {name: whole[name] for name in resumed} == resumed


def test_samples_begin_with_the_texts_own_words_and_a_resumed_run_goes_on_with_them(tmp_path, capsys):
    """A text that has none of the recipe's words; which ones were taken is told, and is in the folder."""
    line = "ห้องสมุดแห่งนี้เปิดทุกวัน นักเรียนมาอ่านหนังสือที่นี่\n"
    corpus = InMemoryCorpus("thai.txt", (line * 60,), "hash of the lines")
    loop.train(corpus, replace(RECIPE, order=2), tmp_path, PlainLines(2))
    (seed_text,) = {sample.seed_text for sample in store.open_model(tmp_path).samples}
    assert seed_text in line * 3
    assert f"samples begin with “{seed_text.replace(chr(10), '↵')}”, from the held-out text" in capsys.readouterr().out
    samples = [replace(one, seed_text="นี่") for one in store.open_model(tmp_path).samples]  # as another version chose
    training_records.write_samples(tmp_path, samples)
    loop.train(corpus, replace(RECIPE, order=3), tmp_path, Recorder())
    assert {sample.seed_text for sample in store.open_model(tmp_path).samples} == {"นี่"}


def test_what_a_chosen_seed_text_loses_is_told(tmp_path, capsys):
    loop.train(CORPUS, replace(RECIPE, order=1, sample_seed_text="of a kōan?"), tmp_path, PlainLines(1))
    assert "samples begin with “of a oan”; unknown to the network, and left out: k 1, ? 1\n" in capsys.readouterr().out


def test_finished_run_is_not_changed(finished, tmp_path):
    """By the same command again; with a higher order it goes on."""
    folder = shutil.copytree(finished[0], tmp_path / "small")
    recorder = Recorder()
    loop.train(CORPUS, RECIPE, folder, recorder)
    assert (recorder.resumed_after, recorder.batches) == (6, [])
    assert contents(folder) == contents(finished[0])
    loop.train(CORPUS, replace(RECIPE, order=7), folder, recorder)
    assert recorder.batches == [(7, 1, 1)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"least_ngram_count": 7}, f"--least-ngram-count {RECIPE.least_ngram_count}, not 7"),
        ({"random_seed": 2, "least_ngram_count": 7}, "--random-seed 1, not 2"),
        ({"name": "mine", "least_count": 3}, "--recipe 'counts', not 'mine'"),
        ({"sample_seed_text": "the"}, "--sample-seed-text 'a machine that reads the philosophers"),
        (vars(find_recipe("deep")) | {"name": "counts", "least_count": 1}, "--network 'counts', not 'lstm'"),
    ],
)
def test_folder_of_another_run_is_refused(finished, tmp_path, change, told):
    """The first flag that differs is named, with both values."""
    folder = shutil.copytree(finished[0], tmp_path / "small")
    recipe = replace(RECIPE, **change)
    with pytest.raises(TrainingError) as error:
        read_state(folder, run_identity(recipe, CORPUS))
    assert str(error.value).startswith(f"{folder} holds a run with {told}")
    assert str(error.value).endswith(": go on with what it has, or choose another folder")
    assert contents(folder) == contents(finished[0])


@pytest.mark.parametrize(
    ("corpus", "workers", "told"),
    [
        (
            replace(CORPUS, sha256="f" * 64),
            1,
            "another corpus, whose sha256 begins with hash of the , not ffffffffffff",
        ),
        (CORPUS, 2, "1 workers or GPUs, not 2"),
    ],
)
def test_folder_of_another_corpus_or_other_workers_is_refused(finished, corpus, workers, told):
    with pytest.raises(TrainingError, match=f"holds a run of {told}: go on with what it has"):
        read_state(finished[0], run_identity(RECIPE, corpus, workers))


def test_state_of_another_kind_is_refused(finished, tmp_path):
    """One sentence; it is never counted for longer than the longest n-grams take."""
    folder = shutil.copytree(finished[0], tmp_path / "small")
    content = (folder / STATE_FILE).read_bytes()
    (folder / STATE_FILE).write_bytes(content[:-8] + np.array([1 << 60]).tobytes())
    with pytest.raises(TrainingError, match="does not fit this network"):
        loop.train(CORPUS, RECIPE, folder, Recorder())


def test_folder_that_another_run_has_locked_is_refused(tmp_path):
    with locked_folder(tmp_path), pytest.raises(TrainingError, match="another training is at work in"):
        loop.train(CORPUS, RECIPE, tmp_path, Recorder())


@pytest.mark.parametrize("write", range(5))
def test_full_disk_keeps_the_last_good_epoch(tmp_path, monkeypatch, write):
    """One sentence names the file that does not fit, and the run can be gone on with."""
    folder = tmp_path / "small"
    loop.train(CORPUS, replace(RECIPE, order=2), folder, Recorder())
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
            loop.train(CORPUS, replace(RECIPE, order=3), folder, Recorder())
    names = ["epoch-003.safetensors", "history.csv", "samples.jsonl", "model.json", STATE_FILE]
    assert str(error.value) == (
        f"{folder / names[write]} cannot be written (No space left on device), so training stopped; "
        f"epoch 2 is kept in {folder}, and the same command goes on from there"
    )
    assert store.open_model(folder).network()
    loop.train(CORPUS, replace(RECIPE, order=3), folder, Recorder())
    assert store.open_model(folder).history[-1].epoch == 3


def test_corpus_on_the_disk_is_refused(tmp_path):
    """In one sentence that says what to do."""
    (tmp_path / "text.txt").write_text(TEXT)
    with pytest.raises(TrainingError, match=r"too long to be counted, .* at most 32 MB, or choose another recipe$"):
        check_corpus(scan_files("text.txt", [tmp_path / "text.txt"]), RECIPE)


def test_command_counts_without_tensorflow(tmp_path):
    """From the start of the process to the last line."""
    (tmp_path / "text.txt").write_text(TEXT)
    program = (
        "import sys; from charlstm.cli import app\n"
        "sys.argv[1:] = ['train', '--recipe=counts', '--corpus=text.txt', '--into=new', '--allow-repeats']\n"
        "try: app.main()\n"
        "finally: print({'tensorflow', 'keras'} & sys.modules.keys())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "epoch 8/8: train loss" in result.stdout
    assert result.stdout.endswith(" nats per character.\nset()\n")
