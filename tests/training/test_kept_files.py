"""Trainings that were interrupted, and Keras files that were exported, by an earlier version of the program."""

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
def test_interrupted_training_ends_as_an_uninterrupted_one(name, flags, tmp_path):
    """Finished epochs stay as they are; the others, and the JSON lines about them, are those of the version before."""
    folder = shutil.copytree(UNFINISHED / name, tmp_path / name)
    before = doors.open_folder(folder)
    places = (f"--corpus={doors.FILES / 'corpus.txt'}", f"--into={folder}")
    code, output, errors = doors.run_command("train", "--json", *places, *flags)
    assert (code, errors) == (0, "")
    after, uninterrupted = doors.open_folder(folder), doors.open_folder(doors.MODELS / name)
    finished = len(before["history"])
    assert after["history"][:finished] == before["history"]
    assert after["samples"][: len(before["samples"])] == before["samples"]
    assert after["epochs"] == uninterrupted["epochs"]
    assert after["vocabulary"] == uninterrupted["vocabulary"]
    for line, expected in zip(after["history"], uninterrupted["history"], strict=True):
        assert line[:3] == pytest.approx(expected[:3], abs=2e-3)
    messages = [json.loads(line) for line in output.splitlines()]
    assert [one["epoch"] for one in messages if one.get("finished")] == list(range(finished - 1, 4))
    assert {tuple(one) for one in messages} == {("epoch", "finished"), ("epoch", "done", "total", "lately")}


def test_exported_keras_file_is_imported_unchanged(tmp_path):
    """The folder has the content, and generates the text, of the one that was imported before."""
    into = tmp_path / "imported"
    arguments = ("--chars", doors.FILES / "characters.txt", "--into", into)
    assert doors.run_command("import", doors.FILES / "window.keras", *arguments)[0] == 0
    imported, kept = doors.open_folder(into), doors.open_folder(doors.MODELS / "imported")
    del imported["records"][2], kept["records"][2]  # the libraries of the day
    assert imported == kept
    case = next(one for one in doors.expected("texts") if one["model"].endswith("/imported"))
    filters = case["filters"]
    settings = ([case["temperature"]], case["length"], [case["random_seed"]], filters)
    assert doors.written_in_lanes(into, None, case["seed_text"], *settings) == [
        case["printed"][-case["length"] - 1 : -1]
    ]
