"""Which encodings the bytes of a text may be in, the likeliest first."""

from itertools import groupby

from charlstm.text.decoding import CorpusError, codec_name, decode, marked_encoding

# By names that iconv knows too. First those of several bytes a character, which other texts seldom can be, then the
# more usual ones.
ENCODINGS = (
    *("cp949", "cp932", "euc-jp", "gb18030", "big5", "cp950"),
    *("cp1252", "macintosh", "cp1250", "cp1251", "koi8-r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1258", "cp874"),
)
OFFERED = (*ENCODINGS, "cp1257", "cp437")  # these two are likely only by mistake
WIDE_ENCODINGS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")  # without a byte order mark; they have NULs
EXAMINED = 1 << 18  # bytes, of whole lines


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
    if _is_broken_utf8(content):
        return []
    import charset_normalizer  # takes a moment that only such a text is worth

    known = WIDE_ENCODINGS if b"\0" in content else ENCODINGS
    sample = content if b"\0" in content else _telling_lines(content)
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(known), threshold=0.5, enable_fallback=False)
    names = {codec_name(name): name for name in known}
    found: list[str] = []
    for _, equals in groupby(matches, lambda match: (match.chaos, match.coherence)):
        alike = [
            [names[name] for name in map(codec_name, match.could_be_from_charset) if name in names] for match in equals
        ]
        # What reads the text alike has one name, and of a short text several readings are as good.
        found += sorted((min(group, key=known.index) for group in alike if group), key=known.index)
    return [name for name in dict.fromkeys(found) if _text(content, name) is not None]


def _is_broken_utf8(content: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8 all the same: then it was damaged, and is nothing else."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) > 2 * broken


def possible_encodings(content: bytes) -> list[str]:
    """Return the encodings in which a file is different texts, the likely ones first; none where none is likely."""
    likely = likely_encodings(content)
    others = () if not likely or marked_encoding(content) or b"\0" in content else OFFERED
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
