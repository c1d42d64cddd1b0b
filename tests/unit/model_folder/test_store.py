"""A model folder: what was written is read, and whatever is wrong with it is one sentence."""

import dataclasses
import errno
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.model_folder import store
from charlstm.model_folder.store import ModelError, find_models, open_model

EPOCH = "epoch-002.safetensors"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
fuzzing = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def change_manifest(folder, **changes):
    """Write model.json with some fields changed; ... removes one."""
    path = folder / "model.json"
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({name: value for name, value in content.items() if value is not ...}))


def change_tensor(folder, name, change):
    """Write an epoch's file with one tensor changed; None removes it."""
    tensors = safetensors.numpy.load((folder / EPOCH).read_bytes())
    tensor = change(tensors.pop(name))
    if tensor is not None:
        tensors[name] = tensor
    (folder / EPOCH).write_bytes(safetensors.numpy.save(tensors))


def assert_refused(folder, *told):
    """Check that the folder is refused in one line that says all of `told`, and not offered by `find_models`."""
    with pytest.raises(ModelError) as error:
        open_model(folder)
    message = str(error.value)
    for part in told:
        assert part in message
    assert "\n" not in message
    assert len(message) < 500
    assert find_models(folder.parent) == ([], [message])


def test_open_model_reads_what_was_written(model_folder):
    """The manifest, history, samples and weights of a folder come back as they were written."""
    model = open_model(model_folder)
    assert model.manifest.vocabulary == ("\n", " ", "a", "b", "ë")
    assert [line.epoch for line in model.history] == [0, 1, 2]
    assert np.isnan(model.history[0].train_loss)
    assert model.figures(1).held_out_loss == 1.4
    assert model.samples == (store.Sample(2, 0.5, 1, "a b", "ab\n ë"),)
    assert "ab" in model.words
    assert model.network(0).vocabulary_size == 5
    assert find_models(model_folder.parent)[1] == []


def test_network_names_the_epochs_that_are_kept(model_folder):
    """Asking for an epoch that was not kept is one sentence with those there are."""
    with pytest.raises(ModelError, match="has no epoch 1: it keeps 0, 2, and 2 is the best"):
        open_model(model_folder).network(1)


def test_stored_tensors_keep_their_range():
    """Weights are kept as float16 where they fit, and as float32 where float16 would make them infinite."""
    tensors = store.stored({"small": np.float32([65504.0]), "large": np.float32([65536.0])})
    assert {name: tensor.dtype.name for name, tensor in tensors.items()} == {"small": "float16", "large": "float32"}
    assert tensors["large"] == 65536.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda tensor: None, "the tensor dense/bias is missing"),
        (lambda tensor: tensor[:-1], "the tensor dense/bias has the shape (4,), not (5,)"),
        (lambda tensor: tensor[:, None], "the tensor dense/bias has the shape (5, 1), not (5,)"),
        (lambda tensor: tensor.astype(np.float64), "the tensor dense/bias has the type float64"),
        (lambda tensor: tensor.astype(np.int32), "the tensor dense/bias has the type int32"),
        (lambda tensor: tensor * np.nan, "the tensor dense/bias has a value that is not finite"),
        (lambda tensor: tensor + np.inf, "the tensor dense/bias has a value that is not finite"),
        (lambda tensor: tensor.astype(np.float32) + 2e30, "the tensor dense/bias has a value beyond 1e+30"),
    ],
)
def test_open_model_names_the_tensor_and_the_reason(model_folder, change, told):
    """A missing or wrong tensor is named with its file and what is wrong with it."""
    change_tensor(model_folder, "dense/bias", change)
    assert_refused(model_folder, EPOCH, told)


def test_open_model_names_a_renamed_tensor(model_folder):
    """A tensor under another name is missing under its own."""
    tensors = safetensors.numpy.load((model_folder / EPOCH).read_bytes())
    tensors["dense/bais"] = tensors.pop("dense/bias")
    (model_folder / EPOCH).write_bytes(safetensors.numpy.save(tensors))
    assert_refused(model_folder, EPOCH, "the tensor dense/bias is missing")


