"""The hash of a network, by which a compressed text finds the one that predicts it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.model_folder import store
from charlstm.model_folder.manifest import Manifest
from charlstm.networks.architecture import record_of
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary


def network_hash(manifest: Manifest, tensors: Mapping[str, NDArray[Any]]) -> str:
    """Return the hash of all that decides a network's probabilities, 32 hexadecimal digits.

    Args:
        manifest: of its model folder; only architecture, vocabulary, context and window count.
        tensors: its weights or counts, by name.
    """
    described = [record_of(manifest.architecture), manifest.vocabulary, manifest.context, manifest.window]
    found = hashlib.blake2b(json.dumps(described).encode(), digest_size=16)
    for name in sorted(tensors):
        dtype = "<f4" if tensors[name].dtype.kind == "f" else "<u4"
        found.update(name.encode() + np.asarray(tensors[name], dtype, order="C").tobytes())
    return found.hexdigest()


def find_network(folder: Path, wanted: str) -> tuple[Network, Vocabulary, str] | None:
    """Return the network of this hash, its vocabulary and its name; None where no usable model folder has it.

    Args:
        folder: of model folders, each of which may keep several epochs.
        wanted: from `network_hash`.
    """
    models, _ = store.find_models(folder)
    for model in models:
        for epoch in model.manifest.epochs:
            if network_hash(model.manifest, model.tensors(epoch)) == wanted:
                return model.network(epoch), model.vocabulary, f"{model.folder.name}, epoch {epoch}"
    return None
