"""Bits one by one."""

import gzip

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from charlstm.compression.bit_strings import ascii_bits, bits_of_words, gzip_bits, text_of_ascii_bits, words_of_bits
from charlstm.compression.coder import Decoder
from charlstm.compression.frequencies import TOTAL

words = st.lists(st.integers(0, 2**32 - 1), max_size=20).map(lambda one: np.array(one, np.uint32))
ascii_texts = st.text(st.characters(max_codepoint=127), max_size=50)


@given(words)
def test_words_come_back_from_their_bits(words):
    """32 bits a word, the first word's first."""
    bits = bits_of_words(words)
    assert bits.tolist() == [int(bit) for word in words.tolist() for bit in f"{word:032b}"]
    np.testing.assert_array_equal(words_of_bits(bits), words)


@given(words, st.integers(1, 31))
def test_incomplete_word_is_filled_with_0(words, missing):
    bits = bits_of_words(words)[:-missing]
    found = words_of_bits(bits)
    np.testing.assert_array_equal(bits_of_words(found)[: len(bits)], bits)
    assert not bits_of_words(found)[len(bits) :].any()


@given(ascii_texts)
def test_ascii_text_comes_back_from_its_bits(text):
    """An incomplete last byte is left out."""
    bits = ascii_bits(text)
    assert len(bits) == 8 * len(text)
    assert text_of_ascii_bits(bits) == text
    assert text_of_ascii_bits(np.append(bits, [1, 0])) == text


@given(ascii_texts, ascii_texts)
def test_lost_bit_is_noticed_at_a_byte_that_begins_with_1(text, after):
    """And the next one begins at the next 0."""
    assert text_of_ascii_bits(np.concatenate([ascii_bits(text), [1, 1, 1], ascii_bits(after)])) == text + after
    assert text_of_ascii_bits(np.ones(80, np.uint8)) == ""


@given(st.text(max_size=200))
def test_gzip_bits_are_what_gzip_makes(text):
    """In the order in which they are read."""
    packed = np.packbits(gzip_bits(text), bitorder="little").tobytes()
    assert gzip.decompress(packed).decode() == text


def test_one_flipped_bit_is_another_choice():
    """The bits of the first two words tell the first choice."""
    words = np.array([123_456_789, 987_654_321, 5, 7], np.uint32)
    frequencies = np.full(256, TOTAL / 256)
    choices = []
    for place in range(64):
        bits = bits_of_words(words)
        bits[place] ^= 1
        choices.append(Decoder(words_of_bits(bits)).code(frequencies))
    assert sum(choice != Decoder(words).code(frequencies) for choice in choices) == 8
