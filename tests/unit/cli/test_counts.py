"""Every command about a model folder, with one that counts."""

import math
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.manifest import write_manifest
from charlstm.model_folder.training_records import EpochFigures, write_history
from charlstm.networks.architecture import NgramCounts
from tests.unit.cli.one_sentence import assert_one_sentence

TEXT = " ".join(np.random.default_rng(1).choice("the owl and pussy cat went to sea in a boat".split(), 900)) + "\n"


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def counts(run, corpus, tmp_path):
    """A folder that the command has made."""
    assert run("train", "--recipe=counts", f"--corpus={corpus}", f"--into={tmp_path / 'counts'}", "--order=4")[0] == 0
    return tmp_path / "counts"


def test_train_tells_which_files_of_a_folder_are_read(run, tmp_path):
    """The first ones by name, of many."""
    folder = tmp_path / "texts"
    (folder / "more").mkdir(parents=True)
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(TEXT[300 * number :][:300])
    code, output, _ = run("train", "--recipe=counts", f"--corpus={folder}", "--into=new", "--allow-repeats")
    assert code == 0
    listed = ", ".join(f"{number:02}.txt" for number in range(10))
    told = [f"read: 12 files ({listed}, and 2 more)", "not read: 1 folder with all in it (more)"]
    assert output.splitlines()[1:3] == told


@pytest.mark.parametrize(("loss", "told"), [(9.0, []), (math.nan, ["The loss became nan or infinite; a lower"])])
def test_train_tells_that_nothing_was_learned(run, corpus, model_folder, monkeypatch, loss, told):
    """Where the untrained network is the best."""

    def diverge(_, __, folder, *___):
        write_history(folder, [EpochFigures(0, math.nan, 1.25, 0.0), EpochFigures(2, loss, loss, 9.0)])
        manifest = store.open_model(folder).manifest
        write_manifest(folder, replace(manifest, best_epoch=0))

    monkeypatch.setattr("charlstm.training.loop.train", diverge)
    code, output, _ = run("train", "--recipe=counts", f"--corpus={corpus}", f"--into={model_folder}")
    assert code == 0
    _, best, nothing, *more = output.splitlines()
    assert best == "Best: epoch 0, held-out loss 1.250 nats per character."
    assert nothing.startswith("Nothing was learned: epoch 0 is the untrained network")
    assert [line[: len(told[0])] for line in more] == told


def test_info_tells_how_much_is_counted(run, counts):
    """And how far it looks back."""
    code, output, _ = run("info", counts)
    manifest = store.open_model(counts).manifest
    assert isinstance(manifest.architecture, NgramCounts)
    n_grams = len(manifest.vocabulary) + sum(manifest.architecture.ngrams)
    order = manifest.best_epoch
    assert code == 0
    what = f"counts of n-grams of up to {order} characters, {n_grams:,} counts"
    assert output.startswith(f"counts: {what}, looking back {order - 1} characters\n")
    assert "\n      0       –" in output


def test_generate_writes_at_any_temperature(run, counts):
    """The coldest takes the likeliest, the hottest all alike."""
    for temperature in ("0", "0.5", "inf"):
        code, output, _ = run("generate", "--model", counts, f"--temperature={temperature}", "--length=40")
        assert (code, len(output) > 40) == (0, True)


def test_compressed_text_comes_back(run, counts, tmp_path):
    """Through the hash of the counts."""
    text = "The owl went to sea; THE CAT went too.\r\n"
    (tmp_path / "read.txt").write_bytes(text.encode())
    models = tmp_path / "models"
    models.mkdir()
    counts = counts.rename(models / "counts")
    assert run("compress", tmp_path / "read.txt", "--model", counts, "--into", tmp_path / "read.bits")[0] == 0
    assert run("decompress", tmp_path / "read.bits", "--models", models, "--into", tmp_path / "back.txt")[0] == 0
    assert (tmp_path / "back.txt").read_bytes() == text.encode()


def test_evaluate_index_and_zoo_take_counts(run, corpus, counts):
    """The loss is the one of the training."""
    code, output, _ = run("evaluate", counts, f"--corpus={corpus}", "--runs=2", "--length=50", "--record")
    assert code == 0
    assert f"  {store.open_model(counts).manifest.held_out_loss:.4f}  text.txt" in output
    before = (counts / "passages.safetensors").read_bytes()
    assert run("index", counts, f"--corpus={corpus}")[0] == 0
    assert (counts / "passages.safetensors").read_bytes() == before
    code, output, _ = run("zoo", counts.parent)
    assert code == 0
    assert re.search(r"^\| `counts`: counts of n-grams .* \| [\d,]+ counts \|", output, re.MULTILINE)


