"""The command `generate`: its text, its steps file, and what it refuses."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from charlstm.cli import app
from charlstm.cli.generate import LARGEST_SEED_FILE
from charlstm.generation.loop import generate
from charlstm.generation.sampling import reweight
from charlstm.model_folder import store
from tests import golden
from tests.unit.cli.one_sentence import assert_one_sentence

ROOT = Path(app.__file__).parents[2]


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
def test_generate_refuses_a_wrong_value(run, model_folder, option, value, told):
    """One sentence names the value and its option, and no steps file is left."""
    arguments = {"--model": str(model_folder), "--steps": "steps.jsonl"} | {option: value}
    assert_one_sentence(run("generate", *[f"{name}={value}" for name, value in arguments.items()]), told)


def test_generate_prints_seed_text_and_continuation(run, model_folder):
    """As many characters as were asked for, the same for the same random seed."""
    arguments = ["generate", "--model", model_folder, "--seed-text", "ab", "--length", 30, "--random-seed", 5]
    code, output, errors = run(*arguments)
    assert (code, errors) == (0, "")
    assert output.startswith("ab")
    assert len(output) == 2 + 30 + 1
    assert run(*arguments)[1] == output
    assert run(*arguments[:-1], 6)[1] != output


def test_generate_prints_the_golden_text(run):
    """That of the golden run, which every engine and every way to generate must give."""
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


def test_generate_names_characters_dropped_from_the_seed_text(run, model_folder):
    """Unknown characters are folded, or named and dropped."""
    code, output, errors = run("generate", "--model", model_folder, "--seed-text", "Aß한", "--length", 0)
    assert (code, output) == (0, "a\n")
    assert errors == "charlstm: left out of the seed text, unknown to this network: ß 한\n"


def test_generate_shows_dropped_blanks_and_marks(run, model_folder):
    """By their numbers, and marks on a circle."""
    _, output, errors = run("generate", "--model", model_folder, "--seed-text", "a\a\u200b\u093e", "--length", 0)
    assert output == "a\n"
    assert errors.endswith(": U+0007 U+200B ◌\u093e\n")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["seed.txt", "-"])
def test_generate_reads_the_seed_text_from_a_file(run, model_folder, tmp_path, monkeypatch, name, mark):
    """Or from the standard input: as it stands, without a byte order mark, the same text as with --seed-text."""
    content = mark + "ab ë\n".encode()
    (tmp_path / "here" / "seed.txt").write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="ascii"))
    result = run("generate", "--model", model_folder, "--seed-file", name)
    assert result == run("generate", "--model", model_folder, "--seed-text", "ab ë\n")
    assert result[1].startswith("ab ë\n")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"ab\xff", "is not UTF-8 text: byte 0xff at offset 2: save it as UTF-8 and try again"),
        (b"\xef\xbb\xbfab\xff", "is not UTF-8 text: byte 0xff at offset 5"),
        ("ab".encode("utf-16"), "is UTF-16, not UTF-8"),
        (b"ab\0", "is not a text: a NUL byte at offset 2"),
        (b"a" * (LARGEST_SEED_FILE + 1), f"is larger than {LARGEST_SEED_FILE:,} bytes, the most of a seed text"),
    ],
)
def test_generate_refuses_a_seed_file_that_is_no_text(run, model_folder, tmp_path, monkeypatch, content, told):
    """One sentence names the file, or the standard input."""
    path = tmp_path / "seed.txt"
    path.write_bytes(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    for name, origin in ((str(path), str(path)), ("-", "the standard input")):
        assert_one_sentence(run("generate", "--model", model_folder, "--seed-file", name), f"{origin} {told}")


def test_generate_refuses_a_seed_file_that_is_not_there(run, model_folder, monkeypatch):
    generate = ["generate", "--model", model_folder, "--seed-file"]
    assert_one_sentence(run(*generate, "none.txt"), "none.txt cannot be read (No such file or directory)")
    assert_one_sentence(run(*generate, "."), ". cannot be read (Is a directory)")
    assert_one_sentence(run(*generate, ""), "--seed-file is empty: name a file, or - for the standard input")
    assert_one_sentence(run(*generate, "none.txt", "--seed-text", "a"), "leave one out")
    monkeypatch.setattr(sys, "stdin", None)
    assert_one_sentence(run(*generate, "-"), "the standard input is closed")


def test_generate_writes_several_texts(run, model_folder):
    """Those of the random seeds from the first on, each under a heading, its steps with its random seed."""
    generate = ["generate", "--model", model_folder, "--seed-text", "ab", "--length", 30]
    alone = {seed: run(*generate, "--random-seed", seed)[1] for seed in (7, 8, 9)}
    code, output, errors = run(*generate, "--random-seed", 7, "--runs", 3, "--steps", "steps.jsonl")
    assert (code, errors) == (0, "")
    assert output == "".join(f"== Random seed {seed} ==\n{text}" for seed, text in alone.items())
    steps = [json.loads(line) for line in Path("steps.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [step["random_seed"] for step in steps] == [7] * 30 + [8] * 30 + [9] * 30
    assert "".join(step["character"] for step in steps) == "".join(text[2:-1] for text in alone.values())


def test_generate_refuses_random_seeds_beyond_the_largest(run, model_folder):
    generate = ["generate", "--model", model_folder, "--length", 0, "--random-seed", 2**64 - 2, "--runs"]
    assert run(*generate, 2)[0] == 0
    assert_one_sentence(run(*generate, 3), "would rise above 18446744073709551615")
    assert_one_sentence(run(*generate, 0), "'--runs': '0' is not a whole number from 1")


@pytest.mark.parametrize("typed", [str, str.upper])
def test_generate_stops_at_a_text(run, model_folder, typed):
    """As soon as it is written, whatever the seed text has; capitals are read as the seed text's are."""
    generate = ["generate", "--model", model_folder, "--seed-text", "ab", "--length", 200]
    whole = run(*generate)[1]
    stop = whole[60:63]
    code, output, errors = run(*generate, "--stop-at", typed(stop))
    assert (code, errors) == (0, "")
    assert output == whole[: whole.index(stop, 2) + 3] + "\n"


