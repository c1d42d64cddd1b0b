"""The command line: what it prints, and that whatever is wrong ends in one sentence and exit code 2."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from charlstm.cli import app
from charlstm.corpora import named
from charlstm.generation.loop import generate
from charlstm.generation.run import Knobs, Run, Source
from charlstm.generation.run_file import run_bytes
from charlstm.generation.sampling import Filters, reweight
from charlstm.model_folder import store
from charlstm.playback.player import Player
from tests import golden

ROOT = Path(app.__file__).parents[2]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command line in an empty folder; returns its exit code, output and errors."""
    working_folder = tmp_path / "here"
    working_folder.mkdir()
    monkeypatch.chdir(working_folder)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["charlstm", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            app.main()
        return end.value.code, *capsys.readouterr()

    return run


def assert_one_sentence(result, told):
    """Check for exit code 2, one line on standard error that says `told`, and an empty output and folder."""
    code, output, errors = result
    assert (code, output) == (2, "")
    assert errors.startswith("charlstm: ")
    assert errors.count("\n") == 1
    assert told in errors
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--temperature", "-1", "'--temperature': '-1' is not a temperature, which is a number from 0 up to inf"),
        ("--temperature", "nan", "'--temperature': 'nan' is not a temperature"),
        ("--temperature", "abc", "'--temperature': 'abc' is not a temperature"),
        ("--temperature", "", "'--temperature': '' is not a temperature"),
        ("--length", "-5", "'--length': '-5' is not a whole number from 0"),
        ("--length", "1.5", "'--length': '1.5' is not a whole number from 0"),
        ("--top-k", "0", "'--top-k': '0' is not a whole number from 1"),
        ("--top-p", "1.5", "'--top-p': '1.5' is not a share, which is a number above 0, up to 1"),
        ("--min-p", "-0.1", "'--min-p': '-0.1' is not a share, which is a number from 0 to 1"),
        ("--typical-p", "nan", "'--typical-p': 'nan' is not a share"),
        ("--random-seed", "-1", "'--random-seed': '-1' is not a whole number from 0"),
        ("--random-seed", "9" * 5000, "..."),
        ("--epoch", "7", "has no epoch 7: it keeps 0, 2, and 2 is the best"),
        ("--epoch", "-1", "'--epoch': '-1' is not a whole number from 0"),
        ("--model", "nowhere", "there is no model folder nowhere: train one, or check the path"),
        ("--steps", "nowhere/steps.jsonl", "nowhere/steps.jsonl: No such file or directory"),
        ("--steps", ".", "Is a directory"),
        ("--colour", "red", "No such option: --colour"),
    ],
)
def test_generate_refuses_a_wrong_value_and_writes_nothing(run, model_folder, option, value, told):
    """A wrong value is named in one sentence with its option, and no steps file is left."""
    arguments = {"--model": str(model_folder), "--steps": "steps.jsonl"} | {option: value}
    assert_one_sentence(run("generate", *[f"{name}={value}" for name, value in arguments.items()]), told)


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
def test_command_line_refuses_what_it_does_not_know(run, arguments, told):
    """A command, option or name that does not exist is one sentence, and nothing is written."""
    assert_one_sentence(run(*arguments), told)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty: there is nothing to learn"),
        (b"aaaa" * 1000, "has only one different character"),
        (b"a short text", "the corpus text.txt has 12 characters; its last tenth must be longer than a window of 60"),
        (
            b"abc" * 203,
            "has 609 characters; its last tenth must be longer than a window of 60, so give it at least 610",
        ),
        (b"abc\xff" * 1000, "text.txt is not UTF-8 text: byte 0xff at offset 3"),
        (b"abc\0" * 1000, "a NUL byte at offset 3"),
    ],
)
def test_train_refuses_a_corpus_it_cannot_learn(run, tmp_path, content, told):
    """A corpus that is empty, too short, of one character or no text is refused before anything is made."""
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    assert_one_sentence(run("train", f"--corpus={path}", "--into=new"), told)


