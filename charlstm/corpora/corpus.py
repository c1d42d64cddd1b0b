"""Corpora: their protocol, those in memory, and loading one by name or path."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from charlstm.corpora.folder import folder_content
from charlstm.corpora.named import NAMED, fetch
from charlstm.corpora.on_disk import OnDiskCorpus, scan_files
from charlstm.corpora.split import training_length
from charlstm.text.character_mapping import NOTHING_LOWERED, Lowered, count_characters, count_lowered
from charlstm.text.decoding import (
    UTF_8,
    Case,
    CorpusError,
    NotUtf8Error,
    codec_name,
    decode,
    in_case,
    is_utf8,
    unreadable,
)
from charlstm.text.encodings import advice

MAX_IN_MEMORY_BYTES = 32_000_000  # a larger corpus stays on the disk
LISTED = 10  # names of files of one kind, in a message


class Corpus(Protocol):
    """Texts to train on, of each of which the last tenth is held out; in memory or on disk.

    Attributes:
        name: of the corpus, the file or the folder.
        sha256: of the bytes of all files.
        encoding: of the bytes.
        lowered: what lower case has changed in the texts.
        characters: the total length of the texts.
        training_characters: the length of what is trained on.
        held_out_characters: the length of what is held out.
        sample: the texts in which characters and words are counted: all, or evenly spaced blocks.
        sample_description: what `sample` is, for a message.
        storage: where the texts are during training, for a message.
        held_out: the texts that are evaluated.
        held_out_files: the file name of each text of `held_out`.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - see the class
    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def encoding(self) -> str: ...  # noqa: D102
    @property
    def lowered(self) -> Lowered: ...  # noqa: D102
    @property
    def characters(self) -> int: ...  # noqa: D102
    @property
    def training_characters(self) -> int: ...  # noqa: D102
    @property
    def held_out_characters(self) -> int: ...  # noqa: D102
    @property
    def sample(self) -> Iterator[str]: ...  # noqa: D102
    @property
    def sample_description(self) -> str: ...  # noqa: D102
    @property
    def storage(self) -> str: ...  # noqa: D102
    @property
    def held_out(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def held_out_files(self) -> tuple[str, ...]: ...  # noqa: D102


@dataclass(frozen=True)
class InMemoryCorpus:
    """Texts in memory; see `Corpus`.

    Each text is split, so that the training part and the held-out part have something of all of them.
    """

    name: str
    texts: tuple[str, ...]
    sha256: str
    files: tuple[str, ...] = ()  # the file name of each text
    encoding: str = UTF_8
    lowered: Lowered = NOTHING_LOWERED

    @property
    def text(self) -> str:
        """All texts, joined by line feeds."""
        return self.texts[0] if len(self.texts) == 1 else "\n".join(self.texts)

    @property
    def sample(self) -> Iterator[str]:
        """The texts in which characters and words are counted: all."""
        return iter((self.text,))

    @property
    def sample_description(self) -> str:
        """What `sample` is, for a message."""
        return "the whole text"

    @property
    def storage(self) -> str:
        """Where the texts are during training, for a message."""
        return "held in memory"

    @property
    def characters(self) -> int:
        """The total length of the texts."""
        return sum(map(len, self.texts))

    @property
    def training_characters(self) -> int:
        """The length of `training`, with the line feeds between the texts."""
        return len(self.training)

    @property
    def held_out_characters(self) -> int:
        """The total length of the held-out parts."""
        return sum(map(len, self.held_out))

    @property
    def held_out_files(self) -> tuple[str, ...]:
        """The file name of each text of `held_out`."""
        return self.files or (self.name,) * len(self.texts)

    @property
    def training_texts(self) -> tuple[str, ...]:
        """The first 90% of each text."""
        return tuple(text[: training_length(len(text))] for text in self.texts)

    @property
    def training(self) -> str:
        """The training parts of all texts, joined by line feeds."""
        return "\n".join(self.training_texts)

    @property
    def held_out(self) -> tuple[str, ...]:
        """The last tenth of each text."""
        return tuple(text[training_length(len(text)) :] for text in self.texts)


LoadedCorpus = InMemoryCorpus | OnDiskCorpus


def load_corpus(name_or_path: str, case: Case = "lower", encoding: str = UTF_8) -> LoadedCorpus:
    """Return a named corpus, or the corpus of a text file, or of all text files of a folder.

    A corpus larger than MAX_IN_MEMORY_BYTES stays on the disk.

    Args:
        name_or_path: a key of `NAMED`, or a path; a name takes precedence over a file of that name.
            The `*.txt` files of a folder are sorted by name; hidden ones are left out.
        case: "lower" lowers all capitals.
        encoding: of all files; any that Python knows, but for a corpus on the disk UTF-8 alone.

    Raises:
        CorpusError: there is no such corpus, it is empty, or its bytes are not text in the encoding.
    """
    named, encoding = encoding, codec_name(encoding)
    path = fetch(name_or_path) if name_or_path in NAMED else Path(name_or_path)
    name = name_or_path if name_or_path in NAMED else path.resolve().name
    files = _files_of(path, name_or_path)
    size = _size(files)
    if size > MAX_IN_MEMORY_BYTES:
        if encoding != UTF_8:
            raise CorpusError(
                f"{name_or_path} has {size / 1e6:,.0f} MB, and beyond {MAX_IN_MEMORY_BYTES // 1_000_000} MB "
                f"only UTF-8 is read: convert it with iconv -f {named} -t utf-8, and leave --encoding out"
            )
        return scan_files(name, tuple(files), case)
    digest = hashlib.sha256()
    texts, counts = [], Counter[str]()
    for file in files:
        content = _read(file)
        digest.update(content)
        text = _decoded(content, str(file), encoding, alone=len(files) == 1)
        del content  # before the next file is read, to save memory
        if case == "lower":
            counts.update(count_characters([text]))
        texts.append(in_case(text, case))
    if all(not text or text.isspace() for text in texts):
        raise CorpusError(f"{name_or_path} is empty: there is nothing to learn from it")
    return InMemoryCorpus(
        name, tuple(texts), digest.hexdigest(), tuple(file.name for file in files), encoding, count_lowered(counts)
    )


def _decoded(content: bytes, origin: str, encoding: str, alone: bool) -> str:
    """Return a text with its capitals; where it is not in the encoding, the error says which it may be.

    Args:
        content: of the file.
        origin: its name.
        encoding: of all files.
        alone: whether it is the only one.
    """
    if encoding != UTF_8 and not content.isascii() and is_utf8(content):
        remedy = "leave --encoding out" if alone else "convert the other files to UTF-8, and leave --encoding out"
        raise CorpusError(f"{origin} is UTF-8 text, not {encoding}: {remedy}")
    try:
        return decode(content, origin, case="keep", encoding=encoding)
    except NotUtf8Error as error:
        others = "" if alone else ", or if other files are UTF-8, convert this one: iconv -f {0} -t utf-8"
        found = advice(content, f"try --encoding {{0}}{others}")
        if not found:
            raise
        raise CorpusError(f"{error.reason}{found}") from error


def _files_of(path: Path, name_or_path: str) -> list[Path]:
    try:
        if path.is_dir():
            content = folder_content(path)
            if not content.texts:
                unread = content.describe_unread(LISTED)
                raise CorpusError(
                    f"the folder {name_or_path} has no .txt files{f' ({unread})' if unread else ''}: "
                    "put the texts to learn into it"
                )
            return content.texts
        if not path.exists():
            names = ", ".join(sorted(NAMED))
            raise CorpusError(
                f"there is no corpus {name_or_path!r}: give a known name ({names}), a text file or a folder"
            )
        if not path.is_file():
            raise CorpusError(f"{name_or_path} is neither a file nor a folder: save the text in a file first")
    except OSError as error:
        raise unreadable(name_or_path, error) from error
    return [path]


def describe_files(name_or_path: str, most: int | None = None) -> list[str]:
    """Return lines about which files of a folder are read, and which are not; none where it is no folder.

    Args:
        name_or_path: as of `load_corpus`.
        most: how many names of each kind to list; None for all.
    """
    if name_or_path in NAMED or not Path(name_or_path).is_dir():
        return []
    content = folder_content(Path(name_or_path))
    return [line for line in (content.describe_read(most), content.describe_unread(most)) if line]


def _size(files: list[Path]) -> int:
    try:
        return sum(file.stat().st_size for file in files)
    except OSError as error:
        raise unreadable(error.filename, error) from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise unreadable(file, error) from error


def excerpt(text: str, start: int, length: int) -> str:
    """Return `length` characters of `text` from `start`, which is moved so that they are inside the text.

    Args:
        text: any text; all of it is returned if it is shorter than `length`.
        start: any integer.
        length: zero or more.

    >>> excerpt("also sprach", 8, 6)
    'sprach'
    """
    start = max(0, min(start, len(text) - length))
    return text[start : start + length]
