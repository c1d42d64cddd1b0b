"""What networks that learned bits write, and what becomes of it when it is decoded."""

import gzip

import numpy as np
import pytest
from scipy.stats import binomtest

from charlstm.compression.bit_strings import ascii_bits, gzip_bits, text_of_ascii_bits
from charlstm.text.words import WORD
from charlstm.ui.read.bits.state import Codes
from charlstm.ui.read.experiment.state import (
    NEW_BITS,
    NEW_CHARACTERS,
    ExperimentState,
    bit_models,
    continue_bits,
    decoded,
    unpacked,
)
from charlstm.ui.read.state import beginning
from tests.unit.compression.conftest import random_network


@pytest.fixture(scope="module")
def models():
    return bit_models()


def test_ascii_was_learned_and_a_networks_code_was_not(models):
    """By the losses that their folders tell."""
    losses = {name: model.manifest.held_out_loss for name, model in models.items()}
    assert losses["ascii"] < 0.35
    assert losses["network"] >= 0.692


def test_what_was_learned_of_ascii_is_written_in_letters(models):
    """And words: nearly all bytes are characters of the text."""
    written = continue_bits(models["ascii"], ascii_bits("the philosophers of "), 1600, 1)
    text = text_of_ascii_bits(written)
    assert len(text) > 180
    assert sum(character.isalpha() or character in " \n.,;:-\"'()!?" for character in text) > 0.95 * len(text)
    assert len(WORD.findall(text)) > 20


def test_what_was_learned_of_a_networks_code_are_coin_flips(models):
    written = continue_bits(models["network"], ascii_bits("any bits"), 2000, 1)
    assert binomtest(int(written.sum()), len(written)).pvalue > 0.001


def test_gzip_unpacks_as_much_as_there_is():
    """Of a whole file everything, of a cut one what comes before the cut, of a damaged one it says so."""
    text = "to be or not to be, that is the question: " * 20
    bits = gzip_bits(text)
    assert unpacked(bits) == (text, False)
    begin, broken = unpacked(bits[: len(bits) // 2])
    assert text.startswith(begin)
    assert not broken
    assert unpacked(np.ones(80, np.uint8)) == ("", True)
    assert gzip.decompress(np.packbits(bits, bitorder="little").tobytes()).decode() == text


def test_bits_that_begin_alike_are_decoded_alike():
    """And then otherwise, until the bits end."""
    network, vocabulary = random_network("\n abcdefghij.,\"'", 1, 1)
    codes = Codes(network, vocabulary, 1.0, "abc def. bad cab, a face. " * 4)
    bits = codes.bits[-1]
    other = np.concatenate([bits[:192], 1 - bits[192:]])[:320]
    given, whole = decoded(network, vocabulary, codes.text, other)
    assert codes.text.startswith(given)
    assert len(given) > 10
    assert len(given) < len(whole) < len(given) + NEW_CHARACTERS
    assert not codes.text.startswith(whole[: len(given) + 1])
    assert len(decoded(network, vocabulary, codes.text, other[:256])[1]) < len(whole)


def test_each_network_continues_the_text(models):
    """The same again with the same text, and something else when asked for."""
    network, vocabulary = random_network("".join(sorted(set(beginning().lower()))), 1, 1)
    codes, state = Codes(network, vocabulary, 1.0, vocabulary.fold(beginning()).text), ExperimentState()
    state.write(models, codes)
    before = state.continued
    assert [len(one.bits) for one in before] == list(NEW_BITS)
    assert all(codes.text.startswith(one.given) and one.given for one in before)
    state.write(models, codes)
    assert state.continued is before
    state.again()
    state.write(models, codes)
    assert all(one.bits != other.bits for one, other in zip(before, state.continued, strict=True))


@pytest.mark.parametrize("text", ["a", "\n", "ab cab"])
def test_short_texts_are_continued(models, text):
    """Even one without any bits of the network's code; what is shown can be printed."""
    network, vocabulary = random_network("\n abcdefghij.,\"'", 1, 1)
    state = ExperimentState()
    state.write(models, Codes(network, vocabulary, 1.0, text))
    assert [len(one.bits) for one in state.continued] == list(NEW_BITS)
    for one in state.continued:
        assert all(character.isprintable() or character in "\n�" for character in one.given + one.text)
