"""A model folder as one zip file, to be downloaded, and to be uploaded again by anybody.

Nothing in an uploaded zip is trusted. Its size and the number and the names of its entries are checked
before anything is unpacked; only the file names of a model folder are accepted, so there are no paths,
links or programs in it; the bytes of an entry are counted while it is unpacked, so a small zip cannot
become a large one, whatever size it declares; then `store.open_model` checks all of the content.
"""

import io
import math
import os
import re
import shutil
import stat
import struct
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.manifest import MANIFEST, Manifest, ModelError, manifest_bytes, read_manifest
from charlstm.model_folder.passage_index import LARGEST_FILE, PASSAGES
from charlstm.model_folder.report import REPORT
from charlstm.model_folder.schema import one_line, shown
from charlstm.model_folder.store import Model, open_model
from charlstm.model_folder.training_records import HISTORY, SAMPLES, WORDS

LARGEST_ZIP = 20_000_000  # bytes
MOST_UNPACKED = 30_000_000  # bytes of all entries together
LARGEST_ENTRIES = {
    MANIFEST: 500_000,
    HISTORY: 500_000,
    SAMPLES: 5_000_000,
    WORDS: 5_000_000,
    REPORT: 100_000,
    PASSAGES: LARGEST_FILE,
}
EPOCH_FILE = re.compile(r"epoch-\d{3,7}\.safetensors", re.ASCII)
MOST_ENTRIES = 100
MOST_SAMPLES = 20  # of an epoch
# Larger networks would slow down a server that generates with them for everybody.
MOST_WORK = 60_000_000  # multiplications a character
MOST_REMEMBERED = 500_000  # numbers in the state of one text
CHUNK_SIZE = 1 << 16  # bytes
ENCRYPTED = 1  # a bit of an entry's flags
END = struct.Struct("<4s4H2LH")  # of the end of a zip: mark, ..., entries, bytes of their list, ..., comment
LONGEST_DIRECTORY_ENTRY = 300  # bytes, the names of our files being short
ORDER = (MANIFEST, REPORT, HISTORY, SAMPLES, WORDS, PASSAGES)


def zip_bytes(model: Model) -> bytes:
    """Return a model as a zip that `unpack` accepts: the best epoch, and as many others as fit.

    Raises:
        ModelError: even the best epoch alone is more than a zip may hold.
        OSError: a file of the folder has been removed.
    """
    files = [model.folder / name for name in ORDER if (model.folder / name).is_file()]
    sizes = {file.name: file.stat().st_size for file in files}
    # The index of passages cannot be compressed; the other files become less than a megabyte.
    packed = LARGEST_ZIP - 1_000_000 - sizes.get(PASSAGES, 0)
    kept = _epochs_that_fit(model, min(MOST_UNPACKED - sum(sizes.values()), packed), MOST_ENTRIES - len(files))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in files[1:]:
            zipped.writestr(_entry(file.name), file.read_bytes())
        zipped.writestr(_entry(MANIFEST), _manifest_of(model, kept))
        for epoch in kept:
            zipped.writestr(_entry(epoch_file(epoch)), (model.folder / epoch_file(epoch)).read_bytes())
    return content.getvalue()


def _epochs_that_fit(model: Model, size_limit: int, most: int) -> tuple[int, ...]:
    """Return the best epoch, and at most so many epochs in all whose files have so many bytes together."""
    best = model.manifest.best_epoch
    kept: list[int] = []
    for epoch in (best, *(one for one in model.manifest.epochs if one != best)):
        size_limit -= (model.folder / epoch_file(epoch)).stat().st_size
        if size_limit < 0 or len(kept) == most:
            break
        kept.append(epoch)
    if not kept:
        raise ModelError(f"{model.folder.name} is too large for a zip of {_megabytes(LARGEST_ZIP)}: copy its folder")
    return tuple(sorted(kept))


def _manifest_of(model: Model, kept: Sequence[int]) -> bytes:
    return manifest_bytes(replace(model.manifest, epochs=tuple(kept)))


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry without the time and the machine it was made on: the same model is the same zip."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def unpack(content: bytes, folder: Path) -> Model:
    """Unpack a zip into a new folder, check all of it, and return the model.

    Args:
        content: the bytes of the zip, from anybody.
        folder: does not exist yet, unlike its parent; it is removed again when the zip is refused.

    Raises:
        ModelError: the zip is no model, damaged, or too large; names files without their folder.
        OSError: the folder cannot be written.
    """
    files = read_entries(content)
    folder.mkdir()
    try:
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return _checked(folder, {name for name in files if EPOCH_FILE.fullmatch(name)})
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, ModelError):  # the paths of this machine are not for the viewer's eyes
            message = str(error).replace(f"{folder}{os.sep}", "").replace(str(folder), "the zip")
            raise ModelError(message) from error
        raise


