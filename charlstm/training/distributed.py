"""Synchronous data-parallel training: one process, one with several GPUs, or several processes on several machines.

Every replica has the same weights, computes the gradients of its shard of each batch, and applies their
mean over all replicas. `tf.distribute` connects the processes and computes the mean.
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

from charlstm.model_folder.atomic_write import write_whole
from charlstm.recipes.recipe import TrainingError

BROADCAST_CHUNK = 1 << 20  # bytes


class Replicas:
    """The replicas that train one network.

    Args:
        strategy: TensorFlow's.
        worker: the number of this process, from 0 on.
        workers: how many processes there are.
    """

    def __init__(self, strategy: tf.distribute.Strategy, worker: int = 0, workers: int = 1) -> None:
        self.strategy = strategy
        self.worker, self.workers = worker, workers

    @property
    def count(self) -> int:
        """The number of replicas, and so of the shards of a batch: one for each process, or for each of its GPUs."""
        return self.strategy.num_replicas_in_sync

    def run_step(self, step: Callable[..., Any], x: NDArray[np.int32], y: NDArray[np.int32]) -> float:
        """Run a training step on every replica, each with its shard of the batch; return the mean loss.

        Where the batch size is not a multiple of `count`, the examples at its end that are left over are skipped.

        Raises:
            TrainingError: another worker can no longer be reached.
        """
        if self.count == 1:
            return float(step(x, y))
        used = len(x) - len(x) % self.count

        def sharded(values: NDArray[np.int32]):
            return self.strategy.experimental_distribute_values_from_function(
                lambda context: tf.constant(values[context.replica_id_in_sync_group : used : self.count])
            )

        with self._lost_worker_reported():
            losses = self.strategy.experimental_local_results(step(sharded(x), sharded(y)))
        return float(losses[0])

    def gather(self, number: int) -> list[int]:
        """Return the number that each worker has given, by worker."""
        if self.workers == 1:
            return [number]
        return self._sum(np.eye(self.workers, dtype=np.int32)[self.worker] * number).tolist()

    def broadcast(self, content: bytes, source: int) -> bytes:
        """Return the content that the worker `source` has given; that of the others is ignored."""
        own = np.frombuffer(content, np.uint8) if self.worker == source else np.zeros(0, np.uint8)
        length = self._sum(np.array([len(own)], np.int32))[0]
        received = np.zeros(length, np.uint8)
        for start in range(0, length, BROADCAST_CHUNK):
            chunk = np.zeros(min(BROADCAST_CHUNK, length - start), np.int32)
            chunk += own[start : start + BROADCAST_CHUNK] if self.worker == source else 0
            received[start : start + BROADCAST_CHUNK] = self._sum(chunk)
        return received.tobytes()

    def _sum(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the sum over all workers."""

        def all_reduce(x):
            on_device = tf.identity(x)  # a captured constant has no device yet
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, on_device)

        with self._lost_worker_reported():
            return tf.function(lambda x: self.strategy.run(all_reduce, args=(x,)))(tf.constant(values)).numpy()

    @contextmanager
    def _lost_worker_reported(self) -> Iterator[None]:
        """Raise a TrainingError where TensorFlow says that another worker does not answer."""
        try:
            yield
        except tf.errors.OpError as error:
            if self.workers == 1:
                raise
            raise TrainingError(
                f"another worker can no longer be reached, so worker {self.worker} stopped; what was finished is kept, "
                "and the same commands go on from there"
            ) from error


def mean_over_replicas(values: list) -> list:
    """Return the mean over all replicas, within a step; the values themselves where there is one replica."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, values)


def local_replicas() -> Replicas:
    """Return the replicas of this process: one for each GPU, or a single one."""
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return Replicas(tf.distribute.MirroredStrategy())
    return Replicas(tf.distribute.get_strategy())


def join_cluster(addresses: list[str], worker: int) -> Replicas:
    """Wait until all workers are connected, and return the replicas.

    Args:
        addresses: host:port of each worker, this one's too, in the same order for all.
        worker: the index of this process in them.
    """
    cluster = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": worker}}
    os.environ["TF_CONFIG"] = json.dumps(cluster)
    return Replicas(tf.distribute.MultiWorkerMirroredStrategy(), worker, len(addresses))


def synchronise_folders(replicas: Replicas, folder: Path, epoch: int | None) -> bool:
    """Copy the model folder of the worker that has finished the most epochs to those that have fewer.

    A worker that was killed while it wrote may be one epoch behind the others.

    Args:
        replicas: all workers call this with theirs.
        folder: this worker's own.
        epoch: the last that it has finished, None for none.

    Returns:
        Whether this worker's folder has changed.
    """
    finished = replicas.gather(-1 if epoch is None else epoch)
    if len(set(finished)) == 1:
        return False
    source = int(np.argmax(finished))
    is_source, is_behind = replicas.worker == source, finished[replicas.worker] < finished[source]
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    for name in json.loads(replicas.broadcast(json.dumps(names).encode(), source)):
        content = replicas.broadcast((folder / name).read_bytes() if is_source else b"", source)
        if is_behind:
            write_whole(folder / Path(name).name, content)
    return is_behind
