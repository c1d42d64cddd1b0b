"""The command `import`: what it says, and what it needs."""

import json

import pytest
from keras import layers

from charlstm.cli import app
from tests.training.keras_files.conftest import CHARACTERS, softmax, texts, trained, windows


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run the command on a network in a folder with a text and a list of its characters."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(CHARACTERS)
    (tmp_path / "ids.json").write_text(json.dumps({"<pad>": 0, "b": 1, "A": 2, "c": 3, "d": 4}))

    def run_import(model, *arguments):
        trained(model).save("theirs.keras")
        monkeypatch.setattr("sys.argv", ["charlstm", "import", "theirs.keras", "--into=mine", *arguments])
        with pytest.raises(SystemExit) as ended:
            app.main()
        output = capsys.readouterr()
        return ended.value.code, output.out, output.err

    return run_import


def test_import_says_how_it_reads_and_what_was_checked(run):
    """In three lines."""
    code, output, errors = run(windows(layers.GRU(4), softmax()), "--chars=text.txt")
    assert (code, errors) == (0, "")
    first, second, third = output.splitlines()
    assert first == "mine: one GRU of 4 units, 5 characters"
    assert second == "It reads windows of 7 characters."
    assert third.startswith("Checked: after each of 201 characters its probabilities are Keras's own, within")


def test_characters_stand_for_chars(run):
    """Ids without a character are told."""
    code, output, errors = run(texts(layers.LSTM(4), softmax()), "--characters=ids.json")
    assert (code, errors) == (0, "")
    assert "It keeps its state from character to character." in output
    assert "Note: the id 0 ('<pad>') stands for no single character" in output


def test_characters_are_needed(run, tmp_path):
    """One of the two."""
    code, output, errors = run(windows(layers.LSTM(4), softmax()))
    assert (code, output) == (2, "")
    assert "--chars" in errors
    assert not (tmp_path / "mine").exists()


def test_window_and_context_are_said_by_flags(run):
    """And the reference is then the equations, which is said too."""
    code, output, _ = run(texts(layers.LSTM(4), softmax()), "--chars=text.txt", "--window=9", "--context=window")
    assert code == 0
    assert "It reads windows of 9 characters." in output
    assert "its equations in float64 (the file's own context is carried)" in output
