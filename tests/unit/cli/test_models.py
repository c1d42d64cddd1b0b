"""The commands about model folders: info, evaluate, calibrate."""

import hashlib
import json
from dataclasses import replace

import numpy as np

from charlstm.corpora.passages import copied_passages
from charlstm.model_folder import store
from charlstm.model_folder.manifest import write_manifest
from tests.unit.cli.one_sentence import assert_one_sentence


def test_info_describes_a_model(run, model_folder):
    """The network, the corpus, the recipe and the figures, with a dash for one that is not known."""
    code, output, errors = run("info", model_folder)
    assert (code, errors) == (0, "")
    assert output == (
        "small: one LSTM of 3 units, 128 weights, windows of 4 characters\n"
        "  learned     tiny, 90 characters; 10 held out\n"
        "  recipe      book\n"
        "  vocabulary  5 characters\n"
        "  epochs      2 kept, 0 to 2; every file checked\n"
        "  best        epoch 2: held-out loss 1.250, train 1.300, in nats per character\n"
        "\n"
        "  epoch   train  held out\n"
        "      0       –     1.600\n"
        "      1   1.500     1.400\n"
        "      2   1.300     1.250  <- best\n"
    )


def test_info_tells_the_title(run, model_folder):
    """One that the network was given; the line below tells what it learned, as ever."""
    manifest = store.open_model(model_folder).manifest
    before = run("info", model_folder)[1].splitlines()
    write_manifest(model_folder, replace(manifest, given_title="Mine, 3 units"))
    code, output, errors = run("info", model_folder)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [before[0], "  title       Mine, 3 units", *before[1:]]


def test_info_and_generate_name_a_broken_tensor(run, model_folder):
    """A broken model ends both commands in one sentence with the file and the reason."""
    (model_folder / "epoch-000.safetensors").write_bytes(b"broken")
    told = "epoch-000.safetensors is truncated or not a safetensors file"
    assert_one_sentence(run("info", model_folder), told)
    assert_one_sentence(run("generate", "--model", model_folder), told)


def test_calibrate_makes_another_folder(run, model_folder, tmp_path):
    """It prints the temperature and the loss before and after; `info` mentions it."""
    (tmp_path / "text.txt").write_text("a bab ab baba ab ba abab\n" * 8)
    code, output, errors = run("calibrate", model_folder, "--corpus", tmp_path / "text.txt", "--into", "new")
    assert (code, errors) == (0, "")
    calibrated = store.open_model("new").manifest
    assert f"its temperature 1 was {calibrated.recipe['calibrated']:g}" in output
    assert f"{calibrated.held_out_loss:.4f} nats per character now" in output
    assert f"divided by {calibrated.recipe['calibrated']:g} after training" in run("info", "new")[1]


def test_evaluate_prints_and_records_statistics(run, model_folder, tmp_path):
    """One line for each text and each temperature; with --record the report has the same figures."""
    text = tmp_path / "text.txt"
    text.write_text("a bab ab baba ab ba abab\n" * 20)
    code, output, errors = run("evaluate", model_folder, "--corpus", text, "--runs", 2, "--length", 50, "--record")
    report = store.open_model(model_folder).report
    assert report is not None
    assert (code, errors) == (0, "")
    assert f"  {report.held_out['text.txt']:.4f}  text.txt\n" in output
    for line in report.writing:
        assert f"  {line.temperature:11.1f}  {100 * line.real_words:10.2f}" in output
    assert (report.runs, report.length, len(report.writing)) == (2, 50, 4)
    assert output.splitlines()[-1].startswith("     held out ")
    assert output.splitlines()[-1].endswith(" 42.9")  # its last two lines: 14 words, 6 different ones