def test_open_model_names_a_tensor_too_many(model_folder):
    """A tensor that the network does not have is refused."""
    tensors = safetensors.numpy.load((model_folder / EPOCH).read_bytes())
    tensors["../extra\n"] = np.zeros(1, np.float32)
    (model_folder / EPOCH).write_bytes(safetensors.numpy.save(tensors))
    assert_refused(model_folder, EPOCH, "there is a tensor '../extra\\n' that this network does not have")


def test_open_model_refuses_a_truncated_file_of_any_length(model_folder):
    """Wherever an epoch's file ends too early, it is refused as truncated."""
    content = (model_folder / EPOCH).read_bytes()
    for length in {*range(0, len(content), 17), 0, 1, 7, 8, 9, len(content) - 1}:
        (model_folder / EPOCH).write_bytes(content[:length])
        assert_refused(model_folder, EPOCH, "is truncated or not a safetensors file")


def test_open_model_names_a_missing_file(model_folder):
    """An epoch that the manifest lists and the folder lacks is named."""
    (model_folder / EPOCH).unlink()
    assert_refused(model_folder, EPOCH, "is missing")


@fuzzing
@given(data=st.data())
def test_open_model_survives_any_bytes_in_an_epoch(model_folder, data):
    """However an epoch's bytes are changed, the folder is read or refused in a sentence."""
    content = bytearray((model_folder / "epoch-000.safetensors").read_bytes())
    end = data.draw(st.sampled_from([20, 200, len(content)]), "up to where to change")
    for place, value in data.draw(st.dictionaries(st.integers(0, end - 1), st.integers(0, 255), min_size=1)).items():
        content[place] = value
    (model_folder / EPOCH).write_bytes(content)
    try:
        open_model(model_folder).network(2)
    except ModelError as error:
        assert EPOCH in str(error)


@fuzzing
@given(header=st.dictionaries(st.text(max_size=8), json_values, max_size=4) | json_values, body=st.binary(max_size=30))
def test_open_model_survives_any_header_in_an_epoch(model_folder, header, body):
    """A safetensors file whose header is some other JSON is refused in a sentence."""
    text = json.dumps(header).encode()
    (model_folder / EPOCH).write_bytes(len(text).to_bytes(8, "little") + text + body)
    assert_refused(model_folder, EPOCH)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "F8_E5M2", "BOOL", "I64", "F64", "U8", "F4", "nonsense"])
