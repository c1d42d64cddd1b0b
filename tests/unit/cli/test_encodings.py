"""What is read and written in UTF-8, whatever the locale says, and in what was asked for by hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from charlstm.cli import app

ROOT = Path(app.__file__).parents[2]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": str(ROOT)}
SEED_TEXT = "ëbë"


def started(arguments, cwd, **environment):
    """Run the command line in a locale that knows ASCII alone."""
    command = [sys.executable, "-m", "charlstm", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=ASCII | environment, capture_output=True, check=False)


def test_arguments_files_and_output_are_utf8_in_any_locale(run, model_folder, tmp_path):
    """The same bytes as in a locale of UTF-8; names of files too."""
    folder = model_folder.rename(tmp_path / "ह")
    arguments = ["generate", "--model", folder, "--seed-text", SEED_TEXT, "--stop-at", "ë", "--steps", "한.jsonl"]
    code, output, errors = run(*arguments)
    assert output.startswith(SEED_TEXT)
    result = started(arguments, tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (code, output.encode(), errors.encode())
    written = [(folder / "한.jsonl").read_bytes().count(b"\n") for folder in (tmp_path, Path.cwd())]
    assert written[0] == written[1] > 0


@pytest.mark.parametrize("encoding", ["latin-1", "ascii:replace"])
def test_an_encoding_set_by_hand_is_obeyed(model_folder, tmp_path, encoding):
    arguments = ["generate", "--model", model_folder, "--seed-text", SEED_TEXT, "--length", 0]
    result = started(arguments, tmp_path, PYTHONIOENCODING=encoding)
    assert (result.returncode, result.stderr) == (0, b"")
    name, _, errors = encoding.partition(":")
    assert result.stdout == f"{SEED_TEXT}\n".encode(name, errors or "strict")


def test_an_encoding_that_lacks_a_character_is_refused(model_folder, tmp_path):
    """One sentence names the character, nothing is escaped, and no steps file is left."""
    arguments = ["generate", "--model", model_folder, "--seed-text", SEED_TEXT, "--steps", "steps.jsonl"]
    result = started(arguments, tmp_path, PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr == b"charlstm: PYTHONIOENCODING asks for ascii, which has no U+00EB: set it to utf-8\n"
    assert not (tmp_path / "steps.jsonl").exists()


@pytest.mark.skipif(os.name != "posix", reason="arguments are Unicode there")
@pytest.mark.parametrize("option", ["--seed-text", "--stop-at"])
def test_an_argument_that_is_not_utf8_is_refused(run, model_folder, option):
    code, output, errors = run("generate", "--model", model_folder, option, os.fsdecode(b"a\xff"))
    assert (code, output) == (2, "")
    assert errors == f"charlstm: Invalid value for '{option}': the text has a byte that is not UTF-8\n"
