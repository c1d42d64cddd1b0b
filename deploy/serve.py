"""Serve the page with several processes behind HAProxy: python deploy/serve.py --workers 4.

A process that ends is started again. Ctrl-C, or SIGTERM, lets viewers end what they do for a moment, then stops all.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
HEALTH = "/_stcore/health"  # Streamlit's own
CHECK = 0.25  # seconds from one look at the processes to the next
RESTART_AFTER = 1.0  # seconds; a process that cannot start must not be started all the time
BACKEND = """
backend processes from page
    balance leastconn
    option httpchk GET {health}
    cookie CHARLSTM insert indirect nocache httponly
    default-server check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
{servers}
"""


def backend(ports: Sequence[int]) -> str:
    """Return the part of HAProxy's configuration that names the processes."""
    servers = [f"    server {port} 127.0.0.1:{port} cookie {port}" for port in ports]
    return BACKEND.format(health=HEALTH, servers="\n".join(servers))


def free_ports(count: int) -> list[int]:
    """Return so many ports of this machine that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def page_command(port: int) -> list[str]:
    """Return the command of one process of the page."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py"), "--server.headless", "true"]
    return [*command, "--server.address", "127.0.0.1", "--server.port", str(port)]


def _started(command: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a program that a Ctrl-C in the terminal does not reach."""
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


class Processes:
    """The processes of the page and HAProxy, all alive until they are stopped.

    Args:
        haproxy: the path of the program.
        bind: what HAProxy listens on, such as "*:8501".
        workers: how many processes the page has.
        drain: seconds that viewers have after a stop.
    """

    def __init__(self, haproxy: str, bind: str, workers: int, drain: float) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="charlstm-serve-")
        self._drain = drain
        self._ports = free_ports(workers)
        self._pages = {port: _started(page_command(port)) for port in self._ports}
        self._start_times = dict.fromkeys(self._ports, time.monotonic())
        servers = Path(self._folder.name) / "processes.cfg"
        servers.write_text(backend(self._ports))
        environment = os.environ | {
            "CHARLSTM_BIND": bind,
            "CHARLSTM_DRAIN": f"{round(1000 * drain)}ms",
            "CHARLSTM_ADMIN": str(Path(self._folder.name) / "admin.sock"),
        }
        command = [haproxy, "-W", "-f", str(HERE / "haproxy.cfg"), "-f", str(servers)]
        self._haproxy = _started(command, environment)

    def watch(self) -> None:
        """Start processes again that have ended; return when HAProxy has ended."""
        while self._haproxy.poll() is None:
            for port, page in self._pages.items():
                if page.poll() is not None and time.monotonic() - self._start_times[port] > RESTART_AFTER:
                    print(
                        f"serve: the process at port {port} ended ({page.returncode}); another is started", flush=True
                    )
                    self._pages[port] = _started(page_command(port))
                    self._start_times[port] = time.monotonic()
            time.sleep(CHECK)

    def stop(self) -> None:
        """Take no more viewers, wait until those that are there have gone, at most `drain` seconds, then end all."""
        self._haproxy.send_signal(signal.SIGUSR1)
        try:
            self._haproxy.wait(self._drain + 1.0)
        except subprocess.TimeoutExpired:
            self._haproxy.kill()
        for page in self._pages.values():
            page.terminate()
        for page in self._pages.values():
            try:
                page.wait(5.0)
            except subprocess.TimeoutExpired:
                page.kill()
        self._folder.cleanup()


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; the cores by default")
    parser.add_argument("--bind", default="*:8501", help="what HAProxy listens on")
    parser.add_argument("--drain", type=float, default=5.0, help="seconds that viewers have after a stop")
    parsed = parser.parse_args(arguments)
    if not 1 <= parsed.workers <= 256:
        parser.error(f"--workers is {parsed.workers}; it must be from 1 to 256")
    return parsed


def _interrupt(*_: int | FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Serve until a signal comes."""
    parsed = parse()
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if haproxy is None:
        print("serve: HAProxy is not installed: on Debian and Ubuntu, apt install haproxy", file=sys.stderr)
        return 2
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, _interrupt)
    processes = Processes(haproxy, parsed.bind, parsed.workers, parsed.drain)
    try:
        processes.watch()
    except KeyboardInterrupt:
        print("serve: stopping", flush=True)
        return 0
    finally:
        processes.stop()
    print("serve: HAProxy has ended; its message above says why", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
