"""Trainings that are killed, interrupted by Ctrl-C, or run in a terminal: real processes, real signals."""

import os
import re
import signal
import struct
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from charlstm.model_folder import store
from charlstm.model_folder.manifest import MANIFEST
from charlstm.model_folder.training_records import HISTORY, read_history
from tests.compatibility.doors import run_command
from tests.training.tiny import TEXT, TINY

ROOT = Path(__file__).parents[2]
KILLED_AT = Path(__file__).parent / "killed_at.py"
EPOCHS = 3


def assert_same_run(folder, unbroken):
    """Check that both folders have the same files: numbers equal within float noise, everything else exactly."""
    names = sorted(path.name for path in unbroken.iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    for name in names:
        if name.endswith(".safetensors"):
            tensors, expected = (safetensors.numpy.load_file(place / name) for place in (folder, unbroken))
            assert tensors.keys() == expected.keys()
            for key, tensor in tensors.items():
                np.testing.assert_allclose(tensor, expected[key], rtol=1e-3, atol=1e-4)
    for lines in zip(*(read_history(place / HISTORY) for place in (folder, unbroken)), strict=True):
        figures = [(line.epoch, line.train_loss, line.held_out_loss) for line in lines]
        assert figures[0] == pytest.approx(figures[1], abs=1e-4, nan_ok=True)
    one, other = (store.open_model(place) for place in (folder, unbroken))
    assert one.samples == other.samples
    assert replace(one.manifest, held_out_loss=0.0) == replace(other.manifest, held_out_loss=0.0)
    assert one.manifest.held_out_loss == pytest.approx(other.manifest.held_out_loss, abs=1e-4)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_killed_run_ends_as_an_uninterrupted_one(finished_run, tmp_path):
    """Killed in the middle of a file, before its renaming and between two batches; its model opens after each time."""
    # The words and the index are each a file of two moments, an epoch five; every file and both moments are met.
    moments = ("0", "2", "4", "11", "12", "6", "9", "18", "batch", "never")
    (tmp_path / "snapshots").mkdir()
    folder = tmp_path / "broken" / "tiny"
    command = [sys.executable, str(KILLED_AT), str(folder), str(tmp_path / "snapshots"), *moments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    ended_by = [int(line.split()[-1]) for line in output.splitlines() if line.startswith("ended by ")]
    assert ended_by == [signal.SIGKILL] * (len(moments) - 1) + [0]
    snapshots = [path for path in (tmp_path / "snapshots").iterdir() if (path / MANIFEST).exists()]
    assert len(snapshots) >= 4
    for snapshot in snapshots:
        assert store.open_model(snapshot).network()
    assert_same_run(folder, finished_run(TINY)[0])


def arguments(folder, corpus):
    """Return the arguments that train a small network on a small corpus, for some seconds."""
    options = ["--units=16", "--maxlen=10", "--batch-size=8", f"--epochs={EPOCHS}"]
    return ["train", "--corpus", str(corpus), "--into", str(folder), *options]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "small.txt"
    path.write_text(" ".join(np.random.default_rng(2).choice(TEXT.split(), 5000)))  # enough for a bar that is seen
    return path


@pytest.fixture(scope="module")
def in_terminal(tmp_path_factory, corpus):
    """Train to the end in a terminal of 80 columns; returns the folder and all that the terminal got."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    import fcntl
    import termios

    folder = tmp_path_factory.mktemp("in_terminal") / "model"
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    command = [sys.executable, "-m", "charlstm", *arguments(folder, corpus)]
    environment = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment, cwd=folder.parent)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # Linux says so when the other end of a terminal is closed
        pass
    assert process.wait() == 0
    return folder, shown.decode()


def test_train_in_a_terminal_shows_a_bar_with_the_loss_and_the_time_left(in_terminal):
    """One bar, redrawn in place, whose loss changes."""
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", in_terminal[1])
    bars = re.findall(r"epoch (\d)/3, loss (\d\.\d{3}) +[━╸╺ ]+ +(\d+)% (\S+)", shown)
    assert len({loss for _, loss, _, _ in bars}) > 5
    assert [percent for _, _, percent, _ in bars][-1] == "100"
    assert any(re.fullmatch(r"0:\d\d:\d\d", left) for _, _, _, left in bars)
    assert "epoch 3/3: train loss" in shown
    assert "\x1b[1A" in in_terminal[1] or "\r" in in_terminal[1].replace("\r\n", "\n")


def test_train_in_a_terminal_prints_each_sample_on_one_line(in_terminal):
    """Above the bar, as the figures of each epoch."""
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", in_terminal[1]).replace("\r", "\n").split("\n")
    assert sum(line.startswith(("  0.2  ", "  0.5  ", "  1.0  ", "  1.2  ")) for line in lines) == 4 * (EPOCHS + 1)
    assert max(len(line.rstrip()) for line in lines[2:]) <= 80


def test_run_interrupted_by_ctrl_c_ends_as_an_uninterrupted_one(in_terminal, corpus, tmp_path):
    """It stops within an epoch, in one sentence; the same command resumes it."""
    folder = tmp_path / "model"
    process = subprocess.Popen(
        [sys.executable, "-m", "charlstm", *arguments(folder, corpus)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout
    for line in process.stdout:
        if line.startswith("epoch 1/3"):
            break
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "charlstm: stopped; what was finished is kept, and the same command goes on from there\n"
    assert 1 <= store.open_model(folder).history[-1].epoch < EPOCHS
    code, output, errors = run_command(*arguments(folder, corpus))
    assert (code, errors) == (0, "")
    assert "going on after epoch" in output
    assert "\x1b" not in output
    assert re.search(r"^Best: epoch \d, held-out loss \d\.\d{3} nats per character\.$", output, re.MULTILINE)
    assert_same_run(folder, in_terminal[0])
