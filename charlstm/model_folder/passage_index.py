"""passages.safetensors: the index of what a network learned, by which copied passages are found in any text."""

from pathlib import Path

import numpy as np

from charlstm.corpora.passages import LARGEST, MOST_HASHES, NGRAM, PassageIndex
from charlstm.model_folder.epoch_weights import read_tensors, write_tensors
from charlstm.model_folder.manifest import ModelError

PASSAGES = "passages.safetensors"
LARGEST_FILE = 3_000_000  # bytes
# With a larger one, passages would be found everywhere; no text's own index comes near it.
LARGEST_ERROR = 1e-4
_BITS, _HASH_COUNT, _NGRAM = "bits", "hash_count", "ngram"


def read_passages(path: Path) -> PassageIndex | None:
    """Return what passages.safetensors says; None where there is none.

    Raises:
        ModelError: it is no index; names the file, the tensor and the reason.
    """
    if not path.is_file():
        return None
    if path.stat().st_size > LARGEST_FILE:
        raise ModelError(f"{path} has {path.stat().st_size:,} bytes, and {LARGEST_FILE:,} are the most")
    tensors = read_tensors(path, (_BITS, _HASH_COUNT, _NGRAM))
    for name, tensor in tensors.items():
        if tensor.dtype != np.uint8:
            raise ModelError(f"{path}: the tensor {name} has the type {tensor.dtype}, not uint8")
        largest = LARGEST if name == _BITS else 1
        if tensor.ndim != 1 or not 1 <= len(tensor) <= largest:
            expected = f"one dimension of 1 to {LARGEST:,}" if name == _BITS else "(1,)"
            raise ModelError(f"{path}: the tensor {name} has the shape {tensor.shape}, not {expected}")
    hash_count, ngram = int(tensors[_HASH_COUNT][0]), int(tensors[_NGRAM][0])
    if not 1 <= hash_count <= MOST_HASHES:
        raise ModelError(f"{path}: the tensor {_HASH_COUNT} is {hash_count}; it must be from 1 to {MOST_HASHES}")
    if ngram != NGRAM:
        raise ModelError(f"{path}: the tensor {_NGRAM} is {ngram}; this program reads indexes of n-grams of {NGRAM}")
    index = PassageIndex(tensors[_BITS].tobytes(), hash_count)
    if index.passage_error > LARGEST_ERROR:
        raise ModelError(f"{path} is damaged (so many of its bits are set that it would find passages everywhere)")
    return index


def write_passages(folder: Path, index: PassageIndex) -> None:
    """Write passages.safetensors."""
    numbers = {_HASH_COUNT: index.hash_count, _NGRAM: NGRAM}
    tensors = {name: np.array([number], np.uint8) for name, number in numbers.items()}
    write_tensors(folder / PASSAGES, {_BITS: np.frombuffer(index.bits, np.uint8)} | tensors)
