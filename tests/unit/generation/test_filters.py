"""Top-k, top-p, min-p and typical sampling, each beside a plain reading of its paper."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import generate, generate_batch
from charlstm.generation.sampling import apply_filters, draw, reweight
from charlstm.networks.lstm import LstmNetwork

SIZE = 12
# Sixteenths, so that sums are exact and no two readings differ by rounding.
weights = arrays(np.int64, SIZE, elements=st.integers(0, 40)).filter(lambda weight: weight.sum() > 0)
shares = st.integers(1, 16).map(lambda sixteenths: sixteenths / 16)
several = st.builds(Filters, st.none() | st.integers(1, SIZE), *[st.none() | shares] * 3)


def probs_of(weight):
    return weight / weight.sum()


def ranked(probs):
    return sorted(range(len(probs)), key=lambda id_: (-probs[id_], id_))


def only(probs, kept):
    total = math.fsum(probs[id_] for id_ in kept)
    return np.array([probs[id_] / total if id_ in kept else 0.0 for id_ in range(len(probs))])


def by_top_k(probs, k):
    """Keep the k likeliest."""
    return only(probs, set(ranked(probs)[:k]))


def by_top_p(probs, p):
    """Keep the smallest number of the likeliest whose sum is at least p."""
    kept, total = [], 0.0
    for id_ in ranked(probs):
        kept.append(id_)
        total += probs[id_]
        if total >= p - 1e-12:
            break
    return only(probs, set(kept))


def by_min_p(probs, p):
    """Keep those at least p times as likely as the likeliest."""
    return only(probs, {id_ for id_ in range(len(probs)) if probs[id_] >= p * max(probs)})


def by_typical_p(probs, p):
    """Keep those whose surprise is nearest to the entropy, until their sum is at least p."""
    entropy = -math.fsum(q * math.log(q) for q in probs if q > 0)
    possible = [id_ for id_ in ranked(probs) if probs[id_] > 0]
    kept, total = [], 0.0
    for id_ in sorted(possible, key=lambda id_: abs(-math.log(probs[id_]) - entropy)):
        kept.append(id_)
        total += probs[id_]
        if total >= p - 1e-12:
            break
    return only(probs, set(kept))


@pytest.mark.parametrize(
    ("name", "plain"),
    [("top_k", by_top_k), ("top_p", by_top_p), ("min_p", by_min_p), ("typical_p", by_typical_p)],
)
@given(weight=weights, data=st.data())
def test_cut_agrees_with_a_plain_reading_of_the_paper(name, plain, weight, data):
    """The same characters are kept, and renormalised; a share at a sum's edge is left to rounding."""
    probs = probs_of(weight)
    value = data.draw(st.integers(1, SIZE + 3) if name == "top_k" else st.floats(0.01, 1.0))
    result = apply_filters(probs, probs, Filters(**{name: value}))
    near_edge = name in ("top_p", "typical_p") and not np.array_equal(result > 0, plain(probs, value) > 0)
    if near_edge:  # both readings must then lie within rounding of the edge
        assert (
            min(abs(result.astype(bool) @ probs - value), abs(plain(probs, value).astype(bool) @ probs - value)) < 1e-9
        )
    else:
        np.testing.assert_allclose(result, plain(probs, value), atol=1e-12)


@given(weights, st.sampled_from([0.0, 0.3, 1.0, 2.0, math.inf]), several)
def test_cut_leaves_a_distribution(weight, temperature, filters):
    """At least one character stays, none is added, the sum is one, and what stays keeps its proportions."""
    raw = probs_of(weight)
    reweighted = reweight(raw, temperature)
    left = apply_filters(raw, reweighted, filters)
    kept = left > 0
    assert kept.any()
    assert math.fsum(left) == pytest.approx(1.0)
    assert not (kept & (reweighted == 0)).any()
    np.testing.assert_allclose(left[kept] / left[kept].sum(), reweighted[kept] / reweighted[kept].sum())


