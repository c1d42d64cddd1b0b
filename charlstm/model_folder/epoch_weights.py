"""epoch-000.safetensors …: the weights after each kept epoch, or the counts; epoch 0 is the untrained network.

Weights carry Keras's names and layout, counts those of `NgramCounter`. Neither pickle nor code is ever read.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from charlstm.model_folder.atomic_write import write_whole
from charlstm.model_folder.manifest import Manifest, ModelError
from charlstm.model_folder.schema import one_line
from charlstm.networks.architecture import NgramCounts
from charlstm.networks.ngrams import problem_with

# Beyond this a sum over the memory cells could overflow float32 and turn into NaN.
LARGEST_WEIGHT = 1e30
Tensors = Mapping[str, NDArray[np.floating]]
AnyTensors = Mapping[str, NDArray[Any]]


def epoch_file(epoch: int) -> str:
    """Return the file name of an epoch's weights."""
    return f"epoch-{epoch:03d}.safetensors"


def read_epoch(path: Path, manifest: Manifest) -> dict[str, NDArray[Any]]:
    """Return the tensors of an epoch's file, each checked: weights as float32, counts as they are.

    Raises:
        ModelError: names the file, the tensor and the reason.
    """
    architecture = manifest.architecture
    shapes = architecture.tensor_shapes(len(manifest.vocabulary))
    tensors = read_tensors(path, shapes)
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            raise ModelError(f"{path}: the tensor {name} has the shape {tensors[name].shape}, not {shape}")
    if isinstance(architecture, NgramCounts):
        problem = problem_with(tensors, architecture.order)
        if problem:
            raise ModelError(f"{path}: {problem}")
    else:
        for name in shapes:
            problem = _problem_with_weights(tensors[name])
            if problem:
                raise ModelError(f"{path}: the tensor {name} has {problem}")
    return as_read(tensors)


def as_read(tensors: AnyTensors) -> dict[str, NDArray[Any]]:
    """Return stored tensors as a network takes them: weights as float32, counts as they are."""
    return {name: tensor.astype(np.float32) if tensor.dtype.kind == "f" else tensor for name, tensor in tensors.items()}


def read_tensors(path: Path, names: Collection[str]) -> dict[str, NDArray[Any]]:
    """Return the tensors of a safetensors file, which has just those of these names.

    Raises:
        ModelError: names the file, the tensor and the reason.
    """
    if not path.is_file():
        raise ModelError(f"{path} is missing")
    try:
        tensors = safetensors.numpy.load(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror})") from error
    except Exception as error:
        raise ModelError(f"{path} is truncated or not a safetensors file ({one_line(error)})") from error
    for name in sorted(set(names) - tensors.keys()):
        raise ModelError(f"{path}: the tensor {name} is missing")
    for name in sorted(tensors.keys() - set(names)):
        raise ModelError(f"{path}: there is a tensor {name!r} that does not belong there")
    return tensors


def _problem_with_weights(tensor: NDArray[Any]) -> str | None:
    if tensor.dtype not in (np.float16, np.float32):
        return f"the type {tensor.dtype}, not float16 or float32"
    if not np.isfinite(tensor).all():
        return "a value that is not finite"
    if not weights_are_usable({"": tensor}):
        return f"a value beyond {LARGEST_WEIGHT:.0e}, with which the network would overflow"
    return None


def weights_are_usable(tensors: AnyTensors) -> bool:
    """Whether all values are finite, and small enough for the network's sums to stay finite."""
    return all(float(np.abs(tensor).max(initial=0.0)) <= LARGEST_WEIGHT for tensor in tensors.values())  # NaN: False


def to_storage_dtype(tensors: AnyTensors) -> dict[str, NDArray[Any]]:
    """Return tensors as an epoch's file keeps them: float16, or float32 where it would overflow; counts as they are."""
    return {name: _to_storage_dtype(tensor) for name, tensor in tensors.items()}


def _to_storage_dtype(tensor: NDArray[Any]) -> NDArray[Any]:
    if tensor.dtype.kind != "f":
        return tensor
    fits = np.abs(tensor).max(initial=0) <= np.finfo(np.float16).max
    return tensor.astype(np.float16 if fits else np.float32)


def write_epoch(folder: Path, epoch: int, tensors: AnyTensors) -> None:
    """Write an epoch's weights, of the types that `to_storage_dtype` gives them."""
    write_tensors(folder / epoch_file(epoch), tensors)


def write_tensors(path: Path, tensors: AnyTensors, metadata: dict[str, str] | None = None) -> None:
    """Write a safetensors file, whole or not at all."""
    contiguous = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    write_whole(path, safetensors.numpy.save(contiguous, metadata))


def remove_epochs(folder: Path, all_but: int) -> None:
    """Remove the weights of every epoch but one."""
    for path in folder.glob("epoch-*.safetensors"):
        if path.name != epoch_file(all_but):
            path.unlink(missing_ok=True)
