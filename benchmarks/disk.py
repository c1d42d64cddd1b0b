"""Training on a text that stays on the disk: a step against one on a text in memory.

A step is a batch being made and learned. A pool of blocks is read once for the thousands of batches
that it gives, so making them is timed over whole pools, the reading included; learning, which is the
same for both, is timed by itself, with the quickest recipe, and added to both.
"""

from benchmarks.measure import Claim, report, seconds, use_one_core

use_one_core()

import statistics  # noqa: E402
import tempfile  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from benchmarks.memory import write_text  # noqa: E402
from charlstm.corpora.on_disk import scan_files  # noqa: E402
from charlstm.recipes.recipe import find_recipe  # noqa: E402
from charlstm.text.character_mapping import TextEncoder, count_characters  # noqa: E402
from charlstm.training import distributed  # noqa: E402
from charlstm.training.data.pools import Examples, PooledStream  # noqa: E402
from charlstm.training.data.windows import WindowStream  # noqa: E402
from charlstm.training.learner import Learner  # noqa: E402

SIZE, STEPS = 18_600_000, 50  # just under one pool of text


def drain(examples: Examples) -> int:
    """Make all batches of an epoch; return how many."""
    return sum(1 for _ in examples.batches(np.random.default_rng(1)))


def measure(rounds: int = 3) -> list[Claim]:
    recipe = find_recipe("book")
    maxlen, step, batch_size = recipe.maxlen or 0, recipe.step or 0, recipe.batch_size or 0
    stream_of = partial(WindowStream, maxlen=maxlen, step=step, batch_size=batch_size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        write_text(path, SIZE)
        corpus = scan_files("text", [path])
        reader = TextEncoder.of_counts(count_characters(corpus.sample), recipe.folding, recipe.least_count)
        from_disk = PooledStream(corpus, reader, stream_of)
        text = "".join(corpus.block(index).text() for index in range(corpus.block_count))
        in_memory = stream_of(reader.encode(text))
        learner = Learner(recipe, len(reader.vocabulary), 1, distributed.local_replicas())
        x, y = next(iter(in_memory.batches(np.random.default_rng(1))))
        learner.train_on_batch(x, y)
        ratios = []
        for _ in range(rounds):
            learning = seconds(lambda: [learner.train_on_batch(x, y) for _ in range(STEPS)]) / STEPS
            memory = seconds(lambda: drain(in_memory)) / len(in_memory)
            disk = seconds(lambda: drain(from_disk)) / len(from_disk)
            ratios.append((memory + learning) / (disk + learning))
    return [Claim("a training step on a text on the disk: against one in memory", statistics.median(ratios), 0.98)]


if __name__ == "__main__":
    report(measure)
