"""A training run: its corpus as ids, its learner, and the figures and samples of its finished epochs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from charlstm.corpora.corpus import InMemoryCorpus, LoadedCorpus
from charlstm.model_folder.training_records import HISTORY, SAMPLES, EpochFigures, Sample, read_history, read_samples
from charlstm.recipes.recipe import Recipe, TrainingError
from charlstm.text.character_mapping import MappedCharacter, TextEncoder, count_characters
from charlstm.text.vocabulary import Vocabulary
from charlstm.training.data.chunks import ChunkStream
from charlstm.training.data.pools import Examples, PooledStream
from charlstm.training.data.windows import WindowStream
from charlstm.training.distributed import Replicas
from charlstm.training.learner import Learner
from charlstm.training.resume import TrainingState, check_history, run_identity


@dataclass
class TrainingRun:
    """A training run after its last finished epoch.

    Attributes:
        encoder: folds the corpus and turns it into ids.
        characters_by_frequency: the vocabulary, most frequent character first.
        mappings: the characters of the corpus that are folded onto others, or dropped.
        dropped: characters that are dropped in every epoch alike.
        dropped_in_epoch: characters dropped in the last epoch, of a corpus that is read epoch by epoch.
        held_out: the ids of each held-out text.
        history: the figures of each finished epoch, the untrained network's (epoch 0) first.
        samples: the samples of all finished epochs.
    """

    corpus: LoadedCorpus
    recipe: Recipe
    folder: Path
    replicas: Replicas
    encoder: TextEncoder
    characters_by_frequency: tuple[str, ...]
    mappings: list[MappedCharacter]
    dropped: int
    held_out: Sequence[NDArray[np.integer]]
    examples: Examples
    learner: Learner
    dropped_in_epoch: int = 0
    history: list[EpochFigures] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def vocabulary(self) -> Vocabulary:
        """The characters of the network."""
        return self.encoder.vocabulary

    @property
    def identity(self) -> str:
        """What must be the same for this run to be resumed."""
        return run_identity(self.recipe, self.corpus, self.replicas.count)

    @property
    def is_finished(self) -> bool:
        """Whether all epochs are done, or the held-out loss has not improved for `patience` epochs."""
        last, patience = self.history[-1].epoch, self.recipe.patience
        return last >= self.recipe.epochs or (
            patience is not None and last - best_epoch(self.history).epoch >= patience
        )

    def describe_kept(self) -> str:
        """Return, for an error message, what is kept of the run."""
        if not self.history:
            return "nothing had been finished"
        return f"epoch {self.history[-1].epoch} is kept in {self.folder}"

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
        check_history(self.folder, self.history, state.epoch)


def prepare_run(corpus: LoadedCorpus, recipe: Recipe, folder: Path, replicas: Replicas) -> TrainingRun:
    """Return a run before its first epoch: the untrained network, and the corpus as ids."""
    counts = count_characters(corpus.sample)
    encoder = TextEncoder.of_counts(counts, recipe.folding, recipe.least_count)
    held_out = [encoder.encode(text) for text in corpus.held_out]
    stream_of = partial(_example_stream, recipe, recipe.batch_size * replicas.count)
    examples: Examples
    if isinstance(corpus, InMemoryCorpus):
        examples = stream_of(encoder.encode(corpus.training))
        dropped = encoder.dropped.total()
    else:
        dropped = encoder.dropped.total()  # before the pools encode a sample
        examples = PooledStream(corpus, encoder, stream_of)
    learner = Learner(recipe, len(encoder.vocabulary), len(examples) * recipe.epochs, replicas)
    by_frequency, mappings = encoder.characters_by_frequency(counts), encoder.mappings(counts)
    return TrainingRun(
        corpus, recipe, folder, replicas, encoder, by_frequency, mappings, dropped, held_out, examples, learner
    )


def _example_stream(recipe: Recipe, batch_size: int, ids: NDArray[np.integer]) -> Examples:
    if recipe.examples == "windows":
        return WindowStream(ids, recipe.maxlen, recipe.step or 1, batch_size)
    return ChunkStream(ids, recipe.maxlen, batch_size)


def best_epoch(history: Sequence[EpochFigures]) -> EpochFigures:
    """Return the epoch with the lowest finite held-out loss; that of the untrained network (epoch 0) is finite."""
    return min((one for one in history if math.isfinite(one.held_out_loss)), key=lambda one: one.held_out_loss)
