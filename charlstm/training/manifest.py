"""The manifest (model.json) of a training run: its corpus, recipe, epochs and libraries."""

import platform
from collections.abc import Sequence

import keras
import tensorflow as tf

from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.manifest import Manifest
from charlstm.model_folder.training_records import EpochFigures
from charlstm.training.run import TrainingRun, best_epoch


def run_manifest(run: TrainingRun, history: Sequence[EpochFigures]) -> Manifest:
    """Return the manifest of a run whose weights have been written up to the last epoch of `history`."""
    kept = [one for one in history if (run.folder / epoch_file(one.epoch)).is_file()]
    best = best_epoch(kept)
    if run.recipe.keep == "best":
        kept = [best]
    return Manifest(
        name=_printable(run.folder.resolve().name),
        architecture=run.recipe.architecture,
        vocabulary=run.vocabulary.characters,
        context=run.recipe.context,
        window=run.recipe.maxlen,
        epochs=tuple(one.epoch for one in kept),
        best_epoch=best.epoch,
        held_out_loss=best.held_out_loss,
        characters_by_frequency=run.characters_by_frequency,
        recipe=run.recipe.as_dict(),
        corpus={
            "name": _printable(run.corpus.name),
            "sha256": run.corpus.sha256,
            "training_characters": run.corpus.training_characters,
            "held_out_characters": run.corpus.held_out_characters,
            "left_out_characters": run.dropped + run.dropped_in_epoch,
        },
        libraries=library_versions(),
        given_title=run.recipe.title,
    )


def _printable(name: str) -> str:
    """Return the name of a file or folder as a text that can be stored and shown on one line."""
    plain = (character if character.isprintable() and character != "\\" else "_" for character in name)
    return "".join(plain) or "model"


def library_versions() -> dict[str, str]:
    """Return the versions of Python, TensorFlow and Keras, and the GPUs' names where there are any."""
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return versions | ({"device": ", ".join(names)} if names else {})
