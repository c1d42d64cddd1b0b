"""The command line as a whole: help, and errors as one sentence and exit code 2."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from charlstm.cli import app
from tests.unit.cli.one_sentence import assert_one_sentence

ROOT = Path(app.__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train"], "Missing option '--into'"),
        (["train", "--into=new", "--epochs=0"], "the recipe's epochs is 0; it must be a whole number from 1"),
        (["train", "--into=new", "--learning-rate=0"], "learning_rate is 0.0; it must be a number above 0.0"),
        (["train", "--into=new", "--learning-rate=fast"], "the recipe's learning_rate is 'fast'; it must be a number"),
        (["train", "--into=new", "--random-seed=x"], "the recipe's random_seed is 'x'; it must be a whole number"),
        (["train", "--into=new", "--dilations=1,2"], "the recipe has dilations, which goes only with network = 'conv"),
        (["train", "--into=new", "--recipe=mine.toml"], "the recipe mine.toml cannot be read (No such file"),
        (["train", "--into=new", "--recipe=cake"], "there is no recipe 'cake'; known: book"),
        (["train", "--into=new", "--corpus=nowhere"], "there is no corpus 'nowhere'"),
        (["corpus", "nowhere"], "there is no corpus 'nowhere': give a known name (nietzsche), a text file or a folder"),
        (["info", "nowhere"], "there is no model folder nowhere"),
        (["calibrate", "nowhere", "--into=new"], "there is no model folder nowhere"),
        (["sing"], "No such command 'sing'"),
    ],
)
def test_command_line_refuses_unknown_arguments(run, arguments, told):
    """A command, option, value or name that does not exist is one sentence, and nothing is written."""
    assert_one_sentence(run(*arguments), told)


def test_help_is_shown_without_a_command(run):
    """`charlstm` without arguments lists the commands."""
    code, output, errors = run()
    assert (code, errors) == (0, "")
    for command in ("corpus", "train", "generate", "info"):
        assert f"\n  {command} " in output


def test_module_runs_from_any_folder(tmp_path, model_folder):
    """`python -m charlstm` finds a model by its relative path, outside the project's folder."""
    shutil.move(model_folder, tmp_path / "moved")
    result = subprocess.run(
        [sys.executable, "-m", "charlstm", "generate", "--model", "moved", "--length", "5"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, b"")
