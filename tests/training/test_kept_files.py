"""Trainings that were interrupted, and Keras files that were exported, by an earlier state of the program."""

import json
import shutil

import pytest

from tests.compatibility import doors

UNFINISHED = doors.FILES / "unfinished"
WINDOW = (
    *("--recipe=book", "--units=8", "--maxlen=10", "--step=2", "--batch-size=32"),
    *("--sample-length=40", "--sample-seed-text=what is noble? ", "--epochs=3"),
)
CONVOLUTIONS = (f"--recipe={doors.FILES / 'recipes' / 'stream.toml'}",)


@pytest.mark.parametrize(("name", "flags"), [("window", WINDOW), ("convolutions", CONVOLUTIONS)])
def test_interrupted_training_goes_on_and_ends_as_an_unbroken_one(name, flags, tmp_path):
    """What is finished stays as it is; what follows comes out, and is told, as it did without the interruption."""
    folder = shutil.copytree(UNFINISHED / name, tmp_path / name)
    before = doors.open_folder(folder)
    places = (f"--corpus={doors.FILES / 'corpus.txt'}", f"--into={folder}")
    code, output, errors = doors.run_command("train", "--json", *places, *flags)
    assert (code, errors) == (0, "")
    after, unbroken = doors.open_folder(folder), doors.open_folder(doors.MODELS / name)
    finished = len(before["history"])
    assert after["history"][:finished] == before["history"]
    assert after["samples"][: len(before["samples"])] == before["samples"]
    assert after["epochs"] == unbroken["epochs"]
    assert after["vocabulary"] == unbroken["vocabulary"]
    for line, expected in zip(after["history"], unbroken["history"], strict=True):
        assert line[:3] == pytest.approx(expected[:3], abs=2e-3)
    told = [json.loads(line) for line in output.splitlines()]
    assert [one["epoch"] for one in told if one.get("finished")] == list(range(finished - 1, 4))
    assert {tuple(one) for one in told} == {("epoch", "finished"), ("epoch", "done", "total", "lately")}


def test_exported_keras_file_is_imported_as_the_network_that_it_was(tmp_path):
    """The folder says and writes what the one says and writes that was made of the file before."""
    into = tmp_path / "imported"
    arguments = ("--chars", doors.FILES / "characters.txt", "--into", into)
    assert doors.run_command("import", doors.FILES / "window.keras", *arguments)[0] == 0
    made, kept = doors.open_folder(into), doors.open_folder(doors.MODELS / "imported")
    del made["records"][2], kept["records"][2]  # the libraries of the day
    assert made == kept
    case = next(one for one in doors.expected("texts") if one["model"].endswith("/imported"))
    filters = case["filters"]
    lanes = ([case["temperature"]], case["length"], [case["random_seed"]], filters)
    assert doors.written_in_lanes(into, None, case["seed_text"], *lanes) == [case["printed"][-case["length"] - 1 : -1]]
