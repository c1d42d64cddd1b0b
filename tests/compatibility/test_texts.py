"""The same network, seed text, temperature, filters and random seed write the same text as ever."""

import pytest

from tests.compatibility import doors

CASES = [*doors.expected("texts"), *doors.expected("committed")]


def name_of(case):
    filters = "-".join(case["filters"])
    return f"{case['model'].rpartition('/')[2]}-{case['epoch']}-{case['temperature']}-{filters}-{case['random_seed']}"


def arguments_of(case):
    options = {name: case[name] for name in ("seed_text", "temperature", "length", "random_seed", "epoch")}
    options |= case["filters"]
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items() if value is not None]
    return ["generate", f"--model={doors.ROOT / case['model']}", *flags]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_generate_writes_what_it_has_always_written(case):
    """The seed text as the network reads it, then the text to the letter; what was left out is told."""
    code, output, errors = doors.run_command(*arguments_of(case))
    assert (code, output) == (0, case["printed"])
    assert bool(errors) == bool(case["left_out"])
    assert all(character in errors for character in case["left_out"])


@pytest.mark.parametrize("case", [case for case in CASES if "nietzsche" not in case["model"]], ids=name_of)
def test_lanes_write_what_one_text_alone_writes(case):
    """Beside others at other temperatures and with other dice, whatever the filters."""
    temperatures, seeds = [1.7, case["temperature"], 0.0], [5, case["random_seed"], 6]
    of_case = doors.ROOT / case["model"], case["epoch"], case["seed_text"]
    texts = doors.written_in_lanes(*of_case, temperatures, case["length"], seeds, case["filters"])
    assert texts[1] == case["printed"][-case["length"] - 1 : -1]


@pytest.mark.parametrize("case", doors.expected("steps"), ids=name_of)
def test_steps_have_the_fields_and_values_that_they_had(case, tmp_path):
    """Each line's fields in their order, and their values; the networks' probabilities within float noise."""
    code, output, _ = doors.run_command(*arguments_of(case), f"--steps={tmp_path / 'steps.jsonl'}")
    assert (code, output) == (0, case["printed"])
    doors.assert_same_steps(doors.steps(tmp_path / "steps.jsonl"), doors.steps(doors.FILES / "steps" / case["steps"]))
