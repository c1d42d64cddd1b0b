"""model.json: whatever is wrong with a field is one sentence."""

import dataclasses
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.model_folder.manifest import Manifest, ModelError, read_manifest, write_manifest
from charlstm.model_folder.store import open_model
from charlstm.networks.architecture import LstmLayers

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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 1}, "the format version is 1, which is unknown: this program reads version 2"),
        ({"format": ...}, "the format version is None, which is unknown"),
        ({"format": True}, "the format version is True"),
        ({"vocabulary": ["\n", " ", "a", "b", "b"]}, "the vocabulary has 'b' more than once"),
        ({"vocabulary": ["\n", " ", "a", "b", "bb"]}, "not one character: 'bb'"),
        ({"vocabulary": ["\n", " ", "a", "b", 7]}, "not one character: 7"),
        ({"vocabulary": ["\n", " ", "a", "b", "\ud800"]}, "is not readable JSON"),
        ({"vocabulary": "abcde"}, "vocabulary is 'abcde'; it must be a list"),
        ({"vocabulary": []}, "the vocabulary is empty"),
        ({"characters_by_frequency": [1, "a"]}, "characters_by_frequency[0] is 1; it must be a text"),
        ({"characters_by_frequency": [" ", "a", "b", "ë", "ë"]}, "characters_by_frequency does not list"),
        ({"architecture": 3}, "architecture is 3; it must be an object"),
        ({"architecture": {"kind": "oracle"}}, "the kind of the architecture is unknown"),
        ({"architecture": {"kind": "lstm"}}, "the architecture must have exactly kind, units"),
        ({"architecture": {"kind": "lstm", "units": 3}}, "units must be a list of whole numbers"),
        ({"architecture": {"kind": "lstm", "units": []}}, "units must have from 1 to 64 entries"),
        ({"architecture": {"kind": "lstm", "units": ["3"]}}, "units must be whole numbers from 1 to 65,536"),
        ({"architecture": {"kind": "lstm", "units": [10**30]}}, "units must be whole numbers from 1 to 65,536"),
        ({"architecture": {"kind": "lstm", "units": [2]}}, "has the shape"),
        (
            {"architecture": {"kind": "convolutions", "channels": 3, "width": 2, "dilations": [1]}},
            "context is 'window'; it must be 'carried' for convolutions",
        ),
        ({"window": True}, "window is True; it must be a whole number from 1 to 4,096"),
        ({"window": 10**400}, "window is a number of more than 40 digits"),
        ({"window": 50_000}, "window is 50000; it must be a whole number from 1 to 4,096"),
        ({"context": "whole"}, "context is 'whole'; it must be 'window' or 'carried'"),
        ({"context": ["window"]}, "context is ['window']; it must be 'window' or 'carried'"),
        ({"epochs": []}, "epochs is empty; it must list at least one epoch"),
        ({"epochs": [2, 0]}, "epochs is [2, 0]; it must rise, each epoch listed once"),
        ({"epochs": [2, 2]}, "epochs is [2, 2]; it must rise"),
        ({"epochs": ["../../2"]}, "epochs[0] is '../../2'; it must be a whole number from 0 to 1,000,000"),
        ({"epochs": [0, 10**300]}, "epochs[1] is a number of more than 40 digits; it must be a whole number from 0"),
        ({"best_epoch": 1}, "best_epoch is 1; it must be among the epochs kept"),
        ({"best_epoch": {}}, "best_epoch is {}; it must be a whole number"),
        ({"held_out_loss": "low"}, "held_out_loss is 'low'; it must be a finite number or null"),
        ({"held_out_loss": float("nan")}, "held_out_loss is nan; it must be a finite number or null"),
        ({"held_out_loss": 10**400}, "held_out_loss is a number of more than 40 digits; it must be a finite number"),
        ({"name": 5}, "name is 5; it must be a folder's name"),
        ({"name": "../../etc"}, "name is '../../etc'; it must be a folder's name"),
        ({"name": ".."}, "name is '..'; it must be a folder's name"),
        ({"name": "a\nb"}, "name is 'a\\nb'; it must be a folder's name"),
        ({"name": ""}, "name is ''; it must be a folder's name"),
        ({"title": 5}, "title is 5; it must be one line of 1 to 60 characters, without blanks around it"),
        ({"title": None}, "title is None; it must be one line of 1 to 60 characters"),
        ({"title": ""}, "title is ''; it must be one line of 1 to 60 characters"),
        ({"title": " Mine"}, "title is ' Mine'; it must be one line of 1 to 60 characters, without blanks around it"),
        ({"title": "Two\nlines"}, "title is 'Two\\nlines'; it must be one line"),
        ({"title": "Mine\u202e"}, "title is 'Mine\\u202e'; it must be one line"),
        ({"title": "x" * 61}, "; it must be one line of 1 to 60 characters"),
        ({"given_title": "Mine"}, "the field 'given_title' is unknown"),
        ({"recipe": "book"}, "recipe is 'book'; it must be an object"),
        ({"recipe": {"name": 5}}, "recipe.name is 5; it must be a text"),
        (
            {"recipe": {"units": [[3]]}},
            "recipe['units'] is [[3]]; it must be a text or a finite number or",
        ),
        ({"corpus": {"name": 5}}, "corpus.name is 5; it must be a text"),
        (
            {"corpus": {"training_characters": "many"}},
            "corpus.training_characters is 'many'; it must be a whole",
        ),
        ({"libraries": {"python": 3.12}}, "libraries['python'] is 3.12; it must be a text"),
        ({"window": ...}, "the field window is missing"),
        ({"colour": "red"}, "the field 'colour' is unknown"),
    ],
)
def test_open_model_names_the_field_and_the_reason(model_folder, assert_refused, changes, message):
    """A field of model.json that is missing, unknown or wrong is named with its value and the rule."""
    change_manifest(model_folder, **changes)
    assert_refused(model_folder, "" if "shape" in message else "model.json", message)


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff", b"[" * 100_000, b'{"format": 1e999}', b"7"])
def test_open_model_refuses_garbage_for_a_manifest(model_folder, assert_refused, content):
    """A model.json that is no JSON object is refused in a sentence."""
    (model_folder / "model.json").write_bytes(content)
    assert_refused(model_folder, "model.json")


def test_open_model_refuses_a_pipe_for_a_manifest(model_folder, assert_refused):
    """Reading does not wait for a model.json that is no regular file."""
    (model_folder / "model.json").unlink()
    os.mkfifo(model_folder / "model.json")
    assert_refused(model_folder, "model.json is missing: this is not a model folder")


titles = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=60).filter(
    lambda text: text and text.isprintable() and text == text.strip()
)


