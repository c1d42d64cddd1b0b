"""The one training that a machine runs at a time, also where several processes serve the page."""

import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import filelock

from charlstm.playback.user_training.training_process import TrainingProcess

VARIABLE = "CHARLSTM_TRAINING_LOCK"  # another file than the usual one


class TrainingSlot:
    """Holds one training at a time.

    Args:
        lock_file: which processes of one machine share; the system frees it when its process ends. None for no other
            processes.
    """

    def __init__(self, lock_file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._lock_file = lock_file
        self._last: TrainingProcess | None = None
        self._free: Callable[[], Any] = _nothing

    @property
    def current(self) -> TrainingProcess | None:
        """The training of this process that runs, or None."""
        last = self._last
        return last if last is not None and last.running else None

    def start(self, begin: Callable[[], TrainingProcess]) -> TrainingProcess | None:
        """Begin a training and return it; None where another one runs on this machine."""
        with self._lock:
            if self.current is not None:
                return None
            self._free()  # where the last one has just ended
            free = self._locked()
            if free is None:
                return None
            try:
                self._last = begin()
            except BaseException:
                free()
                raise
            self._free = free
            threading.Thread(target=_free_after, args=(self._last, free), daemon=True).start()
            return self._last

    def _locked(self) -> Callable[[], Any] | None:
        """Take the file's lock and return what frees it; None where another process has it."""
        if self._lock_file is None:
            return _nothing
        lock = filelock.FileLock(self._lock_file, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except filelock.Timeout:
            return None
        return lock.release


def _nothing() -> None:
    """Free nothing."""


def _free_after(training: TrainingProcess, free: Callable[[], Any]) -> None:
    while not training.wait(60.0):
        pass
    with suppress(OSError):
        free()


def usual_lock_file() -> Path:
    """Return the file that all processes of this user share."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    return Path(os.environ.get(VARIABLE) or Path(tempfile.gettempdir()) / f"charlstm-training-{user}.lock")


TRAINING_SLOT = TrainingSlot(usual_lock_file())  # for all viewers
