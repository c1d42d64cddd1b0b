"""Two workers that train one network: the weights of both, and what happens when one is killed."""

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
from tests.compatibility.doors import run_command
from tests.training.tiny import TEXT

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds; the machine may be busy


@pytest.fixture
def inputs(tmp_path):
    """A folder with a small recipe that has dropout and a schedule, and a corpus."""
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


def arguments(inputs, into, *options):
    corpus = ["--recipe", inputs / "tiny.toml", "--corpus", inputs / "text.txt"]
    return list(map(str, ["train", *corpus, "--into", inputs / into, *options]))


def start_workers(inputs, *options):
    """Start two workers, each a process with a folder of its own."""
    environment = os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    cluster = ["--workers", free_addresses(), "--worker"]
    commands = [
        [sys.executable, "-m", "charlstm", *arguments(inputs, f"of-{worker}", *cluster, worker, *options)]
        for worker in (0, 1)
    ]
    pipe = subprocess.PIPE
    return [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)
        for command in commands
    ]


def train_alone(inputs, *options):
    """Train in this process, with the batch of both workers."""
    code, _, errors = run_command(*arguments(inputs, "alone", "--batch-size", 16, *options))
    assert (code, errors) == (0, "")


def assert_succeed(processes):
    for process in processes:
        _, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")


def largest_difference(folder, other):
    """Return the largest difference between two training states: weights, optimiser and EMA."""
    one, two = (load_file(path / STATE_FILE) for path in (folder, other))
    assert one.keys() == two.keys()
    return max(np.abs(one[name].astype(float) - two[name]).max() for name in one)


def test_two_workers_train_as_one_with_the_doubled_batch(inputs):
    """Both have exactly the same weights, which are those of one process within float noise."""
    workers = start_workers(inputs, "--epochs", 2)
    train_alone(inputs, "--epochs", 2)
    assert_succeed(workers)
    assert largest_difference(inputs / "of-0", inputs / "of-1") == 0.0
    assert largest_difference(inputs / "of-0", inputs / "alone") < 1e-5
    assert store.open_model(inputs / "of-0").samples == store.open_model(inputs / "alone").samples


def test_killed_worker_stops_the_other_and_both_resume(inputs):
    """One sentence and exit code 2; then the same commands end as an uninterrupted run."""
    options = ("--epochs", 6)
    first, second = start_workers(inputs, *options)
    deadline = time.monotonic() + PATIENCE
    while not (inputs / "of-1" / STATE_FILE).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    second.send_signal(signal.SIGKILL)
    second.communicate()
    _, errors = first.communicate(timeout=PATIENCE)
    assert first.returncode == 2
    assert errors.startswith("charlstm: another worker can no longer be reached, so worker 0 stopped;")
    assert errors.count("\n") == 1
    resumed = start_workers(inputs, *options)
    train_alone(inputs, *options)
    assert_succeed(resumed)
    assert largest_difference(inputs / "of-0", inputs / "of-1") == 0.0
    assert largest_difference(inputs / "of-0", inputs / "alone") < 1e-4


@pytest.mark.parametrize(
    ("workers", "worker", "message"),
    [
        ("localhost:1,localhost:1", 0, "'localhost:1' stands twice in the list of workers"),
        ("localhost:1", 0, "has only one"),
        ("localhost,localhost:2", 0, "'localhost' in the list of workers is not host:port"),
        ("localhost:0,localhost:2", 0, "'localhost:0' in the list of workers is not host:port"),
        ("a:1,b:99999", 0, "'b:99999' in the list of workers is not host:port"),
        ("a:1,b:2", None, "must be given with --worker, a number from 0 to 1, not None"),
        ("a:1,b:2", 2, "a number from 0 to 1, not 2"),
        ("", 0, "'' in the list of workers is not host:port"),
    ],
)
def test_invalid_list_of_workers_is_refused(workers, worker, message):
    """In one sentence."""
    with pytest.raises(TrainingError) as error:
        parse_workers(workers, worker)
    assert message in str(error.value)


def test_list_of_workers_is_parsed():
    """Host names, IPv4 and IPv6 addresses."""
    assert parse_workers("a.b:1, 10.0.0.2:65535,[::1]:80", 2) == ["a.b:1", "10.0.0.2:65535", "[::1]:80"]
