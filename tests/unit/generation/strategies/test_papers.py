"""Penalties and filters, each beside a plain reading of its paper or source."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from charlstm.generation.context import RunContext, count_characters, match_lengths
from charlstm.generation.draws import UniformDraws, UniformDrawsOfBatch
from charlstm.generation.filters import USUAL_ORDER, Filters
from charlstm.generation.sampling import sampling_probs
from tests.unit.generation.strategies import plain

SIZE = 7
CHARACTERS = "abcdefg"
# Never two of almost the same probability, so that rounding decides nothing; some of 0.
probabilities = st.lists(st.integers(0, 10_000), min_size=SIZE, max_size=SIZE, unique=True).map(
    lambda weights: np.array(weights) / sum(weights)
)
texts = st.lists(st.integers(0, SIZE - 1), max_size=60)
loops = st.builds(lambda piece, times, end: piece * times + end, texts, st.integers(1, 30), texts)  # long matches
numbers = st.floats(-10, 10)
unit = st.floats(0, 1, exclude_max=True)


def after(probs, filters, text=(), temperature=1.0, **values):
    """Return what ours makes of a distribution after a text, with values of the context from outside the text."""
    context = RunContext(list(text), UniformDraws(1, 1), SIZE, CHARACTERS).of(0, filters)
    return sampling_probs(probs, temperature, filters, context._replace(**values))


def assert_same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@given(probabilities, texts, st.floats(0.1, 10), st.integers(1, 70))
def test_repetition_penalty_is_that_of_ctrl(probs, text, penalty, window):
    """Within the last characters."""
    filters = Filters(repetition_penalty=penalty, penalty_window=window)
    assert_same(after(probs, filters, text), plain.repetition(probs, text, penalty, window))


@given(probabilities, texts, numbers, numbers, st.integers(1, 70))
def test_frequency_and_presence_penalty_are_those_of_openai(probs, text, frequency, presence, window):
    """Within the last characters, both in one formula."""
    filters = Filters(frequency_penalty=frequency, presence_penalty=presence, penalty_window=window)
    assert_same(after(probs, filters, text), plain.frequency_and_presence(probs, text, frequency, presence, window))


@given(probabilities, texts | loops, st.floats(0.01, 5), st.floats(1, 3), st.integers(1, 100))
def test_dry_is_that_of_its_source(probs, text, multiplier, base, allowed_length):
    """Every earlier place is searched, and a long match does not end in an infinity."""
    filters = Filters(dry_multiplier=multiplier, dry_base=base, dry_allowed_length=allowed_length)
    assert_same(after(probs, filters, text), plain.dry(probs, text, multiplier, base, allowed_length))


@given(texts | loops, st.integers(1, 100), st.sampled_from([np.uint8, np.uint16]))
def test_match_lengths_are_those_of_a_naive_search(text, least, dtype):
    """Up to a hundred characters, and from the least length on."""
    expected = [length if length >= least else 0 for length in plain.longest_matches(text, SIZE)]
    assert match_lengths(np.array(text, dtype), SIZE, least).tolist() == expected


@pytest.mark.parametrize("repeated", [99, 100, 101, 250])
def test_match_lengths_end_at_a_hundred(repeated):
    """Longer ones count as these."""
    text = [0] * repeated + [1] + [0] * repeated
    assert match_lengths(np.array(text, np.uint8), 2, 13).tolist() == [min(repeated - 1, 100), min(repeated, 100)]


@given(texts)
def test_characters_are_counted(text):
    """Every character of the vocabulary, in a text that may be empty."""
    assert count_characters(np.array(text, np.uint8), SIZE).tolist() == [text.count(id_) for id_ in range(SIZE)]


@given(probabilities, st.floats(0, 5))
def test_top_n_sigma_is_that_of_its_paper(probs, n):
    """Of the logits of what is possible, with the standard deviation of a sample."""
    assert_same(after(probs, Filters(top_n_sigma=n)), plain.top_n_sigma(probs.tolist(), n))


@given(probabilities, st.floats(0, 5), st.floats(0.3, 3.0))
def test_top_n_sigma_keeps_the_same_at_any_temperature(probs, n, temperature):
    """Before the temperature, and after it too: that scales all logits alike."""
    kept = after(probs, Filters(top_n_sigma=n)) > 0
    np.testing.assert_array_equal(after(probs, Filters(top_n_sigma=n), temperature=temperature) > 0, kept)
    order = ("temperature",)
    scores = np.log(probs[probs > 0])
    distances = (scores.max() - scores) - n * scores.std(ddof=1) if len(scores) > 1 else np.ones(1)
    assume(np.abs(distances[scores < scores.max()]).min(initial=1.0) > 1e-9)
    np.testing.assert_array_equal(after(probs, Filters(top_n_sigma=n, order=order), temperature=temperature) > 0, kept)


@given(probabilities, st.floats(-3, 15))
def test_mirostat_removes_what_is_above_mu(probs, mu):
    """At least the likeliest stays, even where mu is negative."""
    assert_same(after(probs, Filters(mirostat_tau=1.0), mu=mu), plain.mirostat(probs.tolist(), mu))


@given(probabilities, unit, st.floats(0, 1), st.floats(0, 1))
def test_xtc_is_that_of_its_source(probs, u, probability, threshold):
    """All choices of at least the threshold but the last go, as often as the probability says."""
    filters = Filters(xtc_probability=probability, xtc_threshold=threshold)
    assert_same(after(probs, filters, xtc_u=u), plain.xtc(probs.tolist(), u, probability, threshold))


@given(probabilities, st.sets(st.sampled_from(range(SIZE))), st.dictionaries(st.sampled_from(range(SIZE)), numbers))
def test_ban_and_bias_are_added_to_the_logits(probs, banned, bias):
    """What is banned has no probability, whatever its bias."""
    assume(any(p > 0 for id_, p in enumerate(probs) if id_ not in banned))
    filters = Filters(
        ban="".join(CHARACTERS[id_] for id_ in banned),
        bias=tuple((CHARACTERS[id_], value) for id_, value in bias.items()),
    )
    assert_same(after(probs, filters), plain.ban_and_bias(probs, banned, bias))


@given(st.integers(0, SIZE - 1))
def test_ban_does_not_hold_where_it_would_leave_nothing(certain):
    """A network may be certain of a banned character, as one is of several whose characters are all banned."""
    probs = np.eye(SIZE)[certain]
    assert_same(after(probs, Filters(ban=CHARACTERS[certain])), probs)
    everything = np.arange(1, SIZE + 1) / (SIZE * (SIZE + 1) / 2)
    assert_same(after(everything, Filters(ban=CHARACTERS + "xyz")), everything)


def test_filters_that_name_characters_need_those_of_the_network():
    """They are not guessed."""
    with pytest.raises(ValueError, match="say which the network has"):
        RunContext([], UniformDraws(1, 1), SIZE, ()).of(0, Filters(ban="a"))


def test_what_removes_the_likeliest_leaves_a_distribution_to_the_next():
    """Typical sampling may, and then the likeliest of the rest is the one that Mirostat never removes."""
    probs = np.array([0.4] + [0.6 / 64] * 64)
    found = sampling_probs(probs, 1.0, Filters(typical_p=0.4, mirostat_tau=0.1))
    assert np.flatnonzero(found).tolist() == [1]
    order = ("xtc", "top_k", "min_p")
    found = after(probs[:SIZE] / probs[:SIZE].sum(), Filters(top_k=1, xtc_probability=1.0, order=order), xtc_u=0.0)
    assert found[0] == 1.0  # nothing else is above the threshold
    found = after(np.arange(1, 8) / 28, Filters(top_k=1, min_p=0.9, xtc_probability=1.0, order=order), xtc_u=0.0)
    assert np.flatnonzero(found).tolist() == [2]  # 3 / 28 is the least that is above it


VALUES: dict[str, Any] = {
    "repetition_penalty": 1.4, "frequency_penalty": -0.6, "presence_penalty": 0.8, "dry_multiplier": 0.7,
    "dry_base": 1.2, "dry_allowed_length": 1, "penalty_window": 9, "top_n_sigma": 1.9, "top_k": 6, "min_p": 0.05,
    "mirostat_tau": 1.7, "xtc_probability": 0.6, "xtc_threshold": 0.12,
}  # fmt: skip
MU, XTC_U, TEMPERATURE = 2.9, 0.3, 0.8
STAGES = {
    "repetition_penalty": lambda q, text: plain.repetition(q, text, 1.4, 9),
    "frequency_penalty": lambda q, text: plain.frequency_and_presence(q, text, -0.6, 0.0, 9),
    "presence_penalty": lambda q, text: plain.frequency_and_presence(q, text, 0.0, 0.8, 9),
    "dry": lambda q, text: plain.dry(q, text, 0.7, 1.2, 1),
    "top_n_sigma": lambda q, _: plain.top_n_sigma(q, 1.9),
    "temperature": lambda q, _: plain.temperature(q, TEMPERATURE),
    "top_k": lambda q, _: plain.top_k(q, 6),
    "min_p": lambda q, _: plain.min_p(q, 0.05),
    "mirostat": lambda q, _: plain.mirostat(q, MU),
    "xtc": lambda q, _: plain.xtc(q, XTC_U, 0.6, 0.12),
}


@given(probabilities, texts, st.permutations(sorted(STAGES)), st.integers(0, len(STAGES)))
def test_stages_act_in_the_order_that_was_chosen(probs, text, order, chosen):
    """The others follow in the usual one; each acts on what the one before it left, as a distribution."""
    order = order[:chosen]
    filters = Filters(**VALUES, order=tuple(order))
    expected = probs.tolist()
    stages = [*order, *(name for name in USUAL_ORDER if name in STAGES and name not in order)]
    assert filters.stages == tuple(stages)
    for name in stages:
        expected = STAGES[name](expected, text)
    found = after(probs, filters, text, TEMPERATURE, mu=MU, xtc_u=XTC_U)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)


@given(
    st.lists(st.tuples(probabilities, texts, unit, st.floats(0, 9)), min_size=1, max_size=4),
    st.permutations(USUAL_ORDER),
    st.lists(st.sampled_from([0.0, 0.4, 1.0, 2.0, math.inf]), min_size=4, max_size=4),
)
def test_rows_of_a_batch_are_the_same_as_single_texts(rows, order, temperatures):
    """To the last bit, with all strategies together."""
    filters = Filters(**VALUES, top_p=0.97, typical_p=0.96, ban="c", bias=(("a", 1.5),), order=tuple(order))
    draws = UniformDrawsOfBatch(range(len(rows)), 1)
    batch_context = RunContext([text for _, text, _, _ in rows], draws, SIZE, CHARACTERS).of(0, filters)
    batch_context = batch_context._replace(
        mu=np.array([mu for *_, mu in rows]), xtc_u=np.array([u for _, _, u, _ in rows])
    )
    raw = np.stack([probs for probs, *_ in rows])
    together = sampling_probs(raw, np.array(temperatures[: len(rows)]), filters, batch_context)
    for number, (probs, text, u, mu) in enumerate(rows):
        single = after(probs, filters, text, temperatures[number], mu=mu, xtc_u=u)
        np.testing.assert_allclose(together[number], single, rtol=1e-12, atol=0)
        expected = count_characters(np.array(text[-9:], np.uint8), SIZE)
        np.testing.assert_array_equal(batch_context.row(number).counts, expected)


@given(probabilities, st.floats(0.0, 1.0), st.integers(1, SIZE))
def test_xtc_leaves_a_possible_character_at_any_threshold(probs, threshold, top_k):
    """What others have removed is no choice, though its probability of 0 reaches a threshold of 0."""
    found = after(probs, Filters(top_k=top_k, xtc_probability=1.0, xtc_threshold=threshold), xtc_u=0.0)
    assert found.sum() == pytest.approx(1.0)
    assert np.flatnonzero(found).size >= 1
