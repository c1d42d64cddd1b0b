"""Going on with a training run: the state that only training needs, and who may write into a folder."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors
from numpy.typing import NDArray

from charlstm.corpora.corpus import Corpus
from charlstm.model_folder import store
from charlstm.recipes.recipe import Recipe, TrainingError

STATE_FILE = "training.safetensors"
# What a model folder may hold: its own files, a text about it, and hidden files.
OWN_FILES = re.compile(
    r"epoch-\d+\.safetensors|model\.json|history\.csv|samples\.jsonl|words\.txt|report\.json|README\.md|\..*"
)


@dataclass(frozen=True)
class State:
    """Where a run stood after its last finished epoch.

    Attributes:
        epoch: that epoch.
        model: the weights, float32, by their names in a model folder.
        optimizer: the optimiser's variables, in its own order.
    """

    epoch: int
    model: dict[str, NDArray[np.floating]]
    optimizer: list[NDArray]


def identity(recipe: Recipe, corpus: Corpus, shares: int = 1) -> str:
    """Return what must be the same for a run to be gone on with.

    More epochs may be asked for, unless the schedule falls towards the last.

    Args:
        shares: how many learn each batch together.
    """
    fields = recipe.as_dict()
    if recipe.schedule == "constant":
        del fields["epochs"]
    together = {"shares": shares} if shares > 1 else {}
    return json.dumps({"recipe": fields, "corpus": corpus.sha256} | together, sort_keys=True)


def write_state(folder: Path, state: State, run_identity: str) -> None:
    """Write what only training needs: the full weights and the optimiser's memory."""
    tensors = {f"model/{name}": tensor for name, tensor in state.model.items()}
    tensors |= {f"optimizer/{place:02d}": tensor for place, tensor in enumerate(state.optimizer)}
    store.write_tensors(folder / STATE_FILE, tensors, {"epoch": str(state.epoch), "identity": run_identity})


def read_state(folder: Path, run_identity: str) -> State | None:
    """Return where the folder's run stands, or None where nothing has been finished yet.

    Raises:
        TrainingError: the folder holds another run, a model that cannot be gone on with, files
            of another kind, or a damaged state.
    """
    path = folder / STATE_FILE
    if not path.is_file():
        _check_beginning(folder)
        return None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        epoch, found = int(metadata["epoch"]), metadata["identity"]
        model = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model/")}
        optimizer = [tensors[f"optimizer/{place:02d}"] for place in range(len(tensors) - len(model))]
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise TrainingError(f"{path} is damaged ({error}): remove the folder to begin again") from error
    if found != run_identity:
        raise TrainingError(
            f"{folder} holds a run of another recipe, corpus or number of workers: choose another folder, "
            "or remove it; the same command goes on with it"
        )
    return State(epoch, model, optimizer)


def _check_beginning(folder: Path) -> None:
    """A run may begin only where nothing of worth would be overwritten."""
    if (folder / store.MANIFEST).is_file() and len(store.read_history(folder / store.HISTORY)) > 1:
        raise TrainingError(
            f"{folder} holds a trained model without {STATE_FILE}, so it cannot be gone on with: "
            "choose another folder, or remove it"
        )
    strangers = sorted(path.name for path in folder.iterdir() if not OWN_FILES.fullmatch(path.name))
    if strangers:
        raise TrainingError(f"{folder} holds other files ({strangers[0]!r}): choose a new folder for the model")


def check_history(folder: Path, history: Sequence[store.EpochFigures], epoch: int) -> None:
    """Raise TrainingError unless the history tells of every epoch up to `epoch`."""
    if [line.epoch for line in history] != list(range(epoch + 1)):
        raise TrainingError(
            f"{folder / store.HISTORY} does not tell of epochs 0 to {epoch}, which are finished: "
            "bring it back, or remove the folder to begin again"
        )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for one training run; the hold ends with the process, however that ends.

    Raises:
        TrainingError: another run holds it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no such lock, and two runs in one folder are the user's to avoid
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingError(
                f"another training is at work in {folder}: wait until it ends, or choose another folder"
            ) from error
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(handle)
