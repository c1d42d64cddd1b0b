"""The one training that a server runs at a time: started, followed, and ended in time, in a process of its own.

A training has limits, because a server has others to serve: of memory, of time, and that somebody is
still there who wants it. Whatever ends it, the finished epochs are in its folder.
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

from charlstm.model_folder.manifest import one_line

Ending = Literal["done", "asked", "time", "left", "memory", "failed"]
# One thread is all it may take; the memory is handed back sooner with fewer places to take it from.
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Limits:
    """What ends a training.

    Attributes:
        memory: bytes that its process may have in the machine's memory.
        seconds: that it may last.
        alone: seconds that it goes on after its viewer has left.
        grace: seconds that it is given to end by itself before it is killed.
        look: seconds from one look at it to the next.
    """

    memory: int = 900_000_000
    seconds: float = 30 * 60
    alone: float = 3 * 60
    grace: float = 20
    look: float = 0.25


LIMITS = Limits()


@dataclass(frozen=True)
class TrainingRequest:
    """What is to be learned, and how."""

    text: Path
    folder: Path
    recipe: str
    epochs: int
    changes: tuple[tuple[str, str], ...] = ()  # fields of the recipe

    def command(self) -> list[str]:
        """Return the command that does it."""
        plan = [f"--{name.replace('_', '-')}={value}" for name, value in (("epochs", self.epochs), *self.changes)]
        return [
            *(sys.executable, "-m", "charlstm.cli.low_priority", "train", "--json", "--allow-repeats"),
            *(f"--corpus={self.text}", f"--into={self.folder}", f"--recipe={self.recipe}", *plan),
        ]


class Point(NamedTuple):
    """How far it was, and how well it did there.

    Attributes:
        epoch: the epochs behind it and the share of the present one, as 2.5.
        loss: the mean of the batches since the point before, in nats a character; NaN where it is not finite.
    """

    epoch: float
    loss: float


class TrainingProcess:
    """One training, from its start on.

    It is followed in a thread of its own; every attribute may be read at any time.

    Attributes:
        finished_epochs: the last epoch that is in the folder, or None before any is.
        epoch, done, total: the present epoch, and its batches that are done, of how many.
        points: the losses so far.
        ending: why it ended, or None as long as it runs.
        error: what it said itself where it failed.
    """

    def __init__(
        self,
        command: Sequence[str],
        epochs: int,
        watched: Callable[[], bool],
        limits: Limits = LIMITS,
        memory_of: Callable[[int], int | None] | None = None,
    ) -> None:
        self.epochs = epochs
        self.limits = limits
        self.finished_epochs: int | None = None
        self.epoch, self.done, self.total = 0, 0, 0
        self.points: list[Point] = []
        self.ending: Ending | None = None
        self.error = ""
        self.memory = 0  # the most that its process has had, bytes
        self._command = list(command)
        self._watched = watched
        self._memory_of = memory_of or resident
        self._began = time.monotonic()
        self._learning: tuple[float, float] | None = None  # when, and at which place, it began to learn
        self._asked = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._follow, daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether its process is still there."""
        return not self._ended.is_set()

    @property
    def stopping(self) -> bool:
        """Whether it has been asked to stop, and has not yet."""
        return self.running and self._asked.is_set()

    def stop(self) -> None:
        """Ask it to end when the batch at hand is done; returns at once."""
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; return whether it has."""
        return self._ended.wait(seconds)

    def longest_left(self) -> float:
        """Return the seconds after which it ends whatever it does."""
        return max(0.0, self._began + self.limits.seconds - time.monotonic())

    def seconds_left(self) -> float | None:
        """Return how long the rest takes at the pace so far, or None before there is one."""
        if not self.points or self._learning is None:
            return None
        began, start = self._learning
        done = self.points[-1].epoch - start
        if done <= 0:
            return None
        return min(self.longest_left(), (time.monotonic() - began) * (self.epochs - self.points[-1].epoch) / done)

    def _follow(self) -> None:
        """Run the process to its end. It is started here because a thread of a page may end before it."""
        try:
            with tempfile.TemporaryFile() as said:
                self._run(said)
        except OSError as error:
            self.ending, self.error = "failed", one_line(error)
        finally:
            self._ended.set()

    def _run(self, said: IO[bytes]) -> None:
        # The end of the pipe to its standard input is what it ends with.
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            env=os.environ | QUIET,
            start_new_session=True,  # a Ctrl-C in the server's terminal is the server's
        )
        reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            reason = self._look_after(process)
        finally:
            process.kill()
            process.wait()
            if process.stdin:
                with suppress(OSError):
                    process.stdin.close()
        reader.join(self.limits.grace)
        if process.stdout:
            process.stdout.close()
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
        self.error = lines[-1].removeprefix("charlstm: ") if lines else ""
        self.ending = reason or ("done" if process.returncode == 0 else "failed")

    def _look_after(self, process: subprocess.Popen[bytes]) -> Ending | None:
        """Wait for the end of the process, or bring it about; return why it was brought about, or None."""
        last_watched = time.monotonic()
        while process.poll() is None:
            now = time.monotonic()
            if self._watched():
                last_watched = now
            self.memory = max(self.memory, self._memory_of(process.pid) or 0)
            if self.memory > self.limits.memory:
                return "memory"  # without grace: the next moment may be too late
            if self._asked.wait(self.limits.look):
                return self._end(process, "asked")
            if now - self._began > self.limits.seconds:
                return self._end(process, "time")
            if now - last_watched > self.limits.alone:
                return self._end(process, "left")
        return None

    def _end(self, process: subprocess.Popen[bytes], reason: Ending) -> Ending:
        """Ask it to end, and see to it that it does not take more memory meanwhile than it may."""
        self._asked.set()
        with suppress(OSError):
            if process.stdin:
                process.stdin.write(b"\n")
                process.stdin.flush()
        deadline = time.monotonic() + self.limits.grace
        while process.poll() is None and time.monotonic() < deadline:
            if (self._memory_of(process.pid) or 0) > self.limits.memory:
                break
            time.sleep(min(self.limits.look, 0.1))
        return reason

    def _read(self, stream: IO[bytes]) -> None:
        """Take in what it tells of its progress, line by line."""
        for line in stream:
            with suppress(ValueError, KeyError, TypeError):  # a line that is not about progress
                self._take(json.loads(line))

    def _take(self, told: Mapping[str, float | None]) -> None:
        epoch = int(told["epoch"] or 0)
        if self._learning is None:
            self._learning = time.monotonic(), float(epoch)
        if told.get("finished"):
            self.finished_epochs = epoch
            return
        self.epoch, self.done, self.total = epoch, int(told["done"] or 0), int(told["total"] or 0)
        lately = told["lately"]
        self.points.append(Point(epoch - 1 + self.done / self.total, float("nan") if lately is None else lately))


class TrainingSlot:
    """The one training of a server, and whose it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._present: TrainingProcess | None = None

    @property
    def present(self) -> TrainingProcess | None:
        """The training that runs, or None."""
        present = self._present
        return present if present is not None and present.running else None

    def start(self, begin: Callable[[], TrainingProcess]) -> TrainingProcess | None:
        """Begin a training and return it; None where another one runs."""
        with self._lock:
            if self.present is not None:
                return None
            self._present = begin()
            return self._present


TRAINING_SLOT = TrainingSlot()  # of this server's process, for all its viewers


def resident(process: int) -> int | None:
    """Return the bytes of memory that a process takes now, or None where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory_is_watched() -> bool:
    """Whether this system tells how much memory a process takes."""
    return resident(os.getpid()) is not None
