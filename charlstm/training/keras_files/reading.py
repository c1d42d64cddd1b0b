"""A Keras file: what it is, and the network in it, loaded by Keras without any code of the file's own."""

import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import keras

from charlstm.model_folder.schema import one_line
from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.cudnn import STAND_INS, CuDNN
from charlstm.training.keras_files.translation import Translated, translate

ENDINGS = (".keras", ".h5", ".hdf5")
CONFIG, METADATA = "config.json", "metadata.json"
HOW_TO_SAVE = 'load it where it was made, and save it whole: model.save("network.keras")'


@dataclass(frozen=True)
class KerasFile:
    """A network that Keras saved.

    Attributes:
        path: of the file.
        model: as Keras 3 loaded it.
        keras_2: whether an older Keras than 3 wrote the file.
        time_major: whether its inputs have the time before the batch.
        half_precision: whether it computed in float16 or bfloat16; `model` computes in float32.
    """

    path: Path
    model: keras.Model
    keras_2: bool
    time_major: bool
    half_precision: bool


def read_keras_file(path: Path) -> KerasFile:
    """Load a Keras file of Keras 2 or 3.

    Raises:
        TrainingError: it is no such file, has weights alone, holds code, or cannot be loaded; says why, and what to do.
    """
    _check_kind(path)
    try:
        config, keras_2 = _zip_config(path) if zipfile.is_zipfile(path) else _hdf5_config(path)
    except TrainingError:
        raise
    except Exception as error:  # zipfile, h5py and json raise many kinds
        raise TrainingError(f"{path} is damaged, or not a network that Keras saved ({one_line(error)})") from error
    before = json.dumps(config)
    translated = translate(config, keras_2, str(path))
    model = _load(path, translated, changed=json.dumps(config) != before)
    return KerasFile(path, model, keras_2, translated.time_major, translated.half_precision)


def _check_kind(path: Path) -> None:
    if path.is_dir():
        if (path / "saved_model.pb").is_file() or (path / "keras_metadata.pb").is_file():
            raise TrainingError(
                f"{path} is a SavedModel, a folder with a program in it instead of layers, which is never run: "
                f"{HOW_TO_SAVE}"
            )
        raise TrainingError(f"{path} is a folder, not a file of Keras (.keras, .h5 or .hdf5)")
    if not path.exists():
        raise TrainingError(f"there is no file {path}")
    if path.name.endswith(".weights.h5"):
        raise _weights_alone(path)
    if path.suffix.lower() not in ENDINGS:
        raise TrainingError(f"{path} must end in .keras, .h5 or .hdf5, as Keras saves networks: {HOW_TO_SAVE}")
    if not (zipfile.is_zipfile(path) or h5py.is_hdf5(path)):
        raise TrainingError(f"{path} is damaged, or not a network that Keras saved")


def _weights_alone(path: Path) -> TrainingError:
    return TrainingError(
        f"{path} has weights alone, without the layers that they belong to: load them into their network where it was "
        'made, and save it whole: model.save("network.keras")'
    )


def _zip_config(path: Path) -> tuple[Any, bool]:
    with zipfile.ZipFile(path) as zipped:
        if CONFIG not in zipped.namelist():
            raise TrainingError(f"{path} is a zip file, but no network that Keras saved: it has no {CONFIG}")
        config = json.loads(zipped.read(CONFIG))
        metadata = json.loads(zipped.read(METADATA)) if METADATA in zipped.namelist() else {}
    return config, _is_keras_2(metadata.get("keras_version"))


def _hdf5_config(path: Path) -> tuple[Any, bool]:
    with h5py.File(path) as file:
        if "model_config" not in file.attrs:
            raise _weights_alone(path)
        return json.loads(file.attrs["model_config"]), _is_keras_2(file.attrs.get("keras_version"))


def _is_keras_2(version: Any) -> bool:
    text = version.decode() if isinstance(version, bytes) else str(version or "1")
    return text.partition(".")[0] in ("1", "2")


def _load(path: Path, translated: Translated, changed: bool) -> keras.Model:
    with tempfile.TemporaryDirectory() as folder, keras.saving.custom_object_scope(STAND_INS):
        try:
            file = _with_config(path, translated.config, Path(folder)) if changed else path
            model = keras.models.load_model(file, compile=False, safe_mode=True, custom_objects=STAND_INS)
        except Exception as error:  # Keras raises many kinds
            raise TrainingError(f"{path} cannot be loaded: {_reason(error)}") from error
    if not isinstance(model, keras.Model):
        raise TrainingError(f"{path} does not hold a network")
    return model


def _with_config(path: Path, config: Any, folder: Path) -> Path:
    """Return a copy of a file, in a folder, that says another config."""
    copy, said = folder / f"network{'.keras' if zipfile.is_zipfile(path) else '.h5'}", json.dumps(config)
    if copy.suffix == ".h5":
        shutil.copyfile(path, copy)
        with h5py.File(copy, "r+") as file:
            file.attrs["model_config"] = said
        return copy
    with zipfile.ZipFile(path) as original, zipfile.ZipFile(copy, "w") as zipped:
        for name in original.namelist():
            zipped.writestr(name, said if name == CONFIG else original.read(name))
    return copy


def _reason(error: Exception) -> str:
    """Return what Keras says in one sentence: of a class that it does not know, its name alone."""
    text = " ".join(str(error).split())
    for marks in ("Could not locate class '", "Unknown layer: '", "Could not locate function '"):
        if marks in text:
            name = text.split(marks, 1)[1].split("'", 1)[0]
            return f"Keras 3 does not know {name}, a class of its own or of an older Keras, so it cannot be imported"
    return f"Keras says: {one_line(error)}"


def is_stand_in(layer: Any) -> bool:
    """Whether a layer only holds the weights of one that Keras 3 does not have."""
    return isinstance(layer, CuDNN)
