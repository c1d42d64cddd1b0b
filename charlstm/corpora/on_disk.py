"""Texts larger than memory: scanned once, then read from the disk in blocks at random positions."""

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from charlstm.corpora.split import training_length
from charlstm.text.character_mapping import NOTHING_LOWERED, Lowered, count_characters, count_lowered
from charlstm.text.decoding import (
    UTF_8,
    Case,
    CorpusError,
    NotUtf8Error,
    decode,
    from_utf8,
    text_start,
    unreadable,
)
from charlstm.text.encodings import advice

SCAN_BYTES = 1 << 20  # read at once while a file is scanned
BLOCK_BYTES = 1 << 16  # of a block, before its ends are moved to word boundaries
BOUNDARY_BYTES = 256  # in which the next word boundary is searched for
SAMPLED_BLOCKS = 128  # 8 MiB, in which characters and words are counted
# Of the held-out text, this many spans are evaluated, evenly spaced.
EVALUATED_COUNT, EVALUATED_CHARACTERS = 32, 8192
_MAX_UTF8_BYTES = 4  # of a character
_BLANK = re.compile(rb"[ \n]")
_CHARACTER_START = re.compile(rb"[^\x80-\xbf]")


@dataclass(frozen=True)
class Span:
    """Bytes of a file, [start, end), that begin and end between characters, and at a word boundary if one is near."""

    path: Path
    start: int
    end: int
    case: Case = "lower"  # of its text

    def content(self) -> bytes:
        """Read the bytes.

        Raises:
            CorpusError: the file is gone, or shorter than it was.
        """
        with _opened(self.path) as file:
            file.seek(self.start)
            content = file.read(self.end - self.start)
        if len(content) < self.end - self.start:
            raise _truncated(self.path)
        return content

    def text(self) -> str:
        """Read the bytes and decode them to a corpus text."""
        return decode(self.content(), str(self.path), self.start, self.case)


