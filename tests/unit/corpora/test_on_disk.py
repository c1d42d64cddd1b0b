"""Texts that stay on the disk: what is learned and held out of them, block by block, and in how little memory."""

import hashlib
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.corpora import corpus, on_disk
from charlstm.corpora.leakage import LEAST, check_leakage
from charlstm.corpora.on_disk import scan_files
from charlstm.corpora.on_disk_overlap import RUN, STRIDE, on_disk_shared_passages
from charlstm.recipes.recipe import check_corpus, find_recipe
from charlstm.text.decoding import CorpusError, decode

WORDS = np.array("der die das und Ähre — “so” 한글 ١٢ x😀y end\r\n next\n".split(" "))


def words(count, seed):
    return " ".join(np.random.default_rng(seed).choice(WORDS, count))


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks, pieces and places so small that a short text has many of them."""
    for name, value in {"BLOCK": 300, "PIECE": 1000, "REACH": 40, "PLACE_CHARACTERS": 50, "PLACES": 4}.items():
        monkeypatch.setattr(on_disk, name, value)


@settings(max_examples=40)
@given(st.lists(st.text(st.sampled_from("ab \n\rÄ한😀'"), max_size=3000), min_size=1, max_size=4))
def test_all_that_is_learned_stands_once_in_the_blocks(tmp_path_factory, texts):
    """Of any files, the blocks and the held-out tails are the whole text, each character once and in order."""
    folder = tmp_path_factory.mktemp("texts")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"BLOCK": 300, "PIECE": 1000, "REACH": 40}.items():
            patch.setattr(on_disk, name, value)
        paths = []
        for number, text in enumerate(texts):
            paths.append(folder / f"{number}.txt")
            paths[-1].write_bytes(text.encode())
        found = scan_files("texts", paths)
        contents = [path.read_bytes() for path in paths]
        assert found.sha256 == hashlib.sha256(b"".join(contents)).hexdigest()
        assert b"".join(found.block(number).content() for number in range(found.blocks)) == b"".join(
            content[: tail.start] for content, tail in zip(contents, found.tails, strict=True)
        )
        for content, tail in zip(contents, found.tails, strict=True):
            assert tail.end == len(content)
            assert 0 <= tail.start - (len(content) - len(content) // 10) <= 44
        for number in range(found.blocks):
            found.block(number).text()  # no block begins or ends within a character
        assert found.characters == sum(len(content.decode().replace("\r\n", "\n")) for content in contents)


def test_a_corpus_stays_on_the_disk_from_some_size_on(tmp_path, monkeypatch, small_blocks):
    """`load` gives the same text either way; the two hold out about the same tenth."""
    path = tmp_path / "text.txt"
    path.write_text(words(2000, 1), encoding="utf-8", newline="")
    short = corpus.load_corpus(str(path))
    monkeypatch.setattr(corpus, "IN_MEMORY", 1000)
    long = corpus.load_corpus(str(path))
    assert isinstance(long, on_disk.OnDiskCorpus)
    assert (long.name, long.sha256, long.characters) == (short.name, short.sha256, short.characters)
    learned = "".join(long.block(number).text() for number in range(long.blocks))
    assert short.text.startswith(learned)
    assert learned + decode(long.tails[0].content(), "", 1) == short.text
    assert set(long.held_out_files) == {"text.txt"}
    assert all(text in short.text and len(text) == 50 for text in long.held_out)
    check_corpus(long, find_recipe("book").with_changes(maxlen="20"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"abc \xff" * 1000, "text.txt is not UTF-8 text: byte 0xff at offset 4"),
        (b"a b " * 1000 + "é".encode()[:1], "byte 0xc3 at offset 4000"),
        (b"a b " * 700 + b"\0" + b"a" * 5000, "a NUL byte at offset 2800"),
        (b"\xff\xfea" * 2000, "is UTF-16, not UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_found_where_they_stand(tmp_path, monkeypatch, small_blocks, content, told):
    """Before anything is learned, with the same words as for a short text."""
    monkeypatch.setattr(corpus, "IN_MEMORY", 100)
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(CorpusError, match=told):
        corpus.load_corpus(str(tmp_path / "text.txt"))


def test_a_byte_order_mark_is_no_character(tmp_path, small_blocks):
    """The first block begins behind it; the hash is of all bytes."""
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf" + b"One two " * 500)
    found = scan_files("x", [path])
    assert found.block(0).text().startswith("one two")
    assert found.characters == 4000
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_shrinks_or_goes_is_an_error_in_one_sentence(tmp_path, small_blocks):
    """While it is learned."""
    path = tmp_path / "text.txt"
    path.write_bytes(b"One two " * 500)
    found = scan_files("x", [path])
    path.write_bytes(b"One")
    with pytest.raises(CorpusError, match=r"text\.txt has become shorter while it was read"):
        found.block(5).content()
    path.unlink()
    with pytest.raises(CorpusError, match=r"text\.txt cannot be read \(No such file"):
        found.block(5)


def test_a_long_text_takes_little_memory(tmp_path):
    """40 MB are looked through, checked, sampled and read in blocks in less than 100 MB, whatever they hold."""
    path = tmp_path / "text.txt"
    part = (words(20_000, 1) + "\n").encode()
    with path.open("wb") as file:
        for _ in range(40_000_000 // len(part)):
            file.write(part)
    tracemalloc.start()
    try:
        found = corpus.load_corpus(str(path))
        assert found.blocks > 500
        Counter(map(len, found.sample))
        check_corpus(found, find_recipe("book"))
        with pytest.raises(CorpusError, match="holds out passages that it also learns"):
            check_leakage(found)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100e6


def spans(folder, learned, held_out):
    (folder / "learned.txt").write_bytes(learned)
    (folder / "held.txt").write_bytes(held_out)
    return (
        [on_disk.Span(folder / "learned.txt", 0, len(learned))],
        [on_disk.Span(folder / "held.txt", 0, len(held_out))],
    )


@settings(max_examples=40)
@given(st.integers(LEAST, 700), st.integers(0, 900), st.integers(0, 900), st.integers(0, 99))
def test_a_passage_that_stands_in_both_is_found_wherever_it_stands(tmp_path_factory, length, before, behind, seed):
    """Its place in both files and its length, to the byte."""

    def prose(characters, dice):
        return bytes(np.random.default_rng(dice).choice(np.frombuffer(b"abcdefgh ", np.uint8), characters))

    passage = prose(length, 10_000 + seed)
    learned = prose(before, 1) + b"<" + passage + b">" + prose(300, 2)
    held_out = prose(behind, 3) + b"{" + passage + b"}" + prose(100, 4)
    folder = tmp_path_factory.mktemp("texts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("charlstm.corpora.on_disk_overlap.PIECE", 512)
        (found,) = on_disk_shared_passages(*spans(folder, learned, held_out), LEAST)
    assert (found.learned.start, found.learned.end) == (before + 1, before + 1 + length)
    assert (found.held_out.start, found.characters) == (behind + 1, length)


def test_passages_are_counted_in_characters(tmp_path):
    """250 bytes of Hangul are 83 characters, which is too few; 200 characters are enough."""
    hangul = "".join(map(chr, np.random.default_rng(1).integers(0xAC00, 0xD7A4, 400))).encode()
    assert (
        on_disk_shared_passages(*spans(tmp_path, b"<" + hangul[:249] + b">", b"{" + hangul[:249] + b"}"), LEAST) == []
    )
    (found,) = on_disk_shared_passages(*spans(tmp_path, b"<" + hangul[:600] + b">", b"{" + hangul[:600] + b"}"), LEAST)
    assert found.characters == 200


def test_a_long_line_of_dashes_ends(tmp_path):
    """Runs of one character match everywhere; what is told stays short."""
    found = on_disk_shared_passages(*spans(tmp_path, b"-" * 20_000, b"-" * 10_000), LEAST)
    assert 0 < len(found) <= 100


def test_least_must_hold_a_run_wherever_it_stands(tmp_path):
    """Below, a passage could slip between the runs."""
    with pytest.raises(ValueError, match=str(RUN + STRIDE)):
        on_disk_shared_passages([], [], RUN + STRIDE - 1)
