"""A training of this session: its request, its process, and its results so far."""

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from charlstm.corpora.split import training_length
from charlstm.model_folder import store
from charlstm.model_folder.manifest import MANIFEST, ModelError
from charlstm.model_folder.training_records import HISTORY, SAMPLES, EpochFigures, Sample, read_history, read_samples
from charlstm.playback.user_training.training_process import (
    COUNTS,
    Point,
    TrainingProcess,
    TrainingRequest,
)
from charlstm.playback.user_training.training_slot import TRAINING_SLOT
from charlstm.playback.user_training.user_text import UserText
from charlstm.recipes.recipe import find_recipe
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.connection import connection
from charlstm.ui.shared.user_models import check_disk_space, user_models
from charlstm.ui.train import sentences

USUAL_BATCHES = 1_700  # after so many a small network writes words
FEWEST_EPOCHS, MOST_EPOCHS = 3, 200
DISK_SPACE = 30_000_000  # bytes that a training may need: its text, its weights and the optimiser's state


@dataclass
class TrainingJob:
    """A training of this session.

    Attributes:
        request: what to train; the same where a training is resumed.
        process: that trains, or did so last.
        earlier_points: of the loss curve, from the processes before a training was resumed.
    """

    request: TrainingRequest
    process: TrainingProcess
    earlier_points: tuple[Point, ...] = ()

    @property
    def points(self) -> list[Point]:
        """The loss curve of all epochs."""
        return [*self.earlier_points, *self.process.points]

    def history(self) -> tuple[EpochFigures, ...]:
        """Return the figures of the finished epochs."""
        return read_history(self.request.folder / HISTORY)

    def samples(self, epoch: int) -> list[Sample]:
        """Return the samples after an epoch."""
        return [sample for sample in read_samples(self.request.folder / SAMPLES) if sample.epoch == epoch]

    def model(self) -> store.Model | None:
        """Read and return the model so far, or None before there is one.

        Raises:
            ModelError: it is damaged, or has been removed.
        """
        return store.open_model(self.request.folder) if (self.request.folder / MANIFEST).is_file() else None


@cache
def can_train() -> bool:
    """Return whether TensorFlow is installed, without which nothing but counting is possible; does not import it."""
    return importlib.util.find_spec("tensorflow") is not None


def epochs_for(recipe: str, characters: int) -> int:
    """Return how many epochs are advised for a text: the shorter it is, the more; of counts, as many as there can be.

    Args:
        recipe: one of `sentences.RECIPES`.
        characters: of the text.
    """
    values = find_recipe(recipe)
    if recipe == COUNTS:
        return values.last_epoch
    batches = max(1, training_length(characters) // ((values.maxlen or 1) * (values.batch_size or 1)))
    return min(max(FEWEST_EPOCHS, round(USUAL_BATCHES / batches)), MOST_EPOCHS)


def start(last: TrainingJob | None, text: UserText, recipe: str, epochs: int) -> TrainingJob | str:
    """Begin a training and return it, or why it does not begin; the folder of the `last` one is then removed."""

    def new_request() -> TrainingRequest:
        check_disk_space(DISK_SPACE)
        folder = user_models().new_folder()
        file = folder / f"{text.name}.txt"
        file.write_text(text.content, encoding="utf-8", newline="")
        changes = {"least_count": str(text.least_count)}
        if text.case == "keep":
            changes["case"] = text.case
        if recipe != COUNTS:
            changes["patience"] = str(max(3, epochs // 5))
        return TrainingRequest(file, folder / text.name, recipe, epochs, tuple(changes.items()))

    return _begin(last, new_request)


def resume(job: TrainingJob) -> TrainingJob | str:
    """Resume a training after its last finished epoch and return it, or why it does not begin."""
    try:
        history = job.history()
    except ModelError as error:
        return sentences.cannot_learn(str(error))
    finished = history[-1].epoch if history else 0
    return _begin(job, lambda: job.request, tuple(point for point in job.points if point.epoch <= finished))


def _begin(
    last: TrainingJob | None, new_request: Callable[[], TrainingRequest], earlier_points: tuple[Point, ...] = ()
) -> TrainingJob | str:
    jobs: list[TrainingJob] = []

    def begin() -> TrainingProcess:
        request = new_request()
        process = TrainingProcess(request.command(), request.epochs, connection())
        jobs.append(TrainingJob(request, process, earlier_points))
        return process

    try:
        if TRAINING_SLOT.start(begin) is None:
            return sentences.TRAINING_TAKEN
    except OSError as error:
        return sentences.cannot_learn(shared_sentences.disk_error(error.strerror or str(error)))
    except ModelError as error:
        return sentences.cannot_learn(str(error))
    (job,) = jobs
    if last and last.request.folder != job.request.folder:
        shutil.rmtree(last.request.folder.parent, ignore_errors=True)
    return job
