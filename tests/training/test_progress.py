"""The JSON lines about a training."""

import json
import math

from charlstm.model_folder import store
from charlstm.model_folder.training_records import EpochFigures
from charlstm.training.loop import train
from charlstm.training.progress import SECONDS_BETWEEN_LINES, JsonLines
from tests.training.tiny import CORPUS, TINY


def printed(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_loss_of_a_line_is_of_the_batches_since_the_previous_one(capsys):
    """The callback gets means over the epoch so far."""
    times = iter([0.0, 0.1, SECONDS_BETWEEN_LINES, 2.5 * SECONDS_BETWEEN_LINES, 2.6 * SECONDS_BETWEEN_LINES, 9.0, 9.1])
    lines = JsonLines(lambda: next(times))
    losses = [4.0, 3.0, 2.0, 1.0]
    for done in range(1, 5):
        lines.on_batch_end(1, done, 4, sum(losses[:done]) / done)
    lines.on_epoch_end(EpochFigures(1, 2.5, 2.4, 9.0), [])
    lines.on_batch_end(2, 1, 4, 0.5)
    lines.on_batch_end(2, 2, 4, 9.0)
    lines.on_batch_end(2, 4, 4, math.nan)
    assert printed(capsys) == [
        {"epoch": 1, "done": 1, "total": 4, "lately": 4.0},
        {"epoch": 1, "done": 3, "total": 4, "lately": 2.5},  # the second came too soon for a line
        {"epoch": 1, "done": 4, "total": 4, "lately": 1.0},
        {"epoch": 1, "finished": True},
        {"epoch": 2, "done": 2, "total": 4, "lately": 9.0},
        {"epoch": 2, "done": 4, "total": 4, "lately": None},
    ]


def test_each_stored_epoch_has_a_line(capsys, tmp_path):
    """A resumed training begins with the last epoch that is finished."""
    train(CORPUS, TINY, tmp_path, JsonLines())
    lines = printed(capsys)
    finished = [line["epoch"] for line in lines if line.get("finished")]
    assert finished == [line.epoch for line in store.open_model(tmp_path).history] == [0, 1, 2]
    last = [line for line in lines if line.get("epoch") == 2 and "done" in line][-1]
    assert last["done"] == last["total"]
    train(CORPUS, TINY, tmp_path, JsonLines())
    assert printed(capsys) == [{"epoch": 2, "finished": True}]
