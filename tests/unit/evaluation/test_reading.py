"""A text read piece by piece is the text read at once, at every temperature, and after every edit."""

import math
from itertools import count
from threading import Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.evaluation import reading
from charlstm.evaluation.reading import (
    TEMPERATURES,
    Reading,
    best_temperature,
    costliest_words,
    costs_at_temperatures,
    rank_classes,
)
from charlstm.evaluation.scoring import surprisal_of_text
from charlstm.generation.sampling import ranking, reweight
from charlstm.networks.architecture import GatedConvolutions, LstmLayers
from charlstm.text.vocabulary import Vocabulary
from tests.counted import random_counts

pytestmark = pytest.mark.filterwarnings("error")
VOCABULARY = Vocabulary((" ", "a", "b", "c", "d"))
KINDS: dict[str, tuple[Any, str]] = {
    "window": (LstmLayers((3,)), "window"),
    "stateful": (LstmLayers((4, 3)), "carried"),
    "convolutions": (GatedConvolutions(channels=3, width=2, dilations=(1, 2)), "carried"),
}
texts = st.text("abcd ", max_size=60)
kinds = st.sampled_from([*KINDS, "counts"])


def network_of(kind):
    architecture, context = KINDS[kind]
    generator = np.random.default_rng(1)
    shapes = architecture.tensor_shapes(len(VOCABULARY))
    tensors = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return architecture.network(tensors, context, window=4)


NETWORKS = {kind: network_of(kind) for kind in KINDS} | {"counts": random_counts(len(VOCABULARY))}


@pytest.fixture(autouse=True, scope="module")
def short_strides():
    """States are kept every few characters, and only a few of them, so that short texts need them all."""
    patch = pytest.MonkeyPatch()
    patch.setattr(reading, "BLOCK", 2)
    patch.setattr(reading, "STRIDE", 4)
    yield
    patch.undo()


def whole(kind, text):
    one = Reading(NETWORKS[kind], VOCABULARY, text, 5)
    one.advance()
    return one


def check_equal(one, other):
    assert (one.text, one.read) == (other.text, other.read)
    np.testing.assert_allclose(one.bits, other.bits, rtol=1e-9)
    np.testing.assert_array_equal(one.ranks, other.ranks)
    np.testing.assert_allclose(one.costs, other.costs, rtol=1e-9)


@given(kinds, texts)
def test_bits_are_the_surprisal_of_the_text(kind, text):
    """Which is predicted as the network would predict it while it writes."""
    expected = surprisal_of_text(NETWORKS[kind], VOCABULARY.encode(text))
    np.testing.assert_allclose(whole(kind, text).bits * math.log(2), expected, rtol=1e-9)


@given(kinds, texts, st.lists(st.integers(1, 9)))
def test_pieces_make_no_difference(kind, text, pieces):
    """However many characters are read at a time."""
    one = Reading(NETWORKS[kind], VOCABULARY, text, 5)
    for most in pieces:
        before = one.read
        one.advance(most)
        assert one.read == min(before + most, len(text))
    one.advance()
    assert one.finished
    check_equal(one, whole(kind, text))


@given(kinds, texts, st.lists(texts, min_size=1, max_size=3), st.integers(0, 60))
def test_edited_text_is_read_as_if_it_were_new(kind, first, edits, read):
    """However far the one before was read, and wherever they differ."""
    one = Reading(NETWORKS[kind], VOCABULARY, first, 5)
    one.advance(read)
    for text in edits:
        same = one.change(text)
        assert one.read == same
        assert one.text[:same] == text[:same]
        one.advance()
    check_equal(one, whole(kind, edits[-1]))


@given(kinds, texts, texts)
def test_what_is_appended_costs_only_itself(kind, text, more):
    """Nothing of what was read is read again."""
    one = whole(kind, text)
    assert one.change(text + more) == len(text)
    steps: list[int] = []
    one.network = Counting(one.network, steps)
    one.advance()
    assert len(steps) == len(more)


class Counting:
    """A network that notes its steps."""

    def __init__(self, network, steps):
        self._network, self._steps = network, steps

    def __getattr__(self, name):
        return getattr(self._network, name)

    def step(self, state, id_):
        self._steps.append(id_)
        self._network.step(state, id_)


@settings(max_examples=60)
@given(kinds, st.text("abcd ", min_size=1, max_size=60), st.data())
def test_distribution_is_found_again_at_any_place(kind, text, data):
    """In any order, and after the last character too."""
    one, network = whole(kind, text), NETWORKS[kind]
    for position in data.draw(st.lists(st.integers(0, len(text)), min_size=1, max_size=5)):
        state = network.initial_state()
        for id_ in VOCABULARY.encode(text[:position]).tolist():
            network.step(state, id_)
        np.testing.assert_allclose(one.probs_at(position), network.probs(state), rtol=1e-6)
    check_equal(one, whole(kind, text))


