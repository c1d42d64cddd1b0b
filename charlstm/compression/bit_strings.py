"""Bits one by one: a text's in ASCII, after gzip, and as a network codes it."""

import gzip

import numpy as np
from numpy.typing import NDArray

from charlstm.compression.coder import Words

Bits = NDArray[np.uint8]  # each 0 or 1, in the order in which they are read


def bits_of_words(words: Words) -> Bits:
    """Return the bits of a coder's words, uint8 (32 words,); the first word's highest bit is the first."""
    return np.unpackbits(words.astype(">u4").view(np.uint8))


def words_of_bits(bits: Bits) -> Words:
    """Return the words of `bits_of_words`; a word that is not whole is filled up with 0."""
    filled = np.zeros(-(-len(bits) // 32) * 32, np.uint8)
    filled[: len(bits)] = bits
    return np.packbits(filled).view(">u4").astype(np.uint32)


def ascii_bits(text: str) -> Bits:
    """Return the bits of a text in ASCII, eight a character, or in UTF-8 where it has others; highest first."""
    return np.unpackbits(np.frombuffer(text.encode(), np.uint8))


def gzip_bits(text: str) -> Bits:
    """Return the bits of a text after gzip at its best.

    The lowest bit of each byte is first, as DEFLATE reads them (RFC 1951, 3.1.1), so that what it codes in bits that
    follow one another stands together.
    """
    return np.unpackbits(np.frombuffer(gzip.compress(text.encode(), 9, mtime=0), np.uint8), bitorder="little")


def text_of_ascii_bits(bits: Bits) -> str:
    """Return the text of bits in ASCII; an incomplete byte is left out.

    A byte of ASCII begins with 0. Where one does not, a bit too many or too few came before: it begins at the next 0.
    """
    text, characters, place = "".join(map(str, bits.tolist())), [], 0
    while (place := text.find("0", place)) >= 0 and place + 8 <= len(text):
        characters.append(chr(int(text[place : place + 8], 2)))
        place += 8
    return "".join(characters)
