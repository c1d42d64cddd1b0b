"""What a viewer has brought or trained: in a folder of this session alone, gone when the session is."""

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
from charlstm.playback.user_training.user_text import one_word
from charlstm.ui.shared import sentences
from charlstm.ui.shared.connection import presence

MOST_MODELS = 4  # of one viewer
MOST_BYTES = 100_000_000  # of all viewers' folders together
AWAY = 5 * 60  # seconds; Streamlit itself forgets a session after two minutes
BETWEEN_LOOKS = 20  # seconds
_lock = threading.Lock()


class UserModels:
    """One viewer's folder, and the networks kept in it.

    It is removed when its viewer has been away for AWAY seconds, with this object, or with the server.

    Args:
        present: whether the viewer is there.
    """

    def __init__(self, present: Callable[[], bool] = lambda: True) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="charlstm-"))
        self.models: list[Model] = []
        self._present = present
        self._seen = time.monotonic()
        self._numbers = 0
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        with _lock:
            _everybody.add(self)
        _keep_watch()

    def keep(self, content: bytes, taken: Collection[str]) -> Model:
        """Keep the network of a zip for as long as the session lasts, under a name that is not taken.

        Raises:
            ModelError: the zip is refused, or there is no room for it; in one sentence.
        """
        if len(self.models) >= MOST_MODELS:
            raise ModelError(sentences.too_many_of_your_own(MOST_MODELS))
        try:
            check_room(len(content))
            model = unpack(content, self.place() / "model")
            return self._named(model, {*taken, *(own.folder.name for own in self.models)})
        except OSError as error:
            raise ModelError(sentences.no_room_on_the_disk(error.strerror or str(error))) from error

    def _named(self, model: Model, taken: Collection[str]) -> Model:
        name = one_word(model.manifest.name)
        number = 1
        while (numbered := name if number == 1 else f"{name}-{number}") in taken:
            number += 1
        model = replace(model, folder=model.folder.rename(model.folder.with_name(numbered)))
        self.models.append(model)
        return model

    def forget(self, name: str) -> None:
        """Let a kept network go."""
        for model in [one for one in self.models if one.folder.name == name]:
            self.models.remove(model)
            shutil.rmtree(model.folder.parent, ignore_errors=True)

    def place(self) -> Path:
        """Return a new empty folder in this one."""
        self._numbers += 1
        place = self.folder / str(self._numbers)
        place.mkdir()
        return place

    def look(self, now: float) -> None:
        """Note whether the viewer is there at this moment, and remove everything where nobody has been for long."""
        if self._present():
            self._seen = now
        elif now - self._seen > AWAY:
            self.models = []
            self._remove()

    def size(self) -> int:
        """Return the bytes of all its files."""
        return sum(_size(path) for path in self.folder.rglob("*"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0  # it has just been removed


def check_room(size: int) -> None:
    """Raise ModelError where the server has no room for that many bytes more."""
    if sum(one.size() for one in _present_ones()) + size > MOST_BYTES:
        raise ModelError(sentences.server_is_full(math.ceil(MOST_BYTES / 1e6)))


@cache
def _keep_watch() -> None:
    """Begin, once, to look after all viewers' belongings: Python itself may take hours to let go of a session."""

    def watch() -> None:
        while True:
            time.sleep(BETWEEN_LOOKS)
            for one in _present_ones():
                one.look(time.monotonic())

    threading.Thread(target=watch, daemon=True).start()


def _present_ones() -> list[UserModels]:
    with _lock:
        return list(_everybody)


_everybody: weakref.WeakSet[UserModels] = weakref.WeakSet()


def user_models() -> UserModels:
    """Return what this session has."""
    if "user_models" not in st.session_state:
        st.session_state.user_models = UserModels(presence())
    return st.session_state.user_models


def models_of_user() -> list[Model]:
    """Return the networks that this session alone has, the oldest first."""
    return list(st.session_state.user_models.models) if "user_models" in st.session_state else []