def test_calibrate_refuses_counts(run, corpus, counts):
    told = "cannot be calibrated: it counts, and has no logits that could be divided"
    assert_one_sentence(run("calibrate", counts, f"--corpus={corpus}", "--into=new"), told)


def test_export_refuses_counts_before_tensorflow_is_imported(run, counts, monkeypatch):
    """Installed or not."""
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    told = "cannot be exported: it counts n-grams, and Keras has no layer for that"
    assert_one_sentence(run("export", counts, "new.keras"), told)


@pytest.mark.parametrize("missing", ["rich", "filelock"])
def test_train_says_what_counting_needs(run, corpus, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    told = f"counting needs {missing}, which is not installed: pip install 'charlstm[train]'"
    assert_one_sentence(run("train", "--recipe=counts", f"--corpus={corpus}", "--into=new"), told)


def test_train_counts_on_one_machine(run, corpus):
    told = "counting takes one machine: leave --workers out"
    workers = ("--workers=one:7000,two:7000", "--worker=0")
    assert_one_sentence(run("train", "--recipe=counts", f"--corpus={corpus}", "--into=new", *workers), told)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("ngram_2/counts", lambda tensor: tensor[:-1], "the tensor ngram_2/counts has the shape"),
        ("ngram_2/counts", lambda tensor: tensor * 0, "the tensor ngram_2/counts has an n-gram that does not occur"),
        ("ngram_1/children", lambda tensor: tensor * 0, "the tensor ngram_1/children does not add up to"),
    ],
)
def test_damaged_folder_is_told_in_one_sentence(run, counts, name, change, told):
    """That names the file and the tensor."""
    path = counts / epoch_file(store.open_model(counts).manifest.best_epoch)
    tensors = safetensors.numpy.load(path.read_bytes())
    path.write_bytes(safetensors.numpy.save(tensors | {name: change(tensors[name])}))
    assert_one_sentence(run("info", counts), f"{path}: {told}")


def test_every_command_reads_the_capitals_that_a_network_knows(run, tmp_path):
    """And the encoding that it is told; whoever resumes with another case or encoding is refused."""
    text, folder = tmp_path / "text.txt", tmp_path / "capitals"
    text.write_bytes(TEXT.replace("the owl", "die Eule und BÄR").encode("cp1252"))
    train = ["train", "--recipe=counts", f"--corpus={text}", f"--into={folder}", "--order=4", "--encoding=cp1252"]
    told = "--case keep keeps them"
    assert told in run(*train, f"--into={tmp_path / 'lowered'}")[1]
    code, output, errors = run(*train, "--case=keep")
    assert (code, errors, told in output) == (0, "", False)
    model = store.open_model(folder)
    assert set("EBÄR") <= set(model.vocabulary.characters)
    assert any("BÄR" in sample.text for sample in model.samples)
    assert (model.manifest.recipe["case"], model.manifest.corpus["encoding"]) == ("keep", "cp1252")
    assert "holds a run with --case 'keep', not 'lower'" in run(*train)[2]
    refused = run(*train, "--case=keep", "--encoding=latin-1")
    assert "holds a run with --encoding cp1252, not iso8859-1" in refused[2]
    about = [f"--corpus={text}", "--encoding=cp1252"]
    code, output, errors = run("evaluate", folder, *about, "--runs=2", "--length=300")
    assert (code, errors) == (0, "")
    assert f"{model.manifest.held_out_loss:.3f}" in output
    passages = (folder / "passages.safetensors").read_bytes()
    assert run("index", folder, *about)[0] == 0
    assert (folder / "passages.safetensors").read_bytes() == passages
    assert "it may be cp1252: try --encoding cp1252" in run("index", folder, f"--corpus={text}")[2]
    bits = ["bits", text, "--into", tmp_path / "bits.txt", "--code=network", "--model", folder, "--encoding=cp1252"]
    assert f"of {len(text.read_bytes()):,} characters" in run(*bits)[1]
    assert run("zoo", tmp_path)[0] == run("info", folder)[0] == 0
