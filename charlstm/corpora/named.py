"""Texts that are known by name: downloaded once, and checked by their hash."""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

import pooch

from charlstm.text.decoding import CorpusError


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
