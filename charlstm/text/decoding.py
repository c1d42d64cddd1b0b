"""Bytes as the characters of a corpus: UTF-8, Unix line ends, small letters; and why some cannot be."""

import codecs
from pathlib import Path

from charlstm.text.folding import compose_hangul


class CorpusError(ValueError):
    """A corpus cannot be used; the message says which, why, and what to do."""


def unreadable(path: Path | str, error: OSError) -> CorpusError:
    """Return the error of a file or folder that cannot be read."""
    return CorpusError(f"{path} cannot be read ({error.strerror}): check the path and its permissions")


def decode(content: bytes, origin: str, offset: int = 0) -> str:
    """Return bytes as a corpus text: UTF-8, no byte order mark, Unix line ends, lower case, whole Hangul syllables.

    Source: listing 8.2 of the book lower-cases the text.

    Args:
        content: the bytes of a file, or some of them.
        origin: what to call it in an error.
        offset: where in the file they begin.

    Raises:
        CorpusError: a byte that is not UTF-8, or a NUL; names the offset.
    """
    begun = 0 if offset else begin(content, origin)
    text, _ = from_utf8(content[begun:] if begun else content, origin, offset + begun)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return compose_hangul(text.lower())


def begin(content: bytes, origin: str) -> int:
    """Return where the text of a file begins, behind a byte order mark.

    Raises:
        CorpusError: the mark is that of UTF-16.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CorpusError(f"{origin} is UTF-16, not UTF-8 (byte 0x{content[0]:02x} at offset 0): save it as UTF-8")
    return len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0


def from_utf8(content: bytes, origin: str, offset: int, last: bool = True) -> tuple[str, int]:
    """Return bytes as characters, and how many of the bytes these are.

    Args:
        content: some bytes of a file, from the start of a character on.
        origin: what to call the file in an error.
        offset: where in it they begin.
        last: whether a character that is cut off at their end is an error; else it is left.

    Raises:
        CorpusError: a byte that is not UTF-8, or a NUL; names the offset.
    """
    nul = content.find(b"\0")
    if nul >= 0:
        raise CorpusError(f"{origin} is not a text: a NUL byte at offset {offset + nul}")
    try:
        return codecs.utf_8_decode(content, "strict", last)
    except UnicodeDecodeError as error:
        byte, place = content[error.start], offset + error.start
        raise CorpusError(
            f"{origin} is not UTF-8 text: byte 0x{byte:02x} at offset {place}: save it as UTF-8 and try again"
        ) from error
