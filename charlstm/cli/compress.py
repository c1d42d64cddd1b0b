"""The commands `compress`, `decompress` and `bits`: a text as bits, predicted by a network, and back."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from charlstm.cli.options import DEFAULT_MODEL, ENCODING, MODELS, TEMPERATURE, number, whole
from charlstm.compression.bit_strings import Bits, ascii_bits, bits_of_words, gzip_bits
from charlstm.compression.file_format import (
    LARGEST_FILE,
    LARGEST_TEXT,
    CompressionError,
    Header,
    file_bytes,
    hash_of_text,
    library_versions,
    parse_file,
)
from charlstm.compression.network_hash import find_network, network_hash
from charlstm.compression.other_compressors import compressed_sizes
from charlstm.compression.steps import encode_ids
from charlstm.compression.text_coder import AstrayError, decode_text, encode_text
from charlstm.corpora.corpus import load_corpus
from charlstm.model_folder import store
from charlstm.model_folder.atomic_write import whole_file
from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.networks.threads import one_blas_thread
from charlstm.text.decoding import UTF_8

AT_ONCE = 200  # characters, after which the progress bar moves


class Code(StrEnum):
    """How a text becomes bits."""

    ASCII = "ascii"
    GZIP = "gzip"
    NETWORK = "network"


def _given(text: str) -> str:
    """Return an argument that is not empty; as a path that would be the working folder."""
    if not text:
        raise typer.BadParameter("a name is missing here: it is empty")
    return text


def _path(text: str) -> Path:
    return Path(_given(text))


def compress(
    file: Annotated[Path, typer.Argument(parser=_path, metavar="FILE", help="A text in UTF-8.")],
    into: Annotated[Path, typer.Option(parser=_path, metavar="FILE", help="The file to write.")],
    model: Annotated[Path, typer.Option(help="The model folder whose network predicts the text.")] = DEFAULT_MODEL,
    epoch: Annotated[int | None, whole(0, 1_000_000, "Which kept epoch; the best by default.")] = None,
    temperature: Annotated[float, number(TEMPERATURE, "Of the prediction, 0 to inf.")] = 1.0,
) -> None:
    """Compress a text: the better the network predicts it, the smaller the file."""
    content = _read(file, LARGEST_TEXT)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise CompressionError(
            f"{file} is not UTF-8 text: byte 0x{content[error.start]:02x} at offset {error.start:,}"
        ) from error
    opened = store.open_model(model)
    hash_ = network_hash(opened.manifest, opened.tensors(epoch))
    with _writing(into, file) as write:
        with _Progress(len(text)) as progress:
            words = encode_text(opened.network(epoch), opened.vocabulary, text, temperature, progress.watch)
        header = Header(hash_, temperature, len(text), hash_of_text(text), library_versions())
        compressed = file_bytes(header, words)
        write(compressed)
    print(f"{into}: {_characters(text)}, {progress.speed}")
    name = f"{opened.folder.name} and this program"
    _print_sizes(len(text), {"not compressed": len(content), name: len(compressed), **compressed_sizes(content)})
    weights = model / epoch_file(opened.manifest.best_epoch if epoch is None else epoch)
    print(f"The network, without which it cannot be decompressed, has another {weights.stat().st_size:,} bytes.")


def decompress(
    file: Annotated[Path, typer.Argument(parser=_path, metavar="FILE", help="A file that compress wrote.")],
    into: Annotated[Path, typer.Option(parser=_path, metavar="FILE", help="The text to write.")],
    models: Annotated[Path, typer.Option(help="The folder of model folders in which its network is.")] = MODELS,
) -> None:
    """Decompress a text with the network that predicted it, which is found by its hash."""
    content = _read(file, LARGEST_FILE)
    try:
        header, words = parse_file(content)
    except CompressionError as error:
        raise CompressionError(f"{file} {error}") from error
    found = find_network(models, header.network)
    if found is None:
        raise CompressionError(
            f"{file} needs the network of the hash {header.network}, which no folder in {models} has"
        )
    network, vocabulary, name = found
    with _writing(into, file) as write:
        try:
            with _Progress(header.characters) as progress:
                text = decode_text(network, vocabulary, words, header.characters, header.temperature, progress.watch)
        except AstrayError as error:
            raise _other_arithmetic(file, header) from error
        if hash_of_text(text) != header.text:
            raise _other_arithmetic(file, header)
        write(text.encode())
    print(f"{into}: {_characters(text)}, {progress.speed}, predicted by {name}")


def bits(
    corpus: Annotated[
        str, typer.Argument(parser=_given, metavar="CORPUS", help="A named corpus, a text file, or a folder.")
    ],
    into: Annotated[Path, typer.Option(parser=_path, metavar="FILE", help="The text of 0 and 1 to write.")],
    code: Annotated[Code, typer.Option(help="How the text becomes bits.")],
    model: Annotated[Path, typer.Option(help="The model folder whose network codes it.")] = DEFAULT_MODEL,
    most: Annotated[int | None, whole(1, LARGEST_TEXT, "How many bits, at most; all by default.")] = None,
    held_out: Annotated[bool, typer.Option(help="Only what is never learned, the last tenth of each text.")] = False,
    encoding: ENCODING = UTF_8,
) -> None:
    """Write the bits of a text as characters, 0 and 1, for a network to learn.

    Of every code it is the same text: as the network reads it, in its characters.
    """
    opened = store.open_model(model)
    loaded = load_corpus(corpus, opened.vocabulary.case, encoding)
    text = "\n".join(loaded.held_out) if held_out else "".join(loaded.sample)
    folded = opened.vocabulary.fold(text).text
    if not folded:
        raise CompressionError(f"{corpus} has no character that {opened.folder.name} knows, and so no bits")
    with _writing(into, Path(corpus)) as write:
        with _Progress(len(folded)) as progress:
            found = _bits_in(code, folded, opened, progress)[:most]
        if not len(found):
            raise CompressionError(f"{corpus} has no bits: {opened.folder.name} needs none to tell it")
        write((found + ord("0")).tobytes())
    print(f"{into}: {_count(len(found), 'bit')} of {_characters(folded)}, {100 * found.mean():.1f}% of them are 1")


def _bits_in(code: Code, text: str, model: store.Model, progress: "_Progress") -> Bits:
    if code is Code.ASCII:
        return ascii_bits(text)
    if code is Code.GZIP:
        return gzip_bits(text)
    ids = model.vocabulary.encode(text).tolist()
    with one_blas_thread():
        return bits_of_words(encode_ids(model.network(), ids, watch=progress.watch))


def _other_arithmetic(file: Path, header: Header) -> CompressionError:
    if header.libraries == library_versions():
        return CompressionError(
            f"{file} cannot be decompressed here: the file was changed, or this machine's arithmetic differs, if only "
            "in the last digit, from that of the machine which compressed it"
        )
    there, here = (", ".join(" ".join(pair) for pair in one.items()) for one in (header.libraries, library_versions()))
    return CompressionError(
        f"{file} cannot be decompressed here: this machine's arithmetic differs, if only in the last digit, from that "
        f"of the machine which compressed it (with {there}; here are {here})"
    )


def _characters(text: str) -> str:
    return _count(len(text), "character")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _read(file: Path, largest: int) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(largest + 1)
    if len(content) > largest:
        raise CompressionError(f"{file} is larger than {largest:,} bytes, the most that this command takes")
    return content


@contextmanager
def _writing(into: Path, source: Path) -> Iterator[Callable[[bytes], object]]:
    """Give what writes a file, whole or not at all; where it may not be written, that is told before the work begins.

    Args:
        into: the file.
        source: what it is made of.
    """
    if into.exists() and not into.is_file():
        raise CompressionError(f"{into} is not a file that could be written")
    if into.exists() and source.exists() and any(into.samefile(one) for one in (source, *source.glob("*.txt"))):
        raise CompressionError(f"{into} would replace what it is made of: name another file")
    if source.is_dir() and into.suffix.lower() == ".txt" and into.parent.resolve() == source.resolve():
        raise CompressionError(f"{into} would become a part of what it is made of: name another file")
    with _ending_on_sigterm(), whole_file(into) as file:
        yield file.write


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the program as Ctrl-C does, which leaves nothing half written."""

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    previous = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


