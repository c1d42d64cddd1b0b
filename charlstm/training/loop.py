"""The training loop: epochs, held-out loss, samples, checkpoints, resuming, and the divergence guard."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from charlstm.corpora.corpus import LoadedCorpus
from charlstm.corpora.passages import index_corpus
from charlstm.evaluation.metrics import held_out_loss
from charlstm.generation.loop import generate_batch
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder import training_records
from charlstm.model_folder.epoch_weights import (
    AnyTensors,
    as_read,
    remove_epochs,
    to_storage_dtype,
    weights_are_usable,
    write_epoch,
)
from charlstm.model_folder.manifest import write_manifest
from charlstm.model_folder.passage_index import write_passages
from charlstm.model_folder.training_records import EpochFigures, Sample
from charlstm.networks.network import Network
from charlstm.recipes.recipe import Recipe, TrainingError, check_corpus
from charlstm.recipes.sample_seed import SampleSeed, sample_seed
from charlstm.text.character_mapping import MappedCharacter
from charlstm.text.decoding import CorpusError
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import WordList
from charlstm.training.interrupts import interrupts_deferred
from charlstm.training.resume import TrainingState, locked_folder, read_state, run_identity, write_state
from charlstm.training.run import TrainingRun, best_epoch, prepare_run, run_manifest

if TYPE_CHECKING:  # TensorFlow, which counting does without
    from charlstm.training.distributed import Replicas

# A longer held-out text is scored at this many places, evenly spread; the named corpora are shorter.
MOST_HELD_OUT_WINDOWS = 25_000


class TrainingCallback:
    """What is called during a training run, as `keras.callbacks.Callback` is; these methods do nothing."""

    def on_train_begin(self, vocabulary: Vocabulary, mappings: list[MappedCharacter], counted_in: str) -> None:
        """The vocabulary is known, and which characters are folded or dropped, counted in the text named so."""

    def on_seed_text(self, seed: SampleSeed) -> None:
        """A new run has its samples' seed text."""

    def on_resume(self, epoch: int) -> None:
        """The folder has a run already; `epoch` is the last that is finished."""

    def on_batch_end(self, epoch: int, done: int, total: int, loss: float) -> None:
        """`done` batches of `total` are done; `loss` is the mean over this epoch so far."""

    def on_epoch_end(self, figures: EpochFigures, samples: list[Sample]) -> None:
        """An epoch has been scored and stored; epoch 0 is the untrained network."""


def train(
    corpus: LoadedCorpus, recipe: Recipe, folder: Path, callback: TrainingCallback, replicas: "Replicas | None" = None
) -> None:
    """Train by a recipe into a model folder; resume after the last finished epoch if there is one.

    All randomness of an epoch follows from the random seed and the number of the epoch, so a run that
    was interrupted sees the same batches as one that was not.

    Args:
        corpus: to train on its training texts and score its held-out texts.
        recipe: the network and how it is trained.
        folder: made where it does not exist.
        callback: called during the run.
        replicas: all GPUs of this process by default; none where nothing is learned but counted.

    Raises:
        TrainingError: the corpus is too short, the folder holds another run or cannot be written
            to, or the loss became NaN or infinite and the recipe says to stop.
        ModelError: the history or the samples in the folder are damaged.
        KeyboardInterrupt: Ctrl-C, raised after the batch or the end of the epoch in which it came.
    """
    check_corpus(corpus, recipe)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(
            f"the folder {folder} cannot be made ({error.strerror}): choose another, or change its permissions"
        ) from error
    with locked_folder(folder), interrupts_deferred() as check_interrupt:
        replicas = None if recipe.network == "counts" else replicas or _local_replicas()
        identity = run_identity(recipe, corpus, replicas.count if replicas else 1)
        state = read_state(folder, identity)
        if replicas and _synchronised(replicas, folder, state):
            state = read_state(folder, identity)
        run = prepare_run(corpus, recipe, folder, replicas)
        callback.on_train_begin(run.vocabulary, run.mappings, corpus.sample_description)
        if state is None:
            words = WordList.of_texts(corpus.sample)
            seed = sample_seed(recipe, run.vocabulary, words, corpus.held_out)
            run.seed_text = seed.text
            callback.on_seed_text(seed)
            with _disk_errors_reported(run):
                training_records.write_words(folder, words)
                with suppress(CorpusError):  # a corpus that is too long for an index
                    write_passages(folder, index_corpus(corpus, run.encoder))
            _finish_epoch(run, EpochFigures(0, math.nan, math.nan, 0.0), callback)
        else:
            run.restore(state)
            callback.on_resume(state.epoch)
        while not run.is_finished:
            check_interrupt()
            epoch = run.history[-1].epoch + 1
            began = time.monotonic()
            loss = _train_epoch(run, epoch, callback, check_interrupt)
            _finish_epoch(run, EpochFigures(epoch, loss, math.nan, time.monotonic() - began), callback)


