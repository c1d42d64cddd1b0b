"""What a program is told of a training."""

import json
import math

from charlstm.corpora import corpus as corpora
from charlstm.model_folder import store
from charlstm.training.loop import train
from charlstm.training.progress import BETWEEN_LINES, JsonLines
from tests.training.tiny import TEXT, TINY_CONV


def told(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_losses_are_those_since_the_line_before(capsys):
    """Means over the batches of one epoch so far come in; what goes out is the mean of the latest alone."""
    times = iter([0.0, 0.1, BETWEEN_LINES, 2.5 * BETWEEN_LINES, 2.6 * BETWEEN_LINES, 9.0, 9.1])
    lines = JsonLines(lambda: next(times))
    losses = [4.0, 3.0, 2.0, 1.0]
    for done in range(1, 5):
        lines.batch(1, done, 4, sum(losses[:done]) / done)
    lines.epoch(store.EpochFigures(1, 2.5, 2.4, 9.0), [])
    lines.batch(2, 1, 4, 0.5)
    lines.batch(2, 2, 4, 9.0)
    lines.batch(2, 4, 4, math.nan)
    assert told(capsys) == [
        {"epoch": 1, "done": 1, "total": 4, "lately": 4.0},
        {"epoch": 1, "done": 3, "total": 4, "lately": 2.5},  # the second came too soon for a line
        {"epoch": 1, "done": 4, "total": 4, "lately": 1.0},
        {"epoch": 1, "finished": True},
        {"epoch": 2, "done": 2, "total": 4, "lately": 9.0},
        {"epoch": 2, "done": 4, "total": 4, "lately": None},
    ]


def test_every_epoch_is_told_once_it_is_in_the_folder(capsys, tmp_path):
    """Those of a training that goes on begin with where it stood."""
    text = corpora.Corpus("tiny", (TEXT,), "00")
    train(text, TINY_CONV, tmp_path, JsonLines())
    lines = told(capsys)
    finished = [line["epoch"] for line in lines if line.get("finished")]
    assert finished == [line.epoch for line in store.open_model(tmp_path).history] == [0, 1, 2, 3]
    last = [line for line in lines if line.get("epoch") == 3 and "done" in line][-1]
    assert last["done"] == last["total"]
    train(text, TINY_CONV, tmp_path, JsonLines())
    assert told(capsys) == [{"epoch": 3, "finished": True}]
