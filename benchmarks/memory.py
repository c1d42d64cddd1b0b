"""Training on a text of 2 GB: how much more memory than training on a tiny one, and how soon it begins.

Each training is a process of its own, through `load_corpus` and `training.loop.train`; it is left
after some hundred batches, and its largest resident size counts.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Claim, report, use_one_core

use_one_core()

import numpy as np  # noqa: E402

LARGE, TINY, BATCHES = 2_000_000_000, 20_000, 300
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


def train_a_little(path: Path, folder: Path) -> tuple[int, float]:
    """Train on `path` for some batches; return the largest resident size in bytes, and seconds of a core.

    The seconds are those in which the text is looked through and checked, before TensorFlow is at work.
    """
    import resource

    from charlstm.corpora.corpus import load_corpus
    from charlstm.corpora.leakage import check_leakage
    from charlstm.recipes.recipe import check_corpus, find_recipe
    from charlstm.training.loop import TrainingCallback, train

    class Leave(TrainingCallback):
        def on_batch_end(self, epoch: int, done: int, total: int, loss: float) -> None:
            if done == min(BATCHES, total):
                raise _EnoughError

    began = time.process_time()
    text, recipe = load_corpus(str(path)), find_recipe("book")
    check_corpus(text, recipe)
    check_leakage(text)
    took = time.process_time() - began
    with contextlib.suppress(_EnoughError):
        train(text, recipe, folder, Leave())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024, took


def of_process(size: int, folder: Path) -> tuple[int, float]:
    """Return the largest resident size and the seconds of a process that trains on a text of `size` characters."""
    path = folder / f"{size}.txt"
    write_text(path, size)
    command = [sys.executable, "-m", "benchmarks.memory", str(path), str(folder / f"model-{size}")]
    *_, peak, took = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return int(peak), float(took)


def measure() -> list[Claim]:
    with tempfile.TemporaryDirectory() as folder:
        (most, took), (least, _) = of_process(LARGE, Path(folder)), of_process(TINY, Path(folder))
    return [
        Claim("training on a text of 2 GB: memory beyond that of a tiny text", (most - least) / 1e6, 300, False, " MB"),
        Claim("training on a text of 2 GB: seconds of a core until it is checked", took, 10, False, " s"),
    ]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(*train_a_little(Path(sys.argv[1]), Path(sys.argv[2])))
    else:
        report(measure)
