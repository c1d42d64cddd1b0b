"""The one training that a server runs at a time: a child process, monitored and ended within limits.

A server has other viewers to serve, so a training is limited in memory and in time, and ends when its
viewer has left. Whatever ends it, the finished epochs are in its folder.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, NamedTuple

from charlstm.model_folder.schema import one_line
from charlstm.playback.user_training.time_left import TimeLeft

COUNTS = "counts"  # the recipe that counts
Ending = Literal["done", "asked", "time", "left", "memory", "failed"]
# One thread; with fewer malloc arenas, freed memory is returned to the system sooner.
CHILD_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Limits:
    """The limits of a training.

    Attributes:
        memory: resident bytes of its process.
        seconds: its duration.
        seconds_without_viewer: how long it goes on after its viewer has left.
        grace_period: seconds from the request to stop until it is killed.
        poll_interval: seconds from one check of these limits to the next.
    """

    memory: int = 900_000_000
    seconds: float = 30 * 60
    seconds_without_viewer: float = 3 * 60
    grace_period: float = 20
    poll_interval: float = 0.25


LIMITS = Limits()


@dataclass(frozen=True)
class TrainingRequest:
    """What to train.

    Attributes:
        text: the file of the corpus.
        folder: the model folder.
        recipe: a recipe's name.
        epochs: of the recipe; of counts its order, which is as many.
        changes: other fields of the recipe, and their values as they are typed.
    """

    text: Path
    folder: Path
    recipe: str
    epochs: int
    changes: tuple[tuple[str, str], ...] = ()

    def command(self) -> list[str]:
        """Return the command line that trains it."""
        changes = (("order" if self.recipe == COUNTS else "epochs", self.epochs), *self.changes)
        options = [f"--{name.replace('_', '-')}={value}" for name, value in changes]
        return [
            *(sys.executable, "-m", "charlstm.cli.low_priority", "train", "--json", "--allow-repeats"),
            *(f"--corpus={self.text}", f"--into={self.folder}", f"--recipe={self.recipe}", *options),
        ]


class Point(NamedTuple):
    """A point of the loss curve.

    Attributes:
        epoch: the finished epochs and the finished share of the current one, as 2.5.
        loss: the mean of the batches since the previous point, in nats per character; NaN where it is not finite.
    """

    epoch: float
    loss: float


class TrainingProcess:
    """A training in a child process; it begins at once.

    It is monitored in a thread; every attribute may be read at any time.

    Args:
        command: the command line, which prints its progress as `train --json` does.
        epochs: of the whole training.
        has_viewer: whether the viewer who wants it is connected.
        limits: that end it.

    Attributes:
        finished_epochs: the last epoch that is in the folder, or None before any is.
        epoch, done, total: the current epoch, its finished batches, and all of its batches.
        points: the loss curve so far.
        ending: why it ended, or None as long as it runs.
        error: the last line of its standard error, where it failed.
        memory: the most resident bytes so far.
    """

    def __init__(
        self,
        command: Sequence[str],
        epochs: int,
        has_viewer: Callable[[], bool],
        limits: Limits = LIMITS,
    ) -> None:
        self.epochs = epochs
        self.limits = limits
        self.finished_epochs: int | None = None
        self.epoch, self.done, self.total = 0, 0, 0
        self.points: list[Point] = []
        self.ending: Ending | None = None
        self.error = ""
        self.memory = 0
        self._command = list(command)
        self._has_viewer = has_viewer
        self._started = time.monotonic()
        self._time_left = TimeLeft(epochs)
        self._stop_requested = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether its process still runs."""
        return not self._ended.is_set()

    @property
    def stopping(self) -> bool:
        """Whether it has been asked to stop, and still runs."""
        return self.running and self._stop_requested.is_set()

    def stop(self) -> None:
        """Ask it to stop after the current batch; returns at once."""
        self._stop_requested.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended, at most so long; return whether it has."""
        return self._ended.wait(seconds)

    def longest_left(self) -> float:
        """Return the seconds until its limit of time."""
        return max(0.0, self._started + self.limits.seconds - time.monotonic())

    def seconds_left(self) -> float | None:
        """Return the estimated seconds until it is done, or None before an epoch is finished."""
        left = self._time_left.seconds(time.monotonic())
        return None if left is None else min(self.longest_left(), left)

    def _run(self) -> None:
        """Run the process to its end; in a thread of its own, because one of the page may end sooner."""
        try:
            with tempfile.TemporaryFile() as errors:
                self._run_process(errors)
        except OSError as error:
            self.ending, self.error = "failed", one_line(error)
        finally:
            self._ended.set()

    def _run_process(self, errors: IO[bytes]) -> None:
        # The child ends when the pipe to its standard input is closed, so with this process at the latest.
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=os.environ | CHILD_ENVIRONMENT,
            start_new_session=True,  # a Ctrl-C in the server's terminal is the server's
        )
        reader = threading.Thread(target=self._read_messages, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            reason = self._wait_within_limits(process)
        finally:
            process.kill()
            process.wait()
            if process.stdin:
                with suppress(OSError):
                    process.stdin.close()
        reader.join(self.limits.grace_period)
        if process.stdout:
            process.stdout.close()
        errors.seek(0)
        lines = errors.read().decode(errors="replace").strip().splitlines()
        self.error = lines[-1].removeprefix("charlstm: ") if lines else ""
        self.ending = reason or ("done" if process.returncode == 0 else "failed")

    def _wait_within_limits(self, process: subprocess.Popen[bytes]) -> Ending | None:
        """Wait until the process has ended or must end; return why it must, or None where it has ended by itself."""
        viewer_seen = time.monotonic()
        while process.poll() is None:
            now = time.monotonic()
            if self._has_viewer():
                viewer_seen = now
            if self._exceeds_memory(process):
                return "memory"  # without a grace period: it could exhaust the machine's memory
            if self._stop_requested.wait(self.limits.poll_interval):
                return self._request_stop(process, "asked")
            if now - self._started > self.limits.seconds:
                return self._request_stop(process, "time")
            if now - viewer_seen > self.limits.seconds_without_viewer:
                return self._request_stop(process, "left")
        return None

    def _request_stop(self, process: subprocess.Popen[bytes], reason: Ending) -> Ending:
        """Ask the process to stop, and wait for it within the grace period and the limit of memory."""
        self._stop_requested.set()
        with suppress(OSError):
            if process.stdin:
                process.stdin.write(b"\n")
                process.stdin.flush()
        deadline = time.monotonic() + self.limits.grace_period
        while process.poll() is None and time.monotonic() < deadline and not self._exceeds_memory(process):
            time.sleep(min(self.limits.poll_interval, 0.1))
        return reason

    def _exceeds_memory(self, process: subprocess.Popen[bytes]) -> bool:
        self.memory = max(self.memory, resident_memory(process.pid) or 0)
        return self.memory > self.limits.memory

    def _read_messages(self, stream: IO[bytes]) -> None:
        for line in stream:
            with suppress(ValueError, KeyError, TypeError):  # a line that is not about progress
                self._handle_message(json.loads(line))

    def _handle_message(self, message: Mapping[str, float | None]) -> None:
        """Take in a line of progress, as `charlstm.training.progress.JsonLines` prints it."""
        epoch = int(message["epoch"] or 0)
        if message.get("finished"):
            self.finished_epochs = epoch
            self._time_left.note(time.monotonic(), epoch, finished=True)
            return
        self.epoch, self.done, self.total = epoch, int(message["done"] or 0), int(message["total"] or 0)
        loss = message["lately"]
        self.points.append(Point(epoch - 1 + self.done / self.total, float("nan") if loss is None else loss))
        self._time_left.note(time.monotonic(), self.points[-1].epoch)


def resident_memory(process_id: int) -> int | None:
    """Return the resident memory of a process in bytes, or None where it has ended or the system does not say."""
    import psutil  # takes a moment that only a training is worth

    try:
        return psutil.Process(process_id).memory_info().rss
    except (psutil.Error, OSError):
        return None


def memory_is_watched() -> bool:
    """Whether this system says how much memory a process has."""
    return resident_memory(os.getpid()) is not None