def test_open_model_refuses_other_types(model_folder, dtype):
    """A tensor of a type that is not ours is refused, also one that NumPy does not know."""
    size = {"BF16": 2, "I64": 8, "F64": 8}.get(dtype, 1)
    header = json.dumps({"dense/bias": {"dtype": dtype, "shape": [5], "data_offsets": [0, 5 * size]}}).encode()
    (model_folder / EPOCH).write_bytes(len(header).to_bytes(8, "little") + header + bytes(5 * size))
    assert_refused(model_folder, EPOCH)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": 1}, "has the format version 1, which is unknown"),
        ({"format": ...}, "has the format version None, which is unknown"),
        ({"format": True}, "has the format version True"),
        ({"vocabulary": ["\n", " ", "a", "b", "b"]}, "the vocabulary has 'b' more than once"),
        ({"vocabulary": ["\n", " ", "a", "b", "bb"]}, "not one character: 'bb'"),
        ({"vocabulary": ["\n", " ", "a", "b", 7]}, "not one character: 7"),
        ({"vocabulary": ["\n", " ", "a", "b", "\ud800"]}, "is not readable JSON"),
        ({"vocabulary": "abcde"}, "vocabulary is 'abcde', not a list"),
        ({"vocabulary": []}, "the vocabulary is empty"),
        ({"characters_by_frequency": [1, "a"]}, "characters_by_frequency does not list the characters"),
        ({"characters_by_frequency": [" ", "a", "b", "ë", "ë"]}, "characters_by_frequency does not list"),
        ({"architecture": 3}, "the architecture is not an object"),
        ({"architecture": {"kind": "oracle"}}, "the kind of the architecture is unknown"),
        ({"architecture": {"kind": "lstm"}}, "the architecture must have exactly kind, units"),
        ({"architecture": {"kind": "lstm", "units": 3}}, "units must be a list of whole numbers"),
        ({"architecture": {"kind": "lstm", "units": []}}, "units must have from 1 to 64 entries"),
        ({"architecture": {"kind": "lstm", "units": ["3"]}}, "units must be whole numbers from 1 to 65,536"),
        ({"architecture": {"kind": "lstm", "units": [10**30]}}, "units must be whole numbers from 1 to 65,536"),
        ({"architecture": {"kind": "lstm", "units": [2]}}, "has the shape"),
        (
            {"architecture": {"kind": "convolutions", "channels": 3, "width": 2, "dilations": [1]}},
            "the context is 'window', not 'carried'",
        ),
        ({"window": True}, "window is True, not a whole number"),
        ({"window": 10**400}, "window is a number of more than 40 digits"),
        ({"window": 50_000}, "window is 50000, not a whole number from 1 to 4,096"),
        ({"context": "whole"}, "the context is 'whole', not 'window' or 'carried'"),
        ({"context": ["window"]}, "the context is ['window']"),
        ({"epochs": []}, "epochs must list at least one epoch"),
        ({"epochs": [2, 0]}, "epochs must rise"),
        ({"epochs": [2, 2]}, "epochs must rise"),
        ({"epochs": ["../../2"]}, "epochs must list at least one epoch, each from 0"),
        ({"epochs": [0, 10**300]}, "epochs must list at least one epoch, each from 0"),
        ({"best_epoch": 1}, "the best epoch, 1, is not among the epochs kept"),
        ({"best_epoch": {}}, "the best epoch, {}, is not among the epochs kept"),
        ({"held_out_loss": "low"}, "held_out_loss is 'low', not a finite number"),
        ({"held_out_loss": float("nan")}, "held_out_loss is nan, not a finite number"),
        ({"held_out_loss": 10**400}, "held_out_loss is a number of more than 40 digits, not a finite number"),
        ({"name": 5}, "the name is 5, not a folder's name"),
        ({"name": "../../etc"}, "the name is '../../etc', not a folder's name"),
        ({"name": ".."}, "the name is '..', not a folder's name"),
        ({"name": "a\nb"}, "the name is 'a\\nb', not a folder's name"),
        ({"name": ""}, "the name is '', not a folder's name"),
        ({"recipe": "book"}, "recipe is 'book', not an object"),
        ({"recipe": {"name": 5}}, "the name of the recipe is 5, not a text"),
        ({"recipe": {"units": [[3]]}}, "recipe has [[3]] for 'units', not a text or a number"),
        ({"corpus": {"name": 5}}, "the name of the corpus is 5, not a text"),
        ({"corpus": {"training_characters": "many"}}, "training_characters of the corpus is 'many'"),
        ({"libraries": {"python": 3.12}}, "libraries has 3.12 for 'python', not a text"),
        ({"window": ...}, "the field window is missing"),
        ({"colour": "red"}, "there is a field 'colour' that is unknown"),
    ],
)
def test_open_model_names_the_field_and_the_reason(model_folder, changes, told):
    """A field of model.json that is missing, unknown or of no sense is named with its value."""
    change_manifest(model_folder, **changes)
    assert_refused(model_folder, "" if "shape" in told else "model.json", told)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"format": 1e999}', b"7"])
def test_open_model_refuses_garbage_for_a_manifest(model_folder, content):
    """A model.json that is no JSON object is refused in a sentence."""
    (model_folder / "model.json").write_bytes(content)
    assert_refused(model_folder, "model.json")


def test_open_model_refuses_a_pipe_for_a_manifest(model_folder):
    """A model.json that is no regular file is not waited for."""
    (model_folder / "model.json").unlink()
    os.mkfifo(model_folder / "model.json")
    assert_refused(model_folder, "model.json is missing: this is not a model folder")