def test_train_refuses_bad_input_without_tensorflow(tmp_path):
    """What can be refused is refused before TensorFlow is imported, which takes seconds."""
    (tmp_path / "text.txt").write_text("a short text")
    program = (
        "import sys; from charlstm.cli import app\n"
        "sys.argv[1:] = ['train', '--corpus=text.txt', '--into=new']\n"
        "try: app.main()\n"
        "finally: print('tensorflow' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "False\n")


def test_corpus_lists_what_can_be_named(run, monkeypatch, tmp_path):
    """`corpus` lists each named corpus and whether it is on this machine."""
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))
    code, output, errors = run("corpus")
    assert (code, errors) == (0, "")
    assert "nietzsche\n" in output
    assert "600,901 bytes; not on this machine yet" in output


def test_corpus_fetches_a_name_and_says_where_it_lies(run, monkeypatch, tmp_path):
    """`corpus NAME` prints the path of the text."""
    monkeypatch.setattr(named, "fetch", lambda name: tmp_path / f"{name}.txt")
    assert run("corpus", "nietzsche") == (0, f"{tmp_path / 'nietzsche.txt'}\n", "")


def test_corpus_tells_what_becomes_of_a_text(run, tmp_path):
    """`corpus PATH --recipe R` prints the split, the vocabulary, what is folded onto what, and what is left out."""
    path = tmp_path / "text.txt"
    path.write_text("“so” — he\u00a0said…\n한글 한 " * 10, encoding="utf-8")
    code, output, errors = run("corpus", path, "--recipe", "deep")
    assert (code, errors) == (0, "")
    first, *rest = output.splitlines()
    assert first.startswith("text.txt: 210 characters, held in memory; sha256 ")
    assert rest == [
        "189 characters are learned, 21 are held out",
        "by the recipe deep, with the folding 'plain' and a least count of 20:",
        '6 characters make the vocabulary, counted in the whole text: a space . " - s 한',
        'folded: 50 characters of 5 kinds: U+00A0 → a space 10; — → -- 10; “ → " 10; ” → " 10; … → ... 10',
        "left out: 80 characters of 8 kinds: a line end 10; a 10; d 10; e 10; h 10; i 10; o 10; 글 10",
    ]


def test_info_tells_what_a_model_is_and_scored(run, model_folder):
    """`info` prints the network, the corpus, the recipe and the figures, with a dash for what is not known."""
    code, output, errors = run("info", model_folder)
    assert (code, errors) == (0, "")
    assert output == (
        "small: one LSTM of 3 units, 128 weights, windows of 4 characters\n"
        "  learned     tiny, 90 characters; 10 held out\n"
        "  recipe      book\n"
        "  vocabulary  5 characters\n"
        "  epochs      2 kept, 0 to 2; every file checked\n"
        "  best        epoch 2: held-out loss 1.250, train 1.300, in nats a character\n"
        "\n"
        "  epoch   train  held out\n"
        "      0       –     1.600\n"
        "      1   1.500     1.400\n"
        "      2   1.300     1.250  <- best\n"
    )


def test_info_and_generate_name_a_broken_tensor(run, model_folder):
    """A broken model ends both commands in one sentence with the file and the reason."""
    (model_folder / "epoch-000.safetensors").write_bytes(b"broken")
    told = "epoch-000.safetensors is truncated or not a safetensors file"
    assert_one_sentence(run("info", model_folder), told)
    assert_one_sentence(run("generate", "--model", model_folder), told)


def test_generate_writes_seed_and_text(run, model_folder):
    """The output is the seed text, then as many characters as were asked for, the same each time."""
    arguments = ["generate", "--model", model_folder, "--seed-text", "ab", "--length", 30, "--random-seed", 5]
    code, output, errors = run(*arguments)
    assert (code, errors) == (0, "")
    assert output.startswith("ab")
    assert len(output) == 2 + 30 + 1
    assert run(*arguments)[1] == output
    assert run(*arguments[:-1], 6)[1] != output


def test_generate_writes_the_golden_text(run):
    """The committed network writes one known text: the same on every machine, in every engine, at every door."""
    options = {
        "--model": ROOT / golden.MODEL,
        "--epoch": golden.EPOCH,
        "--seed-text": golden.SEED_TEXT,
        "--temperature": golden.TEMPERATURE,
        "--length": len(golden.TEXT),
        "--random-seed": golden.RANDOM_SEED,
    }
    arguments = [f"{name}={value}" for name, value in options.items()]
    assert run("generate", *arguments) == (0, golden.SEED_TEXT + golden.TEXT + "\n", "")


