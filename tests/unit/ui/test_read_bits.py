"""The bits of a text, and what is decoded from them, as the Read page remembers them."""

import gzip

import numpy as np
import pytest

from charlstm.compression.bit_strings import words_of_bits
from charlstm.compression.frequencies import PRECISION, TOTAL, to_frequencies
from charlstm.compression.text_coder import coin_flips, write_from_bits
from charlstm.ui.read.bits.state import LEAST_COINS, LEAST_SEEN, LENGTH, WORD, BitsState, Origin
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
    assert state.place == state.difference
    before = state.flipped
    state.flip()
    assert state.flipped != before
    assert decode_all(state) != TEXT[:LENGTH]
    state.decode(Origin.TEXT)
    assert decode_all(state) == TEXT[:LENGTH]


def test_flipped_bit_is_read_before_the_text_turns(state):
    """Which is why a flip is looked for where the text turns: the decoder has read that bit, and few more."""
    for bit in range(0, len(state.codes.bits[-1]) - WORD, 101):
        state.flip(bit)
        decode_all(state)
        begin, end = state.last_word(state.difference)
        assert begin % WORD == end % WORD == 0
        assert bit < end <= bit + 3 * WORD


def test_flip_belongs_to_one_text(state, known):
    """Another text, or another temperature, begins with its own bits."""
    for temperature, text in ((1.0, TEXT[1:]), (0.5, TEXT[1:]), (0.5, "")):
        state.flip()
        state.code(known[0], known[1], temperature, text)
        assert (state.origin, state.flipped) == (Origin.TEXT, 0)
        assert decode_all(state) == text[:LENGTH]


def test_surprising_character_is_selected_at_the_end(state):
    """Unless the viewer has selected one, or none."""
    decode_all(state)
    shares = [to_frequencies(one.step.reweighted)[one.step.character_id] / TOTAL for one in state.decoded]
    assert shares[state.place] == min(share for share in shares if share >= LEAST_SEEN)
    for place, selected in ((0, 0), (-1, None)):
        state.decode_text()
        while not state.decoded:
            state.advance(0.001)
        assert state.place is None
        state.select(place)
        decode_all(state)
        assert state.place == selected


def test_coin_tosses_write_another_text_each_time(state, known):
    """Which is what a decoder writes from them, until they end; they are as many as the text's bits."""
    state.code(known[0], known[1], 1.0, TEXT[:100])
    written = []
    for toss in (1, 2):
        state.toss_coins()
        assert len(state.bits) == len(state.codes.bits[-1])
        written.append(decode_all(state))
        assert state.used_up
        ids = write_from_bits(state.codes.network, coin_flips(toss, LENGTH)[: len(state.bits) // WORD], LENGTH)
        assert state.codes.vocabulary.decode(ids).startswith(written[-1])
        cost = sum(-np.log2(one.share) for one in state.decoded)
        assert len(state.bits) - PRECISION - 16 < cost < len(state.bits) + 1
    assert written[0] != written[1]
    assert state.difference is None


def test_tosses_are_decoded_at_another_temperature(state, known):
    """Of the same text; the same settings code nothing anew, and another text is decoded from its own bits."""
    state.toss_coins()
    version, bits = state.version, state.codes.bits
    state.code(known[0], known[1], 1.0, TEXT)
    assert (state.version, state.codes.bits) == (version, bits)
    state.code(known[0], known[1], 0.5, TEXT)
    assert state.origin is Origin.COINS
    assert state.version > version
    assert len(state.codes.bits[-1]) != len(bits[-1])
    state.code(known[0], known[1], 0.5, TEXT[1:])
    assert state.origin is Origin.TEXT


def test_text_without_bits_has_none_to_flip(known):
    """But coins can be tossed."""
    state = BitsState()
    for text in ("", "\n"):
        state.code(known[0], known[1], 1.0, text)
        state.flip()
        assert (len(state.bits), state.origin, decode_all(state)) == (0, Origin.TEXT, text)
    state.toss_coins()
    assert decode_all(state)
    assert len(state.bits) == WORD * LEAST_COINS
