"""The commands `compress`, `decompress` and `bits`: a text comes back, and what they refuse."""

import dataclasses
import gzip
import shutil
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from charlstm.compression import other_compressors, text_coder
from charlstm.compression.bit_strings import words_of_bits
from charlstm.compression.file_format import file_bytes, parse_file
from charlstm.compression.steps import decode_steps
from charlstm.model_folder.epoch_weights import read_epoch, write_epoch
from charlstm.model_folder.store import open_model
from tests.unit.cli.one_sentence import assert_one_sentence

ROOT = Path(__file__).parents[3]
TEXTS = {
    "empty": "",
    "one": "a",
    "prose": "Ab ba. A baë\nBAB " * 20,
    "any": "\ufeffa\r\nb\rB\0😀 한국어 “é”—…\t\u2028",
}


@pytest.fixture
def files(tmp_path):
    """Return a text and where it is compressed to; beside the folder in which the commands run."""
    text = tmp_path / "text.txt"
    text.write_bytes(TEXTS["any"].encode())
    return text, tmp_path / "text.bits"


@pytest.fixture
def compressed(run, model_folder, files):
    """Return the compressed text and the folder of its network."""
    assert run("compress", files[0], "--model", model_folder, "--into", files[1])[0] == 0
    return files[1], model_folder.parent


def decompress(run, file, models, into="back.txt"):
    return run("decompress", file, "--models", models, "--into", into)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("options", [(), ("--epoch", 0), ("--temperature", 0.5), ("--temperature", "inf")])
def test_any_text_comes_back_byte_for_byte(run, model_folder, tmp_path, text, options):
    """Under any name, by any epoch and at any temperature, which the file knows."""
    original = tmp_path / "original"
    original.write_bytes(text.encode())
    code, output, errors = run("compress", original, "--model", model_folder, "--into", "small", *options)
    assert (code, errors) == (0, "")
    assert output.startswith(f"small: {len(text):,} character{'s' if len(text) != 1 else ''}, ")
    code, output, errors = decompress(run, "small", model_folder.parent)
    assert (code, errors) == (0, "")
    assert f"predicted by small, epoch {0 if '--epoch' in options else 2}" in output
    assert Path("back.txt").read_bytes() == original.read_bytes()


def test_sizes_are_told_beside_those_of_others(run, model_folder, files, monkeypatch):
    """The smallest first, with the size of the network; what is not installed is left out."""
    lines = run("compress", files[0], "--model", model_folder, "--into", "small")[1].splitlines()
    sizes = {line.split(None, 2)[2]: int(line.split()[0].replace(",", "")) for line in lines[2:-1]}
    assert list(sizes.values()) == sorted(sizes.values())
    assert sizes["small and this program"] == Path("small").stat().st_size
    assert sizes["not compressed"] == files[0].stat().st_size
    assert sizes.keys() >= {"gzip", "bzip2", "xz", "zstd", "brotli"}
    assert f"{(model_folder / 'epoch-002.safetensors').stat().st_size:,} bytes" in lines[-1]
    monkeypatch.setattr(other_compressors, "zstandard", None)
    monkeypatch.setattr(other_compressors, "brotli", None)
    output = run("compress", files[0], "--model", model_folder, "--into", "small")[1]
    assert "xz" in output
    assert "zstd" not in output
    assert "brotli" not in output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"ab\xffc", "text.txt is not UTF-8 text: byte 0xff at offset 2"),
        (b"ab\xed\xa0\x80", "text.txt is not UTF-8 text: byte 0xed at offset 2"),
        (b"ab\xc3", "text.txt is not UTF-8 text: byte 0xc3 at offset 2"),
    ],
)
def test_what_is_no_text_is_not_compressed(run, model_folder, files, content, told):
    """One sentence names the place."""
    files[0].write_bytes(content)
    assert_one_sentence(run("compress", files[0], "--model", model_folder, "--into", "small"), told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("compress", "nowhere.txt", "--into", "small"), "nowhere.txt: No such file or directory"),
        (("compress", ".", "--into", "small"), "Is a directory"),
        (("compress", "/dev/zero", "--into", "small"), "/dev/zero is larger than 20,000,000 bytes"),
        (("compress", __file__, "--into", "."), ". is not a file that could be written"),
        (("compress", __file__, "--into", "nowhere/small"), "nowhere/small: No such file or directory"),
        (("compress", __file__, "--into", "small", "--temperature", "-1"), "'-1' is not a temperature"),
        (("compress", __file__, "--into", "small", "--epoch", "1"), "has no epoch 1"),
        (("compress", __file__, "--into", "small", "--model", "nowhere"), "there is no model folder nowhere"),
        (("compress", __file__), "Missing option '--into'"),
        (("compress", "", "--into", "small"), "'FILE': a name is missing here: it is empty"),
        (("compress", __file__, "--into", ""), "'--into': a name is missing here: it is empty"),
        (("bits", "", "--into", "small", "--code", "ascii"), "'CORPUS': a name is missing here: it is empty"),
        (("decompress", "nowhere.bits", "--into", "back"), "nowhere.bits: No such file or directory"),
        (("decompress", __file__, "--into", "back"), "test_compress.py is no text that charlstm compressed"),
    ],
)
def test_wrong_arguments_are_refused(run, model_folder, arguments, told):
    """In one sentence, and nothing is written."""
    model = () if "--model" in arguments or arguments[0] == "decompress" else ("--model", model_folder)
    assert_one_sentence(run(*arguments, *model), told)


