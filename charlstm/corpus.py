"""Texts to learn from: named, local or downloaded; the held-out split; excerpts."""

import hashlib
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
    """A text ready to be learned: lower-cased, with the hash of the bytes it came from."""

    name: str
    text: str
    sha256: str

    def split(self) -> tuple[str, str]:
        """Return the training text (the first 90%) and the held-out text (the last tenth)."""
        boundary = len(self.text) - int(len(self.text) * HELD_OUT_SHARE)
        return self.text[:boundary], self.text[boundary:]


def cache_folder() -> Path:
    """The folder of downloaded corpora: $CHARLSTM_CORPORA, or the user's cache folder."""
    chosen = os.environ.get("CHARLSTM_CORPORA")
    return Path(chosen) if chosen else Path(pooch.os_cache("charlstm"))


def cached_path(name: str) -> Path | None:
    """Return where the named corpus lies on this machine, or None when it has not been fetched.

    Only its presence and size are looked at; `load` checks the hash.
    """
    named = NAMED[name]
    path = cache_folder() / named.file_name
    return path if path.is_file() and path.stat().st_size == named.size else None


def fetch(name: str) -> Path:
    """Return the path of the named corpus, downloaded once and checked by its hash.

    Raises CorpusError when it is neither in the cache nor to be had from any of its addresses.
    """
    named = NAMED[name]
    folder = cache_folder()
    failures = []
    for address in named.addresses:
        try:
            path = pooch.retrieve(address, f"sha256:{named.sha256}", named.file_name, folder)
            return Path(path)
        except Exception as error:  # noqa: BLE001 - requests, urllib3 and pooch each raise their own kinds
            failures.append(f"{address}: {type(error).__name__}")
    raise CorpusError(
        f"the corpus {name!r} is not on this machine and could not be downloaded ({'; '.join(failures)}): "
        f"connect to the internet and try again, or put {named.file_name} into {folder}, "
        "or give the path of a text file instead of the name"
    )


def load(name_or_path: str) -> Corpus:
    """Return the corpus of that name, of that text file, or of all text files of that folder.

    Args:
        name_or_path: a key of `NAMED`, or a path. A folder's `*.txt` files are joined in the order
            of their names.

    Raises:
        CorpusError: nothing of that name, an empty text, bytes that are not UTF-8 text.
    """
    path = fetch(name_or_path) if name_or_path in NAMED else Path(name_or_path)
    files = _files_of(path, name_or_path)
    digest = hashlib.sha256()
    texts = []
    for file in files:
        content = _read(file)
        digest.update(content)
        texts.append(decode(content, str(file)))
    text = "\n".join(texts)
    if not text.strip():
        raise CorpusError(f"{name_or_path} is empty: there is nothing to learn from it")
    name = name_or_path if name_or_path in NAMED else path.name
    return Corpus(name, text, digest.hexdigest())


def _files_of(path: Path, asked: str) -> list[Path]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".txt" and file.is_file())
        if not files:
            raise CorpusError(f"the folder {asked} has no .txt files: put the texts to learn into it")
        return files
    if not path.exists():
        names = ", ".join(sorted(NAMED))
        raise CorpusError(f"there is no corpus {asked!r}: give a known name ({names}), a text file or a folder")
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
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark = 3 if content.startswith(b"\xef\xbb\xbf") else 0
        raise CorpusError(
            f"{origin} is not UTF-8 text: byte 0x{content[error.start + mark]:02x} at offset "
            f"{error.start + mark}: save it as UTF-8 and try again"
        ) from error
    nul = content.find(b"\0")
    if nul >= 0:
        raise CorpusError(f"{origin} is not a text: a NUL byte at offset {nul}")
    return text.replace("\r\n", "\n").replace("\r", "\n").lower()


def excerpt(text: str, start: int, length: int) -> str:
    """Return `length` characters of `text` from `start`, moved inside the text at its ends."""
    start = max(0, min(start, len(text) - length))
    return text[start : start + length]