def test_generate_names_what_it_drops_from_the_seed(run, model_folder):
    """What the network does not know is folded or named, and the rest is written on from."""
    code, output, errors = run("generate", "--model", model_folder, "--seed-text", "Aß한", "--length", 0)
    assert (code, output) == (0, "a\n")
    assert errors == "charlstm: left out of the seed text, unknown to this network: ß 한\n"


@pytest.mark.parametrize("temperature", ["0", "0.5", "inf"])
def test_generate_steps_tell_how_each_character_was_drawn(run, model_folder, temperature):
    """Each line of the steps file has what is needed to draw its character again."""
    code, output, _ = run(
        "generate", "--model", model_folder, "--length", 20, "--temperature", temperature, "--steps", "steps.jsonl"
    )
    assert code == 0
    steps = [json.loads(line) for line in Path("steps.jsonl").read_text(encoding="utf-8").splitlines()]
    assert "".join(step["character"] for step in steps) == output[:-1]
    assert [step["position"] for step in steps] == list(range(20))
    for step in steps:
        assert step["temperature"] == (temperature if temperature == "inf" else float(temperature))
        assert list(step["raw"]) == list(step["reweighted"]) == ["\n", " ", "a", "b", "ë"]
        raw, reweighted = np.array(list(step["raw"].values())), np.array(list(step["reweighted"].values()))
        np.testing.assert_allclose(reweighted, reweight(raw, float(temperature)), atol=1e-12)
        likeliest_first = sorted(step["raw"], key=lambda character: -step["raw"][character])
        ends = np.cumsum([step["reweighted"][character] for character in likeliest_first])
        assert step["character"] == likeliest_first[np.searchsorted(ends, step["u"], side="right")]


def saved_run(path, **changes):
    """Write the golden run as a file, some of its fields changed."""
    knobs = Knobs(0, "nietzsche-book", golden.EPOCH, golden.TEMPERATURE)
    run = Run(golden.SEED_TEXT, golden.RANDOM_SEED, (knobs,), {}, golden.TEXT)._replace(**changes)
    path.write_bytes(run_bytes(run))
    return path


def test_generate_writes_a_saved_run_again(run, tmp_path):
    """The golden run, saved, comes out to the letter."""
    path = saved_run(tmp_path / "run.json")
    assert run("generate", "--replay", path) == (0, golden.SEED_TEXT + golden.TEXT + "\n", "")


def test_generate_replays_turned_knobs_and_picked_characters(run, tmp_path, model_folder):
    """What changed in mid-run changes again, and the steps tell who chose each character."""
    model = store.open_model(model_folder)
    player = Player(Source(model.network(0), model.vocabulary, "small", 0), "ab ", 3)
    for _ in range(5):
        player.step(0.4)
    player.pick(4, 1.3)
    player.change_network(Source(model.network(2), model.vocabulary, "small", 2))
    for _ in range(20):
        player.step(1.8, Filters(top_k=3))
    (tmp_path / "run.json").write_bytes(run_bytes(player.run()))
    result = run("generate", "--replay", tmp_path / "run.json", "--model", model_folder, "--steps", "steps.jsonl")
    assert result == (0, "ab " + player.generated + "\n", "")
    steps = [json.loads(line) for line in Path("steps.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [step["position"] for step in steps if step["picked"]] == [5]
    assert [step["temperature"] for step in steps] == [0.4] * 5 + [1.3] + [1.8] * 20


def test_generate_says_when_a_saved_run_comes_out_otherwise(run, tmp_path):
    """Other weights write another text: it is printed, and one sentence says from where on."""
    text = golden.TEXT[:10] + "~" + golden.TEXT[11:]
    code, output, errors = run("generate", "--replay", saved_run(tmp_path / "run.json", text=text))
    assert (code, output) == (2, golden.SEED_TEXT + golden.TEXT + "\n")
    assert errors.startswith("charlstm: from character 11 on this is not the saved text")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"knobs": (Knobs(0, "unknown", 3, 0.5),)}, "there is no model folder"),
        ({"knobs": (Knobs(0, "nietzsche-book", 7777, 0.5),)}, "has not kept epoch 7777"),
        ({"seed_text": "한"}, "does not know the character '한'"),
        ({"text": ""}, "run.json: text is empty"),
    ],
)
def test_generate_refuses_a_run_that_it_cannot_write_again(run, tmp_path, changes, told):
    """One sentence, exit code 2, and no output."""
    assert_one_sentence(run("generate", "--replay", saved_run(tmp_path / "run.json", **changes)), told)


