"""Resuming a training run: the training state, which runs may go on in a folder, and the lock of the folder."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from charlstm.corpora.corpus import Corpus
from charlstm.model_folder.epoch_weights import write_tensors
from charlstm.model_folder.manifest import MANIFEST
from charlstm.model_folder.schema import shown
from charlstm.model_folder.training_records import HISTORY, EpochFigures, read_history
from charlstm.recipes.recipe import Recipe, TrainingError
from charlstm.text.decoding import UTF_8

STATE_FILE = "training.safetensors"
LOCK_FILE = ".lock"
# The files of a model folder, a text about it, and hidden files.
OWN_FILES = re.compile(
    r"epoch-\d+\.safetensors|model\.json|history\.csv|samples\.jsonl|words\.txt|passages\.safetensors|report\.json|README\.md|\..*"
)


@dataclass(frozen=True)
class TrainingState:
    """All that training needs to go on after an epoch, as `Learner.state` gives it.

    Attributes:
        epoch: the last finished epoch.
        weights: float32, by their names in a model folder.
        others: the optimiser's variables and the EMA of the weights, in order; of counts, how long the n-grams are.
    """

    epoch: int
    weights: dict[str, NDArray[np.floating]]
    others: list[NDArray]


def run_identity(recipe: Recipe, corpus: Corpus, num_replicas: int = 1) -> str:
    """Return, as JSON, what must be the same for a run to be resumed.

    A constant schedule may be resumed with more epochs, and counts with a higher order; a schedule that falls towards
    the last epoch may not.
    """
    fields = recipe.as_dict()
    if recipe.schedule == "constant":
        del fields["epochs"]
    if recipe.network == "counts":
        del fields["order"]
    shards = {"shares": num_replicas} if num_replicas > 1 else {}
    encoding = {"encoding": corpus.encoding} if corpus.encoding != UTF_8 else {}
    return json.dumps({"recipe": fields, "corpus": corpus.sha256} | encoding | shards, sort_keys=True)


def write_state(folder: Path, state: TrainingState, identity: str) -> None:
    """Write the training state, with the identity of its run."""
    tensors = {f"model/{name}": tensor for name, tensor in state.weights.items()}
    tensors |= {f"optimizer/{index:02d}": tensor for index, tensor in enumerate(state.others)}
    write_tensors(folder / STATE_FILE, tensors, {"epoch": str(state.epoch), "identity": identity})


def read_state(folder: Path, identity: str) -> TrainingState | None:
    """Return the training state in a folder, or None where no epoch has been finished yet.

    Raises:
        TrainingError: the folder holds another run, a model that cannot be resumed, files of
            another kind, or a damaged state.
    """
    path = folder / STATE_FILE
    if not path.is_file():
        _check_new_run(folder)
        return None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        epoch, found = int(metadata["epoch"]), json.loads(metadata["identity"])
        difference = _difference(found, json.loads(identity))
        weights = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model/")}
        others = [tensors[f"optimizer/{index:02d}"] for index in range(len(tensors) - len(weights))]
    except (safetensors.SafetensorError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise TrainingError(f"{path} is damaged ({error}): remove the folder to begin again") from error
    if difference:
        raise TrainingError(f"{folder} holds a run {difference}: go on with what it has, or choose another folder")
    return TrainingState(epoch, weights, others)


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    """Return the first thing in which the run that was found is not the wanted one; an empty text where there is none.

    Args:
        found: what `run_identity` told of it.
        wanted: what it tells now.
    """
    theirs, ours = found["recipe"], wanted["recipe"]
    usual = {field.name: None if field.default is MISSING else field.default for field in fields(Recipe)}
    for name in [*usual, *sorted(theirs.keys() - ours.keys())]:
        their, our = (recipe.get(name, usual.get(name)) for recipe in (theirs, ours))
        if their != our:
            flag = "--recipe" if name == "name" else f"--{name.replace('_', '-')}"
            return f"with {flag} {_typed(their)}, not {_typed(our)}"
    if found["corpus"] != wanted["corpus"]:
        return f"of another corpus, whose sha256 begins with {found['corpus'][:12]}, not {wanted['corpus'][:12]}"
    encoding, wanted_encoding = found.get("encoding", UTF_8), wanted.get("encoding", UTF_8)
    if encoding != wanted_encoding:
        return f"with --encoding {encoding}, not {wanted_encoding}"
    shares, wanted_shares = found.get("shares", 1), wanted.get("shares", 1)
    return f"of {shares} workers or GPUs, not {wanted_shares}" if shares != wanted_shares else ""


def _typed(value: Any) -> str:
    """Return a field of a recipe as a person would type it."""
    if value is None:
        return "none"
    return ",".join(map(str, value)) if isinstance(value, list) else shown(value)


def _check_new_run(folder: Path) -> None:
    """Raise TrainingError where a new run would overwrite a trained model or other files."""
    if (folder / MANIFEST).is_file() and len(read_history(folder / HISTORY)) > 1:
        raise TrainingError(
            f"{folder} holds a trained model without {STATE_FILE}, so it cannot be gone on with: "
            "choose another folder, or remove it"
        )
    strangers = sorted(path.name for path in folder.iterdir() if not OWN_FILES.fullmatch(path.name))
    if strangers:
        raise TrainingError(f"{folder} holds other files ({strangers[0]!r}): choose a new folder for the model")


def check_history(folder: Path, history: Sequence[EpochFigures], epoch: int) -> None:
    """Raise TrainingError unless the history has every epoch up to `epoch`."""
    if [one.epoch for one in history] != list(range(epoch + 1)):
        raise TrainingError(
            f"{folder / HISTORY} does not tell of epochs 0 to {epoch}, which are finished: "
            "bring it back, or remove the folder to begin again"
        )


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Lock a folder for one training run; the system ends the lock with the process, however that ends.

    A file system that has no locks, or that cannot be written to, does not stop a training.

    Raises:
        TrainingError: another run has locked the folder.
    """
    lock = FileLock(folder / LOCK_FILE, fallback_to_soft=False)  # a soft lock would outlive a killed process
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise TrainingError(
            f"another training is at work in {folder}: wait until it ends, or choose another folder"
        ) from error
    except OSError:
        pass
    try:
        yield
    finally:
        if lock.is_locked:
            with suppress(OSError):  # Windows removes it itself
                (folder / LOCK_FILE).unlink()
            lock.release()
