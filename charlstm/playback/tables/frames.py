"""A choice as the chart of the next character gets it: all that the browser needs to reweight it by itself."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict

import numpy as np

from charlstm.generation.loop import Step
from charlstm.generation.sampling import BOOK_TEMPERATURES, Filters, Probs, entropy, ranking, sampling_probs
from charlstm.playback import sentences
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.animation import sample_evenly
from charlstm.playback.tables.choice import Choice, display_symbol
from charlstm.text.vocabulary import Vocabulary

FRAMES_PER_SECOND = 10
MOST_VALUES = 600  # probabilities in one message of a text that streams
ROUNDED_DIGITS = 3  # of a probability that is shown for a moment
BITS_STEP = 0.25  # of `entropy_digits`
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Shown(NamedTuple):
    """What belongs to a choice besides its probabilities.

    Attributes:
        position: in the run.
        stage: what of it is known.
        filters: with which it was, or will be, made.
        picked: whether a person picked its character.
    """

    position: int
    stage: Stage
    filters: Filters
    picked: bool


class Frame(TypedDict):
    """One choice; lists are in the order of the raw probabilities, the likeliest first.

    `temperature` is None for infinity. `reweighted` and `at_book` are there only where filters are in force.
    """

    position: int
    key: str
    ids: list[int]
    raw: list[float]
    reweighted: list[float] | None
    at_book: list[list[float]] | None
    filtered: bool
    temperature: float | None
    slider: float
    u: float | None
    drawn: int | None
    picked: bool
    stage: int
    note: str


def frame(choice: Choice, shown: Shown, run: str, slider: float, rounded: bool = False) -> Frame:
    """Return a choice for the chart.

    Args:
        choice: its probabilities, and what is known of its draw.
        shown: what belongs to it.
        run: names the text; a click on a row reports it, so that the choice is known that was clicked.
        slider: the temperature of the slider, as the server knows it.
        rounded: whether the probabilities may be rounded, because they are shown for a moment only.
    """
    order = ranking(choice.raw)
    at_book = None
    if choice.filtered:
        at_book = [
            _listed(sampling_probs(choice.raw, temperature, shown.filters)[order], rounded)
            for temperature in BOOK_TEMPERATURES
        ]
    drawn = None if choice.character_id is None else int(np.flatnonzero(order == choice.character_id)[0])
    return {
        "position": shown.position,
        "key": f"{run}:{shown.position}",
        "ids": order.tolist(),
        "raw": _listed(choice.raw[order], rounded),
        "reweighted": _listed(choice.reweighted[order], rounded) if choice.filtered else None,
        "at_book": at_book,
        "filtered": choice.filtered,
        "temperature": None if math.isinf(choice.temperature) else choice.temperature,
        "slider": slider,
        "u": choice.u,
        "drawn": drawn,
        "picked": shown.picked,
        "stage": int(shown.stage),
        "note": sentences.draw(None, shown.picked),
    }


def streaming_frames(steps: Sequence[Step], seconds: float, run: str, slider: float) -> list[Frame]:
    """Return the choices of so many seconds of a text that streams; the last one, which may stay, is exact."""
    most = max(1, MOST_VALUES // len(steps[-1].raw))
    shown = sample_evenly(steps[:-1], seconds, FRAMES_PER_SECOND) if len(steps) > 1 else []
    shown = shown[:: math.ceil(len(shown) / most)] if shown else []
    return [
        *(frame(Choice.of(step), _made(step), run, slider, rounded=True) for step in shown),
        frame(Choice.of(steps[-1]), _made(steps[-1]), run, slider),
    ]


def alphabet(vocabulary: Vocabulary) -> list[str]:
    """Return the symbol of each character by its id."""
    return [display_symbol(character) for character in vocabulary.characters]


def entropy_digits(steps: Sequence[Step]) -> str:
    """Return a digit for each step: the raw entropy of its choice, in quarters of a bit, of base 36 and at most 35."""
    if len({len(step.raw) for step in steps}) > 1:
        return "".join(entropy_digits([step]) for step in steps)
    if not steps:
        return ""
    bits = entropy(np.stack([step.raw for step in steps]))
    return "".join(DIGITS[min(int(bit / BITS_STEP), len(DIGITS) - 1)] for bit in bits.tolist())


def _made(step: Step) -> Shown:
    return Shown(step.position, Stage.APPENDED, step.filters, step.picked)


def _listed(probs: Probs, rounded: bool) -> list[Any]:
    listed = probs.tolist()
    return [float(f"{one:.{ROUNDED_DIGITS}g}") for one in listed] if rounded else listed
