"""The command line at the lowest priority: it gives way, obeys, and does not outlive its parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from charlstm.cli.app import INTERRUPTED
from charlstm.cli.low_priority import ABANDONED

PROGRAM = """
import os, sys, time
from charlstm.cli import app, low_priority
def stays():
    try:
        print(os.nice(0), flush=True)
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        sys.exit(app.INTERRUPTED)
app.main = stays
low_priority.main()
"""


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["usual", "deaf"])
def child(request):
    """A process apart whose command would go on for ever, also where what started it ignores Ctrl-C."""
    environment = {name: value for name, value in os.environ.items() if name != "CHARLSTM_NICE"}
    before = signal.signal(signal.SIGINT, request.param)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        signal.signal(signal.SIGINT, before)
        yield process
        process.kill()


def test_process_gives_way_to_all_others(child):
    """In its share of the processor, and when memory runs out."""
    assert int(child.stdout.readline()) == 19
    chosen = Path(f"/proc/{child.pid}/oom_score_adj")
    assert not chosen.exists() or chosen.read_text().strip() == "1000"


def test_byte_from_the_parent_is_a_ctrl_c(child):
    """Which the command obeys as it would in a terminal."""
    child.stdout.readline()
    child.stdin.write(b"\n")
    child.stdin.flush()
    assert child.wait(30) == INTERRUPTED


def test_process_ends_with_its_parent(child):
    """The end of its input is all that it needs to hear."""
    child.stdout.readline()
    child.stdin.close()
    assert child.wait(30) == ABANDONED


def test_command_line_is_the_same_apart():
    """A sentence on standard error, and its exit code."""
    command = [sys.executable, "-m", "charlstm.cli.low_priority", "train", "--recipe=none", "--into=/nowhere"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr.read().decode().startswith("charlstm: there is no recipe 'none'")
        assert process.wait(30) == 2
