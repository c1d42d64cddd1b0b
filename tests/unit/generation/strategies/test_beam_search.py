"""Beam search beside exhaustive search, and beside a plain one that reads every text from its beginning."""

import math
from typing import Any

import numpy as np
import pytest

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import BatchGenerator, TextGenerator, generate
from charlstm.networks.architecture import GatedConvolutions, GruLayers, LstmLayers
from charlstm.networks.layers.layer import Dense, Embedding, SimpleRnn
from charlstm.networks.layers.stack import LayerStack
from tests.counted import random_counts
from tests.unit.generation.strategies import plain

pytestmark = pytest.mark.filterwarnings("error")
KINDS = ("lstm", "window", "gru", "convolutions", "layers", "counts")
SEED_IDS = [1, 0, 2, 1]


def network_of(kind, characters, seed=3):
    """A random network of a kind."""
    if kind == "counts":
        return random_counts(characters, seed)
    architectures: dict[str, Any] = {
        "gru": GruLayers((6,)),
        "convolutions": GatedConvolutions(6, 2, (1, 2)),
        "layers": LayerStack((Embedding(4), SimpleRnn(5), Dense(characters))),
    }
    architecture = architectures.get(kind, LstmLayers((6,)))
    generator = np.random.default_rng(seed)
    shapes = architecture.tensor_shapes(characters)
    tensors = {name: generator.normal(0.0, 0.9, shape).astype(np.float32) for name, shape in shapes.items()}
    return architecture.network(tensors, "window" if kind == "window" else "carried", 5)


def probs_after(network, state):
    """Return a function that reads a text of ids after a state, and gives the probabilities of the next."""

    def read(ids):
        own = state.copy()
        for id_ in ids:
            network.step(own, id_)
        return network.probs(own).tolist()

    return read


def plain_beam_search(network, seed_ids, width, lookahead, length):
    """Texts and their log probabilities in a list, every one read from the beginning."""
    read = probs_after(network, network.prefill(seed_ids))
    beams: list[tuple[tuple[int, ...], float]] = [((), 0.0)]
    written: tuple[int, ...] = ()
    while len(written) < length:
        while len(beams[0][0]) <= len(written) + lookahead:
            longer = [
                ((*ids, id_), score + math.log(max(p, 1e-300)))
                for ids, score in beams
                for id_, p in enumerate(read(ids))
            ]
            beams = sorted(longer, key=lambda beam: -beam[1])[:width]
        written = beams[0][0][: len(written) + 1]
        beams = [beam for beam in beams if beam[0][: len(written)] == written]
    return list(written)


def ids_of(steps):
    return [step.character_id for step in steps]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("characters", "lookahead", "width"), [(3, 3, 27), (5, 2, 25), (2, 4, 16), (3, 0, 1)])
def test_the_character_is_the_first_of_the_likeliest_text(kind, characters, lookahead, width):
    """Where the search is wide enough to keep all texts, it is exhaustive."""
    network = network_of(kind, characters)
    filters = Filters(beam_width=width, beam_lookahead=lookahead)
    ids = [id_ % characters for id_ in SEED_IDS]
    for end in range(len(ids) + 1):
        read = probs_after(network, network.prefill(ids[:end]))
        best = plain.most_likely_continuation(read, characters, lookahead + 1)
        assert ids_of(generate(network, ids[:end], 1.0, 1, 1, filters)) == [best[0]]


@pytest.mark.parametrize("kind", KINDS)
def test_search_goes_on_from_character_to_character(kind):
    """As long as the text becomes, with texts that are given up on the way."""
    network = network_of(kind, 4)
    for width, lookahead in ((1, 0), (1, 5), (3, 4), (8, 2)):
        steps = list(generate(network, SEED_IDS, 1.0, 30, 1, Filters(beam_width=width, beam_lookahead=lookahead)))
        assert ids_of(steps) == plain_beam_search(network, SEED_IDS, width, lookahead, 30)
        assert {step.context.beam_start for step in steps} == {0}


def test_one_beam_that_does_not_look_ahead_is_greedy_choice():
    """A temperature of zero."""
    network = network_of("lstm", 4)
    filters = Filters(beam_width=1, beam_lookahead=0)
    assert ids_of(generate(network, SEED_IDS, 1.0, 40, 1, filters)) == ids_of(generate(network, SEED_IDS, 0.0, 40, 1))


