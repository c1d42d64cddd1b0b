"""The command line at the lowest priority: it yields to other processes, obeys its parent, and ends with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from charlstm.cli.app import INTERRUPTED
from charlstm.cli.low_priority import PARENT_ENDED

PROGRAM = """
import os, sys, time
from charlstm.cli import app, low_priority
def run_for_ever():
    try:
        print(os.nice(0), flush=True)
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        sys.exit(app.INTERRUPTED)
app.main = run_for_ever
low_priority.main()
"""


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["default", "ignored"])
def child(request):
    """A child process whose command runs for ever, also where its parent ignores Ctrl-C."""
    environment = {name: value for name, value in os.environ.items() if name != "CHARLSTM_NICE"}
    previous_handler = signal.signal(signal.SIGINT, request.param)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        signal.signal(signal.SIGINT, previous_handler)
        yield process
        process.kill()


def test_process_yields_to_all_others(child):
    """The processor, and when memory runs out."""
    assert int(child.stdout.readline()) == 19
    oom_score_adj = Path(f"/proc/{child.pid}/oom_score_adj")
    assert not oom_score_adj.exists() or oom_score_adj.read_text().strip() == "1000"


def test_byte_on_standard_input_is_a_ctrl_c(child):
    """The command ends as it would in a terminal."""
    child.stdout.readline()
    child.stdin.write(b"\n")
    child.stdin.flush()
    assert child.wait(30) == INTERRUPTED


def test_end_of_standard_input_ends_the_process(child):
    """As it comes with the end of the parent."""
    child.stdout.readline()
    child.stdin.close()
    assert child.wait(30) == PARENT_ENDED


def test_errors_are_those_of_the_command_line():
    """A sentence on standard error, and its exit code."""
    command = [sys.executable, "-m", "charlstm.cli.low_priority", "train", "--recipe=none", "--into=/nowhere"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr
        assert process.stderr.read().decode().startswith("charlstm: there is no recipe 'none'")
        assert process.wait(30) == 2
