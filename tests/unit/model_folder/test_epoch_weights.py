"""An epoch's weights: whatever is wrong with a file or a tensor is one sentence."""

import json

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.model_folder.epoch_weights import to_storage_dtype
from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.store import open_model

EPOCH = "epoch-002.safetensors"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
fuzzing = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def change_tensor(folder, name, change):
    """Write an epoch's file with one tensor changed; None removes it."""
    tensors = safetensors.numpy.load((folder / EPOCH).read_bytes())
    tensor = change(tensors.pop(name))
    if tensor is not None:
        tensors[name] = tensor
    (folder / EPOCH).write_bytes(safetensors.numpy.save(tensors))


def test_to_storage_dtype_keeps_the_range_of_the_weights():
    """float16 where the values fit, and float32 where they would become infinite."""
    tensors = to_storage_dtype({"small": np.array([65504.0], np.float32), "large": np.array([65536.0], np.float32)})
    assert {name: tensor.dtype.name for name, tensor in tensors.items()} == {"small": "float16", "large": "float32"}
    assert tensors["large"] == 65536.0


@pytest.mark.parametrize(
    ("change", "message"),
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
def test_open_model_names_the_tensor_and_the_reason(model_folder, assert_refused, change, message):
    """A missing or wrong tensor is named with its file and what is wrong with it."""
    change_tensor(model_folder, "dense/bias", change)
    assert_refused(model_folder, EPOCH, message)


def test_open_model_names_a_renamed_tensor(model_folder, assert_refused):
    """A tensor under another name is missing under its own."""
    tensors = safetensors.numpy.load((model_folder / EPOCH).read_bytes())
    tensors["dense/bais"] = tensors.pop("dense/bias")
    (model_folder / EPOCH).write_bytes(safetensors.numpy.save(tensors))
    assert_refused(model_folder, EPOCH, "the tensor dense/bias is missing")


def test_open_model_names_an_unknown_tensor(model_folder, assert_refused):
    """A tensor that the network does not have is refused."""
    tensors = safetensors.numpy.load((model_folder / EPOCH).read_bytes())
    tensors["../extra\n"] = np.zeros(1, np.float32)
    (model_folder / EPOCH).write_bytes(safetensors.numpy.save(tensors))
    assert_refused(model_folder, EPOCH, "there is a tensor '../extra\\n' that does not belong there")


def test_open_model_refuses_a_truncated_file_of_any_length(model_folder, assert_refused):
    """Wherever an epoch's file ends too early, it is refused as truncated."""
    content = (model_folder / EPOCH).read_bytes()
    for length in {*range(0, len(content), 17), 0, 1, 7, 8, 9, len(content) - 1}:
        (model_folder / EPOCH).write_bytes(content[:length])
        assert_refused(model_folder, EPOCH, "is truncated or not a safetensors file")


def test_open_model_names_a_missing_file(model_folder, assert_refused):
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
def test_open_model_survives_any_header_in_an_epoch(model_folder, assert_refused, header, body):
    """A safetensors file whose header is some other JSON is refused in a sentence."""
    text = json.dumps(header).encode()
    (model_folder / EPOCH).write_bytes(len(text).to_bytes(8, "little") + text + body)
    assert_refused(model_folder, EPOCH)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "F8_E5M2", "BOOL", "I64", "F64", "U8", "F4", "nonsense"])
def test_open_model_refuses_other_types(model_folder, assert_refused, dtype):
    """A tensor of a type that is not ours is refused, also one that NumPy does not know."""
    size = {"BF16": 2, "I64": 8, "F64": 8}.get(dtype, 1)
    header = json.dumps({"dense/bias": {"dtype": dtype, "shape": [5], "data_offsets": [0, 5 * size]}}).encode()
    (model_folder / EPOCH).write_bytes(len(header).to_bytes(8, "little") + header + bytes(5 * size))
    assert_refused(model_folder, EPOCH)
