"""A real server and a real Chromium, driven as a person would drive them."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium() -> str | None:
    """The path of an installed Chromium, or None for the one that Playwright brings."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


class Server:
    """The app, started as anybody would start it."""

    def __init__(self, corpora: Path, models: Path | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        environment = os.environ | {"CHARLSTM_CORPORA": str(corpora)}
        if models:
            environment["CHARLSTM_MODELS"] = str(models)
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
        command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=1)
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("the server did not start within a minute")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="session")
def book_text() -> str:
    """A text of the size of the book's corpus, for the excerpt."""
    line = "what is done out of love always takes place beyond good and evil, he said to his shadow.\n"
    return (line * 7000)[:600_901]


@pytest.fixture(scope="session")
def server(tmp_path_factory, book_text):
    corpora = tmp_path_factory.mktemp("corpora")
    (corpora / "nietzsche.txt").write_text(book_text)
    started = Server(corpora)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, server):
    """Open the app in a new viewer's browser; afterwards, fail on any console error or traceback."""
    opened: list[Page] = []
    errors: list[str] = []

    def open_(query="", width=1440, height=1000, scheme="light", address=None) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((address or server.address) + "/" + query)
        opened.append(page)
        return page

    yield open_
    tracebacks = [page.get_by_test_id("stException").count() for page in opened]
    for page in opened:
        page.context.close()
    assert errors == []
    assert not any(tracebacks)
