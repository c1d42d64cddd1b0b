"""What serves many viewers, as far as it can be checked without Docker: the rest is said in CONTRIBUTING.md."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HAPROXY = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
SETTINGS = {"CHARLSTM_BIND": "127.0.0.1:18501", "CHARLSTM_ADMIN": "/tmp/charlstm.sock", "CHARLSTM_DRAIN": "5000ms"}


@pytest.fixture(scope="module")
def serve():
    spec = importlib.util.spec_from_file_location("serve", DEPLOY / "serve.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed")
def test_haproxy_takes_both_configurations(serve, tmp_path):
    """With the processes of one machine, and with the replicas of Docker."""
    local = tmp_path / "processes.cfg"
    local.write_text(serve.backend([8601, 8602]))
    for processes in (local, DEPLOY / "replicas.cfg"):
        command = [str(HAPROXY), "-c", "-f", DEPLOY / "haproxy.cfg", "-f", processes]
        checked = subprocess.run(command, env=os.environ | SETTINGS, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


def test_each_process_has_a_cookie_of_its_own(serve):
    """And is asked whether it is well."""
    servers = re.findall(r"server (\d+) 127.0.0.1:(\d+) cookie (\d+)", serve.backend([8601, 8602]))
    assert servers == [("8601",) * 3, ("8602",) * 3]
    assert "httpchk GET /_stcore/health" in serve.backend([8601])


@pytest.mark.parametrize("workers", ["0", "257", "many"])
def test_number_of_processes_is_checked(serve, workers):
    """One sentence, and no process is started."""
    with pytest.raises(SystemExit) as refused:
        serve.parse(["--workers", workers])
    assert refused.value.code == 2


def test_without_haproxy_it_says_how_to_install_it(serve, monkeypatch, capsys):
    """One sentence."""
    monkeypatch.setattr(serve.shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(serve.sys, "argv", ["serve.py"])
    assert serve.main() == 2
    assert capsys.readouterr().err == "serve: HAProxy is not installed: on Debian and Ubuntu, apt install haproxy\n"


def test_image_is_given_all_that_it_copies():
    """Each file that the Dockerfile names is there, and is not ignored."""
    taken = {
        line.removeprefix("!")
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
        if line[0] == "!"
    }
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    names = {name.removesuffix("/") for line in copied for name in line.split()}
    assert names == taken
    assert all((ROOT / name).exists() for name in names)
