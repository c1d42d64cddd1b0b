"""A training of this session: what was ordered, how it goes, and what it has made so far."""

import importlib.util
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from charlstm import store
from charlstm.manifest import ModelError
from charlstm.ui import words
from charlstm.ui.belongings import belongings, check_room
from charlstm.ui.own_text import OwnText
from charlstm.ui.presence import presence
from charlstm.ui.trainer import TRAINER, Order, Point, Training

RECIPES = Path(__file__).resolve().parent.parent / "recipes"
WORTH_OF_BATCHES = 1_700  # after so many a small network writes words
FEWEST_EPOCHS, MOST_EPOCHS = 3, 200
ROOM = 30_000_000  # bytes that a training may need: its text, its weights and the optimiser's memory


@dataclass
class Lesson:
    """A training as this session has it; where it goes on, `training` is another one in the same folder.

    Attributes:
        before: the losses of the trainings that this one goes on from.
    """

    order: Order
    training: Training
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


def present_lesson() -> Lesson | None:
    """Return this session's last training, whether it runs or not."""
    return st.session_state.get("lesson")


@cache
def can_train() -> bool:
    """Whether TensorFlow is installed; it is looked for, and not imported."""
    return importlib.util.find_spec("tensorflow") is not None


@cache
def _recipe(name: str) -> dict[str, Any]:
    return tomllib.loads((RECIPES / f"{name}.toml").read_text(encoding="utf-8"))


def epochs_for(recipe: str, characters: int) -> int:
    """Return how often a text should be read: the shorter it is, the more often.

    Args:
        recipe: one of `words.RECIPES`.
        characters: of the text.
    """
    plan = _recipe(recipe)
    batches = max(1, int(0.9 * characters) // (plan["maxlen"] * plan["batch_size"]))
    return min(max(FEWEST_EPOCHS, round(WORTH_OF_BATCHES / batches)), MOST_EPOCHS)


def start(text: OwnText, recipe: str, epochs: int) -> str:
    """Begin to learn a text; return an empty sentence, or why it does not begin."""

    def order() -> Order:
        check_room(ROOM)
        place = belongings().place()
        file = place / f"{text.name}.txt"
        file.write_text(text.content, encoding="utf-8", newline="")
        changes = {
            "patience": str(max(3, epochs // 5)),
            "least_count": str(text.least_count),
            "sample_seed_text": text.seed_text,
        }
        return Order(file, place / text.name, recipe, epochs, tuple(changes.items()))

    return _begin(order)


def go_on(lesson: Lesson) -> str:
    """Go on after the last finished epoch; return an empty sentence, or why it does not."""
    try:
        history = lesson.history()
    except ModelError as error:
        return words.cannot_learn(str(error))
    finished = history[-1].epoch if history else 0
    return _begin(lambda: lesson.order, tuple(point for point in lesson.points if point.epoch <= finished))


def _begin(order_of: Callable[[], Order], before: tuple[Point, ...] = ()) -> str:
    session, last = st.session_state, present_lesson()
    lessons: list[Lesson] = []

    def begin() -> Training:
        order = order_of()
        lessons.append(Lesson(order, Training(order.command(), order.epochs, presence()), before))
        return lessons[0].training

    try:
        if TRAINER.start(begin) is None:
            return words.TRAINING_TAKEN
    except OSError as error:
        return words.cannot_learn(words.no_room_on_the_disk(error.strerror or str(error)))
    except ModelError as error:
        return words.cannot_learn(str(error))
    session.lesson = lessons[0]
    if last and last.order.folder != lessons[0].order.folder:
        shutil.rmtree(last.order.folder.parent, ignore_errors=True)
    return ""
