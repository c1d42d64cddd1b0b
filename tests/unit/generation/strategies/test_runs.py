"""Strategies over a whole run: what they carry from one character to the next, and what each row has of its own."""

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.generation.context import RunContext
from charlstm.generation.draws import UniformDraws
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import TextGenerator, generate, generate_batch
from charlstm.generation.run import NetworkSource
from charlstm.networks.architecture import LstmLayers
from charlstm.playback.player import Player
from charlstm.text.vocabulary import Vocabulary
from tests.unit.generation.strategies import plain

pytestmark = pytest.mark.filterwarnings("error")
CHARACTERS = "abcdefg"
FILTERS = Filters(
    mirostat_tau=1.3, mirostat_eta=0.3, xtc_probability=0.5, xtc_threshold=0.15, dry_multiplier=1.0,
    dry_allowed_length=2, frequency_penalty=0.1, penalty_window=20, top_n_sigma=1.5, ban="g",
)  # fmt: skip


def network(seed=1, characters=len(CHARACTERS)):
    generator = np.random.default_rng(seed)
    shapes = LstmLayers((6,)).tensor_shapes(characters)
    tensors = {name: generator.normal(0.0, 0.9, shape).astype(np.float32) for name, shape in shapes.items()}
    return LstmLayers((6,)).network(tensors, "carried", 5)


def context_of(step) -> Any:
    return step.context


def same(one, other):
    """Whether two steps are the same, to the last bit where numbers are drawn from."""
    values = [
        (step.position, step.character_id, step.u, context_of(step).mu, context_of(step).xtc_u) for step in (one, other)
    ]
    return values[0] == values[1] and np.array_equal(one.reweighted, other.reweighted)


@settings(max_examples=20)
@given(st.floats(0.1, 4.0), st.floats(0.0, 1.0), st.sampled_from([0.5, 1.0, 1.8]), st.integers(0, 100))
def test_mirostat_writes_what_algorithm_2_writes(tau, eta, temperature, random_seed):
    """From a mu of twice tau on, the error is of the surprisal before anything was removed."""
    filters = Filters(mirostat_tau=tau, mirostat_eta=eta)
    draws, mu = UniformDraws(random_seed), 2 * tau
    for step in generate(network(), [1, 2], temperature, 60, random_seed, filters):
        probs = plain.temperature(step.raw.tolist(), temperature)
        left = plain.mirostat(probs, mu)
        assert context_of(step).mu == pytest.approx(mu, rel=1e-9)
        np.testing.assert_allclose(step.reweighted, left, rtol=1e-4)
        assert step.character_id == plain.drawn(step.raw.tolist(), left, draws[step.position])
        mu = plain.next_mu(probs, step.character_id, mu, tau, eta)


@pytest.mark.parametrize("order", [(), ("mirostat",), ("mirostat", "dry"), ("dry", "mirostat"), ("top_k", "mirostat")])
def test_mirostat_sees_what_acts_before_it_and_nothing_that_acts_later(order):
    """Its surprisal is of the distribution that it cuts, wherever the temperature and the penalties stand."""
    temperature, filters = (
        0.4,
        Filters(mirostat_tau=1.4, dry_multiplier=2.0, dry_allowed_length=1, top_k=4, order=order),
    )
    text, mu = [1, 2, 1], 2.8
    stages = {
        "dry": lambda q: plain.dry(q, text, 2.0, 1.3, 1),
        "temperature": lambda q: plain.temperature(q, temperature),
        "top_k": lambda q: plain.top_k(q, 4),
    }
    for step in generate(network(), text, temperature, 50, 3, filters):
        probs = step.raw.tolist()
        for name in filters.stages[: filters.stages.index("mirostat")]:
            probs = stages[name](probs)
        assert context_of(step).mu == pytest.approx(mu, rel=1e-9)
        mu = plain.next_mu(probs, step.character_id, mu, 1.4, 0.1)
        text.append(step.character_id)


def test_mirostat_reaches_the_surprisal_that_was_asked_for():
    """On average, in a long text."""
    steps = list(generate(network(), [], 1.0, 3000, 1, Filters(mirostat_tau=2.1)))
    surprisals = [-math.log2(plain.temperature(step.raw.tolist(), 1.0)[step.character_id]) for step in steps]
    drawn = np.mean([-math.log2(step.raw[step.character_id]) for step in generate(network(), [], 1.0, 3000, 1)])
    assert abs(drawn - 2.1) > 0.1
    assert np.mean(surprisals) == pytest.approx(2.1, abs=0.02)


def test_mirostat_goes_on_after_a_character_that_the_network_thought_impossible():
    """A person picked it; its surprisal counts as that of one in a million."""
    generator = TextGenerator(network(), [1], 1, characters=CHARACTERS)
    filters = Filters(mirostat_tau=2.5, mirostat_eta=1.0, ban="a")
    picked = generator.pick(0, 1.0, filters)
    mus = [context_of(generator.step(1.0, filters)).mu for _ in range(40)]
    assert mus[0] == pytest.approx(context_of(picked).mu - (math.log2(1e6) - 2.5))
    assert max(mus) > 0.0


