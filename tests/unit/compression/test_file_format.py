"""The file of a compressed text."""

import dataclasses
import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.compression.file_format import (
    LARGEST_TEXT,
    LONGEST_HEADER,
    LONGEST_VERSION,
    CompressionError,
    Header,
    file_bytes,
    hash_of_text,
    parse_file,
)

HEADER = Header("0f" * 16, 1.0, 3, hash_of_text("abc"), {"constriction": "0.5.0", "numpy": "2.4.0"})
words = st.lists(st.integers(0, 2**32 - 1), max_size=9).map(lambda values: np.array(values, np.uint32))


@given(words, st.sampled_from([0.0, 0.1 + 0.2, 1.0, 1e300, float("inf")]), st.integers(0, LARGEST_TEXT))
def test_what_is_written_is_read(bits, temperature, characters):
    """Header and bits, exactly."""
    header = dataclasses.replace(HEADER, temperature=temperature, characters=characters)
    read, found = parse_file(file_bytes(header, bits))
    assert read == header
    assert found.tolist() == bits.tolist()


def test_header_is_short():
    """With the longest numbers and versions that there can be."""
    header = dataclasses.replace(
        HEADER,
        temperature=1.2345678901234567e-300,
        characters=LARGEST_TEXT,
        libraries=dict.fromkeys(HEADER.libraries, "9" * LONGEST_VERSION),
    )
    assert len(file_bytes(header, np.array([], np.uint32))) <= LONGEST_HEADER


def test_bits_stand_in_the_order_of_the_text():
    """The first word first, and its highest byte first."""
    assert file_bytes(HEADER, np.array([0x01020304, 5], np.uint32)).endswith(b"\n\x01\x02\x03\x04\0\0\0\x05")


def forged(line, bits=b""):
    """Return a file with any header, whose checksum is right."""
    content = line + bits
    return b"charlstm bits " + hashlib.blake2b(content, digest_size=8).hexdigest().encode() + b"\n" + content


def fields(**changed):
    return json.dumps({"format": 1} | dataclasses.asdict(HEADER) | changed).encode() + b"\n"


def test_a_forged_file_that_is_right_is_read():
    """So that those below are refused for their one fault."""
    assert parse_file(forged(fields()))[0] == HEADER


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no text that charlstm compressed"),
        (b"charlstm", "is no text that charlstm compressed"),
        (b"PK\x03\x04 and so on", "is no text that charlstm compressed"),
        (b"charlstm bits ", "is cut or damaged"),
        (b"charlstm bits 0123456789abcdef\n{}\n", "is cut or damaged"),
        (forged(b""), "has an unusable header: this is not readable JSON"),
        (forged(b"[" * 100_000), "has an unusable header: this is not readable JSON"),
        (forged(b"{}\n"), "the format version is None, which is unknown: this program reads version 1"),
        (forged(fields(format=2)), "the format version is 2, which is unknown"),
        (
            forged(fields(characters=10**12)),
            "characters is 1000000000000; it must be a whole number from 0 to 20,000,000",
        ),
        (forged(fields(characters=-1)), "characters is -1"),
        (forged(fields(characters=True)), "characters is True"),
        (forged(fields(temperature=-1)), "temperature is -1"),
        (forged(fields(temperature="hot")), "temperature is"),
        (forged(fields(network="../../etc/passwd")), "it must be 32 hexadecimal digits"),
        (forged(fields(text=5)), "text is 5; it must be 32 hexadecimal digits"),
        (forged(fields(libraries={})), "the field libraries.constriction is missing"),
        (forged(fields(other=1)), "unknown"),
        (forged(fields(), b"abc"), "has 3 bytes of bits, which are no whole words"),
    ],
)
def test_any_other_file_is_refused(content, told):
    """In one sentence."""
    with pytest.raises(CompressionError) as error:
        parse_file(content)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
