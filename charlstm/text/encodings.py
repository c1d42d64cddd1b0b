"""Which encodings the bytes of a text may be in, the likeliest first."""

from itertools import islice

from charlstm.text.decoding import CorpusError, codec_name, decode, marked_encoding

# By the names that chardet has for them those that iconv and Python know; of several, the first that can read a text.
_DETECTED = {
    **{f"cp{number}": (f"cp{number}",) for number in (1252, *range(1250, 1259), 437, 874, 949, 932)},
    **{"mac-roman": ("macintosh",), "koi8-r": ("koi8-r",), "gb18030": ("gb18030",)},
    **{"euc_jis_2004": ("euc-jp",), "big5hkscs": ("big5", "cp950", "big5-hkscs")},
}
ENCODINGS = tuple(name for names in _DETECTED.values() for name in names)
WIDE_ENCODINGS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")  # without a byte order mark; they have NULs
LEAST_CONFIDENCE = 0.03  # of the detector in its best; it has less in what is no text
EXAMINED = 1 << 17  # bytes, of whole lines


def likely_encodings(content: bytes) -> list[str]:
    """Return the encodings that some bytes may be in, the likeliest first.

    Args:
        content: a text that is not UTF-8: a file, or whole lines of one.

    Returns:
        Names for `codec_name`; all of them can decode the bytes. None for what is no text in any of them.
    """
    marked = marked_encoding(content)
    if marked:
        return [name for name in (marked.lower(),) if _text(content, name) is not None]
    if b"\0" in content:
        return _likely_wide(content)
    lines = _telling_lines(content)
    if not lines or _is_broken_utf8(content):
        return []
    import chardet  # takes a moment that only such a text is worth

    found = chardet.detect_all(lines, include_encodings=_DETECTED, compat_names=False, ignore_threshold=True)
    if found[0]["confidence"] < LEAST_CONFIDENCE:
        return []
    likely: list[str] = []
    for match in found:
        readable = (name for name in _DETECTED.get(match["encoding"] or "", ()) if _text(content, name) is not None)
        likely += islice(readable, 1)
    return likely


def _likely_wide(content: bytes) -> list[str]:
    """Return the encodings in which a text has blanks or line ends, most of them first: any text has some."""
    counts = {}
    for name in WIDE_ENCODINGS:
        text = _text(content, name) or ""
        counts[name] = text.count(" ") + text.count("\n")
    return [name for name, count in sorted(counts.items(), key=lambda one: -one[1]) if count]


def _is_broken_utf8(content: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8 all the same: then it was damaged, and is nothing else."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) > 2 * broken


def possible_encodings(content: bytes) -> list[str]:
    """Return the encodings in which a file is different texts, the likely ones first; none where none is likely."""
    likely = likely_encodings(content)
    others = () if not likely or marked_encoding(content) or b"\0" in content else ENCODINGS
    names: dict[str, str] = {}
    for name in (*likely, *others):
        text = _text(content, name)
        if text is not None:
            names.setdefault(text, name)
    return list(names.values())


def _telling_lines(content: bytes) -> bytes:
    """Return lines with bytes that are not ASCII, about EXAMINED bytes of them: the others tell nothing."""
    lines, size = [], 0
    for line in content.splitlines(keepends=True):
        if size < EXAMINED and not line.isascii():
            lines.append(line)
            size += len(line)
    return b"".join(lines)


def _text(content: bytes, encoding: str) -> str | None:
    """Return a text as it is in an encoding, or None where it is none."""
    try:
        return decode(content, "", case="keep", encoding=codec_name(encoding))
    except CorpusError:
        return None


def advice(content: bytes, remedy: str) -> str:
    """Return which encoding a text likely is in and what to do, for the end of a message; empty where none is likely.

    Args:
        content: as of `likely_encodings`.
        remedy: such as "try --encoding {}".
    """
    for name in likely_encodings(content)[:1]:
        told = "" if marked_encoding(content) else f"; it may be {name}"
        return f"{told}: {remedy.format(name)}"
    return ""
