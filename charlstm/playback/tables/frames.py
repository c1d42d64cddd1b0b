"""Choices as the charts get them: all that the browser needs to reweight them by itself."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypedDict, TypeVar

import numpy as np

from charlstm.generation.context import NO_CONTEXT, Context
from charlstm.generation.filters import Filters
from charlstm.generation.sampling import BOOK_TEMPERATURES, Probs, entropy, ranking, sampling_probs
from charlstm.generation.step import Step
from charlstm.playback import sentences
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.choice import Choice, chart_symbol
from charlstm.text.vocabulary import Vocabulary

FRAMES_PER_SECOND = 10
MOST_VALUES = 600  # probabilities in one message of a text that streams
ROUNDED_DIGITS = 3  # of a probability that is shown for a moment
BITS_STEP = 0.25  # of `entropy_digits`
OPEN_CHOICE = 2.0  # bits of entropy from which on a choice is called open
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
T = TypeVar("T")


class Shown(NamedTuple):
    """What belongs to a choice besides its probabilities.

    Attributes:
        position: in the run.
        stage: what of it is known.
        filters: with which it was, or will be, made.
        picked: whether a person picked its character.
        standing: whether its character was neither drawn nor picked, but stands in a text that is read.
        what_if: whether it was made with other settings than these.
        context: what the filters needed besides.
        note: what is written under the strips instead of what is usual there.
    """

    position: int
    stage: Stage
    filters: Filters
    picked: bool
    standing: bool = False
    what_if: bool = False
    context: Context = NO_CONTEXT
    note: str | None = None


class Distribution(TypedDict):
    """The probabilities of a choice, and what is known of its draw.

    Lists are in the order of the raw probabilities, the likeliest first. `temperature` is None for infinity.
    `reweighted` is there only where filters are in force. `slider` is the temperature that the slider of this text
    has, as the server knows it.
    """

    ids: list[int]
    raw: list[float]
    reweighted: list[float] | None
    filtered: bool
    temperature: float | None
    slider: float
    u: float | None
    drawn: int | None


class Frame(Distribution):
    """One choice of one text; `at_book` is there only where filters are in force."""

    position: int
    key: str
    at_book: list[list[float]] | None
    picked: bool
    standing: bool
    found: bool
    what_if: bool
    stage: int
    note: str


class Column(Distribution):
    """A text's choice beside those of others; `network` is None where one writes them all."""

    network: str | None


class ColumnsFrame(TypedDict):
    """The choices of several texts at one position.

    `follows` is whether they follow the sliders, `what_if` whether they are made with other settings than the texts
    were, and `same_u` whether all are given the same uniform draw.
    """

    position: int
    same_u: bool
    follows: bool
    what_if: bool
    columns: list[Column]


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
        at_book = [_listed(_at(temperature, choice, shown)[order], rounded) for temperature in BOOK_TEMPERATURES]
    return {
        **_distribution(choice, slider, rounded),
        "position": shown.position,
        "key": f"{run}:{shown.position}",
        "at_book": at_book,
        "picked": shown.picked,
        "standing": shown.standing,
        "found": _is_found(shown),
        "what_if": shown.what_if,
        "stage": int(shown.stage),
        "note": shown.note or _note(shown),
    }


def _note(shown: Shown) -> str:
    return sentences.BEAM_NOTE if _is_found(shown) else sentences.draw(None, shown.picked)


def _is_found(shown: Shown) -> bool:
    """Return whether beam search finds the character."""
    return shown.context.beam_start is not None and not shown.picked


def columns_frame(
    choices: Sequence[Choice],
    position: int,
    sliders: Sequence[float],
    networks: Sequence[str] = (),
    follows: bool = True,
    what_if: bool = False,
    rounded: bool = False,
) -> ColumnsFrame:
    """Return the choices of several texts at a position for the chart.

    Args:
        choices: one of each text.
        position: of all of them.
        sliders: the temperature of each text's slider, as the server knows it.
        networks: the name of each text's network; none where one writes them all.
        follows: whether the choices are what they would be at the temperatures of the sliders.
        what_if: whether these are not the settings with which the choices were made.
        rounded: as in `frame`.
    """
    named: Sequence[str | None] = networks or [None] * len(choices)
    columns: list[Column] = [
        {**_distribution(choice, slider, rounded), "network": network}
        for choice, slider, network in zip(choices, sliders, named, strict=True)
    ]
    same_u = len({choice.u for choice in choices}) == 1
    return {"position": position, "same_u": same_u, "follows": follows, "what_if": what_if, "columns": columns}


def _at(temperature: float, choice: Choice, shown: Shown) -> Probs:
    """Return what would be drawn from at another temperature; beam search does the same at any."""
    if shown.context.beam_start is not None:
        return choice.reweighted
    return sampling_probs(choice.raw, temperature, shown.filters, shown.context)


def _distribution(choice: Choice, slider: float, rounded: bool) -> Distribution:
    order = ranking(choice.raw)
    return {
        "ids": order.tolist(),
        "raw": _listed(choice.raw[order], rounded),
        "reweighted": _listed(choice.reweighted[order], rounded) if choice.filtered else None,
        "filtered": choice.filtered,
        "temperature": None if math.isinf(choice.temperature) else choice.temperature,
        "slider": slider,
        "u": choice.u,
        "drawn": None if choice.character_id is None else int(np.flatnonzero(order == choice.character_id)[0]),
    }


def sample_evenly(steps: Sequence[T], seconds: float, frames_per_second: int) -> list[T]:
    """Return as many of the steps as frames are shown in so many seconds, evenly spaced from the first on."""
    count = min(len(steps), max(1, round(seconds * frames_per_second)))
    return [steps[number * len(steps) // count] for number in range(count)]


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
    return [chart_symbol(character) for character in vocabulary.characters]


def entropy_digits(steps: Sequence[Step]) -> str:
    """Return a digit for each step: the raw entropy of its choice, in quarters of a bit, of base 36 and at most 35."""
    if len({len(step.raw) for step in steps}) > 1:
        return "".join(entropy_digits([step]) for step in steps)
    if not steps:
        return ""
    bits = entropy(np.stack([step.raw for step in steps]))
    return "".join(DIGITS[min(int(bit / BITS_STEP), len(DIGITS) - 1)] for bit in bits.tolist())


def _made(step: Step) -> Shown:
    return Shown(step.position, Stage.APPENDED, step.filters, step.picked, context=step.context)


def _listed(probs: Probs, rounded: bool) -> list[Any]:
    listed = probs.tolist()
    return [float(f"{one:.{ROUNDED_DIGITS}g}") for one in listed] if rounded else listed
