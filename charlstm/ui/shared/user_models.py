"""The models that a viewer has uploaded or trained, in a folder that is removed with the session."""

import math
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

import streamlit as st

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.store import Model
from charlstm.model_folder.zip_file import unpack
from charlstm.playback.user_training.user_text import folder_name
from charlstm.ui.shared import sentences
from charlstm.ui.shared.connection import connection

MOST_MODELS = 4  # of one viewer
MOST_BYTES = 100_000_000  # of all viewers' folders together
LONGEST_ABSENCE = 5 * 60  # seconds; Streamlit itself removes a session after two minutes
CHECK_INTERVAL = 20  # seconds
_lock = threading.Lock()


class UserModels:
    """One viewer's folder, and the models in it.

    The folder is removed when its viewer has been absent for LONGEST_ABSENCE seconds, with this object, or
    with the server.

    Args:
        connected: whether the viewer is connected.
    """

    def __init__(self, connected: Callable[[], bool] = lambda: True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="charlstm-"))
        self.models: list[Model] = []
        self._connected = connected
        self._last_seen = time.monotonic()
        self._folders = 0
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        with _lock:
            _instances.add(self)
        _start_checks()

    def keep(self, content: bytes, taken: Collection[str]) -> Model:
        """Keep the model of a zip, and return it.

        Args:
            content: of the zip.
            taken: names of other models, which it cannot have.

        Raises:
            ModelError: the zip is no valid model, or a limit is exceeded.
        """
        if len(self.models) >= MOST_MODELS:
            raise ModelError(sentences.too_many_of_your_own(MOST_MODELS))
        try:
            check_disk_space(len(content))
            model = unpack(content, self.new_folder() / "model")
            return self._named(model, {*taken, *(own.folder.name for own in self.models)})
        except OSError as error:
            raise ModelError(sentences.disk_error(error.strerror or str(error))) from error

    def _named(self, model: Model, taken: Collection[str]) -> Model:
        name = folder_name(model.manifest.name)
        number = 1
        while (numbered := name if number == 1 else f"{name}-{number}") in taken:
            number += 1
        model = replace(model, folder=model.folder.rename(model.folder.with_name(numbered)))
        self.models.append(model)
        return model

    def remove(self, name: str) -> None:
        """Remove a model and its files."""
        for model in [model for model in self.models if model.folder.name == name]:
            self.models.remove(model)
            shutil.rmtree(model.folder.parent, ignore_errors=True)

    def new_folder(self) -> Path:
        """Return a new empty folder in that of the viewer."""
        self._folders += 1
        folder = self.folder / str(self._folders)
        folder.mkdir()
        return folder

    def check_connection(self, now: float) -> None:
        """Remove everything if the viewer has been absent for too long; `now` is a time of `time.monotonic`."""
        if self._connected():
            self._last_seen = now
        elif now - self._last_seen > LONGEST_ABSENCE:
            self.models = []
            self._remove()

    def size(self) -> int:
        """Return the size of all files in bytes."""
        return sum(_size(path) for path in self.folder.rglob("*"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0  # it has just been removed


def check_disk_space(size: int) -> None:
    """Raise ModelError where `size` more bytes would exceed what all viewers together may use."""
    if sum(instance.size() for instance in _all_instances()) + size > MOST_BYTES:
        raise ModelError(sentences.server_is_full(math.ceil(MOST_BYTES / 1e6)))


@cache
def _start_checks() -> None:
    """Start the thread that checks all connections, once: Python may keep the objects of a session for hours."""

    def check_connections() -> None:
        while True:
            time.sleep(CHECK_INTERVAL)
            for instance in _all_instances():
                instance.check_connection(time.monotonic())

    threading.Thread(target=check_connections, daemon=True).start()


def _all_instances() -> list[UserModels]:
    with _lock:
        return list(_instances)


_instances: weakref.WeakSet[UserModels] = weakref.WeakSet()


def user_models() -> UserModels:
    """Return the models of this session."""
    if "user_models" not in st.session_state:
        st.session_state.user_models = UserModels(connection())
    return st.session_state.user_models


def models_of_user() -> list[Model]:
    """Return the models of this session alone, the oldest first."""
    return list(st.session_state.user_models.models) if "user_models" in st.session_state else []
