"""Two processes that learn together: the same weights, those of one process, and what happens when one dies."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from charlstm.cli.workers import parse_workers
from charlstm.model_folder import store
from charlstm.recipes.recipe import BUILT_IN, TrainingError
from charlstm.training.resume import STATE_FILE
from tests.training.tiny import TEXT

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds; the machine may be busy


@pytest.fixture
def given(tmp_path):
    """A recipe and a corpus, small, with dropout and a schedule."""
    recipe = (BUILT_IN / "deep.toml").read_text()
    for name, value in {
        "units": "[8, 6]",
        "maxlen": 10,
        "batch_size": 8,
        "warmup_steps": 5,
        "sample_length": 20,
    }.items():
        recipe = re.sub(rf"^{name} = .*$", f"{name} = {value}", recipe, flags=re.MULTILINE)
    (tmp_path / "tiny.toml").write_text(recipe)
    (tmp_path / "text.txt").write_text(TEXT)
    return tmp_path


def free_addresses():
    """Return two addresses on this machine that nobody uses."""
    sockets = [socket.create_server(("localhost", 0)) for _ in range(2)]
    addresses = [f"localhost:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return ",".join(addresses)


def begin(folder, into, *options):
    """Start a training in a process of its own."""
    command = [sys.executable, "-m", "charlstm", "train", "--recipe", str(folder / "tiny.toml")]
    command += ["--corpus", str(folder / "text.txt"), "--into", str(folder / into), *map(str, options)]
    environment = os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def begin_both(folder, *options):
    """Start two workers, each with a folder of its own."""
    addresses = free_addresses()
    return [begin(folder, f"of-{worker}", "--workers", addresses, "--worker", worker, *options) for worker in (0, 1)]


def ended_well(*processes):
    for process in processes:
        _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")


def farthest(folder, other):
    """Return the largest difference between two training states: weights, optimiser and averages."""
    one, two = (load_file(path / STATE_FILE) for path in (folder, other))
    assert one.keys() == two.keys()
    return max(np.abs(one[name].astype(float) - two[name]).max() for name in one)


def test_two_workers_learn_what_one_learns_with_the_doubled_batch(given):
    """To the bit the same in both, and within float noise that of one process."""
    ended_well(*begin_both(given, "--epochs", 2), begin(given, "alone", "--epochs", 2, "--batch-size", 16))
    assert farthest(given / "of-0", given / "of-1") == 0.0
    assert farthest(given / "of-0", given / "alone") < 1e-5
    assert store.open_model(given / "of-0").samples == store.open_model(given / "alone").samples


def test_a_worker_that_dies_stops_the_other_and_both_go_on(given):
    """A sentence and exit code 2; then the same commands end as if nothing had been."""
    options = ("--epochs", 12)
    first, second = begin_both(given, *options)
    deadline = time.monotonic() + PATIENCE
    while not (given / "of-1" / STATE_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    second.send_signal(signal.SIGKILL)
    second.communicate()
    _, errors = first.communicate(timeout=PATIENCE)
    assert first.returncode == 2
    assert errors.startswith("charlstm: another worker can no longer be reached, so worker 0 stopped;")
    assert errors.count("\n") == 1
    ended_well(*begin_both(given, *options))
    ended_well(begin(given, "alone", *options, "--batch-size", 16))
    assert farthest(given / "of-0", given / "of-1") == 0.0
    assert farthest(given / "of-0", given / "alone") < 1e-4


@pytest.mark.parametrize(
    ("workers", "worker", "told"),
    [
        ("localhost:1,localhost:1", 0, "'localhost:1' stands twice in the list of workers"),
        ("localhost:1", 0, "has only one"),
        ("localhost,localhost:2", 0, "'localhost' in the list of workers is not host:port"),
        ("localhost:0,localhost:2", 0, "'localhost:0' in the list of workers is not host:port"),
        ("a:1,b:99999", 0, "'b:99999' in the list of workers is not host:port"),
        ("a:1,b:2", None, "must be told by --worker, a number from 0 to 1, not None"),
        ("a:1,b:2", 2, "a number from 0 to 1, not 2"),
        ("", 0, "'' in the list of workers is not host:port"),
    ],
)
def test_a_list_of_workers_that_cannot_be_is_refused(workers, worker, told):
    """In a sentence."""
    with pytest.raises(TrainingError) as error:
        parse_workers(workers, worker)
    assert told in str(error.value)


def test_a_list_of_workers_is_read():
    """Names, numbers and IPv6."""
    assert parse_workers("a.b:1, 10.0.0.2:65535,[::1]:80", 2) == ["a.b:1", "10.0.0.2:65535", "[::1]:80"]