def test_xtc_acts_as_often_as_it_was_asked_to():
    """Its numbers are others than those that draw, and the same for the same random seed."""
    steps = list(generate(network(), [], 1.0, 4000, 7, Filters(xtc_probability=0.3, xtc_threshold=0.1)))
    numbers = np.array([context_of(step).xtc_u for step in steps])
    assert np.mean(numbers < 0.3) == pytest.approx(0.3, abs=0.03)
    assert abs(np.corrcoef(numbers, [step.u for step in steps])[0, 1]) < 0.05
    assert [UniformDraws(7, 1)[place] for place in range(4000)] == numbers.tolist()


@pytest.mark.parametrize("seed_ids", [[], [3], [1, 2, 3, 1, 2]])
def test_rows_have_their_own_and_are_the_same_as_single_texts(seed_ids):
    """Each its mu, its random numbers and its past; the seed text may be empty, or one character."""
    temperatures, random_seeds = [0.4, 1.0, 1.6], [5, 6, 5]
    batch = list(generate_batch(network(), seed_ids, temperatures, 80, random_seeds, FILTERS, CHARACTERS))
    for row, (temperature, random_seed) in enumerate(zip(temperatures, random_seeds, strict=True)):
        alone = list(generate(network(), seed_ids, temperature, 80, random_seed, FILTERS, CHARACTERS))
        rows = [step.rows()[row] for step in batch]
        assert [step.character_id for step in rows] == [step.character_id for step in alone]
        np.testing.assert_allclose(
            [context_of(step).mu for step in rows], [context_of(step).mu for step in alone], rtol=1e-4
        )
        assert [context_of(step).xtc_u for step in rows] == [context_of(step).xtc_u for step in alone]
    assert context_of(batch[9]).xtc_u[0] == context_of(batch[9]).xtc_u[2] != context_of(batch[9]).xtc_u[1]


@pytest.mark.parametrize("seed_text", ["", "a", "ab–xé! ab"])
@pytest.mark.parametrize("filters", [FILTERS, Filters(mirostat_tau=1.0), Filters(xtc_probability=0.7)])
def test_texts_that_are_compared_can_be_rebuilt_at_any_character(seed_text, filters):
    """Several networks of other characters; a branch goes on as the texts did, and a look back shows what was."""
    alphabets = ("abcdefg", "abcxyz!", "abcdefg")
    sources = [
        NetworkSource(network(seed, len(characters)), Vocabulary.of(characters), characters)
        for seed, characters in enumerate(alphabets)
    ]
    player = Player(sources, seed_text, [3, 3, 4])
    for _ in range(30):
        player.step([0.8, 1.0, 1.2], filters)
    for position in (0, 1, 17, 29, 30):
        branch = player.branch(position)
        while len(branch.steps) < 30:
            branch.step([0.8, 1.0, 1.2], filters)
        assert branch.texts == player.texts
        assert all(
            same(one, other)
            for rows in zip(branch.rows, player.rows, strict=True)
            for one, other in zip(*rows, strict=True)
        )
    for position in range(30):
        again = player.what_if(position, [0.8, 1.0, 1.2], filters)
        assert all(same(one, row[position]) for one, row in zip(again, player.rows, strict=True))


def test_copy_of_a_generator_goes_its_own_way():
    """What it writes changes nothing of the other's past, mu and random numbers."""
    expected = list(generate(network(), [1, 2], 1.0, 40, 2, FILTERS, CHARACTERS))
    generator = TextGenerator(network(), [1, 2], 2, characters=CHARACTERS)
    for step in islice(expected, 15):
        assert same(generator.step(1.0, FILTERS), step)
    copy = generator.copy()
    for _ in range(10):
        copy.step(2.0, FILTERS)
        copy.pick(4, 1.0, FILTERS)
    for step in expected[15:]:
        assert same(generator.step(1.0, FILTERS), step)


def test_filters_that_do_nothing_record_nothing():
    """Equal to no filters, though another object."""
    steps = list(generate(network(), [1], 1.0, 20, 1, Filters()))
    assert [step.character_id for step in steps] == [
        step.character_id for step in generate(network(), [1], 1.0, 20, 1, NO_FILTERS)
    ]
    assert all(value is None for step in steps for value in context_of(step))


def test_long_text_is_remembered_whole():
    """Longer than the room that is made for it at once."""
    ids = np.random.default_rng(1).integers(0, 7, 1500).tolist()
    context = RunContext(ids[:3], UniformDraws(1, 1), 7, CHARACTERS)
    for id_ in ids[3:]:
        context.append(id_)
    counts = context.of(0, Filters(frequency_penalty=1.0, penalty_window=10_000)).counts
    np.testing.assert_array_equal(counts, np.bincount(ids))
