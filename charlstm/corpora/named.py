"""Corpora that are known by name: downloaded once, and checked by their hash."""

import logging
from dataclasses import dataclass
from pathlib import Path

import pooch

from charlstm.text.decoding import CorpusError


@dataclass(frozen=True)
class NamedCorpus:
    """A corpus that can be downloaded: its file, with size in bytes and SHA-256, and the URL."""

    name: str
    title: str
    file_name: str
    sha256: str
    size: int
    url: str


NAMED = {
    corpus.name: corpus
    for corpus in (
        NamedCorpus(
            name="nietzsche",
            title="Friedrich Nietzsche, Beyond Good and Evil and other writings, in English",
            file_name="nietzsche.txt",
            sha256="23cf69874ab69d3d256099ab530ea4be24d47d9675b673bcc67cbcd6298ec647",
            size=600_901,
            url="https://s3.amazonaws.com/text-datasets/nietzsche.txt",
        ),
    )
}


def _downloads() -> pooch.Pooch:
    """Return the files of all named corpora, in the folder $CHARLSTM_CORPORA or else in the user's cache folder."""
    return pooch.create(
        pooch.os_cache("charlstm"),
        base_url="",
        registry={corpus.file_name: f"sha256:{corpus.sha256}" for corpus in NAMED.values()},
        urls={corpus.file_name: corpus.url for corpus in NAMED.values()},
        env="CHARLSTM_CORPORA",
    )


def cached_path(name: str) -> Path | None:
    """Return the path of a named corpus that was downloaded, else None.

    Only checks that the file exists and its size; `fetch` checks the hash.
    """
    path = _downloads().path / NAMED[name].file_name
    try:
        return path if path.is_file() and path.stat().st_size == NAMED[name].size else None
    except OSError:
        return None


def fetch(name: str) -> Path:
    """Return the path of a named corpus, downloaded if there is no copy with the right hash yet.

    Raises:
        CorpusError: it cannot be downloaded.
    """
    named, downloads = NAMED[name], _downloads()
    path = downloads.path / named.file_name
    state = "on this machine is damaged" if path.is_file() else "is not on this machine"
    log = pooch.get_logger()
    level = log.level
    log.setLevel(logging.CRITICAL)  # the exception has all that matters
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        downloads.fetch(named.file_name)
        return path
    except Exception as error:  # requests, urllib3 and pooch each raise exceptions of their own
        raise CorpusError(
            f"the corpus {name!r} {state} and could not be downloaded ({_reason(error, named, path.parent)}): "
            f"connect to the internet and try again, or put {named.file_name} into {path.parent}, "
            "or give the path of a text file instead"
        ) from error
    finally:
        log.setLevel(level)


def _reason(error: Exception, named: NamedCorpus, folder: Path) -> str:
    """Return why a download failed, for a message."""
    if isinstance(error, OSError) and error.errno:  # of the disk; network errors have no errno
        if folder.is_dir():
            return f"{error.filename or folder}: {error.strerror}"
        return f"the folder {folder} cannot be made: {error.strerror}; $CHARLSTM_CORPORA names another"
    if isinstance(error, ValueError) and "hash" in str(error).lower():
        return f"{named.url}: not the expected file, its hash is another"
    return f"{named.url}: {type(error).__name__}"