@pytest.mark.parametrize("files_count", [100, pytest.param(2000, marks=pytest.mark.slow)])
def test_every_damaged_file_is_told(run, compressed, files_count):
    """Cut, with a bit flipped, with bytes changed, longer, or of something else: a sentence each, nothing written."""
    file, models = compressed
    content, generator = file.read_bytes(), np.random.default_rng(1)
    for number in range(files_count):
        changed = bytearray(content)
        place = int(generator.integers(len(content)))
        match number % 5:
            case 0:
                changed = changed[:place]
            case 1:
                changed[place] ^= 1 << int(generator.integers(8))
            case 2:
                changed[place : place + 9] = generator.bytes(9)
            case 3:
                changed[place:place] = generator.bytes(int(generator.integers(1, 9)))
            case 4:
                changed = bytearray(generator.bytes(place))
        if changed != content:
            file.write_bytes(changed)
            result = decompress(run, file, models)
            assert_one_sentence(result, "text.bits is ")


def test_another_network_is_told(run, compressed):
    """Where the one that is needed is nowhere, or has been changed."""
    file, models = compressed
    assert_one_sentence(decompress(run, file, "nowhere"), "text.bits needs the network of the hash ")
    manifest = open_model(models / "small").manifest
    tensors = read_epoch(models / "small" / "epoch-002.safetensors", manifest)
    tensors["dense/bias"][0] += 0.1
    write_epoch(models / "small", 2, tensors)
    assert_one_sentence(decompress(run, file, models), f"which no folder in {models} has")


def test_the_network_is_found_whatever_its_folder_is_called(run, compressed, files):
    """Among unusable ones too."""
    file, models = compressed
    (models / "a damaged one").mkdir()
    shutil.move(models / "small", models / "renamed")
    assert decompress(run, file, models)[0] == 0
    assert Path("back.txt").read_bytes() == files[0].read_bytes()


def test_other_arithmetic_is_told(run, compressed):
    """As on a machine on which the bits mean another text."""
    file, models = compressed
    header, words = parse_file(file.read_bytes())
    words[0] ^= 1 << 20
    file.write_bytes(file_bytes(dataclasses.replace(header, libraries={"constriction": "0.1", "numpy": "0.2"}), words))
    told = "text.bits cannot be decompressed here: this machine's arithmetic differs"
    result = decompress(run, file, models)
    assert_one_sentence(result, told)
    assert "(with constriction 0.1, numpy 0.2; here are constriction " in result[2]
    file.write_bytes(file_bytes(header, words))
    told = "text.bits cannot be decompressed here: the file was changed, or this machine's arithmetic differs"
    assert_one_sentence(decompress(run, file, models), told)


