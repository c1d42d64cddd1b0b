"""The file of a compressed text: two lines that say what it is, then the bits.

charlstm bits 0123456789abcdef        the checksum of all that follows
{"format": 1, "network": "…", …}      the rest of the header, as JSON
…                                     the bits, whole words of 32, the most significant byte first
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from charlstm.compression.coder import Words
from charlstm.generation.run_file import json_temperature
from charlstm.model_folder import schema
from charlstm.model_folder.schema import Rule, SchemaError

FORMAT = 1
LONGEST_HEADER = 256  # bytes
LARGEST_TEXT = 20_000_000  # bytes; the intervals of its characters take half a gigabyte of memory
LARGEST_FILE = 10 * LARGEST_TEXT
LIBRARIES = ("constriction", "numpy")  # on which the bits depend
LONGEST_VERSION = 10  # characters
_BEGIN = b"charlstm bits "
_CHECKSUM_LENGTH = 16
_DIGITS = re.compile("[0-9a-f]{32}")
_HASH = Rule("32 hexadecimal digits", lambda value: type(value) is str and _DIGITS.fullmatch(value) is not None)
_FIELDS = schema.object_of(
    {
        "network": _HASH,
        "temperature": schema.number(0) | schema.one_of("inf"),
        "characters": schema.whole_number(0, LARGEST_TEXT),
        "text": _HASH,
        "libraries": schema.object_of({name: schema.text(1, LONGEST_VERSION) for name in LIBRARIES}),
    }
)


class CompressionError(ValueError):
    """A file cannot be compressed or decompressed; the message says why, in one sentence."""


@dataclass(frozen=True)
class Header:
    """What a compressed text says of itself.

    Attributes:
        network: the hash of the network that predicts it (`network_hash.py`).
        temperature: of the prediction, in [0, infinity].
        characters: of the text.
        text: the hash of the text.
        libraries: the versions of those that coded it.
    """

    network: str
    temperature: float
    characters: int
    text: str
    libraries: dict[str, str]


def hash_of_text(text: str) -> str:
    """Return the hash of a text, 32 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries on which the bits depend."""
    return {name: version(name)[:LONGEST_VERSION] for name in LIBRARIES}


def file_bytes(header: Header, words: Words) -> bytes:
    """Return the content of a file.

    Args:
        header: what it says of itself.
        words: the bits, uint32 (words,).
    """
    fields = {"format": FORMAT} | asdict(header) | {"temperature": json_temperature(header.temperature)}
    content = json.dumps(fields, separators=(",", ":")).encode() + b"\n" + words.astype(">u4").tobytes()
    return _BEGIN + _checksum(content) + b"\n" + content


def parse_file(content: bytes) -> tuple[Header, Words]:
    """Return the header and the bits of a file, all of it checked.

    Raises:
        CompressionError: says what is wrong, after "the file".
    """
    first = len(_BEGIN) + _CHECKSUM_LENGTH
    if not content.startswith(_BEGIN):
        raise CompressionError("is no text that charlstm compressed")
    rest = content[first + 1 :]
    if content[len(_BEGIN) : first + 1] != _checksum(rest) + b"\n":
        raise CompressionError("is cut or damaged: its checksum is not that of its content")
    line, _, bits = rest.partition(b"\n")
    try:
        header = _header_of(schema.parse_json(line))
    except SchemaError as error:
        raise CompressionError(f"has an unusable header: {error}") from error
    if len(bits) % 4:
        raise CompressionError(f"has {len(bits):,} bytes of bits, which are no whole words")
    return header, np.frombuffer(bits, ">u4").astype(np.uint32)


def _header_of(content: Any) -> Header:
    content = schema.without_format(content, FORMAT)
    _FIELDS(content, "")
    return Header(**content | {"temperature": float(content["temperature"])})


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_CHECKSUM_LENGTH // 2).hexdigest().encode()
