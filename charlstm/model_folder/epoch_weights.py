"""epoch-000.safetensors …: the weights after each kept epoch; epoch 0 is the untrained network.

Tensors carry Keras's names and layout. Neither pickle nor code is ever read.
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

# Beyond this a sum over the memory cells could overflow float32 and turn into NaN.
LARGEST_WEIGHT = 1e30
Tensors = Mapping[str, NDArray[np.floating]]
AnyTensors = Mapping[str, NDArray[Any]]


def epoch_file(epoch: int) -> str:
    """Return the file name of an epoch's weights."""
    return f"epoch-{epoch:03d}.safetensors"


def read_epoch(path: Path, manifest: Manifest) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of an epoch's file as float32, each checked.

    Raises:
        ModelError: names the file, the tensor and the reason.
    """
    shapes = manifest.architecture.tensor_shapes(len(manifest.vocabulary))
    tensors = read_tensors(path, shapes)
    for name, shape in shapes.items():
        problem = _problem_with_tensor(tensors[name], shape)
        if problem:
            raise ModelError(f"{path}: the tensor {name} has {problem}")
    return {name: tensors[name].astype(np.float32) for name in shapes}


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


def _problem_with_tensor(tensor: NDArray[Any], shape: tuple[int, ...]) -> str | None:
    if tensor.shape != shape:
        return f"the shape {tensor.shape}, not {shape}"
    if tensor.dtype not in (np.float16, np.float32):
        return f"the type {tensor.dtype}, not float16 or float32"
    if not np.isfinite(tensor).all():
        return "a value that is not finite"
    if not weights_are_usable({"": tensor}):
        return f"a value beyond {LARGEST_WEIGHT:.0e}, with which the network would overflow"
    return None


def weights_are_usable(tensors: Tensors) -> bool:
    """Whether all values are finite, and small enough for the network's sums to stay finite."""
    return all(float(np.abs(tensor).max(initial=0.0)) <= LARGEST_WEIGHT for tensor in tensors.values())  # NaN: False


def to_storage_dtype(tensors: Tensors) -> dict[str, NDArray[np.floating]]:
    """Return tensors as an epoch's file keeps them: float16, or float32 where float16 would overflow."""
    largest = np.finfo(np.float16).max
    return {
        name: tensor.astype(np.float16) if np.abs(tensor).max(initial=0) <= largest else tensor.astype(np.float32)
        for name, tensor in tensors.items()
    }


def write_epoch(folder: Path, epoch: int, tensors: Tensors) -> None:
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
