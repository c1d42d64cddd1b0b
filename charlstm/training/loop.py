"""Training: epochs, held-out loss, samples, checkpoints, resuming, and the divergence guard."""

import json
import math
import platform
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
import safetensors
import tensorflow as tf
from numpy.typing import NDArray

from charlstm import store
from charlstm.corpus import Corpus
from charlstm.generation import write_lanes
from charlstm.metrics import held_out_loss
from charlstm.network import Network
from charlstm.training.convert import set_tensors, tensors_of
from charlstm.training.networks import book_network
from charlstm.training.recipes import SAMPLE_TEMPERATURES, Recipe
from charlstm.training.windows import WindowStream
from charlstm.vocabulary import Vocabulary

STATE_FILE = "training.safetensors"


class TrainingError(ValueError):
    """Training cannot start or go on; the message says why, and what is kept."""


class Listener(Protocol):
    """What follows a training run, to show it."""

    def resumed(self, epoch: int) -> None: ...

    def batch(self, epoch: int, done: int, total: int, loss: float) -> None: ...

    def epoch(self, figures: store.EpochFigures, samples: list[store.Sample]) -> None: ...


@dataclass
class _Run:
    """The moving parts of a training run."""

    corpus: Corpus
    recipe: Recipe
    folder: Path
    vocabulary: Vocabulary
    model: keras.Model
    optimizer: keras.optimizers.Optimizer
    history: list[store.EpochFigures]
    samples: list[store.Sample]


def train(corpus: Corpus, recipe: Recipe, folder: Path, listener: Listener) -> None:
    """Train by a recipe into a model folder; go on from the last finished epoch if there is one.

    Everything that chance decides in an epoch follows from the random seed and the epoch's number,
    so a run that was interrupted and one that was not see the same batches.

    Raises:
        TrainingError: the corpus is too short, the folder holds another run, or the loss became
            NaN or infinite and the recipe says to stop.
        OSError: the folder cannot be written to.
    """
    training_text, held_out_text = corpus.split()
    vocabulary = Vocabulary.of(corpus.text)
    check_corpus(corpus, recipe)
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.random_seed)
    model = book_network(
        len(vocabulary), recipe.units, recipe.maxlen, unroll=not tf.config.list_physical_devices("GPU")
    )
    optimizer = keras.optimizers.RMSprop(recipe.learning_rate)
    optimizer.build(model.trainable_variables)
    run = _Run(corpus, recipe, folder, vocabulary, model, optimizer, [], [])
    held_out_ids = vocabulary.encode(held_out_text)
    stream = WindowStream(vocabulary.encode(training_text), recipe.maxlen, recipe.step, recipe.batch_size)
    finished = _resume(run)
    if finished is None:
        _finish_epoch(run, store.EpochFigures(0, math.nan, math.nan, 0.0), held_out_ids, listener)
    else:
        listener.resumed(finished)
    train_step = _compiled_step(model, optimizer, len(vocabulary))
    for epoch in range((finished or 0) + 1, recipe.epochs + 1):
        began = time.monotonic()
        loss = _train_epoch(stream, train_step, epoch, recipe.random_seed, listener)
        figures = store.EpochFigures(epoch, loss, math.nan, time.monotonic() - began)
        _finish_epoch(run, figures, held_out_ids, listener)


def check_corpus(corpus: Corpus, recipe: Recipe) -> None:
    """Raise TrainingError, in one sentence, when the corpus cannot fill a window or teaches nothing."""
    characters = len(set(corpus.text))
    if characters < 2:
        raise TrainingError(f"the corpus {corpus.name} has only one character; there is nothing to predict")
    shortest = min(len(text) for text in corpus.split())
    if shortest <= recipe.maxlen:
        needed = math.ceil((recipe.maxlen + 1) / 0.1)
        raise TrainingError(
            f"the corpus {corpus.name} has {len(corpus.text):,} characters; its last tenth must be longer than "
            f"a window of {recipe.maxlen}, so give it at least {needed:,}"
        )


def use_both_kinds_of_threads() -> None:
    """Let TensorFlow run several operations at once, each on one core.

    The book's network is made of many small products; splitting each over the cores costs more
    than it gains (benchmarks/training_threads.py).
    """
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(0)
    except RuntimeError:
        pass  # TensorFlow is already at work in this process; its threads stay as they are


def _compiled_step(model: keras.Model, optimizer: keras.optimizers.Optimizer, characters: int):
    loss_of = keras.losses.CategoricalCrossentropy()
    signature = [tf.TensorSpec([None, model.input_shape[1]], tf.int32), tf.TensorSpec([None], tf.int32)]

    @tf.function(input_signature=signature)
    def train_step(x, y):
        with tf.GradientTape() as tape:
            probs = model(tf.one_hot(x, characters), training=True)
            loss = loss_of(tf.one_hot(y, characters), probs)
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    return train_step


def _train_epoch(stream: WindowStream, train_step, epoch: int, random_seed: int, listener: Listener) -> float:
    """Return the mean loss over the windows of one epoch, each scored just before it is learned."""
    generator = np.random.Generator(np.random.PCG64([random_seed, epoch]))
    total, seen = 0.0, 0
    for done, (x, y) in enumerate(stream.batches(generator), start=1):
        total += float(train_step(x, y)) * len(y)
        seen += len(y)
        listener.batch(epoch, done, len(stream), total / seen)
    return total / seen


