"""Every command and flag that somebody may have written into a script."""

import os

import pytest

from tests.compatibility import doors

COMMANDS = doors.expected("commands")


@pytest.mark.parametrize("command", COMMANDS)
def test_command_has_its_parameters_and_their_defaults(command):
    """None is missing or means something else; one that is new may be left out."""
    kept, present = COMMANDS[command], doors.commands()[command]
    assert {name: present.get(name) for name in kept} == kept
    assert [name for name in present if name not in kept and present[name]["required"]] == []
    arguments = [name for name, told in kept.items() if told["kind"] == "argument"]
    assert [name for name, told in present.items() if told["kind"] == "argument"][: len(arguments)] == arguments


def test_help_lists_every_command():
    """Without a command, it is shown."""
    code, output, errors = doors.run_command()
    assert (code, errors) == (0, "")
    assert all(f"\n  {command} " in output for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["generate", "--temperature=-1"],
        ["generate", "--temperature=warm"],
        ["generate", "--top-k=0"],
        ["generate", "--top-p=0"],
        ["generate", "--min-p=1.5"],
        ["generate", "--typical-p=nan"],
        ["generate", "--length=-1"],
        ["generate", "--random-seed=-1"],
        ["generate", "--epoch=60"],
        ["generate", "--model=nowhere"],
        ["generate", "--replay=nowhere.json"],
        ["generate", "--colour=red"],
        ["info", "nowhere"],
        ["evaluate", "nowhere"],
        ["calibrate", "nowhere", "--into=new"],
        ["calibrate", str(doors.MODELS / "carried")],
        ["corpus", "nowhere"],
        ["train", "--into=new", "--corpus=nowhere"],
        ["train", "--into=new", "--recipe=cake"],
        ["train", "--into=new", "--epochs=0"],
        ["train"],
        ["export", "nowhere", "new.keras"],
        ["import", "theirs.keras"],
        ["sing"],
    ],
    ids=" ".join,
)
def test_bad_input_ends_in_one_sentence_and_exit_code_2(arguments, tmp_path, monkeypatch):
    """Nothing is printed but the sentence, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, output, errors = doors.run_command(*arguments)
    assert (code, output) == (2, "")
    assert errors.startswith("charlstm: ")
    assert errors.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_corpora_are_looked_for_where_the_environment_says(tmp_path, monkeypatch):
    """A named text that lies in $CHARLSTM_CORPORA is found there; elsewhere it is not on this machine."""
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path))
    place = tmp_path / "nietzsche.txt"
    assert str(place) not in doors.run_command("corpus")[1]
    place.touch()
    os.truncate(place, 600_901)
    code, output, errors = doors.run_command("corpus")
    assert (code, errors) == (0, "")
    assert str(place) in output
