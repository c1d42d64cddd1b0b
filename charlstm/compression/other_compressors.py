"""The same text's size with the compressors that everybody has, each at its best, for comparison."""

import bz2
import gzip
import lzma
from collections.abc import Callable

try:
    import zstandard
except ImportError:  # only this comparison needs it
    zstandard = None  # type: ignore[assignment]
try:
    import brotli
except ImportError:  # only this comparison needs it
    brotli = None


def compressors() -> dict[str, Callable[[bytes], bytes]]:
    """Return what compresses with each of the compressors that are installed, by name."""
    found: dict[str, Callable[[bytes], bytes]] = {
        "gzip": lambda content: gzip.compress(content, 9),
        "bzip2": lambda content: bz2.compress(content, 9),
        "xz": lambda content: lzma.compress(content, preset=9 | lzma.PRESET_EXTREME),
    }
    if zstandard is not None:
        found["zstd"] = zstandard.ZstdCompressor(level=zstandard.MAX_COMPRESSION_LEVEL).compress
    if brotli is not None:
        found["brotli"] = lambda content: brotli.compress(content, quality=11, lgwin=24)
    return found


def compressed_sizes(content: bytes) -> dict[str, int]:
    """Return how many bytes each of the installed compressors makes of the content, by name."""
    return {name: len(compress(content)) for name, compress in compressors().items()}
