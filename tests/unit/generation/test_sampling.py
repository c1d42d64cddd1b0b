"""Reweighting and the draw: what the mathematics promises, for any distribution and any temperature."""

import math
import re

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, example, given
from hypothesis import strategies as st

from charlstm.generation.sampling import draw, entropy, ranking, reweight

pytestmark = pytest.mark.filterwarnings("error")
SMALLEST = 5e-324
LAST_U = 1 - 2**-53

EDGES = [0.0, SMALLEST, 1e-320, 1e-300, 1e-10, 0.01, 0.0499, 0.05, 0.5, 1.0, 2.0, 1e10, 1e308, math.inf]
temperatures = st.one_of(st.sampled_from(EDGES), st.floats(0.0, 5.0), st.floats(0.0, math.inf))
dice = st.one_of(st.sampled_from([0.0, SMALLEST, 0.25, 0.5, LAST_U]), st.floats(0.0, 1.0, exclude_max=True))
weights = st.one_of(st.sampled_from([0.0, SMALLEST, 1e-310, 1e-200, 1e-20, 0.25, 1.0]), st.floats(0.0, 1.0))


@st.composite
def distributions(draw, characters=None):
    """Any distribution a network can give: flat, one-hot, near one-hot with denormals, with ties and zeros."""
    count = characters or draw(st.integers(1, 60))
    values = np.array(draw(st.lists(weights, min_size=count, max_size=count)))
    total = values.sum()
    assume(total > 1e-3)
    return values / total


def one_hot(count, place):
    return np.eye(count)[place]


def exact_ends(raw, reweighted):
    """The ends of the characters on the line from 0 to 1, in the order of the draw, free of rounding."""
    order = sorted(range(len(raw)), key=lambda id_: (-raw[id_], id_))
    return order, [math.fsum(reweighted[order[: place + 1]]) for place in range(len(order))]


@given(distributions(), temperatures)
@example(np.array([1.0, SMALLEST, 0.0]), SMALLEST)
@example(np.array([1.0, 1e-310, 0.0]), 1e308)
@example(np.full(60, 1 / 60), 0.05)
def test_reweight_gives_a_distribution_at_any_temperature(probs, temperature):
    """The result is finite, not negative, and sums to 1, without a warning."""
    reweighted = reweight(probs, temperature)
    assert reweighted.shape == probs.shape
    assert reweighted.dtype == np.float64
    assert np.isfinite(reweighted).all()
    assert (reweighted >= 0.0).all()
    assert math.fsum(reweighted) == pytest.approx(1.0, abs=1e-9)


@given(distributions(), temperatures)
def test_reweight_keeps_the_order(probs, temperature):
    """Of two characters, the likelier stays at least as likely, and two that tie still tie but for T = 0."""
    reweighted = reweight(probs, temperature)
    order = np.argsort(-probs, kind="stable")
    assert (np.diff(reweighted[order]) <= 0.0).all()
    if temperature > 0.0:
        ties = probs[order][1:] == probs[order][:-1]
        assert (np.diff(reweighted[order])[ties] == 0.0).all()


@given(distributions())
def test_reweight_at_one_is_the_identity(probs):
    """T = 1 changes nothing, and gives a copy."""
    reweighted = reweight(probs, 1.0)
    np.testing.assert_array_equal(reweighted, probs)
    assert not np.shares_memory(reweighted, probs)


@given(distributions(), temperatures, temperatures)
def test_reweight_never_lowers_the_entropy_as_the_temperature_rises(probs, one, other):
    """More heat, more surprise."""
    colder, hotter = sorted((one, other))
    assert entropy(reweight(probs, hotter)) >= entropy(reweight(probs, colder)) - 1e-9


@given(distributions(), temperatures)
def test_reweight_keeps_zeros_at_zero(probs, temperature):
    """What the network holds impossible stays impossible."""
    assert (reweight(probs, temperature)[probs == 0.0] == 0.0).all()


@given(distributions())
def test_reweight_at_zero_takes_the_lowest_id_of_the_largest(probs):
    """T = 0 is the limit: all on the likeliest, the first of those that tie."""
    first = probs.tolist().index(max(probs.tolist()))
    np.testing.assert_array_equal(reweight(probs, 0.0), one_hot(len(probs), first))


@given(distributions(), st.sampled_from([SMALLEST, 1e-320, 1e-300]))
def test_reweight_near_zero_leaves_only_the_largest(probs, temperature):
    """The smallest temperatures share everything among the characters that tie for the first place."""
    largest = probs == probs.max()
    assume((probs[~largest] < 0.999 * probs.max()).all())
    np.testing.assert_allclose(reweight(probs, temperature), largest / largest.sum(), atol=1e-12)


