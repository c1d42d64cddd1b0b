"""A tiny training run that kills itself: `python killed_at.py MOMENT FOLDER`.

The moments are counted from 0: for each file that is written there is one when half of it is in
its temporary file, and one when it is whole and not yet renamed. A negative moment never comes.
"""

import os
import signal
import sys
from pathlib import Path

moment, folder = int(sys.argv[1]), Path(sys.argv[2])
come = 0
flush, rename = os.fsync, Path.replace


def moment_comes() -> bool:
    global come
    come += 1
    return come - 1 == moment


def fsync_or_die(handle):
    if moment_comes():
        os.ftruncate(handle, os.fstat(handle).st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)
    flush(handle)


def rename_or_die(self, target):
    if moment_comes():
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)


os.fsync, Path.replace = fsync_or_die, rename_or_die

from charlstm.corpora.corpus import InMemoryCorpus  # noqa: E402
from charlstm.training import loop  # noqa: E402
from charlstm.training.progress import PlainLines  # noqa: E402
from tests.training.tiny import TEXT, TINY  # noqa: E402

loop.train(InMemoryCorpus("small.txt", (TEXT,), "hash of the text"), TINY, folder, PlainLines(TINY.epochs))
