"""What the chart of the next character gets: all that the browser needs to reweight a choice by itself."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.filters import Filters
from charlstm.generation.sampling import BOOK_TEMPERATURES, entropy, ranking, sampling_probs
from charlstm.generation.step import make_step
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.choice import Choice
from charlstm.playback.tables.frames import (
    BITS_STEP,
    MOST_VALUES,
    Shown,
    columns_frame,
    entropy_digits,
    frame,
    sample_evenly,
    streaming_frames,
)

SIZE = 29
weights = arrays(np.float64, SIZE, elements=st.floats(1e-9, 1.0))
units = st.floats(0, 1, exclude_max=True)


def step_of(weight, u, position=0, filters=None, temperature=0.7):
    return make_step(position, weight / weight.sum(), u, temperature, filters or Filters())


def shown(step):
    return Shown(step.position, Stage.APPENDED, step.filters, step.picked)


@given(weights, units)
def test_frame_has_every_probability_from_the_likeliest_on(weight, u):
    """To the last digit, also after it has been JSON."""
    step = step_of(weight, u)
    one = json.loads(json.dumps(frame(Choice.of(step), shown(step), "3", 0.5)))
    order = ranking(step.raw)
    assert one["raw"] == step.raw[order].tolist()
    assert one["ids"] == order.tolist()
    assert one["ids"][one["drawn"]] == step.character_id
    assert (one["u"], one["temperature"], one["slider"], one["key"]) == (step.u, 0.7, 0.5, "3:0")
    assert one["reweighted"] is None, "the browser calculates it"


@given(weights, units)
def test_frame_of_a_filtered_choice_has_what_the_browser_cannot_calculate(weight, u):
    """What the filters leave, now and at the book's temperatures."""
    filters = Filters(top_k=4, typical_p=0.9)
    step = step_of(weight, u, filters=filters)
    one = frame(Choice.of(step), shown(step), "1", 0.7)
    order = ranking(step.raw)
    assert one["reweighted"] == step.reweighted[order].tolist()
    assert one["at_book"] is not None
    for temperature, listed in zip(BOOK_TEMPERATURES, one["at_book"], strict=True):
        assert listed == sampling_probs(step.raw, temperature, filters)[order].tolist()


def test_infinite_temperature_is_json():
    """A saved run may have it."""
    step = step_of(np.arange(1.0, SIZE + 1), 0.3, temperature=float("inf"))
    assert frame(Choice.of(step), shown(step), "1", 2.0)["temperature"] is None


@given(st.integers(1, 60), st.sampled_from([0.1, 0.75, 5.0]))
def test_streaming_frames_are_in_order_and_end_with_the_last_step(count, seconds):
    """The last one, which may stay on the page, is exact; there are never more than a message may carry."""
    steps = [step_of(np.arange(1.0, SIZE + 1) ** 2, 0.37, position) for position in range(count)]
    frames = streaming_frames(steps, seconds, "1", 0.7)
    places = [one["position"] for one in frames]
    assert places == sorted(set(places))
    assert places[-1] == count - 1
    assert frames[-1]["raw"] == steps[-1].raw[ranking(steps[-1].raw)].tolist()
    assert len(frames) <= MOST_VALUES // SIZE + 1


@given(st.lists(weights, max_size=6))
def test_entropy_digits_are_the_entropies_in_quarters_of_a_bit(several):
    """A digit for each step, for the curve under the text."""
    steps = [step_of(weight, 0.5, position) for position, weight in enumerate(several)]
    digits = entropy_digits(steps)
    assert len(digits) == len(steps)
    for digit, step in zip(digits, steps, strict=True):
        bits = float(entropy(step.raw))
        assert int(digit, 36) * BITS_STEP == pytest.approx(bits - bits % BITS_STEP)


@given(st.lists(st.tuples(weights, units, st.floats(0.1, 2)), min_size=2, max_size=6), st.booleans())
def test_frame_of_several_texts_has_each_ones_choice(several, filtered):
    """As that of one text has it, in the order of the texts."""
    filters = Filters(top_k=4) if filtered else Filters()
    steps = [step_of(weight, u, 7, filters, temperature) for weight, u, temperature in several]
    choices, sliders = [Choice.of(step) for step in steps], [0.5] * len(steps)
    many = json.loads(json.dumps(columns_frame(choices, 7, sliders, ["a"] * len(steps))))
    assert many["same_u"] == (len({step.u for step in steps}) == 1)
    for column, step in zip(many["columns"], steps, strict=True):
        one = frame(Choice.of(step), shown(step), "1", 0.5)
        assert column.items() <= {**one, "network": "a"}.items()


@given(st.integers(0, 60), st.floats(0.01, 2.0), st.integers(1, 20))
def test_steps_are_sampled_evenly(count, seconds, frames_per_second):
    """From the first on, as many as there is time for, and none twice."""
    steps = list(range(count))
    sampled = sample_evenly(steps, seconds, frames_per_second)
    assert len(sampled) == min(count, max(1, round(seconds * frames_per_second)))
    assert sampled[:1] == steps[:1]
    gaps = np.diff([*sampled, count]) if sampled else np.array([1])
    assert gaps.min() >= 1
    assert gaps.max() - gaps.min() <= 1
