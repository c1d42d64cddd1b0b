"""The encoding of a text that is not UTF-8: which it likely is, and how it is read in the one that was named."""

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.text.decoding import CorpusError, codec_name, decode
from charlstm.text.encodings import ENCODINGS, WIDE_ENCODINGS, likely_encodings

PARAGRAPHS = {
    name: text.strip() + "\n"
    for name, text in tomllib.loads(Path(__file__).with_name("paragraphs.toml").read_text("utf-8")).items()
}
WRITTEN_IN = {
    "german": ("cp1252", "latin-1", "iso8859-15", "mac-roman"),
    "french": ("cp1252", "mac-roman"),
    "korean": ("cp949", "euc-kr"),
    "japanese": ("shift-jis", "cp932", "euc-jp"),
    "simplified_chinese": ("gb18030", "gbk", "gb2312"),
    "traditional_chinese": ("big5", "cp950"),
    "russian": ("cp1251", "koi8-r"),
    "greek": ("cp1253",),
    "turkish": ("cp1254", "iso8859-9"),
    "hebrew": ("cp1255",),
    "thai": ("cp874", "tis-620"),
}
WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


def read_as(content, encoding):
    return decode(content, "it.txt", case="keep", encoding=codec_name(encoding))


@pytest.mark.parametrize(
    ("language", "encoding"), [(language, one) for language in PARAGRAPHS for one in (*WRITTEN_IN[language], *WIDE)]
)
def test_a_paragraph_is_likeliest_in_the_encoding_that_it_was_written_in(language, encoding):
    """Or in another one that reads it alike. What an encoding cannot write is written as a question mark."""
    text = PARAGRAPHS[language]
    assert len(text) > 300
    content = text.encode(encoding, "replace")
    likeliest, *others = likely_encodings(content)
    assert read_as(content, likeliest) == content.decode(encoding).removeprefix("\ufeff")
    assert likeliest not in others


@pytest.mark.parametrize("language", ["german", "korean", "russian"])
def test_a_rare_character_tells_the_encoding_of_a_long_text(language):
    """One paragraph far behind a megabyte of ASCII."""
    encoding = WRITTEN_IN[language][0]
    content = b"It was a plain text, and then:\n" * 40_000 + PARAGRAPHS[language].encode(encoding)
    assert likely_encodings(content)[0] == encoding


@pytest.mark.parametrize(
    "content",
    [bytes(5000), b"\x89PNG\r\n\x1a\n" + bytes(5000), os.urandom(5000), b"abc\xff" * 1000, b"\xff\xfe\0", b""],
)
def test_what_is_no_text_has_no_likely_encoding(content):
    assert likely_encodings(content) == []


@pytest.mark.parametrize("language", PARAGRAPHS)
def test_utf8_with_a_broken_byte_is_no_other_encoding(language):
    """It would be read, and every letter would be another."""
    content = bytearray(PARAGRAPHS[language].encode())
    content[200] = 0xFF
    assert likely_encodings(bytes(content)) == []


@given(st.binary(max_size=300))
def test_likely_encodings_can_all_be_read(content):
    """Of any bytes."""
    for encoding in likely_encodings(content):
        assert "\0" not in read_as(content, encoding)


@pytest.mark.parametrize("encoding", [*ENCODINGS, *WIDE_ENCODINGS, *WIDE])
def test_a_text_reads_the_same_in_every_encoding(encoding):
    """Without its byte order mark, with Unix line ends."""
    for mark in ("\ufeff", "") if "utf" in encoding else ("",):
        content = f"{mark}One Two\r\nthree\rfour".encode(encoding)
        assert read_as(content, encoding) == "One Two\nthree\nfour"


@pytest.mark.parametrize("name", ["", "none", "rot13", "hex", "base64", "undefined", "a\0b", "x" * 200])
def test_what_is_no_encoding_is_refused_in_one_sentence(name):
    with pytest.raises(CorpusError, match="there is no encoding") as refusal:
        codec_name(name)
    assert len(str(refusal.value)) < 160


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (b"ab\x81c", "cp1252", "it.txt is not cp1252 text: byte 0x81 at offset 2"),
        ("한글".encode("cp949")[:-1], "cp949", "it.txt is not cp949 text: byte 0xb1 at offset 2"),
        (b"abc", "utf-16", "it.txt is not utf-16 text: byte 0x63 at offset 2"),
        (b"ab\0c", "cp1252", "it.txt is not cp1252 text: its character 3 is a NUL"),
        (b"99999999", "punycode", "it.txt is not punycode text"),
    ],
)
def test_bytes_of_another_encoding_are_refused_in_one_sentence(content, encoding, reason):
    with pytest.raises(CorpusError, match=reason):
        read_as(content, encoding)


@given(
    st.binary(max_size=60), st.sampled_from([*ENCODINGS, *WIDE, "utf-7", "punycode", "unicode_escape", "hz", "cp037"])
)
def test_any_bytes_in_any_encoding_are_read_or_refused(content, encoding):
    try:
        text = read_as(content, encoding)
    except CorpusError as refusal:
        assert str(refusal).startswith("it.txt is not ")
    else:
        assert not set(text) & {"\0", "\r"}


@pytest.mark.parametrize(("content", "encoding"), [(b"a \\ud800 b", "unicode_escape"), (b"a +2AA- b", "utf-7")])
def test_half_of_a_surrogate_pair_is_no_text(content, encoding):
    """It could not be written down again."""
    with pytest.raises(CorpusError, match="character 3 is half of a surrogate pair"):
        decode(content, "a.txt", encoding=codec_name(encoding))
