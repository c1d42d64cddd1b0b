"""Texts to learn from: what every corpus has, those in memory, and the one of a name or path."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from charlstm.corpora.named import NAMED, fetch
from charlstm.corpora.on_disk import OnDiskCorpus, scan_files
from charlstm.corpora.split import training_length
from charlstm.text.decoding import CorpusError, decode, unreadable

IN_MEMORY = 32_000_000  # bytes of the largest corpus that is held in memory whole, and shuffled whole


class Corpus(Protocol):
    """Texts ready to be learned, of each of which the last tenth is held out; in memory, or on disk.

    Attributes:
        name: of the corpus, the file or the folder.
        sha256: of the bytes it came from.
        characters: how long the texts are together.
        training_characters: how long what is learned is.
        held_out_characters: how long what is held out is.
        sample: texts in which characters and words are counted: all of it, or some places.
        sample_description: what `sample` is, for a sentence.
        storage: where the texts are while they are learned, for a sentence.
        held_out: the texts that are scored.
        held_out_files: the name of the file that each of them is from.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - see the class
    @property
    def sha256(self) -> str: ...  # noqa: D102
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
    """Texts ready to be learned: lower-cased, with the hash of the bytes they came from.

    Of each text the first 90% are learned, and the last tenth is held out, so that no text is
    unseen, and none is in both.
    """

    name: str
    texts: tuple[str, ...]
    sha256: str
    files: tuple[str, ...] = ()  # the name of each text's file

    @property
    def text(self) -> str:
        """All texts, one after the other."""
        return self.texts[0] if len(self.texts) == 1 else "\n".join(self.texts)

    @property
    def sample(self) -> Iterator[str]:
        """What its characters and words are counted in: all of it."""
        return iter((self.text,))

    @property
    def sample_description(self) -> str:
        """What `sample` is, for a sentence."""
        return "the whole text"

    @property
    def storage(self) -> str:
        """Where the texts are while they are learned, for a sentence."""
        return "held in memory"

    @property
    def characters(self) -> int:
        """How long the texts are together."""
        return sum(map(len, self.texts))

    @property
    def training_characters(self) -> int:
        """How long what is learned is, the line breaks between the texts included."""
        return len(self.training)

    @property
    def held_out_characters(self) -> int:
        """How long what is held out is."""
        return sum(map(len, self.held_out))

    @property
    def held_out_files(self) -> tuple[str, ...]:
        """The name of the file that each held-out text is from."""
        return self.files or (self.name,) * len(self.texts)

    @property
    def training_texts(self) -> tuple[str, ...]:
        """What is learned: the first 90% of each text."""
        return tuple(text[: _training_characters(text)] for text in self.texts)

    @property
    def training(self) -> str:
        """What is learned, one text after the other."""
        return "\n".join(self.training_texts)

    @property
    def held_out(self) -> tuple[str, ...]:
        """What is held out: the last tenth of each text."""
        return tuple(text[_training_characters(text) :] for text in self.texts)


def _training_characters(text: str) -> int:
    return training_length(len(text))


LoadedCorpus = InMemoryCorpus | OnDiskCorpus


def load_corpus(name_or_path: str) -> LoadedCorpus:
    """Return the corpus of that name, of that text file, or of all text files of that folder.

    One of more than IN_MEMORY bytes stays on the disk, and is read when it is needed.

    Args:
        name_or_path: a key of `NAMED`, or a path; a name wins over a file that is called the same.
            A folder's `*.txt` files are taken in the order of their names.

    Raises:
        CorpusError: nothing of that name, an empty text, bytes that are not UTF-8 text.
    """
    path = fetch(name_or_path) if name_or_path in NAMED else Path(name_or_path)
    name = name_or_path if name_or_path in NAMED else path.resolve().name
    files = _files_of(path, name_or_path)
    if _size(files) > IN_MEMORY:
        return scan_files(name, tuple(files))
    digest = hashlib.sha256()
    texts = []
    for file in files:
        content = _read(file)
        digest.update(content)
        texts.append(decode(content, str(file)))
        del content  # a large text should be in memory as few times as can be
    if all(not text or text.isspace() for text in texts):
        raise CorpusError(f"{name_or_path} is empty: there is nothing to learn from it")
    return InMemoryCorpus(name, tuple(texts), digest.hexdigest(), tuple(file.name for file in files))


def _files_of(path: Path, asked: str) -> list[Path]:
    try:
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".txt" and file.is_file())
            if not files:
                raise CorpusError(f"the folder {asked} has no .txt files: put the texts to learn into it")
            return files
        if not path.exists():
            names = ", ".join(sorted(NAMED))
            raise CorpusError(f"there is no corpus {asked!r}: give a known name ({names}), a text file or a folder")
        if not path.is_file():
            raise CorpusError(f"{asked} is neither a file nor a folder: save the text in a file first")
    except OSError as error:
        raise unreadable(asked, error) from error
    return [path]


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
    """Return `length` characters of `text` from `start`, moved inside the text at its ends.

    Args:
        text: any text; all of it is returned when it is shorter than `length`.
        start: any integer.
        length: characters, zero or more.

    >>> excerpt("also sprach", 8, 6)
    'sprach'
    """
    start = max(0, min(start, len(text) - length))
    return text[start : start + length]