def test_generate_tells_that_the_length_ended_first(run, model_folder):
    """Of each text, all of which it writes."""
    generate = ["generate", "--model", model_folder, "--length", 30, "--runs", 2]
    code, output, errors = run(*generate, "--stop-at", "ab" * 40)
    assert (code, output) == (0, run(*generate)[1])
    told = [f"charlstm: random seed {seed}: the length ended before 'ababab" for seed in (1, 2)]
    assert [line[: len(told[0])] for line in errors.splitlines()] == told


@pytest.mark.parametrize(
    ("stop", "told"),
    [("", "--stop-at is empty"), ("a한", "'a한' of --stop-at is never written: this network does not know 한")],
)
def test_generate_refuses_to_stop_at_what_is_never_written(run, model_folder, stop, told):
    assert_one_sentence(run("generate", "--model", model_folder, "--stop-at", stop), told)


def test_generate_reads_a_decomposed_seed_text(run, model_folder):
    """As the composed one; a mark that no known letter has is named by its code, as what cannot be seen is."""
    code, output, errors = run("generate", "--model", model_folder, "--seed-text", "e\u0308E\u0308", "--length", 0)
    assert (code, output, errors) == (0, "ëë\n", "")
    code, output, errors = run("generate", "--model", model_folder, "--seed-text", "a\u0308b\ufeff", "--length", 0)
    assert (code, output) == (0, "ab\n")
    assert errors == "charlstm: left out of the seed text, unknown to this network: ◌\u0308 U+FEFF\n"


@pytest.mark.parametrize("temperature", ["0", "0.5", "inf"])
def test_generate_steps_hold_all_that_a_draw_needs(run, model_folder, temperature):
    """Each line of the steps file is enough to draw its character again."""
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


def test_generate_leaves_no_steps_file_after_ctrl_c(run, model_folder, monkeypatch):
    """One sentence and exit code 130."""
    steps = iter(list(generate(store.open_model(model_folder).network(), [0], 0.5, 3, 1)))

    def stopped_after_three(*arguments):
        yield from steps
        raise KeyboardInterrupt

    monkeypatch.setattr("charlstm.cli.generate.loop.generate", stopped_after_three)
    code, _, errors = run("generate", "--model", model_folder, "--steps", "steps.jsonl")
    assert code == 130
    assert errors == "charlstm: stopped; the same command begins anew\n"
    assert list(Path.cwd().iterdir()) == []