def test_a_text_that_was_there_stays_where_the_new_one_fails(run, compressed):
    """Written whole or not at all."""
    file, models = compressed
    file.write_bytes(file.read_bytes()[:-1])
    Path("back.txt").write_text("mine", encoding="utf-8")
    assert decompress(run, file, models)[0] == 2
    assert Path("back.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in Path.cwd().iterdir()] == ["back.txt"]


def bits_of(run, model_folder, corpus, code, *options):
    found = run("bits", corpus, "--model", model_folder, "--code", code, "--into", "bits.txt", *options)
    assert found[0] == 0, found[2]
    return found[1], Path("bits.txt").read_text()


def test_bits_of_a_text_are_of_what_the_network_reads(run, model_folder, tmp_path):
    """The same text in every code, as 0 and 1; of it, or of what is held out, and so many at most."""
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("Ab ba. A baë\nBAB " * 20)
    vocabulary = open_model(model_folder).vocabulary
    text = vocabulary.fold(corpus.read_text().lower()).text
    output, plain = bits_of(run, model_folder, corpus, "ascii")
    assert output.startswith(f"bits.txt: {len(plain):,} bits of {len(text)} characters, ")
    assert plain == "".join(f"{byte:08b}" for byte in text.encode())
    packed = np.packbits(np.array(list(bits_of(run, model_folder, corpus, "gzip")[1]), np.uint8), bitorder="little")
    assert gzip.decompress(packed.tobytes()).decode() == text
    coded = bits_of(run, model_folder, corpus, "network")[1]
    words = words_of_bits(np.array(list(coded), np.uint8))
    decoded = islice(decode_steps(open_model(model_folder).network(), words), len(text))
    assert vocabulary.decode([one.step.character_id for one in decoded]) == text
    assert bits_of(run, model_folder, corpus, "network", "--most", 40)[1] == coded[:40]
    held_out = bits_of(run, model_folder, corpus, "ascii", "--held-out")[1]
    assert plain.endswith(held_out)
    assert 0 < len(held_out) < 0.15 * len(plain)


@pytest.mark.parametrize("code", ["ascii", "gzip", "network"])
@pytest.mark.filterwarnings("error")
def test_text_without_bits_is_told(run, model_folder, files, code):
    """In a sentence, and nothing is written: one that is empty, and one of which no character is known."""
    chosen = ("--model", model_folder, "--code", code, "--into", "bits.txt")
    for content, told in (("", "is empty"), ("한국어", "text.txt has no character that small knows")):
        files[0].write_text(content)
        assert_one_sentence(run("bits", files[0], *chosen), told)
    files[0].write_text("a")
    assert " of 1 character, " in run("bits", files[0], *chosen)[1]


def test_closed_standard_error_is_no_error(model_folder, files):
    """As in a script that closes it."""
    command = [sys.executable, "-m", "charlstm", "compress", files[0], "--model", model_folder, "--into", files[1]]
    done = subprocess.run(["sh", "-c", 'exec "$@" 2>&-', "sh", *map(str, command)], cwd=ROOT, capture_output=True)
    assert done.returncode == 0
    assert files[1].exists()


def test_sigterm_leaves_no_file(model_folder, files):
    """As it is sent by whoever ends a machine."""
    files[0].write_text("ab ba " * 100_000)
    command = [sys.executable, "-m", "charlstm", "compress", files[0], "--model", model_folder, "--into", files[1]]
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT)
    part = files[1].with_name(f".{files[1].name}.part")
    while not part.exists():
        assert process.poll() is None
    process.terminate()
    assert process.wait(30) == 128 + signal.SIGTERM
    assert not part.exists()
    assert not files[1].exists()


@pytest.mark.parametrize("command", ["compress", "bits"])
def test_ctrl_c_leaves_no_file(run, model_folder, files, monkeypatch, command):
    """And does not say that something was kept."""

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(text_coder.Predictor, "read", interrupt)
    options = ("--code", "network") if command == "bits" else ()
    files[0].write_text("ab ba " * 20)
    code, _, errors = run(command, files[0], "--model", model_folder, "--into", "small", *options)
    assert (code, errors) == (130, "charlstm: stopped; the same command begins anew\n")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("command", ["compress", "decompress", "bits"])
def test_what_a_file_is_made_of_is_not_replaced(run, compressed, files, command):
    """One sentence, and it is as it was; so is a text of a folder."""
    file = {"compress": files[0], "decompress": compressed[0], "bits": files[0]}[command]
    if command == "bits":
        file.write_text("ab ba " * 40)
    content = file.read_bytes()
    options = {"compress": ("--model", compressed[1] / "small"), "decompress": ("--models", compressed[1])}
    chosen = options.get(command, ("--model", compressed[1] / "small", "--code", "ascii"))
    told = "would replace what it is made of"
    assert_one_sentence(run(command, file, "--into", file, *chosen), told)
    if command == "bits":
        assert_one_sentence(run(command, file.parent, "--into", file, *chosen), told)
        new, told = file.with_name("new.txt"), "would become a part of what it is made of"
        assert_one_sentence(run(command, file.parent, "--into", new, *chosen), told)
    assert file.read_bytes() == content
