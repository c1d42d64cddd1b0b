"""A server of the app, and the flags of Chromium."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

from tests import golden

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def the_book_alone(folder: Path) -> Path:
    """Create a folder of models that has the book's network only, so that it is the chosen one."""
    folder.mkdir()
    (folder / golden.MODEL.name).symlink_to(golden.MODEL)
    return folder


class Server:
    """The app in a process of its own; a failing test shows the end of its log."""

    running: ClassVar[list["Server"]] = []

    def __init__(
        self, corpora: Path, models: Path | None = None, script: str = "streamlit_app.py", port: int | None = None
    ) -> None:
        if port is None:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        # With a lower priority a training would get no time on a machine that is busy with other tests.
        environment = os.environ | {"CHARLSTM_CORPORA": str(corpora), "CHARLSTM_NICE": "0"}
        environment["CHARLSTM_TRAINING_LOCK"] = str(Path(tempfile.gettempdir()) / f"charlstm-training-{port}.lock")
        if models:
            environment["CHARLSTM_MODELS"] = str(models)
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
        command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server is
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log)
        Server.running.append(self)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not start within a minute\n{self.end_of_log()}")

    def end_of_log(self, most: int = 8_000) -> str:
        """Return at most so many bytes of what it has printed last."""
        end = os.fstat(self.log.fileno()).st_size
        return os.pread(self.log.fileno(), most, max(0, end - most)).decode(errors="replace")

    def kill(self) -> None:
        """End it as a machine that fails would."""
        self.process.kill()
        self.process.wait(10)
        Server.running.remove(self)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        Server.running.remove(self)