@dataclass(frozen=True)
class OnDiskCorpus:
    """Texts that stay on the disk; see `Corpus`.

    The split of each file, 90% training and 10% held-out, is by bytes, moved to a word boundary.
    The training part is read in blocks of about BLOCK_BYTES.

    Attributes:
        training_spans: the training part of each file.
        held_out_spans: the held-out part of each file.
        training_characters, held_out_characters: the total length of these.
        lowered: what lower case changes in the texts.
    """

    name: str
    sha256: str
    training_spans: tuple[Span, ...]
    held_out_spans: tuple[Span, ...]
    training_characters: int
    held_out_characters: int
    lowered: Lowered = NOTHING_LOWERED

    @property
    def encoding(self) -> str:
        """Of the bytes: no other can be read from any place on."""
        return UTF_8

    @property
    def characters(self) -> int:
        """The total length of the texts."""
        return self.training_characters + self.held_out_characters

    @cached_property
    def _block_ends(self) -> list[int]:
        """The number of blocks in the files up to and including each."""
        return list(accumulate(-(-(span.end - span.start) // BLOCK_BYTES) for span in self.training_spans))

    @property
    def block_count(self) -> int:
        """The number of blocks in the training parts of all files."""
        return self._block_ends[-1]

    def block(self, index: int) -> Span:
        """Return a block, index in [0, block_count); together they are the training text, each character once."""
        file_index = bisect_right(self._block_ends, index)
        span = self.training_spans[file_index]
        start = span.start + BLOCK_BYTES * (index - (self._block_ends[file_index - 1] if file_index else 0))
        with _opened(span.path) as file:
            return replace(span, start=_boundary(file, span, start), end=_boundary(file, span, start + BLOCK_BYTES))

    @property
    def sample(self) -> Iterator[str]:
        """The texts in which characters and words are counted: SAMPLED_BLOCKS blocks, evenly spaced."""
        count = min(SAMPLED_BLOCKS, self.block_count)
        return (self.block(number * self.block_count // count).text() for number in range(count))

    @property
    def sample_description(self) -> str:
        """What `sample` is, for a message."""
        return f"a sample of {min(SAMPLED_BLOCKS, self.block_count)} places of {BLOCK_BYTES >> 10} kB"

    @property
    def storage(self) -> str:
        """Where the texts are during training, for a message."""
        return "read from the disk as it is learned"

    @cached_property
    def evaluated_spans(self) -> tuple[Span, ...]:
        """EVALUATED_COUNT spans of the held-out parts, evenly spaced, each long enough for EVALUATED_CHARACTERS."""
        ends = list(accumulate(span.end - span.start for span in self.held_out_spans))
        spans = []
        for number in range(EVALUATED_COUNT if ends[-1] else 0):
            offset = number * ends[-1] // EVALUATED_COUNT
            file_index = bisect_right(ends, offset)
            span = self.held_out_spans[file_index]
            with _opened(span.path) as file:
                start = _boundary(file, span, span.end - (ends[file_index] - offset))
                end = _boundary(file, span, start + _MAX_UTF8_BYTES * EVALUATED_CHARACTERS)
            spans.append(replace(span, start=start, end=end))
        return tuple(spans)

    @cached_property
    def held_out(self) -> tuple[str, ...]:
        """The texts that are evaluated: EVALUATED_CHARACTERS of each of the `evaluated_spans`."""
        return tuple(span.text()[:EVALUATED_CHARACTERS] for span in self.evaluated_spans)

    @property
    def held_out_files(self) -> tuple[str, ...]:
        """The file name of each text of `held_out`."""
        return tuple(span.path.name for span in self.evaluated_spans)


def scan_files(name: str, paths: Sequence[Path], case: Case = "lower") -> OnDiskCorpus:
    """Return the corpus of files, after reading each once to check, count and hash it.

    Args:
        name: of the corpus.
        paths: of text files in UTF-8, at least one.
        case: "lower" lowers all capitals as the texts are read.

    Raises:
        CorpusError: a file cannot be read, or is not UTF-8 text; names the offset.
    """
    digest = hashlib.sha256()
    training_spans, held_out_spans = [], []
    training_characters, held_out_characters = 0, 0
    counts = Counter[str]()
    for path in paths:
        with _opened(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            with _encoding_advised(file):
                start = text_start(file.read(SCAN_BYTES), str(path))
            digest.update(_read(file, 0, start))
            middle = max(start, min(size, _next_boundary(file, training_length(size))))
            training_spans.append(Span(path, start, middle, case))
            held_out_spans.append(Span(path, middle, size, case))
            with _encoding_advised(file):
                training_characters += _count_characters(file, training_spans[-1], digest, counts)
                held_out_characters += _count_characters(file, held_out_spans[-1], digest, counts)
    return OnDiskCorpus(
        name,
        digest.hexdigest(),
        tuple(training_spans),
        tuple(held_out_spans),
        training_characters,
        held_out_characters,
        count_lowered(counts),
    )


@contextmanager
def _encoding_advised(file: BinaryIO) -> Iterator[None]:
    """Add to the error of a file that is not UTF-8 which encoding it may be in."""
    try:
        yield
    except NotUtf8Error as error:
        # The error is in what was read last; whole lines of that, or the beginning of a file without line ends.
        end = file.tell()
        content = _read(file, max(0, end - 2 * SCAN_BYTES), 3 * SCAN_BYTES)
        if b"\0" in content:  # UTF-16 or UTF-32, whose characters begin at even places
            content = content[: len(content) // 4 * 4]
        elif b"\n" in content:
            first = content.find(b"\n") + 1 if end > 2 * SCAN_BYTES else 0
            content = content[first : content.rfind(b"\n") + 1]
        found = advice(content, "convert it with iconv -f {} -t utf-8")
        if not found:
            raise
        raise CorpusError(f"{error.reason}{found}") from error


def _count_characters(file: BinaryIO, span: Span, digest: "hashlib._Hash", counts: Counter[str]) -> int:
    """Return the length of a span as a corpus text, and update `digest` with its bytes, `counts` for lower case."""
    count, position, rest = 0, span.start, b""
    file.seek(position)
    while position < span.end:
        piece = file.read(min(SCAN_BYTES, span.end - position))
        if not piece:
            raise _truncated(span.path)
        digest.update(piece)
        position += len(piece)
        content = rest + piece
        text, used = from_utf8(content, str(span.path), position - len(content), position == span.end)
        count += len(text)
        if span.case == "lower":
            counts.update(count_characters([text]))
        rest = content[used:]
        if b"\r" in content:
            # "\r\n" becomes one character; it may be divided between two pieces.
            count -= content.count(b"\r\n")
            if not rest and content.endswith(b"\r") and position < span.end:
                rest, count = b"\r", count - 1
    return count


def _boundary(file: BinaryIO, span: Span, position: int) -> int:
    """Return the first word boundary of a span from a position on; its start and end are word boundaries."""
    return position if position == span.start else min(_next_boundary(file, position), span.end)


def _next_boundary(file: BinaryIO, position: int) -> int:
    """Return the first position after a blank or line end, or, if none is near, the first between two characters."""
    near = _read(file, position, BOUNDARY_BYTES)
    blank = _BLANK.search(near)
    if blank:
        return position + blank.end()
    start = _CHARACTER_START.search(near)
    return position + (start.start() if start else len(near))


def _read(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def _truncated(path: Path) -> CorpusError:
    return CorpusError(f"{path} has become shorter while it was read: leave it as it is while it is learned")
