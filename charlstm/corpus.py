"""Texts to learn from: named, local or downloaded; the held-out split; excerpts."""

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pooch

from charlstm.long_corpus import LongCorpus, look_through
from charlstm.texts import HELD_OUT_SHARE, CorpusError, decode, unreadable

IN_MEMORY = 32_000_000  # bytes of the largest corpus that is held in memory whole, and shuffled whole


@dataclass(frozen=True)
class NamedCorpus:
    """A corpus that can be fetched by its name: where from, and the hash that proves it."""

    name: str
    title: str
    file_name: str
    sha256: str
    size: int
    addresses: tuple[str, ...]


NAMED = {
    corpus.name: corpus
    for corpus in (
        NamedCorpus(
            name="nietzsche",
            title="Friedrich Nietzsche, Beyond Good and Evil and other writings, in English",
            file_name="nietzsche.txt",
            sha256="23cf69874ab69d3d256099ab530ea4be24d47d9675b673bcc67cbcd6298ec647",
            size=600_901,
            addresses=("https://s3.amazonaws.com/text-datasets/nietzsche.txt",),
        ),
    )
}


@dataclass(frozen=True)
class Corpus:
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
    def counted_in(self) -> str:
        """What `sample` is, for a sentence."""
        return "the whole text"

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
    return len(text) - int(len(text) * HELD_OUT_SHARE)


def cache_folder() -> Path:
    """The folder of downloaded corpora: $CHARLSTM_CORPORA, or the user's cache folder."""
    chosen = os.environ.get("CHARLSTM_CORPORA")
    return Path(chosen).expanduser() if chosen else Path(pooch.os_cache("charlstm"))


def cached_path(name: str) -> Path | None:
    """Return where the named corpus lies on this machine, or None when it has not been fetched.

    Only its presence and size are looked at; `fetch` and `load` check the hash.
    """
    named = NAMED[name]
    path = cache_folder() / named.file_name
    try:
        return path if path.is_file() and path.stat().st_size == named.size else None
    except OSError:
        return None


def fetch(name: str) -> Path:
    """Return the path of the named corpus, downloaded once and checked by its hash.

    A copy in the cache that was damaged is downloaded again.

    Raises:
        CorpusError: it is neither in the cache nor to be had from any of its addresses.
    """
    named = NAMED[name]
    path = cache_folder() / named.file_name
    if _is_intact(path, named):
        return path
    state = "on this machine is damaged" if path.is_file() else "is not on this machine"
    failures = [failure for address in named.addresses if (failure := _download(address, path, named))]
    if len(failures) < len(named.addresses):
        return path
    raise CorpusError(
        f"the corpus {name!r} {state} and could not be downloaded ({'; '.join(failures)}): connect to the internet "
        f"and try again, or put {named.file_name} into {path.parent}, or give the path of a text file instead"
    )


def _is_intact(path: Path, named: NamedCorpus) -> bool:
    try:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == named.sha256
    except OSError:
        return False


def _download(address: str, path: Path, named: NamedCorpus) -> str | None:
    """Fetch one address into the cache; return None, or why it failed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"the folder {path.parent} cannot be made: {error.strerror}; $CHARLSTM_CORPORA names another"
    log = pooch.get_logger()
    level = log.level
    log.setLevel(logging.CRITICAL)  # what it has to say is in the error
    try:
        pooch.retrieve(address, f"sha256:{named.sha256}", named.file_name, path.parent)
    except Exception as error:  # noqa: BLE001 - requests, urllib3 and pooch each raise their own kinds
        if isinstance(error, OSError) and error.errno:  # of the disk; those of the network have no number
            return f"{error.filename or path.parent}: {error.strerror}"
        if isinstance(error, ValueError) and "hash" in str(error).lower():
            return f"{address}: not the expected file, its hash is another"
        return f"{address}: {type(error).__name__}"
    finally:
        log.setLevel(level)
    return None


def load(name_or_path: str) -> Corpus | LongCorpus:
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
        return look_through(name, tuple(files))
    digest = hashlib.sha256()
    texts = []
    for file in files:
        content = _read(file)
        digest.update(content)
        texts.append(decode(content, str(file)))
        del content  # a large text should be in memory as few times as can be
    if all(not text or text.isspace() for text in texts):
        raise CorpusError(f"{name_or_path} is empty: there is nothing to learn from it")
    return Corpus(name, tuple(texts), digest.hexdigest(), tuple(file.name for file in files))


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
