"""Decode the bytes of a corpus: UTF-8 by default, Unix line ends, lower case or as it is; errors name the offset."""

import codecs
import re
from pathlib import Path
from typing import Literal

from charlstm.text.folding import BYTE_ORDER_MARK, compose_hangul

_SURROGATE = re.compile("[\ud800-\udfff]")
# By their byte order marks; one of UTF-32 begins as one of UTF-16 does.
_OTHER_ENCODINGS = (
    ("UTF-32", (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)),
    ("UTF-16", (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
)
Case = Literal["lower", "keep"]  # of the letters of a corpus text
UTF_8 = "utf-8"


class CorpusError(ValueError):
    """A corpus cannot be used; the message names it, the reason and the remedy."""


class NotUtf8Error(CorpusError):
    """A text is not UTF-8.

    Args:
        reason: which byte of which text is not, without a remedy.
        message: the same with one.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def unreadable(path: Path | str, error: OSError) -> CorpusError:
    """Return the error of a file or folder that cannot be read."""
    return CorpusError(f"{path} cannot be read ({error.strerror}): check the path and its permissions")


def decode(content: bytes, origin: str, offset: int = 0, case: Case = "lower", encoding: str = UTF_8) -> str:
    """Decode bytes to a corpus text: no byte order mark, Unix line ends, composed Hangul syllables.

    Args:
        content: a file, or, of UTF-8, a part of it.
        origin: its name in an error message.
        offset: of the part in the file, in bytes.
        case: "lower" lowers capitals, as listing 8.2 of the book does.
        encoding: of the bytes, as `codec_name` has it.

    Raises:
        NotUtf8Error: a byte that is not UTF-8, or a NUL; names the offset.
        CorpusError: a byte that is not of another encoding, or a NUL character.
    """
    if encoding == UTF_8:
        start = 0 if offset else text_start(content, origin)
        text, _ = from_utf8(content[start:] if start else content, origin, offset + start)
    else:
        text = _from_encoding(content, origin, encoding)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return in_case(compose_hangul(text), case)


def in_case(text: str, case: Case) -> str:
    """Return a text as a corpus has it in a case."""
    return text.lower() if case == "lower" else text


def codec_name(encoding: str) -> str:
    """Return the one name that an encoding has here: UTF_8, or the name of Python's codec.

    >>> codec_name("windows-1252"), codec_name("UTF8")
    ('cp1252', 'utf-8')

    Raises:
        CorpusError: there is no encoding of that name.
    """
    try:
        name = codecs.lookup(encoding).name
        " ".encode(name)  # base64 and others are codecs, but no encodings of text
    except (LookupError, ValueError) as error:
        raise CorpusError(
            f"there is no encoding {encoding[:40]!r}: give the name of one, such as cp1252, cp949 or utf-16"
        ) from error
    return UTF_8 if name == "utf-8-sig" else name


def is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 text."""
    try:
        from_utf8(content, "", 0)
    except NotUtf8Error:
        return False
    return True


def _from_encoding(content: bytes, origin: str, encoding: str) -> str:
    """Decode a whole file in another encoding than UTF-8."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{origin} is not {encoding} text: byte 0x{error.object[error.start]:02x} at offset {error.start}: "
            "give the encoding that it has"
        ) from error
    except UnicodeError as error:
        raise CorpusError(f"{origin} is not {encoding} text: give the encoding that it has") from error
    if "\0" in text:
        raise CorpusError(f"{origin} is not {encoding} text: its character {text.index(chr(0)) + 1:,} is a NUL")
    surrogate = _SURROGATE.search(text)
    if surrogate:
        raise CorpusError(
            f"{origin} is not {encoding} text: its character {surrogate.start() + 1:,} is half of a surrogate pair"
        )
    return text.removeprefix(BYTE_ORDER_MARK)


def text_start(content: bytes, origin: str) -> int:
    """Return the offset of the text in a file, which is after a byte order mark if there is one.

    Raises:
        NotUtf8Error: the byte order mark is that of UTF-16 or UTF-32.
    """
    encoding = marked_encoding(content)
    if encoding:
        reason = f"{origin} is {encoding}, not UTF-8 (byte 0x{content[0]:02x} at offset 0)"
        raise NotUtf8Error(reason, f"{reason}: save it as UTF-8")
    return len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0


def marked_encoding(content: bytes) -> str | None:
    """Return the encoding of a byte order mark, UTF-16 or UTF-32, or None where there is none of these."""
    return next((encoding for encoding, marks in _OTHER_ENCODINGS if content.startswith(marks)), None)


def from_utf8(content: bytes, origin: str, offset: int, last: bool = True) -> tuple[str, int]:
    """Decode UTF-8, and return the text and the number of bytes decoded.

    Args:
        content: a part of a file that starts at a character.
        origin: the name of the file in an error message.
        offset: of the part in the file, in bytes.
        last: whether an incomplete character at the end is an error; otherwise it is not decoded.

    Raises:
        NotUtf8Error: a byte that is not UTF-8, or a NUL; names the offset.
    """
    nul = content.find(b"\0")
    if nul >= 0:
        found = f"a NUL byte at offset {offset + nul}"
        raise NotUtf8Error(f"{origin} is not UTF-8 text: {found}", f"{origin} is not a text: {found}")
    try:
        return codecs.utf_8_decode(content, "strict", last)
    except UnicodeDecodeError as error:
        byte, position = content[error.start], offset + error.start
        reason = f"{origin} is not UTF-8 text: byte 0x{byte:02x} at offset {position}"
        raise NotUtf8Error(reason, f"{reason}: save it as UTF-8 and try again") from error
