"""The steps that a decoder makes: it draws each character, with a uniform number that the bits give it."""

from itertools import islice

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from charlstm.compression.frequencies import PRECISION, TOTAL, to_frequencies
from charlstm.compression.steps import decode_steps, encode_ids, steps_until_bits_end
from charlstm.compression.text_coder import coin_flips, write_from_bits
from charlstm.generation.sampling import draw, reweight
from tests.unit.compression.conftest import ARCHITECTURES, VOCABULARIES, Known, random_network

networks = st.builds(
    random_network, st.sampled_from(VOCABULARIES), st.integers(0, len(ARCHITECTURES) - 1), st.integers(0, 50)
)
temperatures = st.sampled_from([0.0, 0.3, 1.0, 1.7, float("inf")])


def steps_of(network, words, temperature):
    return (one.step for one in decode_steps(network, words, temperature))


@given(networks, temperatures, st.data())
@settings(max_examples=200)
def test_text_comes_back_from_its_bits(known: Known, temperature, data):
    """Whatever the network and the temperature are."""
    ids = data.draw(st.lists(st.integers(0, len(known[1]) - 1), max_size=40))
    words = encode_ids(known[0], ids, temperature)
    steps = islice(steps_of(known[0], words, temperature), len(ids))
    assert [step.character_id for step in steps] == ids


@given(networks, temperatures, st.integers(0, 100))
def test_steps_are_what_the_decoder_writes(known: Known, temperature, random_seed):
    """`write_from_bits` keeps the characters alone."""
    words = coin_flips(random_seed, 50)
    steps = islice(steps_of(known[0], words, temperature), 50)
    assert [step.character_id for step in steps] == write_from_bits(known[0], words, 50, temperature).tolist()


@given(networks, st.sampled_from([0.3, 1.0, 1.7, float("inf")]), st.integers(0, 100))
def test_decoding_a_character_is_drawing_it(known: Known, temperature, random_seed):
    """The step's `u` draws the same character, from the same probabilities, as everywhere else."""
    for step in islice(steps_of(known[0], coin_flips(random_seed, 50), temperature), 50):
        np.testing.assert_array_equal(step.reweighted, reweight(step.raw, temperature))
        assert 0.0 <= step.u < 1.0
        if step.reweighted[step.character_id] > 1e-12:
            assert draw(step.raw, step.reweighted, step.u) == step.character_id


def test_coin_flips_give_uniform_numbers(network: Known):
    """As a random generator does, whose numbers `u` are elsewhere."""
    numbers = [step.u for step in islice(steps_of(network[0], coin_flips(1, 5000), 1.0), 5000)]
    assert kstest(numbers, "uniform").pvalue > 0.001


@given(networks, st.sampled_from([0.3, 1.0, 1.7, float("inf")]), st.integers(0, 100), st.integers(0, 12))
def test_writing_ends_with_the_bits(known: Known, temperature, random_seed, count):
    """What is written costs nearly as much as the bits are: no character is drawn from what is none of them."""
    words = coin_flips(random_seed, 50)[:count]
    steps = list(islice(steps_until_bits_end(known[0], words, temperature), 2000))
    frequencies = [to_frequencies(step.reweighted)[step.character_id] for step in steps]
    cost = -np.log2(np.array(frequencies) / TOTAL).sum() if steps else 0.0
    assert cost <= 32 * count + 1
    if len(steps) < 2000:
        assert cost > 32 * count - PRECISION - 16, "a first word may begin with zeros"


@given(networks, st.integers(0, 100))
def test_words_are_read_as_they_are_used(known: Known, random_seed):
    """Two at first, and one for every 32 bits that the characters take."""
    bits = coin_flips(random_seed, 50)
    cost = 32.0 - int(bits[0]).bit_length()  # its first zeros tell nothing
    for step, share, words, used_up in islice(decode_steps(known[0], bits, 1.0), 50):
        assert not used_up
        assert 32 * (words - 2) - 1 <= cost <= 32 * (words - 1) + 1
        assert share == to_frequencies(step.reweighted)[step.character_id] / TOTAL
        cost -= np.log2(share)
