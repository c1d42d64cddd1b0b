"""Training: epochs, held-out loss, samples, checkpoints, resuming, and the divergence guard."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from charlstm.corpora.corpus import InMemoryCorpus, LoadedCorpus
from charlstm.evaluation.metrics import held_out_loss
from charlstm.generation.loop import generate_batch
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder import store
from charlstm.networks.network import Network
from charlstm.recipes.recipe import Recipe, TrainingError, check_corpus
from charlstm.text.character_mapping import MappedCharacter, TextEncoder, count_characters
from charlstm.text.vocabulary import Vocabulary
from charlstm.text.word_list import Lexicon
from charlstm.training import distributed as together
from charlstm.training.data.chunks import ChunkStream
from charlstm.training.data.pools import Examples, PooledStream
from charlstm.training.data.windows import WindowStream
from charlstm.training.distributed import Replicas
from charlstm.training.interrupts import interrupts_deferred
from charlstm.training.learner import Learner
from charlstm.training.provenance import library_versions
from charlstm.training.resume import State, alone, check_history, identity, read_state, write_state

# A longer held-out text is scored at this many places, evenly spread; the named corpora are shorter.
LARGEST_HELD_OUT_WINDOWS = 25_000


class Listener(Protocol):
    """What follows a training run, to show it."""

    def resumed(self, epoch: int) -> None:
        """The folder has a run already; it goes on after `epoch`."""

    def begun(self, vocabulary: Vocabulary, fates: list[MappedCharacter], sample_description: str) -> None:
        """The network knows this vocabulary; what became of the other characters, and where they were counted."""

    def batch(self, epoch: int, done: int, total: int, loss: float) -> None:
        """`done` batches of `total` are learned; `loss` is the mean over this epoch so far."""

    def epoch(self, figures: store.EpochFigures, samples: list[store.Sample]) -> None:
        """An epoch is scored and stored."""


@dataclass
class _Run:
    """The moving parts of a training run."""

    corpus: LoadedCorpus
    recipe: Recipe
    folder: Path
    reader: TextEncoder
    by_frequency: tuple[str, ...]
    fates: list[MappedCharacter]
    left_out: int  # characters, before the first epoch
    held_out: Sequence[NDArray[np.integer]]
    examples: Examples
    shares: int
    learner: Learner
    history: list[store.EpochFigures]
    samples: list[store.Sample]
    left_out_in_epoch: int = 0  # of a text that is read epoch by epoch

    @property
    def vocabulary(self) -> Vocabulary:
        """The characters of the network."""
        return self.reader.vocabulary

    @property
    def kept(self) -> str:
        """What stays when the run ends here, for an error."""
        if not self.history:
            return "nothing had been finished"
        return f"epoch {self.history[-1].epoch} is kept in {self.folder}"

    @property
    def ended(self) -> bool:
        """Whether all epochs are done, or the held-out loss has not fallen for too many."""
        last = self.history[-1].epoch
        patience = self.recipe.patience
        return last >= self.recipe.epochs or (patience is not None and last - _best(self.history).epoch >= patience)


def train(corpus: LoadedCorpus, recipe: Recipe, folder: Path, listener: Listener, crew: Replicas | None = None) -> None:
    """Train by a recipe into a model folder; go on from the last finished epoch if there is one.

    Everything that chance decides in an epoch follows from the random seed and the epoch's number,
    so a run that was interrupted and one that was not see the same batches.

    Raises:
        TrainingError: the corpus is too short, the folder holds another run or cannot be written
            to, or the loss became NaN or infinite and the recipe says to stop.
        KeyboardInterrupt: Ctrl-C, when the batch or the epoch's end at which it came is done.
    """
    check_corpus(corpus, recipe)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(
            f"the folder {folder} cannot be made ({error.strerror}): choose another, or change its permissions"
        ) from error
    with alone(folder), interrupts_deferred() as obey:
        crew = crew or together.alone()
        state = read_state(folder, identity(recipe, corpus, crew.count))
        if together.synchronise_folders(crew, folder, state.epoch if state else None):
            state = read_state(folder, identity(recipe, corpus, crew.count))
        run = _prepare(corpus, recipe, folder, crew)
        listener.begun(run.vocabulary, run.fates, corpus.sample_description)
        if state is None:
            with _explained(run):
                store.write_words(folder, Lexicon.of_texts(corpus.sample))
            _finish_epoch(run, store.EpochFigures(0, math.nan, math.nan, 0.0), listener)
        else:
            _restore(run, state)
            listener.resumed(state.epoch)
        while not run.ended:
            obey()
            epoch = run.history[-1].epoch + 1
            began = time.monotonic()
            loss = _train_epoch(run, epoch, listener, obey)
            _finish_epoch(run, store.EpochFigures(epoch, loss, math.nan, time.monotonic() - began), listener)


def _prepare(corpus: LoadedCorpus, recipe: Recipe, folder: Path, crew: Replicas) -> _Run:
    """Build the untrained network, and turn the corpus into ids, or what the first epoch needs of it."""
    counts = count_characters(corpus.sample)
    reader = TextEncoder.of_counts(counts, recipe.folding, recipe.least_count)
    held_out = [reader.encode(text) for text in corpus.held_out]
    stream_of = partial(_stream_of, recipe, recipe.batch_size * crew.count)
    examples: Examples
    if isinstance(corpus, InMemoryCorpus):
        examples = stream_of(reader.encode(corpus.training))
        left_out = reader.left_out.total()
    else:
        left_out = reader.left_out.total()
        examples = PooledStream(corpus, reader, stream_of)
    learner = Learner(recipe, len(reader.vocabulary), len(examples) * recipe.epochs, crew)
    known, fates = reader.by_frequency(counts), reader.fates(counts)
    return _Run(corpus, recipe, folder, reader, known, fates, left_out, held_out, examples, crew.count, learner, [], [])


def _stream_of(recipe: Recipe, batch_size: int, ids: NDArray[np.integer]) -> Examples:
    if recipe.examples == "windows":
        return WindowStream(ids, recipe.maxlen, recipe.step or 1, batch_size)
    return ChunkStream(ids, recipe.maxlen, batch_size)


def _restore(run: _Run, state: State) -> None:
    """Put the run where the last finished epoch left it."""
    try:
        run.learner.restore(state.model, state.optimizer)
    except (KeyError, ValueError) as error:
        raise TrainingError(
            f"the training state in {run.folder} does not fit this network: remove the folder to begin again"
        ) from error
    run.history = [line for line in store.read_history(run.folder / store.HISTORY) if line.epoch <= state.epoch]
    run.samples = [line for line in store.read_samples(run.folder / store.SAMPLES) if line.epoch <= state.epoch]
    check_history(run.folder, run.history, state.epoch)


def use_inter_op_threads() -> None:
    """Let TensorFlow run several operations at once, each on one core.

    The book's network is made of many small products; splitting each over the cores costs more
    than it gains (benchmarks/training_threads.py).
    """
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(0)
    except RuntimeError:
        pass  # TensorFlow is already at work in this process; its threads stay as they are


def _train_epoch(run: _Run, epoch: int, listener: Listener, obey: Callable[[], None]) -> float:
    """Return the mean loss over the examples of one epoch, each scored just before it is learned."""
    generator = np.random.Generator(np.random.PCG64([run.recipe.random_seed, epoch]))
    total, seen = 0.0, 0
    before = run.reader.left_out.total()
    for done, (x, y) in enumerate(run.examples.batches(generator), start=1):
        total += run.learner.step(x, y) * len(y)
        seen += len(y)
        _stop_if_diverged(run, epoch, total)
        listener.batch(epoch, done, len(run.examples), total / seen)
        obey()
    run.left_out_in_epoch = run.reader.left_out.total() - before
    return total / seen


def _stop_if_diverged(run: _Run, epoch: int, loss: float) -> None:
    if run.recipe.when_diverging == "stop" and not math.isfinite(loss):
        raise TrainingError(
            f"the loss became {loss} in epoch {epoch}, so training stopped; {run.kept}; a lower learning rate may help"
        )


def _finish_epoch(run: _Run, figures: store.EpochFigures, listener: Listener) -> None:
    """Score, sample and store an epoch. What is scored and sampled is what is stored, rounding included."""
    recipe, epoch = run.recipe, figures.epoch
    tensors = store.stored(run.learner.tensors)
    usable = all(store.usable(tensor) for tensor in tensors.values())
    samples: list[store.Sample] = []
    if usable:
        as_read = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
        network = recipe.architecture.network(as_read, recipe.context, recipe.maxlen)
        apart = max(recipe.step or 1, sum(map(len, run.held_out)) // LARGEST_HELD_OUT_WINDOWS)
        loss = held_out_loss(network, run.held_out, apart)
        # Rounded as the history keeps them, so that a run gone on with compares the same numbers.
        figures = replace(figures, train_loss=round(figures.train_loss, 6), held_out_loss=round(loss, 6))
        samples = write_samples(network, run.vocabulary, recipe, epoch)
    _stop_if_diverged(run, epoch, figures.held_out_loss)
    with _explained(run):
        history, all_samples = [*run.history, figures], [*run.samples, *samples]
        if usable and (recipe.keep == "all" or _best(history) is figures):
            store.write_epoch(run.folder, epoch, tensors)
        store.write_history(run.folder, history)
        store.write_samples(run.folder, all_samples)
        store.write_manifest(run.folder, _manifest(run, history))
        weights, others = run.learner.state
        # Last: an epoch is finished when this is there.
        write_state(run.folder, State(epoch, weights, others), identity(recipe, run.corpus, run.shares))
        if recipe.keep == "best":
            store.remove_epochs(run.folder, all_but=_best(history).epoch)
    run.history, run.samples = history, all_samples
    listener.epoch(figures, samples)


def _best(history: Sequence[store.EpochFigures]) -> store.EpochFigures:
    """Return the epoch of the lowest held-out loss; only a finite one can be, and the untrained network has one."""
    return min((line for line in history if math.isfinite(line.held_out_loss)), key=lambda line: line.held_out_loss)


@contextmanager
def _explained(run: _Run) -> Iterator[None]:
    """Turn an error of the disk into a sentence that says what is kept."""
    try:
        yield
    except OSError as error:
        raise TrainingError(
            f"{error.filename or run.folder} cannot be written ({error.strerror or error}), so training stopped; "
            f"{run.kept}, and the same command goes on from there"
        ) from error


def write_samples(network: Network, vocabulary: Vocabulary, recipe: Recipe, epoch: int) -> list[store.Sample]:
    """Return a sample at each of the book's temperatures, all from the same seed text and dice."""
    seed_text = vocabulary.fold(recipe.sample_seed_text).text
    random_seeds = [recipe.random_seed] * len(BOOK_TEMPERATURES)
    steps = generate_batch(network, vocabulary.encode(seed_text), BOOK_TEMPERATURES, recipe.sample_length, random_seeds)
    lanes = np.array([step.character_ids for step in steps]).T
    return [
        store.Sample(epoch, temperature, recipe.random_seed, seed_text, vocabulary.decode(ids.tolist()))
        for temperature, ids in zip(BOOK_TEMPERATURES, lanes, strict=True)
    ]


def _manifest(run: _Run, history: list[store.EpochFigures]) -> store.Manifest:
    kept = [line for line in history if (run.folder / store.epoch_file(line.epoch)).is_file()]
    best = _best(kept)
    if run.recipe.keep == "best":
        kept = [best]
    return store.Manifest(
        name=_printable(run.folder.resolve().name),
        architecture=run.recipe.architecture,
        vocabulary=run.vocabulary.characters,
        context=run.recipe.context,
        window=run.recipe.maxlen,
        epochs=tuple(line.epoch for line in kept),
        best_epoch=best.epoch,
        held_out_loss=best.held_out_loss,
        characters_by_frequency=run.by_frequency,
        recipe=run.recipe.as_dict(),
        corpus={
            "name": _printable(run.corpus.name),
            "sha256": run.corpus.sha256,
            "training_characters": run.corpus.training_characters,
            "held_out_characters": run.corpus.held_out_characters,
            "left_out_characters": run.left_out + run.left_out_in_epoch,
        },
        libraries=library_versions(),
    )


def _printable(name: str) -> str:
    """A file's or folder's name as a text that can be stored and shown on one line."""
    plain = (character if character.isprintable() and character != "\\" else "_" for character in name)
    return "".join(plain) or "model"
