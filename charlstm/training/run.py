"""A training run: its corpus as ids, its learner, the figures and samples of its finished epochs, its manifest."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.corpus import InMemoryCorpus, LoadedCorpus
from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.manifest import Manifest
from charlstm.model_folder.training_records import HISTORY, SAMPLES, EpochFigures, Sample, read_history, read_samples
from charlstm.networks.architecture import Architecture
from charlstm.recipes.recipe import Recipe, TrainingError
from charlstm.text.character_mapping import MappedCharacter, TextEncoder, count_accented, count_characters
from charlstm.text.decoding import UTF_8
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.counts import AfterBatch, CountLearner
from charlstm.training.data.chunks import ChunkStream
from charlstm.training.data.pools import Examples, PooledStream
from charlstm.training.data.windows import WindowStream
from charlstm.training.resume import TrainingState, check_history, run_identity

if TYPE_CHECKING:  # TensorFlow, which counting does without
    from charlstm.training.distributed import Replicas
    from charlstm.training.learner import Learner as NetworkLearner


class Learner(Protocol):
    """What learns in a run.

    Attributes:
        tensors: what the model folder keeps of it, by name.
        state: all that a later epoch depends on, by name and in order.
        libraries: the versions of what it learns with.
    """

    @property
    def tensors(self) -> dict[str, NDArray[Any]]: ...  # noqa: D102 - see the class
    @property
    def state(self) -> tuple[dict[str, NDArray[Any]], list[NDArray[Any]]]: ...  # noqa: D102
    @property
    def libraries(self) -> dict[str, str]: ...  # noqa: D102

    def architecture_after(self, epoch: int) -> Architecture:
        """Return the kind and size that the network had after an epoch."""

    def restore(self, weights: dict[str, NDArray[Any]], others: list[NDArray[Any]]) -> None:
        """Set what `state` gave; raises ValueError or KeyError where it was another one's."""


@dataclass
class TrainingRun:
    """A training run after its last finished epoch.

    Attributes:
        shards: of each batch, one for each replica.
        encoder: folds the corpus and turns it into ids.
        characters_by_frequency: the vocabulary, most frequent character first.
        mappings: the characters of the corpus that are folded onto others, or dropped.
        dropped: characters that are dropped in every epoch alike.
        dropped_in_epoch: characters dropped in the last epoch, of a corpus that is read epoch by epoch.
        held_out: the ids of each held-out text.
        learner: what learns.
        learn_epoch: lets it learn an epoch, with a generator for what is drawn, and returns the mean loss.
        seed_text: of all samples, of known characters.
        history: the figures of each finished epoch, the untrained network's (epoch 0) first.
        samples: the samples of all finished epochs.
    """

    corpus: LoadedCorpus
    recipe: Recipe
    folder: Path
    shards: int
    encoder: TextEncoder
    characters_by_frequency: tuple[str, ...]
    mappings: list[MappedCharacter]
    dropped: int
    held_out: Sequence[NDArray[np.integer]]
    learner: Learner
    learn_epoch: Callable[[np.random.Generator, AfterBatch], float]
    dropped_in_epoch: int = 0
    seed_text: str = ""
    history: list[EpochFigures] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def vocabulary(self) -> Vocabulary:
        """The characters of the network."""
        return self.encoder.vocabulary

    @property
    def identity(self) -> str:
        """What must be the same for this run to be resumed."""
        return run_identity(self.recipe, self.corpus, self.shards)

    @property
    def is_finished(self) -> bool:
        """Whether all epochs are done, or the held-out loss has not improved for `patience` epochs."""
        last, patience = self.history[-1].epoch, self.recipe.patience
        return last >= self.recipe.last_epoch or (
            patience is not None and last - best_epoch(self.history).epoch >= patience
        )

    def describe_kept(self) -> str:
        """Return, for an error message, what is kept of the run."""
        if not self.history:
            return "nothing had been finished"
        epoch = self.history[-1].epoch
        unlearned = ", but nothing was learned: it is the untrained network" if epoch == 0 else ""
        return f"epoch {epoch} is kept in {self.folder}{unlearned}"

    def restore(self, state: TrainingState) -> None:
        """Set the run to the end of its last finished epoch.

        Raises:
            TrainingError: the state is another network's, or the history lacks an epoch.
            ModelError: the history or the samples are damaged.
        """
        try:
            self.learner.restore(state.weights, state.others)
        except (KeyError, ValueError) as error:
            raise TrainingError(
                f"the training state in {self.folder} does not fit this network: remove the folder to begin again"
            ) from error
        self.history = [one for one in read_history(self.folder / HISTORY) if one.epoch <= state.epoch]
        self.samples = [one for one in read_samples(self.folder / SAMPLES) if one.epoch <= state.epoch]
        self.seed_text = next((one.seed_text for one in self.samples), self.seed_text)
        check_history(self.folder, self.history, state.epoch)


