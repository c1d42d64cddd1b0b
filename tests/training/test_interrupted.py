"""A training that is killed, stopped or watched, as a user would: real processes, real signals."""

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

from charlstm import cli
from charlstm.model_folder import store
from tests.training.tiny import TEXT

ROOT = Path(cli.__file__).parents[2]
KILLED_AT = Path(__file__).parent / "killed_at.py"
EPOCHS = 3


def assert_same_run(folder, unbroken):
    """Both folders hold the same files: numbers equal within float noise, everything else to the letter."""
    names = sorted(path.name for path in unbroken.iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    for name in names:
        if name.endswith(".safetensors"):
            tensors, expected = (safetensors.numpy.load_file(place / name) for place in (folder, unbroken))
            assert tensors.keys() == expected.keys()
            for key, tensor in tensors.items():
                np.testing.assert_allclose(tensor, expected[key], rtol=1e-3, atol=1e-4)
    for lines in zip(*(store.read_history(place / store.HISTORY) for place in (folder, unbroken)), strict=True):
        figures = [(line.epoch, line.train_loss, line.held_out_loss) for line in lines]
        assert figures[0] == pytest.approx(figures[1], abs=1e-4, nan_ok=True)
    one, other = (store.open_model(place) for place in (folder, unbroken))
    assert one.samples == other.samples
    assert replace(one.manifest, held_out_loss=0.0) == replace(other.manifest, held_out_loss=0.0)
    assert one.manifest.held_out_loss == pytest.approx(other.manifest.held_out_loss, abs=1e-4)


def train_and_die(moment, folder):
    """Run the tiny training until it kills itself; returns the exit code."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, str(KILLED_AT), str(moment), str(folder)], env=environment, check=False)


def test_train_killed_while_writing_ends_as_an_unbroken_run(tmp_path):
    """Killed again and again in the middle of a file or before its renaming, the run ends as if nothing had been."""
    unbroken, broken = tmp_path / "unbroken" / "tiny", tmp_path / "broken" / "tiny"
    assert train_and_die(-1, unbroken).returncode == 0
    # The words are one file of two moments, an epoch five; every file and both moments are met.
    for moment in (0, 2, 9, 10, 4, 7, 16):
        assert train_and_die(moment, broken).returncode == -signal.SIGKILL
        if (broken / store.MANIFEST).exists():
            assert store.open_model(broken).network()
    assert train_and_die(-1, broken).returncode == 0
    assert_same_run(broken, unbroken)


def command(folder, corpus):
    """Return the command line that trains the book's network on a small corpus."""
    return [
        sys.executable,
        *("-m", "charlstm", "train"),
        *("--corpus", str(corpus), "--into", str(folder), "--epochs", str(EPOCHS)),
    ]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "small.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def watched(tmp_path_factory, corpus):
    """Train to the end in a terminal of 80 columns; returns the folder and all that the terminal got."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminals")
    import fcntl
    import termios

    folder = tmp_path_factory.mktemp("watched") / "model"
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command(folder, corpus), stdout=theirs, stderr=theirs, env=environment, cwd=folder.parent
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # Linux says so when the other end of a terminal is closed
        pass
    assert process.wait() == 0
    return folder, shown.decode()


def test_train_in_a_terminal_shows_a_bar_with_the_loss_and_the_time_left(watched):
    """In a terminal there is one bar, redrawn in place, with a loss that moves and the time left."""
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", watched[1])
    bars = re.findall(r"epoch (\d)/3, loss (\d\.\d{3}) +[━╸╺ ]+ +(\d+)% (\S+)", shown)
    assert len({loss for _, loss, _, _ in bars}) > 5
    assert [percent for _, _, percent, _ in bars][-1] == "100"
    assert any(re.fullmatch(r"0:\d\d:\d\d", left) for _, _, _, left in bars)
    assert "epoch 3/3: train loss" in shown
    assert "\x1b[1A" in watched[1] or "\r" in watched[1].replace("\r\n", "\n")


def test_train_in_a_terminal_keeps_each_sample_on_a_line(watched):
    """Samples and figures stand above the bar, each on one line of the terminal."""
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", watched[1]).replace("\r", "\n").split("\n")
    assert sum(line.startswith(("  0.2  ", "  0.5  ", "  1.0  ", "  1.2  ")) for line in lines) == 4 * (EPOCHS + 1)
    assert max(len(line.rstrip()) for line in lines[2:]) <= 80


def signalled(folder, corpus, line, after, number):
    """Train, wait for a line of output and a little longer, send a signal; returns the process when it has ended."""
    process = subprocess.Popen(
        command(folder, corpus),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    seen = []
    for output in process.stdout:
        seen.append(output)
        if output.startswith(line):
            break
    time.sleep(after)
    process.send_signal(number)
    rest, errors = process.communicate(timeout=60)
    return process.returncode, "".join(seen) + rest, errors


def test_train_stopped_at_any_moment_ends_as_an_unbroken_run(watched, corpus, tmp_path):
    """Killed in mid-epoch, and stopped by Ctrl-C in a sentence, the book's network ends as if nothing had been."""
    folder = tmp_path / "model"
    code, _, errors = signalled(folder, corpus, "epoch 1/3", 0.3, signal.SIGKILL)
    assert (code, errors) == (-signal.SIGKILL, "")
    code, _, errors = signalled(folder, corpus, "going on after epoch 1", 0.5, signal.SIGINT)
    assert code == 130
    assert errors == "charlstm: stopped; what was finished is kept, and the same command goes on from there\n"
    assert store.open_model(folder).manifest.best_epoch >= 1
    ended = subprocess.run(
        command(folder, corpus), capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\x1b" not in ended.stdout
    assert re.search(r"^Best: epoch \d, held-out loss \d\.\d{3} nats a character\.$", ended.stdout, re.MULTILINE)
    assert_same_run(folder, watched[0])