@given(weights, several, st.floats(0, 1, exclude_max=True))
def test_draw_never_takes_what_was_cut(weight, filters, u):
    """Whatever u is."""
    raw = probs_of(weight)
    left = apply_filters(raw, raw, filters)
    assert left[draw(raw, left, u)] > 0


@given(st.lists(weights, min_size=1, max_size=4), several)
def test_cut_of_lanes_is_the_cut_of_each(weights_of_lanes, filters):
    """Lanes do not know of each other."""
    raw = np.array([probs_of(weight) for weight in weights_of_lanes])
    together = apply_filters(raw, raw, filters)
    np.testing.assert_array_equal(together, [apply_filters(lane, lane, filters) for lane in raw])


@given(weights)
def test_no_filters_change_nothing(weight):
    """Not even a copy is made."""
    probs = probs_of(weight)
    assert apply_filters(probs, probs, NO_FILTERS) is probs
    assert apply_filters(probs, probs, Filters()) is probs


@pytest.mark.parametrize(
    ("filters", "probs", "kept"),
    [
        (Filters(top_p=0.5), [0.5, 0.25, 0.25], [0]),
        (Filters(top_p=0.75), [0.25, 0.5, 0.25], [0, 1]),
        (Filters(top_p=1.0), [0.5, 0.25, 0.25], [0, 1, 2]),
        (Filters(min_p=0.5), [0.25, 0.5, 0.25], [0, 1, 2]),
        (Filters(min_p=0.0), [0.75, 0.25, 0.0], [0, 1]),
        (Filters(typical_p=0.5), [0.25, 0.25, 0.25, 0.25], [0, 1]),
        (Filters(typical_p=1.0), [0.25, 0.25, 0.25, 0.25], [0, 1, 2, 3]),
    ],
)
def test_filters_include_the_character_at_their_limit_and_stop_there(filters, probs, kept):
    """A sum of exactly p has reached p, and exactly p times as likely as the likeliest is enough."""
    probs = np.array(probs)
    assert np.flatnonzero(apply_filters(probs, probs, filters)).tolist() == kept


@pytest.mark.parametrize(
    "values",
    [{"top_k": 0}, {"top_k": 2.0}, {"top_k": True}, {"top_p": 0.0}, {"top_p": 1.1}, {"top_p": math.nan},
     {"min_p": -0.1}, {"min_p": 2}, {"typical_p": 0.0}, {"typical_p": math.inf}],
)  # fmt: skip
def test_filters_out_of_range_are_refused_by_name(values):
    """The error names the filter and the value."""
    (name, value), *_ = values.items()
    with pytest.raises(ValueError, match=f"{name} is {value!r}".replace(".", r"\.")):
        Filters(**values)


def test_active_filters_are_those_that_are_set():
    """By name, a minimum of zero included."""
    assert Filters(top_k=5, min_p=0.0).active() == {"top_k": 5, "min_p": 0.0}
    assert NO_FILTERS.active() == {}


def test_written_steps_say_which_filters_were_in_force():
    """One text and lanes: the record holds them, and greedy is a temperature of zero."""
    generator = np.random.default_rng(1)
    shapes = {"lstm_1/kernel": (5, 12), "lstm_1/recurrent_kernel": (3, 12), "lstm_1/bias": (12,),
              "dense/kernel": (3, 5), "dense/bias": (5,)}  # fmt: skip
    tensors = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    network = LstmNetwork(tensors, "window", 4)
    greedy = list(generate(network, [1, 2], 1.0, 20, 1, Filters(top_k=1)))
    assert [step.character_id for step in greedy] == [
        step.character_id for step in generate(network, [1, 2], 0.0, 20, 9)
    ]
    assert {step.filters for step in greedy} == {Filters(top_k=1)}
    lanes = list(generate_batch(network, [1, 2], [0.4, 1.0], 20, [3, 1], Filters(top_k=1)))
    assert [int(step.character_ids[1]) for step in lanes] == [step.character_id for step in greedy]