def test_generate_ends_silently_at_a_closed_pipe(model_folder):
    """`generate | head` is no error."""
    command = [sys.executable, "-m", "charlstm", "generate", "--model", str(model_folder), "--length", "100000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_generate_reports_a_full_disk(model_folder):
    """In one sentence, where its output goes there."""
    command = [sys.executable, "-m", "charlstm", "generate", "--model", str(model_folder)]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        ended = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "charlstm: the output cannot be written (No space left on device)\n"


@pytest.mark.parametrize(
    ("options", "filters"),
    [
        (["--ban", "a-z"], {"ban": "ab"}),
        (["--ban", r"\n", "--bias", "a-b=-2", "--bias", "b=1"], {"ban": "\n", "bias": {"a": -2.0, "b": 1.0}}),
        (["--dry"], {"dry_multiplier": 0.5, "dry_base": 1.3, "dry_allowed_length": 13}),
        (["--dry", "--dry-multiplier", "2"], {"dry_multiplier": 2.0, "dry_base": 1.3, "dry_allowed_length": 13}),
        (["--mirostat-tau", "2", "--order", "mirostat, temperature"],
         {"mirostat_tau": 2.0, "mirostat_eta": 0.1, "order": ["mirostat", "temperature"]}),
        (["--presence-penalty=-0.5"], {"presence_penalty": -0.5, "penalty_window": 64}),
        (["--top-n-sigma", "1", "--xtc-probability", "0.5"],
         {"top_n_sigma": 1.0, "xtc_probability": 0.5, "xtc_threshold": 0.1}),
    ],
)  # fmt: skip
def test_generate_takes_every_strategy(run, model_folder, options, filters):
    """With its usual values where none is given; the steps say them, and what is banned is never written."""
    command = ["generate", "--model", model_folder, "--seed-text", "ab", "--length", 40, "--steps", "steps.jsonl"]
    code, output, errors = run(*command, *options)
    assert (code, errors) == (0, "")
    lines = [json.loads(line) for line in Path("steps.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(line["filters"] == filters for line in lines)
    assert not set(output[2:-1]) & set(filters.get("ban", ""))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ban", "0-9"], "'0-9' of --ban names no character that this network knows"),
        (["--ban", "9-0"], "goes from '9' back to '0'"),
        (["--bias", "a"], "'a' is not characters, = and a number, such as e=-2"),
        (["--bias", "a=x"], "'a=x' is not characters"),
        (["--bias", "a=101"], "the bias of 'a' is 101.0; it must be from -100 to 100"),
        (["--bias", "a=nan"], "'a=nan' is not characters"),
        (["--ban", "\x01-\uffff"], "names all characters: leave one that can be drawn"),
        (["--ban", ""], "'' of --ban is empty"),
        (["--ban", "A"], "'A' of --ban names no character that this network knows: it has no capitals"),
        (["--bias", "\\" * 400], "is not characters, = and a number"),
        (["--order", ""], "the order has '', which is none of"),
        (["--beam-width", "2", "--dry", "--top-k", "3"], "so nothing comes of --top-k, --dry-multiplier"),
        (["--beam-width", "2", "--temperature", "0.5"], "so nothing comes of --temperature"),
        (["--beam-lookahead", "0"], "--beam-lookahead is of no use without --beam-width"),
        (["--order", "top_k,spice"], "the order has 'spice', which is none of"),
        (["--dry-base", "2"], "--dry-base is of no use without --dry-multiplier"),
        (["--beam-width", "33"], "'--beam-width': '33' is not a whole number from 1"),
        (["--mirostat-tau", "0"], "'--mirostat-tau': '0' is not"),
    ],
)
def test_generate_refuses_wrong_strategies_in_one_sentence(run, model_folder, options, told):
    """It names the option or the value."""
    assert_one_sentence(run("generate", "--model", model_folder, *options), told)


@pytest.mark.parametrize("options", [[], ["--bias", "b=100"], ["--stop-at", "b", "--bias", "b=100"]])
def test_beam_search_tells_what_its_text_costs(run, model_folder, options):
    """Beside what people's text costs; the text alone is printed as the output."""
    command = ["generate", "--model", model_folder, "--seed-text", "ab", "--length", 12, "--beam-width", 3]
    code, output, errors = run(*command, *options)
    assert code == 0
    assert len(output) == 2 + (1 if "--stop-at" in options else 12) + 1
    assert "the text that beam search found costs" in errors


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["--beam-width", 2, "--beam-lookahead", 0], "beam_lookahead"),
        (["--mirostat-tau", 1, "--mirostat-eta", 0], "mirostat_eta"),
        (["--xtc-probability", 1, "--xtc-threshold", 0], "xtc_threshold"),
        (["--top-n-sigma", 0], "top_n_sigma"),
    ],
)
def test_strategy_of_zero_is_not_one_that_was_not_given(run, model_folder, options, name):
    """It is in every step."""
    code, _, _ = run("generate", "--model", model_folder, "--length", 3, "--steps", "steps.jsonl", *options)
    assert code == 0
    lines = Path("steps.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["filters"][name] for line in lines] == [0, 0, 0]
