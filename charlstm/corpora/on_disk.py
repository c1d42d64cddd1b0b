"""Texts too long for memory: looked through once, then read from the disk in blocks, wherever they stand."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from charlstm.corpora.split import training_length
from charlstm.text.decoding import CorpusError, begin, decode, from_utf8, unreadable

PIECE = 1 << 20  # bytes looked through together
BLOCK = 1 << 16  # bytes of a block, about
REACH = 256  # a cut is moved behind the next blank or line end within so many bytes
SAMPLED_BLOCKS = 128  # 8 MiB: what characters and words are counted in
# What is held out is scored, and searched for repeats, at this many places, evenly spread.
PLACES, PLACE_CHARACTERS = 32, 8192
_LARGEST_CHARACTER = 4  # bytes
_GAP = re.compile(rb"[ \n]")
_START = re.compile(rb"[^\x80-\xbf]")


@dataclass(frozen=True)
class Span:
    """Some bytes of a file; both ends stand between two characters, behind a blank or line end where there is one."""

    path: Path
    start: int
    end: int

    def content(self) -> bytes:
        """Read the bytes.

        Raises:
            CorpusError: the file is gone, or shorter than it was.
        """
        with _opened(self.path) as file:
            file.seek(self.start)
            content = file.read(self.end - self.start)
        if len(content) < self.end - self.start:
            raise _changed(self.path)
        return content

    def text(self) -> str:
        """Read the bytes as a corpus text."""
        return decode(self.content(), str(self.path), self.start)


@dataclass(frozen=True)
class OnDiskCorpus:
    """Texts that stay on the disk, with the hash of their bytes.

    Of the bytes of each file the first 90% are learned, and the last tenth is held out, each cut moved
    to the end of a word. A block is the unit that is read: about BLOCK bytes of what is learned.

    Attributes:
        learned: what is learned of each file.
        tails: what is held out of each file.
        training_characters, held_out_characters: how long these are together.
    """

    name: str
    sha256: str
    learned: tuple[Span, ...]
    tails: tuple[Span, ...]
    training_characters: int
    held_out_characters: int

    @property
    def characters(self) -> int:
        """How long the texts are together."""
        return self.training_characters + self.held_out_characters

    @cached_property
    def _blocks_until(self) -> list[int]:
        """The number of blocks in the files up to each, itself included."""
        return list(accumulate(-(-(span.end - span.start) // BLOCK) for span in self.learned))

    @property
    def blocks(self) -> int:
        """The number of blocks in all that is learned."""
        return self._blocks_until[-1]

    def block(self, number: int) -> Span:
        """Return a block by its number; all together are all that is learned, each character once."""
        of = bisect_right(self._blocks_until, number)
        span = self.learned[of]
        place = span.start + BLOCK * (number - (self._blocks_until[of - 1] if of else 0))
        with _opened(span.path) as file:
            start = place if place == span.start else min(_cut(file, place), span.end)
            end = span.end if place + BLOCK >= span.end else min(_cut(file, place + BLOCK), span.end)
        return Span(span.path, start, end)

    @property
    def sample(self) -> Iterator[str]:
        """What its characters and words are counted in: SAMPLED_BLOCKS blocks, evenly spread."""
        count = min(SAMPLED_BLOCKS, self.blocks)
        return (self.block(number * self.blocks // count).text() for number in range(count))

    @property
    def sample_description(self) -> str:
        """What `sample` is, for a sentence."""
        return f"a sample of {min(SAMPLED_BLOCKS, self.blocks)} places of {BLOCK >> 10} kB"

    @property
    def storage(self) -> str:
        """Where the texts are while they are learned, for a sentence."""
        return "read from the disk as it is learned"

    @cached_property
    def scored(self) -> tuple[Span, ...]:
        """PLACES places of what is held out, evenly spread over all of it; each is long enough for PLACE_CHARACTERS."""
        until = list(accumulate(span.end - span.start for span in self.tails))
        spans = []
        for number in range(PLACES if until[-1] else 0):
            place = number * until[-1] // PLACES
            of = bisect_right(until, place)
            tail = self.tails[of]
            place = tail.end - (until[of] - place)
            with _opened(tail.path) as file:
                start = place if place == tail.start else min(_cut(file, place), tail.end)
                end = min(_cut(file, start + _LARGEST_CHARACTER * PLACE_CHARACTERS), tail.end)
            spans.append(Span(tail.path, start, end))
        return tuple(spans)

    @cached_property
    def held_out(self) -> tuple[str, ...]:
        """What is scored of what is held out: PLACE_CHARACTERS at each of PLACES places."""
        return tuple(span.text()[:PLACE_CHARACTERS] for span in self.scored)

    @property
    def held_out_files(self) -> tuple[str, ...]:
        """The name of the file that each held-out text is from."""
        return tuple(span.path.name for span in self.scored)


def scan_files(name: str, paths: Sequence[Path]) -> OnDiskCorpus:
    """Return the corpus of files, after reading all of them once.

    Raises:
        CorpusError: a file cannot be read, or is not UTF-8 text; says where.
    """
    digest = hashlib.sha256()
    learned, tails = [], []
    training_characters, held_out_characters = 0, 0
    for path in paths:
        with _opened(path) as file:
            size = file.seek(0, 2)
            file.seek(0)
            start = begin(file.read(PIECE), str(path))
            digest.update(_bytes(file, 0, start))
            middle = max(start, min(size, _cut(file, training_length(size))))
            learned.append(Span(path, start, middle))
            tails.append(Span(path, middle, size))
            training_characters += _characters(file, learned[-1], digest)
            held_out_characters += _characters(file, tails[-1], digest)
    return OnDiskCorpus(
        name, digest.hexdigest(), tuple(learned), tuple(tails), training_characters, held_out_characters
    )


def _characters(file: BinaryIO, span: Span, digest: "hashlib._Hash") -> int:
    """Return how many characters a span has as a text, and let `digest` see its bytes."""
    count, place, rest = 0, span.start, b""
    file.seek(place)
    while place < span.end:
        piece = file.read(min(PIECE, span.end - place))
        if not piece:
            raise _changed(span.path)
        digest.update(piece)
        place += len(piece)
        content = rest + piece
        text, used = from_utf8(content, str(span.path), place - len(content), place == span.end)
        count += len(text)
        rest = content[used:]
        if b"\r" in content:
            # A line end of two characters becomes one; it may lie across the pieces.
            count -= content.count(b"\r\n")
            if not rest and content.endswith(b"\r") and place < span.end:
                rest, count = b"\r", count - 1
    return count


def _cut(file: BinaryIO, place: int) -> int:
    """Return the first place from `place` on that is behind a blank or line end, or at least between two characters."""
    near = _bytes(file, place, REACH)
    gap = _GAP.search(near)
    if gap:
        return place + gap.end()
    start = _START.search(near)
    return place + (start.start() if start else len(near))


def _bytes(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def _changed(path: Path) -> CorpusError:
    return CorpusError(f"{path} has become shorter while it was read: leave it as it is while it is learned")
