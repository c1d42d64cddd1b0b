"""`generate --replay`: a saved run is generated again, or a sentence says why not."""

import json
from pathlib import Path

import pytest

from charlstm.generation.filters import Filters
from charlstm.generation.run import NetworkSource, Run, RunSettings
from charlstm.generation.run_file import run_bytes
from charlstm.model_folder import store
from charlstm.playback.player import Player
from tests import golden
from tests.unit.cli.one_sentence import assert_one_sentence


def saved_run(path, **changes):
    """Write the golden run as a file, some of its fields changed."""
    settings = RunSettings(0, "nietzsche-book", golden.EPOCH, golden.TEMPERATURE)
    run = Run(golden.SEED_TEXT, golden.RANDOM_SEED, (settings,), {}, golden.TEXT)._replace(**changes)
    path.write_bytes(run_bytes(run))
    return path


def test_replay_generates_the_saved_text(run, tmp_path):
    """Exactly that of the golden run."""
    path = saved_run(tmp_path / "run.json")
    assert run("generate", "--replay", path) == (0, golden.SEED_TEXT + golden.TEXT + "\n", "")


def test_replay_repeats_changed_settings_and_picked_characters(run, tmp_path, model_folder):
    """Each at its position, and the steps file marks the picked ones."""
    model = store.open_model(model_folder)
    player = Player([NetworkSource(model.network(0), model.vocabulary, "small", 0)], "ab ", [3])
    for _ in range(5):
        player.step(0.4)
    player.pick({0: 4}, 1.3)
    player.change_networks([NetworkSource(model.network(2), model.vocabulary, "small", 2)])
    for _ in range(20):
        player.step(1.8, Filters(top_k=3))
    (tmp_path / "run.json").write_bytes(run_bytes(player.run()))
    result = run("generate", "--replay", tmp_path / "run.json", "--model", model_folder, "--steps", "steps.jsonl")
    assert result == (0, "ab " + player.texts[0] + "\n", "")
    steps = [json.loads(line) for line in Path("steps.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [step["position"] for step in steps if step["picked"]] == [5]
    assert [step["temperature"] for step in steps] == [0.4] * 5 + [1.3] + [1.8] * 20


def test_replay_writes_a_branch_or_its_original(run, tmp_path, model_folder):
    """The branch is what the page shows last; a flag asks for the other, from its beginning."""
    model = store.open_model(model_folder)
    player = Player([NetworkSource(model.network(0), model.vocabulary, "small", 0)], "ab ", [3])
    for _ in range(9):
        player.step(0.4)
    branch = player.branch(4)
    for _ in range(7):
        branch.step(1.8)
    (tmp_path / "run.json").write_bytes(run_bytes(branch.run()))
    replay = ["generate", "--replay", tmp_path / "run.json", "--model", model_folder]
    assert run(*replay) == (0, "ab " + branch.texts[0] + "\n", "")
    assert run(*replay, "--original") == (0, "ab " + player.texts[0] + "\n", "")


def test_original_is_that_of_a_saved_branch(run, tmp_path):
    """Where there is none, a sentence says so."""
    path = saved_run(tmp_path / "run.json")
    assert_one_sentence(run("generate", "--replay", path, "--original"), "run.json holds no branch")
    assert_one_sentence(run("generate", "--original"), "--original is of a saved run")


def test_replay_reports_a_text_that_differs(run, tmp_path):
    """The text is printed, and one sentence says from which character on it differs."""
    text = golden.TEXT[:10] + "~" + golden.TEXT[11:]
    code, output, errors = run("generate", "--replay", saved_run(tmp_path / "run.json", text=text))
    assert (code, output) == (2, golden.SEED_TEXT + golden.TEXT + "\n")
    assert errors.startswith("charlstm: from character 11 on this is not the saved text")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"settings": (RunSettings(0, "unknown", 3, 0.5),)}, "there is no model folder"),
        ({"settings": (RunSettings(0, "nietzsche-book", 7777, 0.5),)}, "has not kept epoch 7777"),
        ({"seed_text": "한"}, "does not know the character '한'"),
        ({"text": ""}, "run.json: text is empty: nothing was written"),
    ],
)
def test_replay_refuses_a_run_that_it_cannot_generate(run, tmp_path, changes, told):
    """One sentence, exit code 2, and no output."""
    assert_one_sentence(run("generate", "--replay", saved_run(tmp_path / "run.json", **changes)), told)


def test_replay_refuses_options_that_it_would_ignore(run, tmp_path):
    """A saved run has all settings itself."""
    path = saved_run(tmp_path / "run.json")
    told = "--replay takes everything from its file: leave out --random-seed"
    assert_one_sentence(run("generate", "--replay", path, "--random-seed", 1), told)
    assert_one_sentence(run("generate", "--replay", tmp_path / "none.json"), "none.json: No such file")


@pytest.mark.parametrize(
    ("filters", "recorded"),
    [
        (Filters(mirostat_tau=1.0), {"mu"}),
        (Filters(xtc_probability=0.5), {"xtc_u"}),
        (Filters(beam_width=3, beam_lookahead=4), set()),
        (Filters(dry_multiplier=1.0, dry_allowed_length=2), set()),
        (Filters(repetition_penalty=1.3, frequency_penalty=0.2, ban="\n", bias=(("a", 1.0),)), set()),
        (Filters(mirostat_tau=1.0, xtc_probability=0.4, dry_multiplier=1.0, order=("xtc",)), {"mu", "xtc_u"}),
    ],
)
def test_replay_repeats_every_strategy_and_steps_say_what_it_needed(run, tmp_path, model_folder, filters, recorded):
    """A branch and its original: the number of XTC, Mirostat's mu, and no u where beam search drew nothing."""
    model = store.open_model(model_folder)
    player = Player([NetworkSource(model.network(2), model.vocabulary, "small", 2)], "", [3])
    for temperature in [0.7] * 9 + [1.6] * 9:
        player.step(temperature, filters)
    branch = player.branch(14)
    branch.pick({0: 3}, 1.6, filters)
    for _ in range(8):
        branch.step(1.6, filters)
    (tmp_path / "run.json").write_bytes(run_bytes(branch.run()))
    replay = ["generate", "--replay", tmp_path / "run.json", "--model", model_folder, "--steps", "steps.jsonl"]
    for arguments, expected in (((), branch), (("--original",), player)):
        assert run(*replay, *arguments) == (0, expected.texts[0] + "\n", "")
        lines = [json.loads(line) for line in Path("steps.jsonl").read_text(encoding="utf-8").splitlines()]
        for line, step in zip(lines, expected.steps, strict=True):
            assert line.keys() & {"mu", "xtc_u"} == recorded
            assert [line[name] for name in sorted(recorded)] == [
                getattr(step.context, name) for name in sorted(recorded)
            ]
            assert line["u"] == (None if filters.beam_width else step.u)
            assert line["filters"] == filters.active()
            assert list(line["reweighted"].values()) == step.reweighted.tolist()
