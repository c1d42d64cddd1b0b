"""Probabilities as whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.compression.coder import Decoder, Encoder
from charlstm.compression.frequencies import LEAST, TOTAL, to_frequencies

probs = st.lists(st.floats(0, 1) | st.just(0.0), min_size=1, max_size=80).filter(lambda one: sum(one) > 1e-9)
normalised = probs.map(lambda one: np.array(one) / np.sum(one))


@given(normalised)
def test_they_are_whole_and_have_one_sum(given_probs):
    """And nothing is impossible; none is further from its probability than the leftover of all."""
    frequencies = to_frequencies(given_probs)
    assert (frequencies == frequencies.astype(int)).all()
    assert frequencies.sum() == TOTAL
    assert frequencies.min() >= LEAST
    assert np.abs(frequencies - given_probs * TOTAL).max() <= (LEAST + 1) * len(given_probs)


@pytest.mark.parametrize("size", [1, 2, 3, 94, 20_000])
def test_the_coder_takes_them_exactly(size):
    """The first and the last of the whole numbers in each interval are decoded as it, so the library rounds nothing."""
    generator = np.random.default_rng(1)
    frequencies = to_frequencies(generator.dirichlet(np.full(size, 0.05)))
    ends = np.cumsum(frequencies).astype(int)
    for choice in generator.integers(size, size=50):
        for low in (ends[choice] - int(frequencies[choice]), ends[choice] - 1):
            assert Decoder(np.array([7, low | 5 << 24], np.uint32)).code(frequencies) == choice


@given(st.lists(st.tuples(normalised, st.floats(0, 1, exclude_max=True)), max_size=30))
def test_choices_come_back(drawn):
    """The least likely too."""
    choices = [(to_frequencies(one), int(place * len(one))) for one, place in drawn]
    encoder = Encoder()
    for frequencies, choice in choices:
        assert encoder.code(frequencies, choice) == choice
    decoder = Decoder(encoder.words())
    assert [decoder.code(frequencies) for frequencies, _ in choices] == [choice for _, choice in choices]
