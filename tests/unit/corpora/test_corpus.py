"""Corpora are found, downloaded, decoded and split, or rejected with a message."""

import codecs
import functools
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.corpora import corpus, named
from charlstm.corpora.corpus import InMemoryCorpus, excerpt, load_corpus
from charlstm.text.character_mapping import count_characters, count_lowered
from charlstm.text.decoding import CorpusError, codec_name, decode

TEXT = b"Also sprach Zarathustra.\n"


def in_memory(name):
    """Load a corpus that is small enough for it."""
    loaded = load_corpus(str(name))
    assert isinstance(loaded, InMemoryCorpus)
    return loaded


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A corpus named 'small' on a local web server, and an empty cache; yields the requested paths."""
    requested = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def do_GET(self):
            requested.append(self.path)
            super().do_GET()

    web = tmp_path / "web"
    web.mkdir()
    (web / "small.txt").write_bytes(TEXT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(web)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/small.txt"
    small = named.NamedCorpus("small", "A text", "small.txt", hashlib.sha256(TEXT).hexdigest(), len(TEXT), url)
    monkeypatch.setitem(named.NAMED, "small", small)
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "cache"))
    yield requested
    server.shutdown()
    server.server_close()


def make_offline(monkeypatch):
    """Give the corpus 'small' a URL where nothing is served."""
    changed = replace(named.NAMED["small"], url="http://127.0.0.1:9/small.txt")
    monkeypatch.setitem(named.NAMED, "small", changed)


def test_fetch_downloads_once(served, tmp_path):
    """The second time, the file in the cache is used."""
    assert named.cached_path("small") is None
    path = named.fetch("small")
    assert path == tmp_path / "cache" / "small.txt" == named.fetch("small") == named.cached_path("small")
    assert served == ["/small.txt"]
    assert in_memory("small").text == TEXT.decode().lower()


def test_fetch_replaces_a_damaged_copy(served, tmp_path):
    """A cached file of the right size with another hash is downloaded again."""
    path = named.fetch("small")
    path.write_bytes(bytes(len(TEXT)))
    assert named.fetch("small").read_bytes() == TEXT
    assert len(served) == 2


def test_fetch_rejects_a_download_with_another_hash(served, tmp_path):
    """And deletes it."""
    (tmp_path / "web" / "small.txt").write_bytes(b"something else")
    with pytest.raises(CorpusError, match=r"small\.txt: not the expected file"):
        named.fetch("small")
    assert list((tmp_path / "cache").iterdir()) == []


def test_fetch_offline_says_what_to_do(served, monkeypatch, caplog, capfd):
    """In one line, without messages of pooch."""
    make_offline(monkeypatch)
    with pytest.raises(CorpusError) as error:
        named.fetch("small")
    assert "is not on this machine and could not be downloaded" in str(error.value)
    assert "connect to the internet and try again, or put small.txt into" in str(error.value)
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_fetch_offline_says_that_the_copy_is_damaged(served, monkeypatch):
    """Instead of missing."""
    named.fetch("small").write_bytes(b"damaged")
    make_offline(monkeypatch)
    with pytest.raises(CorpusError, match="on this machine is damaged and could not be downloaded"):
        named.fetch("small")


def test_fetch_names_a_cache_that_cannot_be_made(served, monkeypatch, tmp_path):
    """And the environment variable that sets another."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "file"))
    with pytest.raises(CorpusError, match=r"file cannot be made: .*; \$CHARLSTM_CORPORA names another"):
        named.fetch("small")


def test_load_corpus_joins_the_texts_of_a_folder(tmp_path):
    """Its .txt files sorted by name, and no others."""
    (tmp_path / "b.txt").write_text("Two")
    (tmp_path / "a.TXT").write_text("One")
    (tmp_path / "c.md").write_text("not a text to learn")
    loaded = in_memory(tmp_path)
    assert loaded.text == "one\ntwo"
    assert loaded.name == tmp_path.name


