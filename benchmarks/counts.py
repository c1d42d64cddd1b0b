"""Counts: how fast they are made of a text as long as the book's, the start of the process included, and write."""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from charlstm.generation.loop import TextGenerator, generate_batch  # noqa: E402
from charlstm.model_folder.location import models_folder  # noqa: E402
from charlstm.model_folder.store import open_model  # noqa: E402

ROUNDS, LENGTH, TEMPERATURE = 5, 5_000, 0.5
CHARACTERS = 600_893  # of the book's text


def write_text(model, path: Path) -> None:
    """Write a text that a network makes up at temperature 1: as varied as the one that it knows."""
    rows = 64
    steps = generate_batch(model.network(), np.arange(4), [1.0] * rows, -(-CHARACTERS // rows), range(rows))
    ids = np.array([step.character_ids for step in steps]).T.ravel()[:CHARACTERS]
    path.write_text(model.vocabulary.decode(ids.tolist()), encoding="utf-8")


def measure() -> list[Claim]:
    model = open_model(models_folder() / "nietzsche-counts")
    writer = TextGenerator(model.network(), np.arange(4), random_seed=1)

    def write() -> None:
        for _ in range(LENGTH):
            writer.step(TEMPERATURE)

    speed = statistics.median(LENGTH / seconds(write) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        write_text(model, text)
        command = [sys.executable, "-m", "charlstm", "train", "--recipe=counts", "--allow-repeats", f"--corpus={text}"]

        def count(number: int) -> float:
            into = f"--into={folder}/{number}"
            return seconds(lambda: subprocess.run([*command, into], check=True, stdout=subprocess.DEVNULL))

        counting = statistics.median(count(number) for number in range(ROUNDS))
    return [
        Claim("counts: characters a second of one text", speed, 60, unit="/s"),
        Claim(f"counts: made of {CHARACTERS:,} characters", counting, 5, at_least=False, unit=" s"),
    ]


if __name__ == "__main__":
    report(measure)
