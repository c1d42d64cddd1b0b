"""A run that was saved can be opened: on the command line, on the page, and saved again as it was."""

import json

import pytest

from tests.compatibility import doors

RUNS = sorted((doors.FILES / "runs").iterdir())
pytestmark = pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_saved_run_is_written_again_to_the_letter(path):
    """Knobs that turned, picked characters and networks that take over included; the models lie beside --model."""
    run = read(path)
    result = doors.run_command("generate", "--replay", path, "--model", doors.MODELS / "window")
    assert result == (0, run["seed_text"] + run["text"] + "\n", "")


def test_saved_run_that_comes_out_otherwise_says_so(path, tmp_path):
    """One other character in the file is noticed, and ends in exit code 2."""
    run = read(path)
    other = "a" if run["text"][5] != "a" else "e"
    run["text"] = run["text"][:5] + other + run["text"][6:]
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    code, output, errors = doors.run_command(
        "generate", "--replay", tmp_path / "run.json", "--model", doors.MODELS / "x"
    )
    assert (code, output) == (2, run["seed_text"] + read(path)["text"] + "\n")
    assert errors.count("\n") == 1


def test_saved_run_is_saved_again_as_it_was(path):
    """Byte for byte, so that an older program opens what this one saves."""
    assert doors.saved_again(path.read_bytes()) == path.read_bytes()


def test_page_opens_a_saved_run(path):
    """Its text stands there, and the knobs where it left them."""
    run = read(path)
    app = doors.open_run(doors.open_page("write", {}), path.read_bytes())
    assert not app.exception
    shown, last = doors.shown(app, "write"), run["knobs"][-1]
    assert (shown["seed_text"], shown["text"]) == (run["seed_text"], run["text"])
    assert (shown["network"], shown["epoch"]) == (last["model"], last["epoch"])
    assert (shown["temperature"], shown["filters"]) == (last["temperature"], last["filters"])
    assert shown["random_seed"] == min(run["random_seed"], 2**31 - 1)


def test_steps_of_a_saved_run_tell_who_chose_each_character(path, tmp_path):
    """The die, or a person; and at which temperature, with which filters."""
    run, file = read(path), tmp_path / "steps.jsonl"
    doors.run_command("generate", "--replay", path, "--model", doors.MODELS / "window", "--steps", file)
    steps = doors.steps(file)
    assert [step["position"] for step in steps if step["picked"]] == [one["position"] for one in run["picked"]]
    for step in steps:
        knobs = [one for one in run["knobs"] if one["from"] <= step["position"]][-1]
        assert (step["temperature"], step["filters"]) == (knobs["temperature"], knobs["filters"])
    if path.stem == "turned":
        kept = doors.steps(doors.FILES / "steps" / "turned.jsonl")
        doors.assert_same_steps([steps[one["position"]] for one in kept], kept)