class _Progress:
    """A progress bar with the speed, on a terminal; used as a context."""

    def __init__(self, characters: int) -> None:
        self._bar: Any = typer.progressbar(
            length=characters,
            hidden=not (sys.stderr and sys.stderr.isatty()),
            item_show_func=lambda _: self.speed,
            file=sys.stderr,
        )
        self._done, self._shown, self._began = 0, 0, time.perf_counter()

    def __enter__(self) -> "_Progress":
        self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._bar.update(self._done - self._shown)
        self._bar.__exit__(*error)

    def watch(self, more: int) -> None:
        """Count so many more characters."""
        self._done += more
        if self._done - self._shown >= AT_ONCE:
            self._bar.update(self._done - self._shown)
            self._shown = self._done

    @property
    def speed(self) -> str:
        """How fast it has been so far."""
        return f"{self._done / max(time.perf_counter() - self._began, 1e-9):,.0f} characters a second"


def _print_sizes(characters: int, sizes: dict[str, int]) -> None:
    """Print what became of a text of so many characters, the smallest first."""
    print(f"  {'bytes':>12}  bits per character")
    for name, size in sorted(sizes.items(), key=lambda entry: entry[1]):
        bits = f"{8 * size / characters:.3f}" if characters else "–"
        print(f"  {size:12,}  {bits:>18}  {name}")
