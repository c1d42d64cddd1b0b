"""Several networks as one: each lane is its own network's, to the letter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import BatchGenerator, generate, generate_batch
from charlstm.networks.architecture import GatedConvolutions, LstmLayers
from charlstm.networks.parallel import ParallelNetworks, combine_networks, union
from charlstm.text.vocabulary import Vocabulary
from tests.counted import random_counts

pytestmark = pytest.mark.filterwarnings("error")
ALPHABETS = ("\n abc", " abcé", "\n axyz", "ab ", '\n "abcéxyz“')
TEMPERATURES = (0.0, 0.3, 1.0, 5.0, float("inf"))


def network_of(kind, characters, seed):
    """A random network of a kind: an LSTM in either context, convolutions, or counts."""
    if kind == "counts":
        return random_counts(characters, seed)
    architecture = GatedConvolutions(6, 2, (1, 2)) if kind == "conv" else LstmLayers((5, 4) if seed % 2 else (7,))
    generator = np.random.default_rng(seed)
    shapes = architecture.tensor_shapes(characters)
    tensors = {name: generator.normal(0.0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    return architecture.network(tensors, "window" if kind == "window" else "carried", 5)


def singer(kind, alphabet, seed):
    vocabulary = Vocabulary.of(alphabet)
    return network_of(kind, len(vocabulary), seed), vocabulary


singers = st.builds(
    singer,
    kind=st.sampled_from(["window", "carried", "conv", "counts"]),
    alphabet=st.sampled_from(ALPHABETS),
    seed=st.integers(0, 50),
)


def alone(network, vocabulary, seed_text, temperature, length, random_seed, filters):
    ids, characters = vocabulary.fold_and_encode(seed_text), vocabulary.characters
    steps = generate(network, ids, temperature, length, random_seed, filters, characters)
    return vocabulary.decode(step.character_id for step in steps)


@settings(max_examples=60)
@given(
    st.lists(singers, min_size=1, max_size=3),
    st.lists(st.integers(0, 2), min_size=2, max_size=6),
    st.text("\n abcéxyz“É", max_size=12),
    st.lists(st.sampled_from(TEMPERATURES), min_size=6, max_size=6),
    st.sampled_from([NO_FILTERS, Filters(top_k=40), Filters(top_p=0.9), Filters(typical_p=0.7), Filters(ban=" ab")]),
    st.integers(0, 1000),
)
def test_each_lane_writes_what_its_own_network_writes_alone(known, which, seed_text, temperatures, filters, seed):
    """Of whatever kind and characters: the same seed text as it reads it, the same dice, temperature and filters."""
    cast = [known[number % len(known)] for number in which]
    network, vocabulary = combine_networks(*zip(*cast, strict=True))
    ids = vocabulary.fold_and_encode(seed_text)
    random_seeds, temperatures = [seed + lane % 2 for lane in range(len(cast))], temperatures[: len(cast)]
    steps = list(generate_batch(network, ids, temperatures, 30, random_seeds, filters, vocabulary.characters))
    for lane, (own, its_vocabulary) in enumerate(cast):
        text = vocabulary.decode(step.character_ids[lane] for step in steps)
        arguments = temperatures[lane], 30, random_seeds[lane], filters
        assert text == alone(own, its_vocabulary, vocabulary.decode(ids), *arguments)


@settings(max_examples=40)
@given(st.lists(singers, min_size=2, max_size=4), st.lists(st.text("\n abcéxyz“", max_size=30), min_size=4, max_size=4))
def test_each_lane_goes_on_from_a_text_of_its_own(cast, texts):
    """As its network reads it; only lanes of one network begin as late as the shortest of theirs."""
    network, vocabulary = combine_networks(*zip(*cast, strict=True))
    texts = texts[: len(cast)]
    raw = BatchGenerator(
        network, [vocabulary.encode(vocabulary.fold(text).text) for text in texts], [1] * len(cast)
    ).raw
    own = [its_vocabulary.fold_and_encode(text) for (_, its_vocabulary), text in zip(cast, texts, strict=True)]
    for lane, (one, its_vocabulary) in enumerate(cast):
        shortest = min(len(own[other]) for other, (another, _) in enumerate(cast) if another is one)
        expected = one.probs(one.prefill(own[lane][len(own[lane]) - shortest :]))
        ids = [vocabulary.ids[character] for character in its_vocabulary.characters]
        np.testing.assert_allclose(raw[lane, ids], expected, atol=1e-5)
        assert raw[lane].sum() == pytest.approx(1.0)


def test_where_one_network_has_all_lanes_it_is_that_network():
    """Nothing stands between, so that nothing becomes slower."""
    network, vocabulary = singer("window", "abc", 1)
    assert combine_networks([network] * 4, [vocabulary] * 4) == (network, vocabulary)
    assert combine_networks([network] * 4, [vocabulary] * 4)[0] is network


class Counting:
    """A network that notes the shapes of what it reads."""

    def __init__(self, network):
        self.network, self.window, self.steps = network, network.window, []

    def __getattr__(self, name):
        return getattr(self.network, name)

    def step(self, state, ids):
        self.steps.append(np.shape(ids))
        self.network.step(state, ids)


def test_lanes_of_one_network_are_one_batched_step():
    """However they stand among the others'; a lane that has a network of its own is one text."""
    (one, characters), (other, others) = singer("carried", "abc", 1), singer("conv", "abd", 2)
    one, other = Counting(one), Counting(other)
    choir = ParallelNetworks([one, other, one, one], [characters, others, characters, characters])
    list(generate_batch(choir, choir.vocabulary.encode("ab"), [1.0] * 4, 3, [1] * 4))
    assert (one.steps, other.steps) == ([(3,)] * 3, [()] * 3)


def test_a_copied_state_goes_its_own_way():
    """What the copy reads the original has not read."""
    choir = ParallelNetworks(*zip(singer("carried", "abc", 1), singer("window", "abd", 2), strict=True))
    state = choir.initial_state(2)
    before, copy = choir.probs(state), state.copy()
    choir.step(copy, np.array([0, 1]))
    np.testing.assert_array_equal(choir.probs(state), before)
    assert (state.position, copy.position) == (0, 1)
    assert not np.array_equal(choir.probs(copy), before)


def test_bad_lanes_and_characters_are_refused_in_a_sentence():
    """As many lanes as networks; and to no lane a character that its network does not know."""
    choir = ParallelNetworks(*zip(singer("carried", "abc", 1), singer("carried", "abd", 2), strict=True))
    with pytest.raises(ValueError, match="a batch of 3 is asked for, but there are 2 networks"):
        choir.prefill([0], 3)
    with pytest.raises(ValueError, match="a batch of 1"):
        choir.initial_state()
    state = choir.initial_state(2)
    with pytest.raises(ValueError, match="'c'"):
        choir.step(state, choir.vocabulary.ids["c"])
    choir.step(state, choir.vocabulary.ids["a"])  # nothing was read of what was refused
    assert (state.position, [one.position for one in state.states]) == (1, [1, 1])


@given(st.lists(st.text("abcdé ", min_size=1), min_size=1, max_size=4))
def test_union_has_the_characters_of_all_in_order(texts):
    """Each once; one vocabulary alone stays as it is."""
    vocabularies = [Vocabulary.of(text) for text in texts]
    assert union(vocabularies).characters == tuple(sorted(set("".join(texts))))
    unsorted = Vocabulary(("z", "a"))
    assert union([unsorted, unsorted]) is unsorted
