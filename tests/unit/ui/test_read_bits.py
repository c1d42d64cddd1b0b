"""The bits of a text, and what is decoded from them, as the Read page remembers them."""

import gzip

import numpy as np
import pytest

from charlstm.compression.bit_strings import words_of_bits
from charlstm.compression.text_coder import coin_flips, write_from_bits
from charlstm.ui.read.bits.state import LENGTH, BitsState, Origin
from tests.unit.compression.conftest import VOCABULARIES, random_network

TEXT = "abc def. bad cab, a face.\n" * 40


@pytest.fixture
def known():
    return random_network(VOCABULARIES[0], 1, 1)


@pytest.fixture
def state(known):
    state = BitsState()
    state.code(known[0], known[1], 1.0, TEXT)
    return state


def decode_all(state):
    while state.goes_on:
        state.advance(1.0)
    return state.written


def test_text_is_decoded_from_its_bits(state):
    """Its first LENGTH characters."""
    assert decode_all(state) == TEXT[:LENGTH]
    assert state.difference is None


def test_codes_are_of_the_same_text(state):
    plain, packed, coded = state.codes.bits
    assert len(plain) == 8 * LENGTH
    assert gzip.decompress(np.packbits(packed, bitorder="little").tobytes()).decode() == TEXT[:LENGTH]
    written = write_from_bits(state.codes.network, words_of_bits(coded), LENGTH)
    assert state.codes.vocabulary.decode(written) == TEXT[:LENGTH]


def test_flipped_bit_turns_the_text_into_another(state):
    """From about the place of that bit on; another press flips another one, and the text itself comes back."""
    count = len(state.codes.bits[-1])
    state.flip(count // 2)
    other = decode_all(state)
    assert 0.4 * LENGTH < state.difference < 0.6 * LENGTH
    assert other[: state.difference] == TEXT[: state.difference]
    before = state.flipped
    state.flip()
    assert state.flipped != before
    assert decode_all(state) != TEXT[:LENGTH]
    state.decode(Origin.TEXT)
    assert decode_all(state) == TEXT[:LENGTH]


def test_coin_flips_write_another_text_each_time(state):
    """Which is what a decoder writes from them."""
    written = []
    for toss in (1, 2):
        state.toss_coins()
        written.append(decode_all(state))
        ids = write_from_bits(state.codes.network, coin_flips(toss, LENGTH), LENGTH)
        assert written[-1] == state.codes.vocabulary.decode(ids)
    assert written[0] != written[1]
    assert state.difference is None


def test_another_temperature_codes_anew(state, known):
    """And decodes anew, from the same origin; the same settings do not."""
    state.toss_coins()
    version, bits = state.version, state.codes.bits
    state.code(known[0], known[1], 1.0, TEXT)
    assert (state.version, state.codes.bits) == (version, bits)
    state.code(known[0], known[1], 0.5, TEXT)
    assert state.origin is Origin.COINS
    assert state.version > version
    assert len(state.codes.bits[-1]) != len(bits[-1])


def test_empty_text_has_no_bits_to_flip(known):
    state = BitsState()
    state.code(known[0], known[1], 1.0, "")
    state.flip()
    assert (state.goes_on, state.written) == (False, "")
    state.toss_coins()
    assert len(decode_all(state)) == LENGTH
