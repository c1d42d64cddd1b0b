"""Tiny training runs in one folder, each killed at a moment: `python killed_at.py FOLDER SNAPSHOTS MOMENT …`.

A moment is a number: for each file that is written, counted from 0, there is one when half of it is in
its temporary file, and one when it is whole and not yet renamed. Or it is `batch`, in the middle of
epoch 2, or `never`. Each run is a process, forked once TensorFlow is imported and before it is used.
The folder is copied into SNAPSHOTS after each run, and the signals that ended the runs are printed.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from charlstm.training import loop
from charlstm.training.progress import PlainLines
from tests.training.tiny import CORPUS, TINY


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class KilledInEpoch2(PlainLines):
    """Kills the process in the middle of epoch 2."""

    def on_batch_end(self, epoch, done, total, loss):
        if (epoch, done) == (2, total // 2):
            kill()


def train_until(moment: str, folder: Path) -> None:
    """Train, and be killed at the moment."""
    flush, rename, count = os.fsync, Path.replace, iter(range(1000))

    def killing_fsync(handle):
        if str(next(count)) == moment:
            os.ftruncate(handle, os.fstat(handle).st_size // 2)
            kill()
        flush(handle)

    def killing_rename(path, target):
        if str(next(count)) == moment:
            kill()
        return rename(path, target)

    os.fsync = killing_fsync
    setattr(Path, "replace", killing_rename)  # noqa: B010 - a method, to which mypy lets nothing be assigned
    callback = (KilledInEpoch2 if moment == "batch" else PlainLines)(TINY.last_epoch)
    loop.train(CORPUS, TINY, folder, callback)


def main(folder: Path, snapshots: Path, *moments: str) -> None:
    """Run one process after the other."""
    for number, moment in enumerate(moments):
        child = os.fork()
        if child == 0:
            train_until(moment, folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("ended by", os.WTERMSIG(status), flush=True)
        shutil.copytree(folder, snapshots / str(number))


main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
