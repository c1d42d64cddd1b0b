"""A training of this session: what was ordered, how it goes, and what it has made so far."""

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import streamlit as st

from charlstm.corpora.split import training_length
from charlstm.model_folder import store
from charlstm.model_folder.manifest import ModelError
from charlstm.playback.user_training.training_process import TRAINING_SLOT, Point, TrainingProcess, TrainingRequest
from charlstm.playback.user_training.user_text import UserText
from charlstm.recipes.recipe import find_recipe
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.connection import presence
from charlstm.ui.shared.user_models import check_room, user_models
from charlstm.ui.train import sentences

WORTH_OF_BATCHES = 1_700  # after so many a small network writes words
FEWEST_EPOCHS, MOST_EPOCHS = 3, 200
ROOM = 30_000_000  # bytes that a training may need: its text, its weights and the optimiser's memory


@dataclass
class TrainingJob:
    """A training as this session has it; where it goes on, `training` is another one in the same folder.

    Attributes:
        before: the losses of the trainings that this one goes on from.
    """

    order: TrainingRequest
    training: TrainingProcess
    before: tuple[Point, ...] = ()

    @property
    def points(self) -> list[Point]:
        """The losses within all its epochs."""
        return [*self.before, *self.training.points]

    def history(self) -> tuple[store.EpochFigures, ...]:
        """Return the figures of the finished epochs."""
        return store.read_history(self.order.folder / store.HISTORY)

    def samples(self, epoch: int) -> list[store.Sample]:
        """Return what was written after an epoch."""
        return [one for one in store.read_samples(self.order.folder / store.SAMPLES) if one.epoch == epoch]

    def model(self) -> store.Model | None:
        """Return what it has made so far, or None before anything is finished; reads and checks all of it.

        Raises:
            ModelError: it is damaged, or has been taken away.
        """
        return store.open_model(self.order.folder) if (self.order.folder / store.MANIFEST).is_file() else None


def current_job() -> TrainingJob | None:
    """Return this session's last training, whether it runs or not."""
    return st.session_state.get("lesson")


@cache
def can_train() -> bool:
    """Whether TensorFlow is installed; it is looked for, and not imported."""
    return importlib.util.find_spec("tensorflow") is not None


def epochs_for(recipe: str, characters: int) -> int:
    """Return how often a text should be read: the shorter it is, the more often.

    Args:
        recipe: one of `sentences.RECIPES`.
        characters: of the text.
    """
    plan = find_recipe(recipe)
    batches = max(1, training_length(characters) // (plan.maxlen * plan.batch_size))
    return min(max(FEWEST_EPOCHS, round(WORTH_OF_BATCHES / batches)), MOST_EPOCHS)


def start(text: UserText, recipe: str, epochs: int) -> str:
    """Begin to learn a text; return an empty sentence, or why it does not begin."""

    def order() -> TrainingRequest:
        check_room(ROOM)
        place = user_models().place()
        file = place / f"{text.name}.txt"
        file.write_text(text.content, encoding="utf-8", newline="")
        changes = {
            "patience": str(max(3, epochs // 5)),
            "least_count": str(text.least_count),
            "sample_seed_text": text.seed_text,
        }
        return TrainingRequest(file, place / text.name, recipe, epochs, tuple(changes.items()))

    return _begin(order)


def go_on(lesson: TrainingJob) -> str:
    """Go on after the last finished epoch; return an empty sentence, or why it does not."""
    try:
        history = lesson.history()
    except ModelError as error:
        return sentences.cannot_learn(str(error))
    finished = history[-1].epoch if history else 0
    return _begin(lambda: lesson.order, tuple(point for point in lesson.points if point.epoch <= finished))


def _begin(order_of: Callable[[], TrainingRequest], before: tuple[Point, ...] = ()) -> str:
    session, last = st.session_state, current_job()
    lessons: list[TrainingJob] = []

    def begin() -> TrainingProcess:
        order = order_of()
        lessons.append(TrainingJob(order, TrainingProcess(order.command(), order.epochs, presence()), before))
        return lessons[0].training

    try:
        if TRAINING_SLOT.start(begin) is None:
            return sentences.TRAINING_TAKEN
    except OSError as error:
        return sentences.cannot_learn(shared_sentences.no_room_on_the_disk(error.strerror or str(error)))
    except ModelError as error:
        return sentences.cannot_learn(str(error))
    session.lesson = lessons[0]
    if last and last.order.folder != lessons[0].order.folder:
        shutil.rmtree(last.order.folder.parent, ignore_errors=True)
    return ""
