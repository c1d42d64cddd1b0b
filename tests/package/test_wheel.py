"""The wheel, built from the clone and from the source archive, and its command line in a folder elsewhere."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BUNDLED = "charlstm/bundled/nietzsche-book/"
GENERATE = ["generate", "--seed-text", "what is noble? ", "--length", "40"]


def run(folder, *command):
    """Return what a command prints; it finds the program only where it is installed, or in `folder`."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(clone, *kinds):
    """Return the wheel that is built with what requirements-dev.txt installs, so that nothing is fetched."""
    made = clone.parent / "-".join(["made", *kinds])
    run(clone.parent, sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", made, clone)
    (wheel,) = made.glob("*.whl")
    return wheel


def files(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix() for path in paths}


def contents(wheel):
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a copy of what a build may read."""
    folder = tmp_path_factory.mktemp("package") / "clone"
    shutil.copytree(ROOT / "charlstm", folder / "charlstm", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "models" / "nietzsche-book", folder / "models" / "nietzsche-book")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(clone):
    before = files(clone)
    made = build(clone, "--wheel")
    assert files(clone) == before, "a build leaves something in the clone"
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return the command of the installed wheel, whose dependencies are those of these tests."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    run(folder, sys.executable, "-m", "pip", "--python", folder / "bin/python", "install", "--no-deps", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    dependencies = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    (packages / "dependencies.pth").write_text("\n".join(dependencies))
    return folder / "bin" / "charlstm"


def test_wheel_has_every_file_of_the_package(clone, wheel):
    assert files(clone / "charlstm") <= {name.removeprefix("charlstm/") for name in contents(wheel)}


def test_wheel_has_the_best_epoch_alone(wheel):
    found = contents(wheel)
    manifest = json.loads(found[BUNDLED + "model.json"])
    (epoch,) = manifest["epochs"]
    assert epoch == manifest["best_epoch"]
    assert [name for name in found if name.startswith(BUNDLED + "epoch-")] == [
        f"{BUNDLED}epoch-{epoch:03d}.safetensors"
    ]


def test_source_archive_makes_the_same_wheel(clone, wheel):
    before = files(clone)
    assert contents(build(clone)) == contents(wheel)
    assert files(clone) == before


def test_installed_command_writes_in_any_folder_what_the_clone_writes(installed, tmp_path):
    expected = run(ROOT, sys.executable, "-m", "charlstm", *GENERATE)
    assert len(expected) > len("what is noble? ") + 40
    assert run(tmp_path, installed, *GENERATE) == expected


def test_installed_command_checks_its_network(installed, tmp_path):
    assert "1 kept" in run(tmp_path, installed, "info")
