"""Decode the bytes of a corpus: UTF-8, Unix line ends, lower case; errors name the offset."""

import codecs
from pathlib import Path

from charlstm.text.folding import compose_hangul

# By their byte order marks; one of UTF-32 begins as one of UTF-16 does.
_OTHER_ENCODINGS = (
    ("UTF-32", (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)),
    ("UTF-16", (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
)


class CorpusError(ValueError):
    """A corpus cannot be used; the message names it, the reason and the remedy."""


def unreadable(path: Path | str, error: OSError) -> CorpusError:
    """Return the error of a file or folder that cannot be read."""
    return CorpusError(f"{path} cannot be read ({error.strerror}): check the path and its permissions")


def decode(content: bytes, origin: str, offset: int = 0) -> str:
    """Decode UTF-8 to a corpus text: no byte order mark, Unix line ends, lower case, composed Hangul syllables.

    Source: listing 8.2 of the book lower-cases the text.

    Args:
        content: a file, or a part of it.
        origin: its name in an error message.
        offset: of the part in the file, in bytes.

    Raises:
        CorpusError: a byte that is not UTF-8, or a NUL; names the offset.
    """
    start = 0 if offset else text_start(content, origin)
    text, _ = from_utf8(content[start:] if start else content, origin, offset + start)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return compose_hangul(text.lower())


def text_start(content: bytes, origin: str) -> int:
    """Return the offset of the text in a file, which is after a byte order mark if there is one.

    Raises:
        CorpusError: the byte order mark is that of UTF-16 or UTF-32.
    """
    for encoding, marks in _OTHER_ENCODINGS:
        if content.startswith(marks):
            raise CorpusError(
                f"{origin} is {encoding}, not UTF-8 (byte 0x{content[0]:02x} at offset 0): save it as UTF-8"
            )
    return len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0


def from_utf8(content: bytes, origin: str, offset: int, last: bool = True) -> tuple[str, int]:
    """Decode UTF-8, and return the text and the number of bytes decoded.

    Args:
        content: a part of a file that starts at a character.
        origin: the name of the file in an error message.
        offset: of the part in the file, in bytes.
        last: whether an incomplete character at the end is an error; otherwise it is not decoded.

    Raises:
        CorpusError: a byte that is not UTF-8, or a NUL; names the offset.
    """
    nul = content.find(b"\0")
    if nul >= 0:
        raise CorpusError(f"{origin} is not a text: a NUL byte at offset {offset + nul}")
    try:
        return codecs.utf_8_decode(content, "strict", last)
    except UnicodeDecodeError as error:
        byte, position = content[error.start], offset + error.start
        raise CorpusError(
            f"{origin} is not UTF-8 text: byte 0x{byte:02x} at offset {position}: save it as UTF-8 and try again"
        ) from error