def prepare_run(corpus: LoadedCorpus, recipe: Recipe, folder: Path, replicas: "Replicas | None") -> TrainingRun:
    """Return a run before its first epoch: the untrained network, and the corpus as ids.

    Args:
        corpus: what is learned.
        recipe: how.
        folder: of the model.
        replicas: None where nothing is learned but counted.
    """
    counts = count_characters(corpus.sample)
    encoder = TextEncoder.of_counts(counts, recipe.folding, recipe.least_count)
    held_out = [encoder.encode(text) for text in corpus.held_out]
    learner: Learner
    if replicas is None:
        texts = corpus.training_texts if isinstance(corpus, InMemoryCorpus) else ()
        learner = CountLearner(recipe, [encoder.encode(text) for text in texts], len(encoder.vocabulary))
        learn_epoch, dropped = learner.learn_epoch, encoder.dropped.total()
    else:
        from charlstm.training.learner import Learner as NetworkLearner

        dropped, examples = _examples(corpus, recipe, encoder, replicas.count)
        learner = NetworkLearner(recipe, len(encoder.vocabulary), len(examples) * recipe.last_epoch, replicas)
        learn_epoch = partial(_learn_batches, learner, examples)
    return TrainingRun(
        corpus,
        recipe,
        folder,
        shards=replicas.count if replicas else 1,
        encoder=encoder,
        characters_by_frequency=encoder.characters_by_frequency(counts),
        mappings=encoder.mappings(counts, count_accented(corpus.sample)),
        dropped=dropped,
        held_out=held_out,
        learner=learner,
        learn_epoch=learn_epoch,
    )


def _examples(corpus: LoadedCorpus, recipe: Recipe, encoder: TextEncoder, shards: int) -> tuple[int, Examples]:
    """Return how many characters are dropped in every epoch alike, and the training examples."""
    stream_of = partial(_example_stream, recipe, (recipe.batch_size or 1) * shards)
    if isinstance(corpus, InMemoryCorpus):
        examples = stream_of(encoder.encode(corpus.training))
        return encoder.dropped.total(), examples
    dropped = encoder.dropped.total()  # before the pools encode a sample
    return dropped, PooledStream(corpus, encoder, stream_of)


def _example_stream(recipe: Recipe, batch_size: int, ids: NDArray[np.integer]) -> Examples:
    if recipe.examples == "windows":
        return WindowStream(ids, recipe.maxlen or 1, recipe.step or 1, batch_size)
    return ChunkStream(ids, recipe.maxlen or 1, batch_size)


def _learn_batches(
    learner: "NetworkLearner", examples: Examples, generator: np.random.Generator, after_batch: AfterBatch
) -> float:
    """Train on the examples of one epoch; return their mean loss, each before the step on its batch."""
    total_loss, learned = 0.0, 0
    for done, (x, y) in enumerate(examples.batches(generator), start=1):
        total_loss += learner.train_on_batch(x, y) * len(y)
        learned += len(y)
        after_batch(done, len(examples), total_loss / learned)
    return total_loss / learned


def best_epoch(history: Sequence[EpochFigures]) -> EpochFigures:
    """Return the epoch with the lowest finite held-out loss; that of the untrained network (epoch 0) is finite."""
    return min((one for one in history if math.isfinite(one.held_out_loss)), key=lambda one: one.held_out_loss)


def run_manifest(run: TrainingRun, history: Sequence[EpochFigures]) -> Manifest:
    """Return the manifest of a run whose weights have been written up to the last epoch of `history`."""
    kept = [one for one in history if (run.folder / epoch_file(one.epoch)).is_file()]
    best = best_epoch(kept)
    if run.recipe.keep != "all":
        kept = [best]
    return Manifest(
        name=_printable(run.folder.resolve().name),
        architecture=run.learner.architecture_after(best.epoch),
        vocabulary=run.vocabulary.characters,
        context=run.recipe.context,
        window=run.recipe.maxlen or max(1, best.epoch - 1),
        epochs=tuple(one.epoch for one in kept),
        best_epoch=best.epoch,
        held_out_loss=best.held_out_loss,
        characters_by_frequency=run.characters_by_frequency,
        recipe=run.recipe.as_dict(),
        corpus={
            "name": _printable(run.corpus.name),
            "sha256": run.corpus.sha256,
            "training_characters": run.corpus.training_characters,
            "held_out_characters": run.corpus.held_out_characters,
            "left_out_characters": run.dropped + run.dropped_in_epoch,
            **({"encoding": run.corpus.encoding} if run.corpus.encoding != UTF_8 else {}),
        },
        libraries=run.learner.libraries,
        given_title=run.recipe.title,
    )


def _printable(name: str) -> str:
    """Return the name of a file or folder as a text that can be stored and shown on one line."""
    plain = (character if character.isprintable() and character != "\\" else "_" for character in name)
    return "".join(plain) or "model"