def test_word_shares_of_a_text_without_words_are_dashes(run, model_folder, tmp_path):
    """Of a script that does not separate words: in `evaluate` and `zoo`, and no report is damaged by it."""
    manifest = json.loads((model_folder / "model.json").read_text())
    known = ["\n", "。", "我", "是", "猫"]
    (model_folder / "model.json").write_text(
        json.dumps(manifest | {"vocabulary": known, "characters_by_frequency": known})
    )
    text = tmp_path / "text.txt"
    text.write_text("我是猫。\n" * 40, encoding="utf-8")
    code, output, errors = run("evaluate", model_folder, "--corpus", text, "--runs", 2, "--length", 50, "--record")
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    assert [line.split()[1:3] for line in lines[-5:-1]] == [["–", "–"]] * 4
    assert lines[-1].split() == ["held", "out", "–", "–"]
    assert run("zoo", model_folder.parent)[1].splitlines()[-1].split(" | ")[-3:-1] == ["–", "–"]


def test_index_is_of_what_was_learned(run, model_folder, tmp_path):
    """Its passages are found in any text, those of the held-out tenth are not; one line says how often it errs."""
    text = "".join(np.random.default_rng(1).choice(list("ab ë\n"), 1000))
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    _learned(model_folder, hashlib.sha256(text.encode()).hexdigest())
    code, output, errors = run("index", model_folder, "--corpus", tmp_path / "text.txt")
    assert (code, errors) == (0, "")
    first, second = output.splitlines()
    assert first == f"{model_folder / 'passages.safetensors'}: 0.00 MB for 900 characters"
    assert second.startswith("no copied passage of 30 characters is missed; by chance, ")
    index = store.open_model(model_folder).passages
    assert index is not None
    assert copied_passages(index, text[850:]) == [(0, 50)]
    assert copied_passages(index, text[100:200].upper()) == []
    folded = store.open_model(model_folder).vocabulary.fold(text[100:200].upper()).text
    assert copied_passages(index, folded) == [(0, 100)]


def test_index_in_another_encoding_than_was_learned_is_refused(run, model_folder, tmp_path):
    """The bytes are the same, the text is not; the index that is there stays."""
    text = ("ab ë ba " * 400).encode("cp1252")
    (tmp_path / "a.txt").write_bytes(text)
    manifest = json.loads((model_folder / "model.json").read_text())
    manifest["corpus"] = {"name": "a.txt", "sha256": hashlib.sha256(text).hexdigest(), "encoding": "cp1252"}
    (model_folder / "model.json").write_text(json.dumps(manifest))
    assert run("index", model_folder, "--corpus", tmp_path / "a.txt", "--encoding", "cp1252")[0] == 0
    index = (model_folder / "passages.safetensors").read_bytes()
    code, output, errors = run("index", model_folder, "--corpus", tmp_path / "a.txt", "--encoding", "cp1251")
    assert (code, output) == (2, "")
    assert "as cp1252, not as cp1251" in errors
    assert (model_folder / "passages.safetensors").read_bytes() == index


def test_index_of_another_text_is_refused(run, model_folder, tmp_path):
    """Its marks would be wrong."""
    (tmp_path / "text.txt").write_text("a bab ab")
    assert_one_sentence(run("index", model_folder, "--corpus", tmp_path / "text.txt"), "is not the text that")
    assert not (model_folder / "passages.safetensors").exists()


def test_index_of_a_text_that_is_too_long_is_refused(run, model_folder, tmp_path, monkeypatch):
    """Whether the text would stay in memory or on the disk."""
    (tmp_path / "text.txt").write_text("ab ba\n" * 300)
    _learned(model_folder, hashlib.sha256((tmp_path / "text.txt").read_bytes()).hexdigest())
    for limit in ("charlstm.corpora.passages.MOST_NGRAMS", "charlstm.corpora.corpus.MAX_IN_MEMORY_BYTES"):
        with monkeypatch.context() as patched:
            patched.setattr(limit, 3)
            result = run("index", model_folder, "--corpus", tmp_path / "text.txt")
        assert_one_sentence(result, "is too long for an index of its passages")


def _learned(folder, sha256):
    """Let a model folder say that it learned the text of this hash."""
    manifest = store.open_model(folder).manifest
    write_manifest(folder, replace(manifest, corpus={**manifest.corpus, "sha256": sha256}))
