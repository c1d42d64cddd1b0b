"""Corpora on the disk: split, read in blocks, evaluated and checked for leakage, in little memory."""

import hashlib
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.corpora import corpus, on_disk
from charlstm.corpora.leakage import MIN_LENGTH, check_leakage
from charlstm.corpora.on_disk import scan_files
from charlstm.corpora.on_disk_overlap import NGRAM_BYTES, STRIDE, on_disk_shared_passages
from charlstm.recipes.recipe import check_corpus, find_recipe
from charlstm.text.decoding import CorpusError, decode

WORDS = np.array("der die das und Ähre — “so” 한글 ١٢ x😀y end\r\n next\n".split(" "))


def words(count, seed):
    return " ".join(np.random.default_rng(seed).choice(WORDS, count))


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks and spans so small that a short text has many of them."""
    for name, value in {
        "BLOCK_BYTES": 300,
        "SCAN_BYTES": 1000,
        "BOUNDARY_BYTES": 40,
        "EVALUATED_CHARACTERS": 50,
        "EVALUATED_COUNT": 4,
    }.items():
        monkeypatch.setattr(on_disk, name, value)


@settings(max_examples=40)
@given(st.lists(st.text(st.sampled_from("ab \n\rÄ한😀'"), max_size=3000), min_size=1, max_size=4))
def test_blocks_are_the_training_text_in_order(tmp_path_factory, texts):
    """Of any files, with the held-out spans they are the whole text, each character once."""
    folder = tmp_path_factory.mktemp("texts")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"BLOCK_BYTES": 300, "SCAN_BYTES": 1000, "BOUNDARY_BYTES": 40}.items():
            patch.setattr(on_disk, name, value)
        paths = []
        for number, text in enumerate(texts):
            paths.append(folder / f"{number}.txt")
            paths[-1].write_bytes(text.encode())
        found = scan_files("texts", paths)
        contents = [path.read_bytes() for path in paths]
        assert found.sha256 == hashlib.sha256(b"".join(contents)).hexdigest()
        assert b"".join(found.block(index).content() for index in range(found.block_count)) == b"".join(
            content[: span.start] for content, span in zip(contents, found.held_out_spans, strict=True)
        )
        for content, span in zip(contents, found.held_out_spans, strict=True):
            assert span.end == len(content)
            assert 0 <= span.start - (len(content) - len(content) // 10) <= 44
        for index in range(found.block_count):
            found.block(index).text()  # no block begins or ends within a character
        assert found.characters == sum(len(content.decode().replace("\r\n", "\n")) for content in contents)


def test_large_corpus_stays_on_the_disk(tmp_path, monkeypatch, small_blocks):
    """With the same text and about the same split as in memory."""
    path = tmp_path / "text.txt"
    path.write_text(words(2000, 1), encoding="utf-8", newline="")
    in_memory = corpus.load_corpus(str(path))
    assert isinstance(in_memory, corpus.InMemoryCorpus)
    monkeypatch.setattr(corpus, "MAX_IN_MEMORY_BYTES", 1000)
    stored = corpus.load_corpus(str(path))
    assert isinstance(stored, on_disk.OnDiskCorpus)
    assert (stored.name, stored.sha256, stored.characters) == (in_memory.name, in_memory.sha256, in_memory.characters)
    training = "".join(stored.block(index).text() for index in range(stored.block_count))
    assert in_memory.text.startswith(training)
    assert training + decode(stored.held_out_spans[0].content(), "", 1) == in_memory.text
    assert set(stored.held_out_files) == {"text.txt"}
    assert all(text in in_memory.text and len(text) == 50 for text in stored.held_out)
    check_corpus(stored, find_recipe("book").with_changes(maxlen="20"))


@pytest.mark.parametrize("case", ["lower", "keep"])
def test_large_corpus_has_the_capitals_of_one_in_memory(tmp_path, monkeypatch, small_blocks, case):
    """Kept or lowered, and counted alike."""
    path = tmp_path / "text.txt"
    path.write_text(words(2000, 1).replace("der", "Der"), encoding="utf-8", newline="")
    in_memory = corpus.load_corpus(str(path), case)
    assert isinstance(in_memory, corpus.InMemoryCorpus)
    monkeypatch.setattr(corpus, "MAX_IN_MEMORY_BYTES", 1000)
    stored = corpus.load_corpus(str(path), case)
    assert isinstance(stored, on_disk.OnDiskCorpus)
    blocks = "".join(stored.block(index).text() for index in range(stored.block_count))
    assert in_memory.text == blocks + stored.held_out_spans[0].text()
    assert ("Der" in in_memory.text) == (case == "keep")
    assert all(text in in_memory.text for text in (*stored.held_out, *stored.sample))
    assert stored.lowered == in_memory.lowered
    assert (stored.lowered.capitals > 100) == (case == "lower")


@pytest.mark.parametrize(
    ("content", "likely"),
    [
        (b"ascii and no more\n" * 300 + "가나다라 마바사\n".encode("cp949") * 99, "cp949"),
        ("가나다라 마바사".encode("cp949") * 300, "cp949"),
        ("a plain text\n".encode("utf-16-be") * 300, "utf-16-be"),
    ],
)
def test_large_text_that_is_not_utf8_is_refused_with_its_likely_encoding(
    tmp_path, monkeypatch, small_blocks, content, likely
):
    """What it says first is what can be done."""
    monkeypatch.setattr(corpus, "MAX_IN_MEMORY_BYTES", 100)
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=f"; it may be {likely}: convert it with iconv -f {likely} -t utf-8"):
        corpus.load_corpus(str(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"abc \xff" * 1000, "text.txt is not UTF-8 text: byte 0xff at offset 4"),
        (b"a b " * 1000 + "é".encode()[:1], "byte 0xc3 at offset 4000"),
        (b"a b " * 700 + b"\0" + b"a" * 5000, "a NUL byte at offset 2800"),
        (b"\xff\xfea" * 2000, "is UTF-16, not UTF-8"),
        (b"\xff\xfe\0\0a\0\0\0" * 2000, "is UTF-32, not UTF-8"),
    ],
)
def test_scan_rejects_a_file_that_is_no_text(tmp_path, monkeypatch, small_blocks, content, message):
    """With the offset of the byte, as for a corpus in memory."""
    monkeypatch.setattr(corpus, "MAX_IN_MEMORY_BYTES", 100)
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(CorpusError, match=message):
        corpus.load_corpus(str(tmp_path / "text.txt"))


def test_byte_order_mark_is_not_part_of_the_text(tmp_path, small_blocks):
    """The first block starts after it; the hash includes it."""
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf" + b"One two " * 500)
    found = scan_files("x", [path])
    assert found.block(0).text().startswith("one two")
    assert found.characters == 4000
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_file_truncated_or_deleted_after_the_scan_is_an_error(tmp_path, small_blocks):
    """With a message that names it."""
    path = tmp_path / "text.txt"
    path.write_bytes(b"One two " * 500)
    found = scan_files("x", [path])
    path.write_bytes(b"One")
    with pytest.raises(CorpusError, match=r"text\.txt has become shorter while it was read"):
        found.block(5).content()
    path.unlink()
    with pytest.raises(CorpusError, match=r"text\.txt cannot be read \(No such file"):
        found.block(5)


def test_corpus_on_the_disk_needs_little_memory(tmp_path):
    """40 MB are scanned, sampled and checked for leakage in less than 100 MB."""
    path = tmp_path / "text.txt"
    part = (words(20_000, 1) + "\n").encode()
    with path.open("wb") as file:
        for _ in range(40_000_000 // len(part)):
            file.write(part)
    tracemalloc.start()
    try:
        found = corpus.load_corpus(str(path))
        assert isinstance(found, on_disk.OnDiskCorpus)
        assert found.block_count > 500
        Counter(map(len, found.sample))
        check_corpus(found, find_recipe("book"))
        with pytest.raises(CorpusError, match="holds out passages that it also learns"):
            check_leakage(found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100e6


def shared_passages(folder, training, held_out):
    """Write two files, and return the passages that are in both."""
    spans = []
    for name, content in (("training.txt", training), ("held.txt", held_out)):
        (folder / name).write_bytes(content)
        spans.append([on_disk.Span(folder / name, 0, len(content))])
    return on_disk_shared_passages(spans[0], spans[1], MIN_LENGTH)


@settings(max_examples=40)
@given(st.integers(MIN_LENGTH, 700), st.integers(0, 900), st.integers(0, 900), st.integers(0, 99))
def test_shared_passage_is_found_at_any_position(tmp_path_factory, length, before, behind, seed):
    """With its exact start in both files and its exact length."""

    def prose(characters, prose_seed):
        return bytes(np.random.default_rng(prose_seed).choice(np.frombuffer(b"abcdefgh ", np.uint8), characters))

    passage = prose(length, 10_000 + seed)
    training = prose(before, 1) + b"<" + passage + b">" + prose(300, 2)
    held_out = prose(behind, 3) + b"{" + passage + b"}" + prose(100, 4)
    folder = tmp_path_factory.mktemp("texts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("charlstm.corpora.on_disk_overlap.SCAN_BYTES", 512)
        (found,) = shared_passages(folder, training, held_out)
    assert (found.training.start, found.training.end) == (before + 1, before + 1 + length)
    assert (found.held_out.start, found.characters) == (behind + 1, length)


def test_length_of_shared_passages_is_in_characters(tmp_path):
    """249 bytes of Hangul are 83 characters, which is too few; 200 characters are enough."""
    hangul = "".join(map(chr, np.random.default_rng(1).integers(0xAC00, 0xD7A4, 400))).encode()
    assert shared_passages(tmp_path, b"<" + hangul[:249] + b">", b"{" + hangul[:249] + b"}") == []
    (found,) = shared_passages(tmp_path, b"<" + hangul[:600] + b">", b"{" + hangul[:600] + b"}")
    assert found.characters == 200


def test_number_of_passages_is_bounded(tmp_path):
    """A line of dashes matches everywhere."""
    found = shared_passages(tmp_path, b"-" * 20_000, b"-" * 10_000)
    assert 0 < len(found) <= 100


def test_on_disk_shared_passages_rejects_a_short_length():
    """A shorter passage may not contain a whole n-gram at a multiple of the stride."""
    with pytest.raises(ValueError, match=str(NGRAM_BYTES + STRIDE)):
        on_disk_shared_passages([], [], NGRAM_BYTES + STRIDE - 1)