def _local_replicas() -> "Replicas":
    from charlstm.training.distributed import local_replicas

    return local_replicas()


def _synchronised(replicas: "Replicas", folder: Path, state: TrainingState | None) -> bool:
    from charlstm.training.distributed import synchronise_folders

    return synchronise_folders(replicas, folder, state.epoch if state else None)


def _train_epoch(
    run: TrainingRun, epoch: int, callback: TrainingCallback, check_interrupt: Callable[[], None]
) -> float:
    """Learn one epoch, and return its mean loss."""
    generator = np.random.Generator(np.random.PCG64([run.recipe.random_seed, epoch]))
    dropped_before = run.encoder.dropped.total()

    def after_batch(done: int, total: int, loss: float) -> None:
        _stop_if_diverged(run, epoch, loss)
        callback.on_batch_end(epoch, done, total, loss)
        check_interrupt()

    loss = run.learn_epoch(generator, after_batch)
    run.dropped_in_epoch = run.encoder.dropped.total() - dropped_before
    return loss


def _stop_if_diverged(run: TrainingRun, epoch: int, loss: float) -> None:
    if run.recipe.when_diverging == "stop" and not math.isfinite(loss):
        raise TrainingError(
            f"the loss became {loss} in epoch {epoch}, so training stopped; {run.describe_kept()}; "
            "a lower learning rate may help"
        )


def _finish_epoch(run: TrainingRun, figures: EpochFigures, callback: TrainingCallback) -> None:
    """Score an epoch, generate its samples, and store it. All is done with the weights as they are stored, rounded."""
    recipe, epoch = run.recipe, figures.epoch
    tensors = to_storage_dtype(run.learner.tensors)
    usable = weights_are_usable(tensors)
    samples: list[Sample] = []
    if usable:
        network = run.learner.architecture_after(epoch).network(as_read(tensors), recipe.context, recipe.maxlen or 1)
        step = max(recipe.step or 1, sum(map(len, run.held_out)) // MOST_HELD_OUT_WINDOWS)
        loss = held_out_loss(network, run.held_out, step)
        # Rounded as the history keeps them, so that a resumed run compares the same numbers.
        figures = replace(figures, train_loss=round(figures.train_loss, 6), held_out_loss=round(loss, 6))
        samples = generate_samples(network, run.vocabulary, recipe, run.seed_text, epoch)
    _stop_if_diverged(run, epoch, figures.held_out_loss)
    with _disk_errors_reported(run):
        _store_epoch(run, tensors if usable else None, [*run.history, figures], [*run.samples, *samples])
    callback.on_epoch_end(figures, samples)


def _store_epoch(
    run: TrainingRun,
    tensors: AnyTensors | None,
    history: list[EpochFigures],
    samples: list[Sample],
) -> None:
    """Write all files of the last epoch of `history`, the training state last: that makes the epoch a finished one."""
    epoch, best = history[-1].epoch, best_epoch(history)
    if tensors is not None and (run.recipe.keep == "all" or best.epoch == epoch):
        write_epoch(run.folder, epoch, tensors)
    training_records.write_history(run.folder, history)
    training_records.write_samples(run.folder, samples)
    write_manifest(run.folder, run_manifest(run, history))
    write_state(run.folder, TrainingState(epoch, *run.learner.state), run.identity)
    if run.recipe.keep != "all":
        remove_epochs(run.folder, all_but=best.epoch)
    run.history, run.samples = history, samples


@contextmanager
def _disk_errors_reported(run: TrainingRun) -> Iterator[None]:
    """Raise an error of the disk as a TrainingError, with what is kept of the run."""
    try:
        yield
    except OSError as error:
        raise TrainingError(
            f"{error.filename or run.folder} cannot be written ({error.strerror or error}), so training stopped; "
            f"{run.describe_kept()}, and the same command goes on from there"
        ) from error


def generate_samples(
    network: Network, vocabulary: Vocabulary, recipe: Recipe, seed_text: str, epoch: int
) -> list[Sample]:
    """Return a sample at each of the book's temperatures, all with the same seed text and random seed."""
    random_seeds = [recipe.random_seed] * len(BOOK_TEMPERATURES)
    steps = generate_batch(network, vocabulary.encode(seed_text), BOOK_TEMPERATURES, recipe.sample_length, random_seeds)
    rows = np.array([step.character_ids for step in steps]).T
    return [
        Sample(epoch, temperature, recipe.random_seed, seed_text, vocabulary.decode(ids.tolist()))
        for temperature, ids in zip(BOOK_TEMPERATURES, rows, strict=True)
    ]