def test_load_corpus_reads_a_file(tmp_path):
    """With the hash of its bytes."""
    path = tmp_path / "my text"
    path.write_bytes(TEXT)
    loaded = in_memory(path)
    assert (loaded.name, loaded.text) == ("my text", TEXT.decode().lower())
    assert loaded.sha256 == hashlib.sha256(TEXT).hexdigest()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty: there is nothing to learn"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \n\r\n\t", "is empty"),
        (b"abc\xff", "text.txt is not UTF-8 text: byte 0xff at offset 3"),
        (b"\xef\xbb\xbfabc\xe9 ", "byte 0xe9 at offset 6"),
        (b"ab\xc3", "byte 0xc3 at offset 2"),
        (b"a\0b", "is not a text: a NUL byte at offset 1"),
        ("abc".encode("utf-16"), "is UTF-16, not UTF-8 (byte 0xff at offset 0)"),
        ("abc".encode("utf-32"), "is UTF-32, not UTF-8 (byte 0xff at offset 0)"),
        (codecs.BOM_UTF32_BE + "abc".encode("utf-32-be"), "is UTF-32, not UTF-8 (byte 0x00 at offset 0)"),
    ],
)
def test_load_corpus_rejects_a_file_that_is_no_text(tmp_path, content, message):
    """Empty files and invalid bytes; the message names the file and the offset."""
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    for name_or_path in (path, tmp_path):
        with pytest.raises(CorpusError) as error:
            load_corpus(str(name_or_path))
        assert message in str(error.value)
        assert str(name_or_path) in str(error.value)