@pytest.mark.parametrize(
    "others", [{}, {"top_k": 2, "mirostat_tau": 1.0, "xtc_probability": 1.0, "dry_multiplier": 9.0}]
)
def test_nothing_is_drawn_and_the_temperature_counts_for_nothing(others):
    """Nor does it begin a search anew; the character that was found is certain."""
    network = network_of("gru", 4)
    expected = list(generate(network, SEED_IDS, 1.0, 30, 1, Filters(beam_width=4, beam_lookahead=5)))
    filters = Filters(beam_width=4, beam_lookahead=5, **others)
    generator = TextGenerator(network, SEED_IDS, 99)
    steps = [generator.step(temperature, filters) for temperature in (0.0, 0.3, 1.0, 5.0, math.inf) * 6]
    assert ids_of(steps) == ids_of(expected)
    assert not any(step.drawn for step in steps)
    assert all(step.reweighted[step.character_id] == 1.0 == step.reweighted.sum() for step in steps)


def test_bias_and_ban_count():
    """What is banned is never found, and what is not is found as without it."""
    network = network_of("lstm", 4)
    found = set(ids_of(generate(network, SEED_IDS, 1.0, 40, 1, Filters(beam_width=3, beam_lookahead=3))))
    banned = "abcd"[min(found)]
    filters = Filters(beam_width=3, beam_lookahead=3, ban=banned)
    assert min(found) not in ids_of(generate(network, SEED_IDS, 1.0, 40, 1, filters, "abcd"))
    favoured = Filters(beam_width=3, beam_lookahead=3, bias=(("d", 50.0),))
    assert ids_of(generate(network, SEED_IDS, 1.0, 5, 1, favoured, "abcd")) == [3] * 5


def test_picked_character_begins_a_new_search():
    """Even where it is the one that was found."""
    network, filters = network_of("lstm", 4), Filters(beam_width=3, beam_lookahead=4)
    generator = TextGenerator(network, SEED_IDS, 1)
    steps = [generator.step(1.0, filters) for _ in range(3)]
    found = generator.next_step(1.0, filters).character_id
    steps += [generator.pick(found, 1.0, filters), generator.step(1.0, filters), generator.step(1.0, filters)]
    assert [step.context.beam_start for step in steps] == [0, 0, 0, 0, 4, 4]
    again = generate(network, [*SEED_IDS, *ids_of(steps[:4])], 1.0, 2, 1, filters)
    assert ids_of(steps[4:]) == ids_of(again)


def test_other_filters_begin_a_new_search():
    """And so do characters that were drawn meanwhile."""
    generator = TextGenerator(network_of("lstm", 4), SEED_IDS, 1)
    beams, wider = Filters(beam_width=2), Filters(beam_width=3)
    starts = [generator.step(1.0, filters).context.beam_start for filters in (beams, beams, wider, NO_FILTERS, wider)]
    assert starts == [0, 0, 2, None, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_copy_searches_on_its_own(kind):
    """What it finds, and what is picked in it, changes nothing of the other."""
    network, filters = network_of(kind, 4), Filters(beam_width=3, beam_lookahead=4)
    expected = list(generate(network, SEED_IDS, 1.0, 30, 1, filters))
    generator = TextGenerator(network, SEED_IDS, 1)
    for _ in range(10):
        generator.step(1.0, filters)
    copy = generator.copy()
    assert ids_of(copy.step(1.0, filters) for _ in range(5)) == ids_of(expected[10:15])
    copy.pick(3, 1.0, filters)
    copy.step(1.0, filters)
    rest = [generator.step(1.0, filters) for _ in range(20)]
    assert ids_of(rest) == ids_of(expected[10:])
    assert {step.context.beam_start for step in rest} == {0}


def test_batch_of_one_is_searched_and_a_larger_one_refused():
    """Each row would need a search of its own."""
    network, filters = network_of("lstm", 4), Filters(beam_width=3, beam_lookahead=4)
    one = BatchGenerator(network, SEED_IDS, [1])
    found = [int(one.step(np.array([1.0]), filters).character_ids[0]) for _ in range(20)]
    assert found == ids_of(generate(network, SEED_IDS, 1.0, 20, 1, filters))
    with pytest.raises(ValueError, match="not a batch of several"):
        BatchGenerator(network, SEED_IDS, [1, 2]).step(np.array([1.0, 1.0]), filters)


def test_wider_search_that_looks_further_finds_likelier_texts():
    """On average over networks; never less than greedy choice there."""

    def cost(filters, seed):
        steps = generate(network_of("lstm", 6, seed), [1], 0.0, 40, 1, filters)
        return -math.fsum(math.log(step.raw[step.character_id]) for step in steps)

    greedy, searched = (
        np.mean([cost(filters, seed) for seed in range(10)])
        for filters in (NO_FILTERS, Filters(beam_width=16, beam_lookahead=20))
    )
    assert searched < greedy
