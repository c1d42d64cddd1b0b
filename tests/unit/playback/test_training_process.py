"""The one training of a server, with a child that learns nothing and is quick about it."""

import os
import sys
import time
from pathlib import Path

import pytest

from charlstm.playback.user_training.training_process import (
    Limits,
    TrainingProcess,
    TrainingRequest,
    TrainingSlot,
    resident,
)

PATIENCE = 30  # seconds; a busy machine is slow, and not wrong
QUICK = {"look": 0.02, "grace": 10.0}
BEGINS = "import json, os, sys, time\ndef tell(**told): print(json.dumps(told), flush=True)\n"
LEARNS = f"{BEGINS}tell(epoch=0, finished=True)\ntell(epoch=1, done=2, total=4, lately=2.5)\n"
# As charlstm.cli.low_priority does: a byte is a Ctrl-C, the end of the input is the end.
OBEYS = f"{LEARNS}sys.exit(130 if os.read(0, 1) else 3)\n"
LIVES_ON = f"{LEARNS}time.sleep(600)\n"


def training(program, watched=lambda: True, **limits):
    return TrainingProcess([sys.executable, "-c", program], 4, watched, Limits(**(QUICK | limits)))


def ends(one, reason):
    """It ends for this reason, and its process is gone."""
    assert one.wait(PATIENCE)
    assert one.ending == reason
    assert not one.running


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_progress_is_what_the_process_tells():
    """Epochs, batches and losses; lines of other kinds are passed over."""
    program = f"{BEGINS}print('Best: none'); tell(epoch=0, finished=True); print('[1]'); tell(epoch=1, done=1)\n"
    program += "tell(epoch=1, done=2, total=4, lately=2.5); tell(epoch=1, done=4, total=4, lately=None)\n"
    one = training(f"{program}tell(epoch=1, finished=True)")
    ends(one, "done")
    assert (one.epoch, one.done, one.total, one.finished_epochs) == (1, 4, 4, 1)
    assert repr([tuple(point) for point in one.points]) == "[(0.5, 2.5), (1.0, nan)]"


def test_time_left_follows_the_pace_so_far():
    """Nothing is said before there is a pace; and never more than the limit leaves."""
    one = training(OBEYS, seconds=1000.0)
    assert one.seconds_left() is None
    until(lambda: one.points)
    time.sleep(0.3)
    left = one.seconds_left()
    assert left is not None
    assert 0.3 * 7 <= left <= 1000.0  # an eighth is done, seven are left
    one.stop()
    ends(one, "asked")


def test_stop_is_obeyed_by_a_process_that_can():
    """It is asked, and ends by itself."""
    one = training(OBEYS)
    until(lambda: one.points)
    one.stop()
    assert one.stopping or not one.running
    ends(one, "asked")


def test_process_that_does_not_obey_is_killed():
    """After the grace that it is given."""
    one = training(LIVES_ON, grace=0.2)
    until(lambda: one.points)
    one.stop()
    ends(one, "asked")


@pytest.mark.skipif(resident(os.getpid()) is None, reason="the system does not tell how much memory a process takes")
def test_process_that_takes_too_much_memory_is_killed():
    """It ends, and not the server; what it has told stays."""
    hoards = f"{LEARNS}time.sleep(0.3)\nheap = [bytearray(10_000_000) for _ in range(30)]\ntime.sleep(600)"
    one = training(hoards, memory=150_000_000)
    ends(one, "memory")
    assert one.finished_epochs == 0
    assert 150_000_000 < one.memory < 400_000_000


def test_training_ends_in_time():
    """However long it would go on."""
    one = training(OBEYS, seconds=0.5)
    assert one.longest_left() <= 0.5
    ends(one, "time")


def test_training_ends_when_its_viewer_has_left():
    """Not at once: a viewer who comes back in time finds it."""
    there = [True]
    one = training(OBEYS, lambda: there[0], alone=1.0)
    until(lambda: one.points)
    there[0] = False
    time.sleep(0.3)
    there[0] = True
    time.sleep(1.2)
    assert one.running
    there[0] = False
    ends(one, "left")


def test_failure_is_told_in_its_own_words():
    """The last line that it said, without the program's name; or that it cannot be started at all."""
    one = training("import sys; print('warning', file=sys.stderr); sys.exit('charlstm: the loss became nan')")
    ends(one, "failed")
    assert one.error == "the loss became nan"
    missing = TrainingProcess(["/there/is/no/such/program"], 1, lambda: True, Limits(**QUICK))
    ends(missing, "failed")
    assert "No such file" in missing.error


def test_one_training_at_a_time():
    """Another begins only when the first has ended."""
    trainer = TrainingSlot()
    first = trainer.start(lambda: training(OBEYS))
    assert first is not None
    assert trainer.present is first
    assert trainer.start(lambda: pytest.fail("a second one began")) is None
    first.stop()
    assert first.wait(PATIENCE)
    assert trainer.present is None
    second = trainer.start(lambda: training(OBEYS))
    assert second is trainer.present
    second.stop()
    ends(second, "asked")


def test_order_is_the_command_that_anybody_could_type():
    """Each value is one argument with its flag, so that none is taken for another flag."""
    order = TrainingRequest(Path("a b.txt"), Path("into"), "small", 7, (("sample_seed_text", "--into x\n"),))
    command = order.command()
    assert command[1:5] == ["-m", "charlstm.cli.low_priority", "train", "--json"]
    assert {"--corpus=a b.txt", "--into=into", "--recipe=small", "--epochs=7", "--sample-seed-text=--into x\n"} <= set(
        command
    )
