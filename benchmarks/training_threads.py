"""Training the book's network: one thread an operation and several operations at once, against TensorFlow's default.

Each training is a process of its own, because TensorFlow fixes its threads at its first operation.
"""

import os
import statistics
import subprocess
import sys
import time

from benchmarks.measure import Claim, report

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
CHARACTERS, BATCHES, ROUNDS = 57, 40, 3


def seconds_a_batch(ours: bool) -> float:
    """Return the median time of a training step of the book's network, in this process."""
    import numpy as np

    from charlstm.recipes.recipe import find_recipe
    from charlstm.training.data.windows import WindowStream
    from charlstm.training.distributed import local_replicas
    from charlstm.training.learner import Learner, use_inter_op_threads

    if ours:
        use_inter_op_threads()
    step = Learner(find_recipe("book"), CHARACTERS, 1, local_replicas()).train_on_batch
    ids = np.random.default_rng(1).integers(CHARACTERS, size=50_000)
    times = []
    for x, y in WindowStream(ids, maxlen=60, step=3, batch_size=128).batches():
        began = time.perf_counter()
        float(step(x, y))
        times.append(time.perf_counter() - began)
        if len(times) == BATCHES:
            break
    return statistics.median(times[5:])


def of_process(which: str) -> float:
    output = subprocess.run(
        [sys.executable, "-m", "benchmarks.training_threads", which], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return float(output.split()[-1])


def measure() -> list[Claim]:
    ratios = [of_process("default") / of_process("ours") for _ in range(ROUNDS)]
    return [Claim("training the book's network: against TensorFlow's default threads", statistics.median(ratios), 1)]


if __name__ == "__main__":
    if sys.argv[1:] in (["ours"], ["default"]):
        print(seconds_a_batch(sys.argv[1] == "ours"))
    else:
        report(measure)