@pytest.mark.parametrize(
    ("name_or_path", "message"),
    [
        ("nowhere", "there is no corpus 'nowhere': give a known name (nietzsche"),
        ("x" * 5000, "cannot be read (File name too long)"),
        ("", "has no .txt files"),
        ("/dev/null", "is neither a file nor a folder"),
    ],
)
def test_load_corpus_rejects_what_is_neither_name_nor_text(tmp_path, monkeypatch, name_or_path, message):
    """Missing files, empty folders and devices."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CorpusError) as error:
        load_corpus(name_or_path)
    assert message in str(error.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become nobody")
@pytest.mark.parametrize("locked", ["file.txt", "."])
def test_load_corpus_rejects_a_file_without_permission(tmp_path, locked):
    """Or in a folder without permission, for a user who is not root."""
    (tmp_path / "file.txt").write_bytes(TEXT)
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(0o755)
    (tmp_path / locked).chmod(0)
    root = Path(corpus.__file__).parents[2]
    program = (
        "import os, sys; from charlstm.corpora.corpus import load_corpus\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "try: load_corpus(sys.argv[1])\n"
        "except ValueError as error: print(error)\n"
    )
    run = [sys.executable, "-c", program, str(tmp_path / "file.txt")]
    result = subprocess.run(run, capture_output=True, text=True, cwd=root, check=False)
    (tmp_path / locked).chmod(0o755)
    assert result.stderr == ""
    assert "cannot be read (Permission denied): check the path and its permissions" in result.stdout


def test_decode_normalises_a_text_as_the_book_does():
    """No byte order mark, Unix line ends, lower case."""
    assert decode(b"\xef\xbb\xbfA\r\nB\rC\n\xc3\x84", "here") == "a\nb\nc\nä"


def test_capitals_are_kept_or_lowered_and_counted(tmp_path):
    """Over all files of a folder; a capital whose small letter is nowhere saves no character."""
    (tmp_path / "a.txt").write_text("Aa ÄBB", encoding="utf-8")
    (tmp_path / "b.txt").write_text("b Straße", encoding="utf-8")
    kept, lowered = load_corpus(str(tmp_path), case="keep"), load_corpus(str(tmp_path))
    assert isinstance(kept, InMemoryCorpus)
    assert isinstance(lowered, InMemoryCorpus)
    assert (kept.texts, kept.lowered) == (("Aa ÄBB", "b Straße"), (0, 0))
    assert (lowered.texts, lowered.lowered) == (("aa äbb", "b straße"), (5, 2))
    assert kept.sha256 == lowered.sha256


@given(st.text(min_size=1))
def test_lower_case_of_a_corpus_is_that_of_its_text(text):
    """Whichever alphabet, and however its syllables are written; what is counted is what changes."""
    content = text.encode("utf-8", "replace").replace(b"\0", b"?")
    kept, lowered = (decode(content, "here", case=case) for case in ("keep", "lower"))
    assert kept.lower() == lowered
    counts = count_characters([kept])
    capitals, different = count_lowered(counts)
    assert (capitals == 0) == (kept == lowered)
    assert len(set(kept)) - different <= len(set(lowered))


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "UTF-16", "utf_8_sig", "gb18030"])
def test_load_corpus_reads_other_encodings(tmp_path, encoding):
    """The text is the same as in UTF-8; the hash is that of the bytes."""
    text = "Über allen Gipfeln\nist Ruh.\n"
    path = tmp_path / "text.txt"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    loaded = load_corpus(str(path), case="keep", encoding=encoding)
    assert isinstance(loaded, InMemoryCorpus)
    assert (loaded.text, loaded.encoding) == (text, codec_name(encoding))
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "un café noir, à côté d'un verre d'eau fraîche".encode("cp1252"),
            "text.txt is not UTF-8 text: byte 0xe9 at offset 6; it may be cp1252: try --encoding cp1252",
        ),
        (
            "ein Wort".encode("utf-16"),
            "text.txt is UTF-16, not UTF-8 (byte 0xff at offset 0): try --encoding utf-16",
        ),
        (
            "Noch ein ganzer Satz".encode("utf-16-le"),
            "text.txt is not UTF-8 text: a NUL byte at offset 1; it may be utf-16-le: try --encoding utf-16-le",
        ),
        (b"a\0" + bytes(20), "text.txt is not a text: a NUL byte at offset 1"),
        (b"abc\xff" * 1000, "text.txt is not UTF-8 text: byte 0xff at offset 3: save it as UTF-8 and try again"),
    ],
)
def test_a_text_that_is_not_utf8_is_refused_with_its_likely_encoding(tmp_path, content, message):
    """In one sentence, with the place; without an encoding where none is likely."""
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as refusal:
        load_corpus(str(path))
    assert str(refusal.value) == f"{tmp_path}/{message}"


def test_utf8_is_not_read_as_something_else(tmp_path):
    """One file of a folder is in UTF-8, the others are not: its letters would become others."""
    (tmp_path / "a.txt").write_text("für", encoding="cp1252")
    (tmp_path / "b.txt").write_text("fur", encoding="ascii")
    assert load_corpus(str(tmp_path), encoding="cp1252").characters == 6
    (tmp_path / "b.txt").write_text("für", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"b\.txt is UTF-8 text, not cp1252"):
        load_corpus(str(tmp_path), encoding="cp1252")


def test_a_large_text_in_another_encoding_has_to_be_converted(tmp_path, monkeypatch):
    """It would have to be cut at places where nobody knows whether a character begins."""
    monkeypatch.setattr(corpus, "MAX_IN_MEMORY_BYTES", 1000)
    path = tmp_path / "text.txt"
    path.write_bytes("가나다라 ".encode("cp949") * 1000)
    with pytest.raises(CorpusError, match="only UTF-8 is read: convert it with iconv -f cp949 -t utf-8, and leave"):
        load_corpus(str(path), encoding="cp949")


@given(st.binary(max_size=40))
def test_decode_raises_nothing_but_corpus_errors(content):
    """Any bytes are a text without carriage returns and capitals, or an error that names the origin."""
    try:
        text = decode(content, "here")
    except CorpusError as error:
        assert str(error).startswith("here ")
    else:
        assert "\r" not in text
        assert text == text.lower()


@given(st.text(min_size=1, max_size=200))
def test_corpus_holds_out_the_last_tenth(text):
    """Training and held-out part are the whole text; the second is a tenth of it, rounded down."""
    whole = corpus.InMemoryCorpus("x", (text,), "")
    assert whole.training + whole.held_out[0] == text
    assert len(whole.held_out[0]) == len(text) // 10


@given(st.lists(st.text(min_size=1, max_size=50), min_size=2, max_size=5))
def test_corpus_of_several_texts_holds_out_the_end_of_each(texts):
    """Each text is split as it would be alone."""
    whole = corpus.InMemoryCorpus("x", tuple(texts), "")
    alone = [corpus.InMemoryCorpus("x", (text,), "") for text in texts]
    assert whole.held_out == tuple(one.held_out[0] for one in alone)
    assert whole.training == "\n".join(one.training for one in alone)


def test_load_corpus_needs_little_memory(tmp_path):
    """At most four times the size of the text at any time."""
    size = 4_000_000
    path = tmp_path / "large.txt"
    path.write_bytes(b"Some words\r\n" * (size // 12))
    tracemalloc.start()
    try:
        load_corpus(str(path))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4.1 * size


@given(st.text(max_size=30), st.integers(-50, 50), st.integers(0, 40))
def test_excerpt_is_always_inside_the_text(text, start, length):
    """For any start, with the given length if the text is long enough."""
    piece = excerpt(text, start, length)
    assert piece in text
    assert len(piece) == min(length, len(text))
