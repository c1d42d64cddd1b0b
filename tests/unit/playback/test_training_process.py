"""The one training of a server, with a child process that prints messages and trains nothing."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from charlstm.playback.user_training.training_process import (
    Limits,
    TrainingProcess,
    TrainingRequest,
)
from charlstm.playback.user_training.training_slot import TrainingSlot, usual_lock_file

PATIENCE = 30  # seconds; a busy machine is slow, and not wrong
QUICK: dict[str, Any] = {"poll_interval": 0.02, "grace_period": 10.0}
PREAMBLE = "import json, os, sys, time\ndef send(**message): print(json.dumps(message), flush=True)\n"
TRAINS = f"{PREAMBLE}send(epoch=0, finished=True)\nsend(epoch=1, done=2, total=4, lately=2.5)\n"
# As charlstm.cli.low_priority does: a byte is a Ctrl-C, the end of the input is the end.
STOPS_WHEN_ASKED = f"{TRAINS}sys.exit(130 if os.read(0, 1) else 3)\n"
IGNORES_REQUESTS = f"{TRAINS}time.sleep(600)\n"


def start(program, has_viewer=lambda: True, **limits):
    return TrainingProcess([sys.executable, "-c", program], 4, has_viewer, Limits(**(QUICK | limits)))


def assert_ends(training, reason):
    assert training.wait(PATIENCE)
    assert training.ending == reason
    assert not training.running


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_progress_is_read_from_messages():
    """Epochs, batches and losses; lines that are no messages are ignored."""
    program = f"{PREAMBLE}print('Best: none'); send(epoch=0, finished=True); print('[1]'); send(epoch=1, done=1)\n"
    program += "send(epoch=1, done=2, total=4, lately=2.5); send(epoch=1, done=4, total=4, lately=None)\n"
    training = start(f"{program}send(epoch=1, finished=True)")
    assert_ends(training, "done")
    assert (training.epoch, training.done, training.total, training.finished_epochs) == (1, 4, 4, 1)
    assert repr([tuple(point) for point in training.points]) == "[(0.5, 2.5), (1.0, nan)]"


def test_seconds_left_are_known_after_an_epoch():
    """None before, and never more than the limit of time leaves."""
    program = f"{TRAINS}send(epoch=1, done=4, total=4, lately=2.5)\ntime.sleep(0.3)\nsend(epoch=1, finished=True)\n"
    training = start(f"{program}sys.exit(130 if os.read(0, 1) else 3)\n", seconds=1000.0)
    assert training.seconds_left() is None
    wait_until(lambda: training.finished_epochs == 1)
    wait_until(lambda: training.seconds_left() is not None)
    left = training.seconds_left()
    assert left is not None
    assert 0.3 * 3 <= left <= 1000.0  # three epochs are left, and half of one took 0.3 seconds
    training.stop()
    assert_ends(training, "asked")


def test_stop_lets_the_process_end_by_itself():
    """It is asked through its standard input."""
    training = start(STOPS_WHEN_ASKED)
    wait_until(lambda: training.points)
    training.stop()
    assert training.stopping or not training.running
    assert_ends(training, "asked")


def test_process_that_does_not_stop_is_killed():
    """After the grace period."""
    training = start(IGNORES_REQUESTS, grace_period=0.2)
    wait_until(lambda: training.points)
    training.stop()
    assert_ends(training, "asked")


def test_process_that_takes_too_much_memory_is_killed():
    """At once; its messages so far are kept."""
    program = f"{TRAINS}time.sleep(0.3)\nheap = [bytearray(10_000_000) for _ in range(30)]\ntime.sleep(600)"
    training = start(program, memory=150_000_000)
    assert_ends(training, "memory")
    assert training.finished_epochs == 0
    assert 150_000_000 < training.memory < 400_000_000


def test_training_ends_at_its_limit_of_time():
    """However long it would go on."""
    training = start(STOPS_WHEN_ASKED, seconds=0.5)
    assert training.longest_left() <= 0.5
    assert_ends(training, "time")


def test_training_ends_when_its_viewer_has_left():
    """Not at once: a viewer who comes back in time finds it."""
    connected = [True]
    training = start(STOPS_WHEN_ASKED, lambda: connected[0], seconds_without_viewer=1.0)
    wait_until(lambda: training.points)
    connected[0] = False
    time.sleep(0.3)
    connected[0] = True
    time.sleep(1.2)
    assert training.running
    connected[0] = False
    assert_ends(training, "left")


def test_error_is_the_last_line_of_a_failed_process():
    """Without the program's name; or why the process cannot be started at all."""
    training = start("import sys; print('warning', file=sys.stderr); sys.exit('charlstm: the loss became nan')")
    assert_ends(training, "failed")
    assert training.error == "the loss became nan"
    missing = TrainingProcess(["/there/is/no/such/program"], 1, lambda: True, Limits(**QUICK))
    assert_ends(missing, "failed")
    assert "No such file" in missing.error


