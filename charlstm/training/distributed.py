"""Who learns together: one process, one process with several GPUs, or several processes on several machines.

All of them keep the same weights: each takes its share of every batch, the gradients' mean is made
over all, and each applies it. TensorFlow's own machinery (`tf.distribute`) finds the others and
makes the mean.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from charlstm.model_folder import store
from charlstm.recipes.recipe import TrainingError

PIECE = 1 << 20  # bytes sent to the other workers at once


class Replicas:
    """Those who learn together.

    Args:
        strategy: TensorFlow's.
        worker: the number of this process among them.
        workers: how many processes there are.
    """

    def __init__(self, strategy: tf.distribute.Strategy, worker: int = 0, workers: int = 1) -> None:
        self.strategy = strategy
        self.worker, self.workers = worker, workers

    @property
    def count(self) -> int:
        """How many shares a batch has: one for each process, or for each of its GPUs."""
        return self.strategy.num_replicas_in_sync

    def learn(self, step: Callable[..., Any], x: NDArray[np.int32], y: NDArray[np.int32]) -> float:
        """Let all take a step, each with its share of the batch; return the mean loss.

        Where a batch cannot be shared equally, the examples at its end that are left over are not learned.
        """
        if self.count == 1:
            return float(step(x, y))
        whole = len(x) - len(x) % self.count

        def share(values: NDArray[np.int32]):
            return self.strategy.experimental_distribute_values_from_function(
                lambda context: tf.constant(values[context.replica_id_in_sync_group : whole : self.count])
            )

        with self.watched():
            losses = self.strategy.experimental_local_results(step(share(x), share(y)))
        return float(losses[0])

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Turn the silence of another worker into a sentence."""
        try:
            yield
        except tf.errors.OpError as error:
            if self.workers == 1:
                raise
            raise TrainingError(
                f"another worker can no longer be reached, so worker {self.worker} stopped; what was finished is kept, "
                "and the same commands go on from there"
            ) from error

    def gather(self, number: int) -> list[int]:
        """Return the number that each worker has given."""
        if self.workers == 1:
            return [number]
        return self._sum(np.eye(self.workers, dtype=np.int32)[self.worker] * number).tolist()

    def send(self, content: bytes, sender: int) -> bytes:
        """Return the bytes that the sender has given; those of the others are ignored."""
        mine = np.frombuffer(content, np.uint8) if self.worker == sender else np.zeros(0, np.uint8)
        length = self._sum(np.array([len(mine)], np.int32))[0]
        received = np.zeros(length, np.uint8)
        for start in range(0, length, PIECE):
            piece = np.zeros(min(PIECE, length - start), np.int32)
            piece += mine[start : start + PIECE] if self.worker == sender else 0
            received[start : start + PIECE] = self._sum(piece)
        return received.tobytes()

    def _sum(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the sum over all workers."""

        def added(x):
            here = tf.identity(x)  # what comes from outside stands on no device yet
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, here)

        with self.watched():
            return tf.function(lambda x: self.strategy.run(added, args=(x,)))(tf.constant(values)).numpy()


def mean_over_replicas(values: list) -> list:
    """Return the mean over all shares of a batch, within a step; the values themselves where there is one share."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, values)


def alone() -> Replicas:
    """Return the crew of this process: all of its GPUs where it has several."""
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return Replicas(tf.distribute.MirroredStrategy())
    return Replicas(tf.distribute.get_strategy())


def join(addresses: list[str], worker: int) -> Replicas:
    """Wait for the other workers, and return the crew.

    Args:
        addresses: host:port of each worker, this one's too, in the same order for all.
        worker: which of them is this process.
    """
    cluster = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": worker}}
    os.environ["TF_CONFIG"] = json.dumps(cluster)
    return Replicas(tf.distribute.MultiWorkerMirroredStrategy(), worker, len(addresses))


def synchronise_folders(crew: Replicas, folder: Path, epoch: int | None) -> bool:
    """Give the folder of the worker that has finished the most epochs to those that have fewer.

    A worker that died while it wrote may be one epoch behind the others.

    Args:
        crew: all workers; each calls this.
        folder: this worker's own.
        epoch: the last that it has finished, None for none.

    Returns:
        Whether this worker's folder has changed.
    """
    reached = crew.gather(-1 if epoch is None else epoch)
    if len(set(reached)) == 1:
        return False
    ahead = int(np.argmax(reached))
    sending = crew.worker == ahead
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    sent = crew.send(json.dumps(names).encode() if sending else b"", ahead)
    for name in json.loads(sent):
        content = crew.send((folder / name).read_bytes() if sending else b"", ahead)
        if not sending and reached[crew.worker] < reached[ahead]:
            store.write_whole(folder / Path(name).name, content)
    return not sending and reached[crew.worker] < reached[ahead]