def test_generate_refuses_what_replay_would_ignore(run, tmp_path):
    """A saved run says everything itself."""
    path = saved_run(tmp_path / "run.json")
    told = "--replay takes everything from its file: leave out --random-seed"
    assert_one_sentence(run("generate", "--replay", path, "--random-seed", 1), told)
    assert_one_sentence(run("generate", "--replay", tmp_path / "none.json"), "none.json: No such file")


def test_generate_leaves_no_steps_when_it_is_stopped(run, model_folder, monkeypatch):
    """Stopped in mid-text by Ctrl-C, it says so in a sentence and leaves no part of a steps file."""
    steps = iter(list(generate(store.open_model(model_folder).network(), [0], 0.5, 3, 1)))

    def stopped_after_three(*arguments):
        yield from steps
        raise KeyboardInterrupt

    monkeypatch.setattr("charlstm.cli.writing.loop.generate", stopped_after_three)
    code, _, errors = run("generate", "--model", model_folder, "--steps", "steps.jsonl")
    assert code == 130
    assert errors.startswith("charlstm: stopped")
    assert list(Path.cwd().iterdir()) == []


def test_generate_ends_quietly_when_its_reader_goes(model_folder):
    """`generate | head` is no error."""
    command = [sys.executable, "-m", "charlstm", "generate", "--model", str(model_folder), "--length", "100000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_generate_says_that_its_output_is_full(model_folder):
    """Where the output goes to a full disk, one sentence says so."""
    command = [sys.executable, "-m", "charlstm", "generate", "--model", str(model_folder)]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ended = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "charlstm: the output cannot be written (No space left on device)\n"


def test_help_is_shown_without_a_command(run):
    """`charlstm` alone shows the four commands."""
    code, output, errors = run()
    assert (code, errors) == (0, "")
    for command in ("corpus", "train", "generate", "info"):
        assert f"\n  {command} " in output


def test_any_door_finds_the_model_from_any_folder(tmp_path, model_folder):
    """`python -m charlstm` works from a folder that is not the project's."""
    shutil.move(model_folder, tmp_path / "moved")
    result = subprocess.run(
        [sys.executable, "-m", "charlstm", "generate", "--model", "moved", "--length", "5"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, b"")


def test_calibrate_makes_another_folder_and_says_what_it_is_worth(run, model_folder, tmp_path):
    """The temperature, the loss before and after; `info` tells of it."""
    (tmp_path / "text.txt").write_text("a bab ab baba ab ba abab\n" * 8)
    code, output, errors = run("calibrate", model_folder, "--corpus", tmp_path / "text.txt", "--into", "new")
    assert (code, errors) == (0, "")
    calibrated = store.open_model("new").manifest
    assert f"its temperature 1 was {calibrated.recipe['calibrated']:g}" in output
    assert f"{calibrated.held_out_loss:.4f} nats a character now" in output
    assert f"divided by {calibrated.recipe['calibrated']:g} after training" in run("info", "new")[1]


def test_evaluate_prints_the_losses_and_shares_and_keeps_them(run, model_folder, tmp_path):
    """One line a text and a temperature; with --record the folder has the same figures."""
    text = tmp_path / "text.txt"
    text.write_text("a bab ab baba ab ba abab\n" * 20)
    code, output, errors = run("evaluate", model_folder, "--corpus", text, "--runs", 2, "--length", 50, "--record")
    report = store.open_model(model_folder).report
    assert (code, errors) == (0, "")
    assert f"  {report.held_out['text.txt']:.4f}  text.txt\n" in output
    for line in report.writing:
        assert f"  {line.temperature:11.1f}  {100 * line.real_words:10.2f}" in output
    assert (report.runs, report.length, len(report.writing)) == (2, 50, 4)
    assert output.splitlines()[-1].startswith("     held out ")
    assert output.splitlines()[-1].endswith(" 42.9")  # its last two lines: 14 words, 6 different ones