@fuzzing
@given(field=st.sampled_from([field.name for field in dataclasses.fields(store.Manifest)]), value=json_values)
def test_open_model_survives_any_value_in_a_field(model_folder, field, value):
    """Whatever JSON stands in a field, the folder is read and can be used, or is refused in a sentence."""
    original = (model_folder / "model.json").read_text()
    try:
        change_manifest(model_folder, **{field: value})
        model = open_model(model_folder)
        assert model.network().vocabulary_size == 5
        assert type(model.manifest.name) is str
        assert f"{model.manifest.held_out_loss:.3f} {model.manifest.corpus.get('training_characters', 0):,}"
    except ModelError as error:
        assert "\n" not in str(error)
    finally:
        (model_folder / "model.json").write_text(original)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("history.csv", b"epoch,train_loss\n1,2\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n1,2,x,4\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n1,2,3\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n1,2,3,4\n1,2,3,4\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n" + b"9" * 5000 + b",2,3,4\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n" + b"x" * 200_000 + b"\n"),
        ("history.csv", b"epoch,\0\n\0"),
        ("history.csv", b"\xff"),
        ("samples.jsonl", b"{}\n"),
        ("samples.jsonl", b"7\n"),
        ("samples.jsonl", b"[" * 100_000),
        ("samples.jsonl", b'{"epoch": 1, "temperature": "x", "random_seed": 1, "seed_text": "", "text": ""}'),
        ("samples.jsonl", b'{"epoch": 1, "temperature": 1, "random_seed": 1, "seed_text": "", "text": 5}'),
        ("samples.jsonl", b'{"epoch": 1, "temperature": 1, "random_seed": 1, "seed_text": "", "text": "\\ud800"}'),
        ("samples.jsonl", b'{"epoch": 1.5, "temperature": 1, "random_seed": 1, "seed_text": "", "text": ""}'),
        ("samples.jsonl", b"\xff"),
        ("words.txt", b"b 1\na 1\n"),
        ("words.txt", b"a 1\nb"),
        ("words.txt", b"\xff"),
    ],
)
def test_open_model_refuses_a_damaged_record(model_folder, name, content):
    """A history, samples or words file that is not what we write is named as damaged."""
    (model_folder / name).write_bytes(content)
    assert_refused(model_folder, name, "is damaged")


def test_open_model_needs_no_history(model_folder):
    """A folder without history, samples and words is still a model."""
    (model_folder / "history.csv").unlink()
    (model_folder / "samples.jsonl").unlink()
    (model_folder / "words.txt").unlink()
    model = open_model(model_folder)
    assert (model.history, model.samples, model.figures(2)) == ((), (), None)
    assert "ab" not in model.words


@pytest.mark.parametrize("name", ["nowhere", "x" * 5000, "model.json"])
def test_open_model_refuses_what_is_no_folder(model_folder, name):
    """A path that is no folder, or cannot be one, is one sentence."""
    with pytest.raises(ModelError, match=r"there is no model folder|cannot be read"):
        open_model(model_folder / name)


def test_find_models_offers_the_good_and_tells_of_the_bad(model_folder):
    """A broken folder does not hide the others; hidden folders and files are passed over."""
    broken = shutil.copytree(model_folder, model_folder.parent / "broken")
    (broken / EPOCH).unlink()
    (model_folder.parent / ".hidden").mkdir()
    (model_folder.parent / "file.txt").touch()
    models, complaints = find_models(model_folder.parent)
    assert [model.folder for model in models] == [model_folder]
    assert complaints == [f"{broken / EPOCH} is missing"]
    assert find_models(model_folder / "nowhere") == ([], [])


@pytest.mark.parametrize("failing", ["fsync", "replace", "write"])
def test_write_whole_leaves_the_old_file_when_the_disk_is_full(tmp_path, monkeypatch, failing):
    """When writing fails the file is as it was, nothing else is left, and the error names the file."""
    path = tmp_path / "file"
    store.write_whole(path, b"old")

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif failing == "replace":
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left") as error, store.whole_file(path) as file:
        file.write(b"new")
        if failing == "write":
            full()
    assert error.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@given(st.binary(max_size=50))
def test_write_whole_writes_all(content):
    """What is read back is what was written."""
    with tempfile.TemporaryDirectory() as folder:
        store.write_whole(Path(folder) / "file", content)
        assert [path.read_bytes() for path in Path(folder).iterdir()] == [content]
