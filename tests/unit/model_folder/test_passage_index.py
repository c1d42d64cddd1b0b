"""The index of what a network learned comes back as it was written; whatever is wrong with its file is one sentence."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.corpora import passages
from charlstm.corpora.passages import copied_passages, index_passages
from charlstm.model_folder import zip_file
from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.passage_index import LARGEST_FILE, PASSAGES, write_passages
from charlstm.model_folder.store import open_model
from charlstm.model_folder.zip_file import unpack, zip_bytes

ROOT = Path(__file__).parents[3]
LEARNED = "".join(np.random.default_rng(1).choice(list("abcë \n"), 500))
fuzzing = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def indexed(model_folder):
    """The small model folder with an index of LEARNED."""
    write_passages(model_folder, index_passages(LEARNED))
    return model_folder


def write_changed(folder, **changes):
    """Write the index's file with some tensors changed; None removes one."""
    tensors = safetensors.numpy.load((folder / PASSAGES).read_bytes()) | changes
    kept = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    (folder / PASSAGES).write_bytes(safetensors.numpy.save(kept))


def test_index_comes_back_as_it_was_written(indexed):
    """And finds what it found; a folder without one has none."""
    index = open_model(indexed).passages
    assert index == index_passages(LEARNED)
    assert copied_passages(index, LEARNED[100:200]) == [(0, 100)]
    (indexed / PASSAGES).unlink()
    assert open_model(indexed).passages is None


def test_zip_has_the_index(indexed, tmp_path):
    """So that a network that was downloaded finds what it copies."""
    assert unpack(zip_bytes(open_model(indexed)), tmp_path / "again").passages == index_passages(LEARNED)


def test_zip_has_room_for_the_index(indexed, monkeypatch):
    """Which cannot be compressed: an epoch that would not fit beside it is left out, but never the best."""
    room = (indexed / PASSAGES).stat().st_size + 2 * (indexed / "epoch-002.safetensors").stat().st_size
    for missing, kept in ((0, (0, 2)), (1, (2,))):
        monkeypatch.setattr(zip_file, "LARGEST_ZIP", 1_000_000 + room - missing)
        with zipfile.ZipFile(io.BytesIO(zip_bytes(open_model(indexed)))) as zipped:
            assert tuple(json.loads(zipped.read("model.json"))["epochs"]) == kept


def test_file_of_the_largest_index_is_within_the_limit(model_folder, monkeypatch):
    """With its names and shapes."""
    monkeypatch.setattr(passages, "SMALLEST", passages.LARGEST)
    write_passages(model_folder, index_passages(LEARNED))
    assert passages.LARGEST < (model_folder / PASSAGES).stat().st_size <= LARGEST_FILE
    assert open_model(model_folder).passages == index_passages(LEARNED)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bits": None}, "the tensor bits is missing"),
        ({"hash_count": None}, "the tensor hash_count is missing"),
        ({"../extra\n": np.zeros(1, np.uint8)}, "there is a tensor '../extra\\n' that does not belong there"),
        ({"bits": np.zeros(64, np.uint16)}, "the tensor bits has the type uint16, not uint8"),
        ({"bits": np.zeros((8, 8), np.uint8)}, "the tensor bits has the shape (8, 8), not one dimension"),
        ({"bits": np.zeros(0, np.uint8)}, "the tensor bits has the shape (0,), not one dimension of 1 to 2,990,000"),
        ({"bits": np.zeros(2_990_001, np.uint8)}, "the tensor bits has the shape (2990001,)"),
        ({"bits": np.full(64, 255, np.uint8)}, "damaged (so many of its bits are set"),
        ({"hash_count": np.zeros(1, np.uint8)}, "the tensor hash_count is 0; it must be from 1 to 7"),
        ({"hash_count": np.array([8], np.uint8)}, "the tensor hash_count is 8; it must be from 1 to 7"),
        ({"hash_count": np.ones(2, np.uint8)}, "the tensor hash_count has the shape (2,), not (1,)"),
        ({"hash_count": np.ones((), np.uint8)}, "the tensor hash_count has the shape (), not (1,)"),
        ({"ngram": np.array([27], np.uint8)}, "the tensor ngram is 27; this program reads indexes of n-grams of 26"),
    ],
)
def test_wrong_tensor_is_named_with_the_reason(indexed, assert_refused, changes, message):
    """In one sentence with the file."""
    write_changed(indexed, **changes)
    assert_refused(indexed, PASSAGES, message)


def test_truncated_file_of_any_length_is_refused(indexed, assert_refused):
    """Wherever it ends too early."""
    content = (indexed / PASSAGES).read_bytes()
    for length in {*range(0, len(content), 17), 0, 1, 7, 8, 9, len(content) - 1}:
        (indexed / PASSAGES).write_bytes(content[:length])
        assert_refused(indexed, PASSAGES, "is truncated or not a safetensors file")


def test_file_that_is_too_large_is_refused_before_it_is_read(indexed, assert_refused):
    """With its size and the limit."""
    (indexed / PASSAGES).write_bytes(bytes(3_000_001))
    assert_refused(indexed, f"{PASSAGES} has 3,000,001 bytes, and 3,000,000 are the most")


@pytest.mark.parametrize("name", ["nietzsche-all", "nietzsche-book", "nietzsche-conv", "nietzsche-deep"])
def test_networks_that_come_along_know_their_text(name):
    """By an index of at most 3 MB, in which a passage is found by chance at fewer than one position in 10,000."""
    model = open_model(ROOT / "models" / name)
    assert (model.folder / PASSAGES).stat().st_size <= 3_000_000
    assert model.passages is not None
    assert model.passages.passage_error < 1e-4
    read = model.vocabulary.fold("I read: SUPPOSING that Truth is a woman—what then? And then?").text
    ((begin, end),) = copied_passages(model.passages, read)
    assert "supposing that truth is a woman--what then? " in read[begin:end]
    assert end - begin <= 46


@fuzzing
@given(data=st.data())
def test_any_bytes_are_read_or_refused_in_a_sentence(indexed, data):
    """However the file is changed."""
    write_passages(indexed, index_passages(LEARNED))
    content = bytearray((indexed / PASSAGES).read_bytes())
    end = data.draw(st.sampled_from([20, 200, len(content)]), "up to where to change")
    for place, value in data.draw(st.dictionaries(st.integers(0, end - 1), st.integers(0, 255), min_size=1)).items():
        content[place] = value
    (indexed / PASSAGES).write_bytes(content)
    try:
        index = open_model(indexed).passages
    except ModelError as error:
        assert PASSAGES in str(error)
        assert "\n" not in str(error)
    else:
        assert index is not None
        copied_passages(index, LEARNED)