@given(distributions())
def test_reweight_at_infinity_is_uniform_over_the_possible(probs):
    """T = infinity knows only possible and impossible, and the largest finite temperatures are close to it."""
    possible = probs > 0.0
    np.testing.assert_allclose(reweight(probs, math.inf), possible / possible.sum(), rtol=1e-12)
    np.testing.assert_allclose(reweight(probs, 1e308), possible / possible.sum(), rtol=1e-12)


@given(st.lists(st.floats(-20.0, 20.0), min_size=1, max_size=60), st.floats(0.1, 100.0))
def test_reweight_agrees_with_the_book(logits, temperature):
    """Where the book's own formula computes without a warning, ours gives the same."""
    probs = np.exp(logits) / np.exp(logits).sum()
    with np.errstate(all="raise"):
        theirs = np.exp(np.log(probs) / temperature)  # listing 8.1
        theirs = theirs / np.sum(theirs)
    np.testing.assert_allclose(reweight(probs, temperature), theirs, rtol=1e-9)


@pytest.mark.parametrize("temperature", [-1.0, -1e-320, -math.inf, math.nan, -1])
def test_reweight_refuses_a_temperature_that_is_none(temperature):
    """A negative or undefined temperature is a ValueError that gives the value and the rule."""
    with pytest.raises(ValueError, match=rf"{re.escape(repr(temperature))}; it must be zero or more"):
        reweight(np.array([0.5, 0.5]), temperature)


@pytest.mark.parametrize("temperature", [0, 1, 2, np.float64(0.5), np.float32(0.25), np.array(1.5)])
def test_reweight_takes_any_kind_of_number(temperature):
    """Whole numbers and those of numpy count as the float of the same value, alone and for rows."""
    probs = np.array([0.5, 0.3, 0.2])
    expected = reweight(probs, float(temperature))
    np.testing.assert_array_equal(reweight(probs, temperature), expected)
    np.testing.assert_array_equal(reweight(np.stack([probs] * 2), [temperature, 3])[0], expected)


@given(st.lists(temperatures, min_size=6, max_size=6))
@example([0.0, 0.01, 0.2, 1.0, 1.2, math.inf])
def test_reweight_takes_any_number_of_axes(values):
    """A batch of two axes is the same rows one by one."""
    probs = np.random.default_rng(3).dirichlet(np.ones(4), size=(2, 3))
    heats = np.array(values).reshape(2, 3)
    rows = [reweight(row, heat) for row, heat in zip(probs.reshape(6, 4), values, strict=True)]
    np.testing.assert_array_equal(reweight(probs, heats).reshape(6, 4), rows)
    alike = [reweight(row, values[0]) for row in probs.reshape(6, 4)]
    np.testing.assert_array_equal(reweight(probs, values[0]).reshape(6, 4), alike)


@given(st.lists(temperatures, min_size=1, max_size=5))
def test_reweight_refuses_lanes_with_one_temperature_that_is_none(lanes):
    """One bad lane is enough."""
    with pytest.raises(ValueError, match="nan"):
        reweight(np.full((len(lanes) + 1, 2), 0.5), [*lanes, math.nan])


@st.composite
def lanes_of_choices(draw):
    """Several distributions over the same characters, with a temperature and a die for each."""
    lanes, characters = draw(st.integers(1, 6)), draw(st.integers(1, 60))
    probs = np.stack([draw(distributions(characters)) for _ in range(lanes)])
    heats = draw(st.lists(temperatures, min_size=lanes, max_size=lanes))
    return probs, heats, np.array(draw(st.lists(dice, min_size=lanes, max_size=lanes)))


@given(lanes_of_choices())
def test_lanes_give_exactly_what_each_gives_alone(choices):
    """Reweighting, ranking, drawing and entropy over lanes are the same numbers as one by one."""
    probs, heats, u = choices
    together = reweight(probs, heats)
    alone = np.stack([reweight(row, heat) for row, heat in zip(probs, heats, strict=True)])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(reweight(probs, heats[0]), reweight(probs, [heats[0]] * len(heats)))
    np.testing.assert_array_equal(ranking(probs), [ranking(row) for row in probs])
    drawn = draw(probs, together, u)
    assert drawn.tolist() == [int(draw(*row)) for row in zip(probs, alone, u, strict=True)]
    np.testing.assert_allclose(entropy(probs), [entropy(row) for row in probs], atol=1e-12)


@given(distributions())
def test_ranking_goes_from_the_likeliest_down_and_breaks_ties_by_id(probs):
    """The same order as sorting pairs in Python."""
    assert ranking(probs).tolist() == sorted(range(len(probs)), key=lambda id_: (-probs[id_], id_))