def _finish_epoch(
    run: _Run, figures: store.EpochFigures, held_out_ids: NDArray[np.integer], listener: Listener
) -> None:
    """Score, sample and store an epoch. What is scored and sampled is what is stored, rounding included."""
    recipe, epoch = run.recipe, figures.epoch
    tensors = store.stored(tensors_of(run.model))
    finite = all(np.isfinite(tensor).all() for tensor in tensors.values())
    samples: list[store.Sample] = []
    if finite:
        as_read = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
        network = Network(as_read, context="window", window=recipe.maxlen)
        loss = held_out_loss(network, held_out_ids, recipe.step)
        figures = store.EpochFigures(epoch, figures.train_loss, loss, figures.seconds)
        samples = write_samples(network, run.vocabulary, recipe, epoch)
    if recipe.when_diverging == "stop" and epoch and not (finite and math.isfinite(figures.train_loss)):
        raise TrainingError(
            f"the loss of epoch {epoch} is {figures.train_loss}: training stopped, and epoch {epoch - 1} is kept "
            f"in {run.folder}; a lower learning rate may help"
        )
    run.history.append(figures)
    run.samples.extend(samples)
    if finite:
        store.write_epoch(run.folder, epoch, tensors)
    store.write_history(run.folder, run.history)
    store.write_samples(run.folder, run.samples)
    store.write_manifest(run.folder, _manifest(run))
    _write_state(run, epoch)  # last: an epoch is finished when this is there
    listener.epoch(figures, samples)


def write_samples(network: Network, vocabulary: Vocabulary, recipe: Recipe, epoch: int) -> list[store.Sample]:
    """Return a sample at each of the book's temperatures, all from the same seed text and dice."""
    seed_text = vocabulary.fold(recipe.sample_seed_text).text
    random_seeds = [recipe.random_seed] * len(SAMPLE_TEMPERATURES)
    steps = write_lanes(network, vocabulary.encode(seed_text), SAMPLE_TEMPERATURES, recipe.sample_length, random_seeds)
    lanes = np.array([step.character_ids for step in steps]).T
    return [
        store.Sample(epoch, temperature, recipe.random_seed, seed_text, vocabulary.decode(ids.tolist()))
        for temperature, ids in zip(SAMPLE_TEMPERATURES, lanes, strict=True)
    ]


def _manifest(run: _Run) -> store.Manifest:
    kept = [line for line in run.history if (run.folder / store.epoch_file(line.epoch)).is_file()]
    best = min(kept, key=lambda line: (line.held_out_loss, line.epoch))
    frequency = Counter(run.corpus.text)
    training_text, held_out_text = run.corpus.split()
    return store.Manifest(
        name=run.folder.name,
        units=run.recipe.units,
        vocabulary=run.vocabulary.characters,
        context="window",
        window=run.recipe.maxlen,
        epochs=tuple(line.epoch for line in kept),
        best_epoch=best.epoch,
        held_out_loss=round(best.held_out_loss, 6),
        characters_by_frequency=tuple(
            sorted(run.vocabulary.characters, key=lambda character: (-frequency[character], character))
        ),
        recipe=run.recipe.as_dict(),
        corpus={
            "name": run.corpus.name,
            "sha256": run.corpus.sha256,
            "training_characters": len(training_text),
            "held_out_characters": len(held_out_text),
        },
        libraries={"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    )


def _identity(run: _Run) -> str:
    """What must be the same for a run to be gone on with; more epochs may be asked for."""
    recipe = {name: value for name, value in run.recipe.as_dict().items() if name != "epochs"}
    return json.dumps({"recipe": recipe, "corpus": run.corpus.sha256}, sort_keys=True)


def _write_state(run: _Run, epoch: int) -> None:
    """Write what only training needs: the full weights and the optimiser's memory."""
    tensors = {f"model/{name}": tensor for name, tensor in tensors_of(run.model).items()}
    tensors |= {f"optimizer/{place:02d}": value.numpy() for place, value in enumerate(run.optimizer.variables)}
    store.write_tensors(run.folder / STATE_FILE, tensors, {"epoch": str(epoch), "identity": _identity(run)})


def _resume(run: _Run) -> int | None:
    """Put the run where the folder's last finished epoch left it, and return that epoch, or None."""
    path = run.folder / STATE_FILE
    if not path.is_file():
        if (run.folder / store.MANIFEST).is_file():
            _check_abandoned(run)
        return None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        epoch = int(metadata["epoch"])
        if metadata["identity"] != _identity(run):
            raise TrainingError(
                f"{run.folder} holds a run of another recipe or corpus: choose another folder, or remove it"
            )
        set_tensors(run.model, {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model/")})
        for place, variable in enumerate(run.optimizer.variables):
            variable.assign(tensors[f"optimizer/{place:02d}"])
    except (safetensors.SafetensorError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is damaged ({error}): remove it to begin again") from error
    run.history = [line for line in store.read_history(run.folder / store.HISTORY) if line.epoch <= epoch]
    run.samples = [sample for sample in store.read_samples(run.folder / store.SAMPLES) if sample.epoch <= epoch]
    return epoch


def _check_abandoned(run: _Run) -> None:
    """A model without its training state can be begun again only where nothing would be lost."""
    history = store.read_history(run.folder / store.HISTORY)
    if len(history) > 1:
        raise TrainingError(
            f"{run.folder} holds a trained model without {STATE_FILE}, so it cannot be gone on with: "
            "choose another folder, or remove it"
        )