@given(kinds, st.text("abcd ", min_size=1, max_size=30))
def test_costs_are_those_of_the_reweighted_distributions(kind, text):
    """At each temperature, 0 too, where one character that is not the top choice is impossible."""
    one = whole(kind, text)
    ids, network, state = VOCABULARY.encode(text).tolist(), NETWORKS[kind], NETWORKS[kind].initial_state()
    rows = []
    for id_ in ids:
        rows.append(network.probs(state))
        network.step(state, id_)
    for place, temperature in enumerate(TEMPERATURES):
        with np.errstate(divide="ignore"):
            expected = -np.log([reweight(row, temperature)[id_] for row, id_ in zip(rows, ids, strict=True)]).mean()
        if temperature == 0.0 or expected < 300:  # a probability of less than 1e-300 underflows there
            assert one.costs[place] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert one.costs[TEMPERATURES.index(1.0)] == pytest.approx(one.bits.mean() * math.log(2))


@given(kinds, st.text("abcd ", min_size=1, max_size=30))
def test_rank_is_the_place_in_the_ranking(kind, text):
    """By which draws and charts order the characters."""
    one = whole(kind, text)
    for position, id_ in enumerate(VOCABULARY.encode(text).tolist()):
        assert ranking(one.probs_at(position))[one.ranks[position]] == id_


@given(
    arrays(np.float64, (3, 4), elements=st.sampled_from([0.0, 0.1, 0.5])),
    arrays(np.intp, 3, elements=st.integers(0, 3)),
)
def test_impossible_characters_cost_infinitely_much(weights, ids):
    """And no other number is not a number."""
    weights[:, 0] += 1.0
    probs = weights / weights.sum(axis=1, keepdims=True)
    costs = costs_at_temperatures(probs, ids)
    assert np.isinf(costs[1:]).all() == bool((probs[np.arange(3), ids] == 0.0).any())
    assert not np.isnan(costs).any()


def test_deadline_ends_a_piece():
    """After a whole character, and at least one."""
    one = Reading(NETWORKS["stateful"], VOCABULARY, "abcd" * 10)
    ticks = count()
    one.advance(seconds=7.0, clock=lambda: float(next(ticks)))
    assert 1 <= one.read < 8
    one.advance(seconds=0.0, clock=lambda: 0.0)
    assert one.read < 8, "no time was left"


def test_characters_are_folded_or_dropped():
    """And counted, each of them."""
    one = Reading(NETWORKS["stateful"], VOCABULARY, "AaB한 한É")
    assert one.text == "aab "
    assert (one.folded, one.dropped) == ({"A": 1, "B": 1}, {"한": 2, "É": 1})


def test_empty_text_costs_nothing_and_predicts_the_first_character():
    """Its mean is not a number, and no temperature is the best."""
    one = whole("stateful", "")
    assert one.finished
    assert len(one.bits) == 0
    assert best_temperature(one.costs) is None
    network = NETWORKS["stateful"]
    np.testing.assert_array_equal(one.probs_at(0), network.probs(network.initial_state()))


def test_long_text_is_cut(monkeypatch):
    """At the limit, to the character."""
    monkeypatch.setattr(reading, "LONGEST_TEXT", 10)
    assert whole("stateful", "abcd" * 5).text == "abcdabcdab"


def test_best_temperature_has_the_least_cost():
    """Of equal ones it is the nearest to 1."""
    costs = np.full(len(TEMPERATURES), 3.0)
    assert best_temperature(costs) == 1.0
    costs[[20, 112]] = 2.0
    assert best_temperature(costs) == 1.12
    assert best_temperature(np.full(len(TEMPERATURES), np.inf)) is None


def test_classes_of_ranks():
    """The top choice, the top 5, the top 10, and all others."""
    assert rank_classes(np.array([0, 1, 4, 5, 9, 10, 60])).tolist() == [0, 1, 1, 2, 2, 3, 3]


def test_costliest_words_are_sums_of_their_characters():
    """Each word once, with its highest cost, and only when it was read to its end."""
    bits = np.array([1.0, 1, 9, 2, 2, 9, 5, 9, 1, 1])
    assert costliest_words("ab cd e abc", bits, 9) == [("e", 6, 5.0), ("cd", 3, 4.0), ("ab", 0, 2.0)]
    assert costliest_words("ab cd e ab", bits, 1) == [("e", 6, 5.0)]
    assert costliest_words("ab cd e ab", bits, 9)[2] == ("ab", 0, 2.0)
    assert costliest_words("  ", np.ones(2), 3) == []


def test_text_can_change_while_another_thread_reads():
    """A page's new run changes it while the one before still reads: the change waits until that has ended."""
    one = Reading(NETWORKS["stateful"], VOCABULARY, "abcd" * 10)
    changing = Thread(target=one.change, args=("",))

    def clock():
        if not changing.ident:
            changing.start()
            changing.join(0.2)
        return 0.0

    one.advance(clock=clock)
    changing.join()
    assert (one.text, one.read) == ("", 0)