@given(distributions(), temperatures, dice)
@example(one_hot(3, 1), 1.0, LAST_U)
@example(np.array([0.1] * 10), 1.0, LAST_U)
@example(np.array([0.5, 0.25, 0.25, 0.0]), 0.7, LAST_U)
def test_draw_never_gives_a_character_of_probability_zero(probs, temperature, u):
    """Whatever u is, what cannot come does not come."""
    reweighted = reweight(probs, temperature)
    assert reweighted[draw(probs, reweighted, u)] > 0.0


@given(distributions(), temperatures, dice)
def test_draw_gives_the_first_character_whose_end_lies_beyond_u(probs, temperature, u):
    """The walk along the line from 0 to 1, with sums free of rounding; a die on an end is left out."""
    reweighted = reweight(probs, temperature)
    order, ends = exact_ends(probs, reweighted)
    assume(min(abs(end - u) for end in ends) > 1e-14)
    assert draw(probs, reweighted, u) == next(id_ for id_, end in zip(order, ends, strict=True) if end > u)


@pytest.mark.parametrize(
    ("probs", "u", "id_"),
    [
        ([0.25, 0.5, 0.25], 0.0, 1),
        ([0.25, 0.5, 0.25], 0.5, 0),  # at the end of one, the next begins
        ([0.25, 0.5, 0.25], 0.75, 2),
        ([0.0, 0.5, 0.5], 0.5, 2),
        ([0.1] * 10, LAST_U, 9),  # ten tenths add up to LAST_U, and no more
        ([0.1] * 10 + [0.0], LAST_U, 9),
    ],
)
def test_draw_at_an_end_gives_the_character_that_begins_there(probs, u, id_):
    """Ends that are exact; beyond the last, where rounding left a gap, the last character of any length."""
    probs = np.array(probs)
    assert draw(probs, probs, u) == id_
    assert draw(probs[None], probs[None], [u]).tolist() == [id_]


@given(distributions(), temperatures, temperatures, dice)
def test_draw_never_lands_on_a_likelier_character_at_a_higher_temperature(probs, one, other, u):
    """The same die, more heat: the same character or one less likely. A die within rounding of an end is left out."""
    places = []
    for temperature in sorted((one, other)):
        reweighted = reweight(probs, temperature)
        order, ends = exact_ends(probs, reweighted)
        assume(min(abs(end - u) for end in ends[:-1] or [2.0]) > 1e-12)
        places.append(order.index(int(draw(probs, reweighted, u))))
    assert places[0] <= places[1]


def test_draw_never_lands_on_a_likelier_character_along_a_whole_scale_of_temperatures():
    """50,000 draws, with no exception made for rounding."""
    generator = np.random.default_rng(5)
    logits = generator.normal(0.0, 3.0, size=(1000, 57))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    u = generator.random((50, 1000))
    place = np.argsort(ranking(probs), axis=1)
    former = np.zeros((50, 1000), dtype=int)
    for temperature in [0.0, 0.1, 0.2, 0.5, 0.999, 1.0, 1.001, 1.2, 2.0, 10.0, math.inf]:
        reweighted = reweight(probs, temperature)
        now = np.stack([place[np.arange(1000), draw(probs, reweighted, row)] for row in u])
        assert (former <= now).all()
        former = now


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 1.2, 5.0, math.inf])
def test_draw_follows_the_reweighted_distribution(temperature):
    """A chi-square test of 100,000 drawn characters, at a fixed random seed."""
    generator = np.random.default_rng(11)
    logits = generator.normal(0.0, 2.0, size=57)
    probs = np.exp(logits) / np.exp(logits).sum()
    reweighted = reweight(probs, temperature)
    dice = generator.random(100_000)
    drawn = draw(np.tile(probs, (len(dice), 1)), np.tile(reweighted, (len(dice), 1)), dice)
    expected = reweighted * len(dice)
    observed = np.bincount(drawn, minlength=57).astype(float)
    often = expected >= 5  # the rest together, as the test asks
    observed = np.append(observed[often], observed[~often].sum())
    expected = np.append(expected[often], expected[~often].sum())
    held = expected > 0
    assert scipy.stats.chisquare(observed[held], expected[held]).pvalue > 0.01


@given(distributions())
def test_entropy_is_that_of_scipy(probs):
    """In bits; nothing is lost where a probability is 0."""
    assert entropy(probs) == pytest.approx(scipy.stats.entropy(probs, base=2), abs=1e-9)


def test_entropy_of_certainty_is_zero_and_not_minus_zero():
    """A person would wonder at -0.0."""
    assert math.copysign(1.0, float(entropy(one_hot(4, 2)))) == 1.0
    assert entropy(one_hot(4, 2)) == 0.0