def test_slot_holds_one_training_at_a_time():
    """Another begins only when the first has ended."""
    slot = TrainingSlot()
    first = slot.start(lambda: start(STOPS_WHEN_ASKED))
    assert first is not None
    assert slot.current is first
    assert slot.start(lambda: pytest.fail("a second one began")) is None
    first.stop()
    assert first.wait(PATIENCE)
    assert slot.current is None
    second = slot.start(lambda: start(STOPS_WHEN_ASKED))
    assert second is slot.current
    second.stop()
    assert_ends(second, "asked")


def test_one_training_runs_on_a_machine_whichever_process_serves_the_page(tmp_path):
    """The other process is refused until it has ended, or the process that began it has."""
    lock_file = tmp_path / "lock"
    one, other = TrainingSlot(lock_file), TrainingSlot(lock_file)
    first = one.start(lambda: start(STOPS_WHEN_ASKED))
    assert first is not None
    assert other.start(lambda: pytest.fail("a second one began")) is None
    first.stop()
    assert first.wait(PATIENCE)
    again = one.start(lambda: start(STOPS_WHEN_ASKED))  # at once, without a wait for the lock
    assert again is not None
    again.stop()
    assert again.wait(PATIENCE)
    wait_until(lambda: other.start(lambda: start(STOPS_WHEN_ASKED)) is not None)
    assert other.current
    other.current.stop()
    lock = f"lock = filelock.FileLock({str(tmp_path / 'third')!r})"
    program = f"import filelock; {lock}; lock.acquire(); print('has it', flush=True); input()"
    third = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert third.stdout
    assert third.stdout.readline() == b"has it\n"
    slot = TrainingSlot(tmp_path / "third")
    assert slot.start(lambda: pytest.fail("a second one began")) is None
    third.kill()
    third.communicate()
    last = slot.start(lambda: start(STOPS_WHEN_ASKED))
    assert last is not None
    last.stop()


def test_what_could_not_begin_leaves_the_place_free(tmp_path):
    """The error goes on."""

    def fails():
        raise OSError("no space")

    slot = TrainingSlot(tmp_path / "lock")
    with pytest.raises(OSError, match="no space"):
        slot.start(fails)
    begun = slot.start(lambda: start(STOPS_WHEN_ASKED))
    assert begun is not None
    begun.stop()


def test_lock_file_can_be_named(monkeypatch, tmp_path):
    """By the environment; or it is one for each user of the machine."""
    assert usual_lock_file().name.startswith("charlstm-training-")
    monkeypatch.setenv("CHARLSTM_TRAINING_LOCK", str(tmp_path / "lock"))
    assert usual_lock_file() == tmp_path / "lock"


def test_request_is_a_command_line():
    """Each value is one argument with its flag, so that none is taken for another flag."""
    request = TrainingRequest(Path("a b.txt"), Path("into"), "small", 7, (("sample_seed_text", "--into x\n"),))
    command = request.command()
    assert command[1:5] == ["-m", "charlstm.cli.low_priority", "train", "--json"]
    assert {"--corpus=a b.txt", "--into=into", "--recipe=small", "--epochs=7", "--sample-seed-text=--into x\n"} <= set(
        command
    )
    counting = TrainingRequest(Path("a.txt"), Path("into"), "counts", 5).command()
    assert counting[-2:] == ["--recipe=counts", "--order=5"]
