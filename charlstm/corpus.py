"""Texts to learn from: named, local or downloaded; the held-out split; excerpts."""

import codecs
import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import pooch

HELD_OUT_SHARE = 0.1


class CorpusError(ValueError):
    """A corpus cannot be used; the message says which, why, and what to do."""


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


def load(name_or_path: str) -> Corpus:
    """Return the corpus of that name, of that text file, or of all text files of that folder.

    Args:
        name_or_path: a key of `NAMED`, or a path; a name wins over a file that is called the same.
            A folder's `*.txt` files are taken in the order of their names.

    Raises:
        CorpusError: nothing of that name, an empty text, bytes that are not UTF-8 text.
    """
    path = fetch(name_or_path) if name_or_path in NAMED else Path(name_or_path)
    digest = hashlib.sha256()
    texts = []
    files = _files_of(path, name_or_path)
    for file in files:
        content = _read(file)
        digest.update(content)
        texts.append(decode(content, str(file)))
        del content  # a large text should be in memory as few times as can be
    if all(not text or text.isspace() for text in texts):
        raise CorpusError(f"{name_or_path} is empty: there is nothing to learn from it")
    name = name_or_path if name_or_path in NAMED else path.resolve().name
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
        raise CorpusError(f"{asked} cannot be read ({error.strerror}): check the path and its permissions") from error
    return [path]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CorpusError(f"{file} cannot be read ({error.strerror}): check the path and its permissions") from error


def decode(content: bytes, origin: str) -> str:
    """Return bytes as a corpus text: UTF-8, no byte order mark, Unix line ends, lower case.

    Source: listing 8.2 of the book lower-cases the text.

    Args:
        content: the bytes of a file.
        origin: what to call it in an error.

    Raises:
        CorpusError: a byte that is not UTF-8, or a NUL; names the offset.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CorpusError(f"{origin} is UTF-16, not UTF-8 (byte 0x{content[0]:02x} at offset 0): save it as UTF-8")
    nul = content.find(b"\0")
    if nul >= 0:
        raise CorpusError(f"{origin} is not a text: a NUL byte at offset {nul}")
    mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    try:
        text = str(memoryview(content)[mark:], "utf-8")
    except UnicodeDecodeError as error:
        place = error.start + mark
        raise CorpusError(
            f"{origin} is not UTF-8 text: byte 0x{content[place]:02x} at offset {place}: save it as UTF-8 and try again"
        ) from error
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.lower()


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
