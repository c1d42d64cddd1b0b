"""Training on a text of 100 MB: how much more memory than training on a tiny one.

Each training is a process of its own, through `corpus.load` and `training.loop.train`; it is left
after some hundred batches, and its largest resident size counts.
"""

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Claim, report, use_one_core

use_one_core()

import numpy as np  # noqa: E402

LARGE, TINY, BATCHES = 100_000_000, 20_000, 300
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789 \n.,;:!?'\"()-_[]=äëéæ"


class _EnoughError(Exception):
    """Ends the training."""


def write_text(path: Path, size: int) -> None:
    """Write `size` characters drawn at random."""
    generator = np.random.default_rng(1)
    letters = np.array([ord(character) for character in ALPHABET], dtype=np.uint8)
    with path.open("w", encoding="utf-8") as file:
        for start in range(0, size, 1 << 20):
            chosen = letters[generator.integers(len(letters), size=min(1 << 20, size - start))]
            file.write(chosen.tobytes().decode("latin-1"))


def train_a_little(path: Path, folder: Path) -> int:
    """Train on `path` for some batches; return the largest resident size so far, in bytes."""
    import resource

    from charlstm import corpus
    from charlstm.training.loop import train
    from charlstm.training.progress import PlainLines
    from charlstm.training.recipes import find_recipe

    class Leave(PlainLines):
        def batch(self, epoch: int, done: int, total: int, loss: float) -> None:
            if done == min(BATCHES, total):
                raise _EnoughError

        def epoch(self, figures, samples) -> None:
            pass

    with contextlib.suppress(_EnoughError):
        train(corpus.load(str(path)), find_recipe("book"), folder, Leave(1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def peak_of_process(size: int, folder: Path) -> int:
    """Return the largest resident size of a process that trains on a text of `size` characters."""
    path = folder / f"{size}.txt"
    write_text(path, size)
    command = [sys.executable, "-m", "benchmarks.memory", str(path), str(folder / f"model-{size}")]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-1])


def measure() -> list[Claim]:
    with tempfile.TemporaryDirectory() as folder:
        more = peak_of_process(LARGE, Path(folder)) - peak_of_process(TINY, Path(folder))
    claim = "training on a text of 100 MB: memory beyond that of a tiny text"
    return [Claim(claim, more / 1e6, 1000, at_least=False, unit=" MB")]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(train_a_little(Path(sys.argv[1]), Path(sys.argv[2])))
    else:
        report(measure)