def read_entries(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip by their names, within the limits of this module.

    Raises:
        ModelError: it is not such a zip; the message says why.
    """
    if len(content) > LARGEST_ZIP:
        raise ModelError(f"the zip has {_megabytes(len(content))}, and {_megabytes(LARGEST_ZIP)} are the most")
    _check_directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as zipped:
            entries = zipped.infolist()
            _check_entries(entries)
            return {entry.filename: _read(zipped, entry) for entry in entries}
    except ModelError:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds
        raise ModelError(f"the zip is damaged ({one_line(error)}): download or send it again") from error


def _check_directory(content: bytes) -> None:
    """Refuse a long list of entries before zipfile reads all of it into memory."""
    end = content[-END.size :]
    if len(end) < END.size or not content.startswith(b"PK"):
        raise ModelError("this is not a zip file: choose one that was downloaded from this page")
    mark, _, _, _, count, size, _, comment = END.unpack(end)
    if mark != b"PK\x05\x06" or comment:
        raise ModelError("the zip has something after its end, or its end is missing: download or send it again")
    if count > MOST_ENTRIES or size > MOST_ENTRIES * LONGEST_DIRECTORY_ENTRY or content[-42:-38] == b"PK\x06\x07":
        raise ModelError(f"the zip has more than {MOST_ENTRIES} files, which no model of this page has")


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = 0
    names = set()
    for entry in entries:
        name = entry.filename
        if name not in LARGEST_ENTRIES and not EPOCH_FILE.fullmatch(name):
            raise ModelError(f"the zip has a file {shown(name)}, which does not belong to a model")
        if name in names:
            raise ModelError(f"the zip has {name} twice")
        names.add(name)
        if entry.flag_bits & ENCRYPTED:
            raise ModelError(f"{name} is encrypted: send the zip without a password")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise ModelError(f"{name} is not a plain file")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ModelError(f"{name} is packed in a way that this page does not read")
        if entry.file_size > _largest(name):
            raise ModelError(f"{name} has {_megabytes(entry.file_size)}, and {_megabytes(_largest(name))} are the most")
        unpacked += entry.file_size
    if unpacked > MOST_UNPACKED:
        raise ModelError(f"the zip holds {_megabytes(unpacked)}, and {_megabytes(MOST_UNPACKED)} are the most")
    if MANIFEST not in names:
        raise ModelError(f"the zip has no {MANIFEST}: it is not a model")


def _read(zipped: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack an entry, and no more of it than it declared."""
    content = bytearray()
    with zipped.open(entry) as stream:
        while chunk := stream.read(CHUNK_SIZE):
            content += chunk
            if len(content) > entry.file_size:
                raise ModelError(f"{entry.filename} unpacks to more than it says")
    return bytes(content)


def _largest(name: str) -> int:
    return LARGEST_ENTRIES.get(name, MOST_UNPACKED)


def _checked(folder: Path, epoch_files: set[str]) -> Model:
    manifest = read_manifest(folder / MANIFEST)
    if epoch_files != set(map(epoch_file, manifest.epochs)):
        raise ModelError(f"the zip does not hold just the epochs that its {MANIFEST} names")
    _check_cost(manifest)
    model = open_model(folder)
    if max(Counter(sample.epoch for sample in model.samples).values(), default=0) > MOST_SAMPLES:
        raise ModelError(f"{SAMPLES} has more than {MOST_SAMPLES} samples of an epoch")
    return model


def _check_cost(manifest: Manifest) -> None:
    """Refuse a network that would take all of a server's time or memory for one character."""
    network, characters = manifest.architecture, len(manifest.vocabulary)
    rows = manifest.window if manifest.context == "window" else 1
    weights = sum(math.prod(shape) for shape in network.tensor_shapes(characters).values())
    if weights * rows > MOST_WORK:
        raise ModelError(
            f"this network needs {weights * rows:,} multiplications for a character, and {MOST_WORK:,} are the most"
        )
    remembered = rows * network.state_size
    if remembered > MOST_REMEMBERED:
        raise ModelError(
            f"this network remembers {remembered:,} numbers of a text, and {MOST_REMEMBERED:,} are the most"
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