@fuzzing
@given(title=titles)
def test_given_title_is_kept(model_folder, title):
    """One that is written is read again, and stands after the name; all else stays."""
    untitled = read_manifest(model_folder / "model.json")
    try:
        write_manifest(model_folder, dataclasses.replace(untitled, given_title=title))
        manifest = read_manifest(model_folder / "model.json")
        assert (manifest.title, dataclasses.replace(manifest, given_title=None)) == (title, untitled)
        assert list(json.loads((model_folder / "model.json").read_bytes()))[:3] == ["format", "name", "title"]
    finally:
        write_manifest(model_folder, untitled)


def test_title_that_was_not_given_tells_kind_and_size(model_folder):
    """Of a folder without one, which is written as it was: a changed network has another title."""
    content = (model_folder / "model.json").read_bytes()
    manifest = read_manifest(model_folder / "model.json")
    assert manifest.title == "LSTM, 3 units"
    assert dataclasses.replace(manifest, architecture=LstmLayers((4, 4))).title == "LSTM, 2 × 4 units"
    write_manifest(model_folder, manifest)
    assert (model_folder / "model.json").read_bytes() == content


@fuzzing
@given(field=st.sampled_from(["title", *(field.name for field in dataclasses.fields(Manifest))]), value=json_values)
def test_open_model_survives_any_value_in_a_field(model_folder, field, value):
    """Whatever JSON value a field has, the folder can be used, or is refused in a sentence."""
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
