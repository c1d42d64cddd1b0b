"""History, samples and words: a damaged file is one sentence, and none is needed."""

import pytest

from charlstm.model_folder.store import open_model


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("history.csv", b"epoch,train_loss\n1,2\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n1,2,x,4\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n1,2,3\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n1,2,3,4\n1,2,3,4\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n" + b"9" * 5000 + b",2,3,4\n"),
        ("history.csv", b"epoch,train_loss,held_out_loss,seconds\n" + b"x" * 200_000 + b"\n"),
        ("history.csv", b"epoch,\0\n\0"),
        ("history.csv", b"\xff"),
        ("samples.jsonl", b"{}\n"),
        ("samples.jsonl", b"7\n"),
        ("samples.jsonl", b"[" * 100_000),
        ("samples.jsonl", b'{"epoch": 1, "temperature": "x", "random_seed": 1, "seed_text": "", "text": ""}'),
        ("samples.jsonl", b'{"epoch": 1, "temperature": 1, "random_seed": 1, "seed_text": "", "text": 5}'),
        ("samples.jsonl", b'{"epoch": 1, "temperature": 1, "random_seed": 1, "seed_text": "", "text": "\\ud800"}'),
        ("samples.jsonl", b'{"epoch": 1.5, "temperature": 1, "random_seed": 1, "seed_text": "", "text": ""}'),
        ("samples.jsonl", b"\xff"),
        ("words.txt", b"b 1\na 1\n"),
        ("words.txt", b"a 1\nb"),
        ("words.txt", b"\xff"),
    ],
)
def test_open_model_refuses_a_damaged_record(model_folder, assert_refused, name, content):
    """A history, samples or words file that this program would not write is named as damaged."""
    (model_folder / name).write_bytes(content)
    assert_refused(model_folder, name, "is damaged")


def test_damaged_sample_is_named_by_its_line_and_field(model_folder, assert_refused):
    """With the value and the rule."""
    path = model_folder / "samples.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("0.5", "-1") * 2, encoding="utf-8")
    assert_refused(model_folder, "is damaged (line 1: temperature is -1; it must be a number from 0.0 up)")


def test_open_model_needs_no_history(model_folder):
    """A folder without history, samples and words is still a model."""
    (model_folder / "history.csv").unlink()
    (model_folder / "samples.jsonl").unlink()
    (model_folder / "words.txt").unlink()
    model = open_model(model_folder)
    assert (model.history, model.samples, model.figures(2)) == ((), (), None)
    assert "ab" not in model.words
