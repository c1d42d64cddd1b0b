"""A server that dies while a text is being written, and one that takes over, as a viewer sees it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest
from playwright.sync_api import expect

from charlstm.generation.loop import generate
from charlstm.model_folder.store import open_model
from tests import golden
from tests.browser.app_server import ROOT, Server, the_book_alone
from tests.browser.conftest import BEEN_HERE
from tests.browser.write_page import bars, click_bar, eventually, generated, press, wait_until_written

SEED = "what is noble? "
LENGTH = 60
QUERY = f"/?seed=what+is+noble%3F+&length={LENGTH}&temperature=0.8"  # opened by a link, which Streamlit keeps in mind
SEVERAL = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.add_init_script(BEEN_HERE)
    yield context.new_page()
    context.close()


def expected_text():
    model = open_model(golden.MODEL)
    steps = generate(model.network(), model.vocabulary.encode(SEED), 0.8, LENGTH, 1)
    return "".join(model.vocabulary.characters[step.character_id] for step in steps)


@pytest.mark.skipif(SEVERAL is not None, reason="the last test promises more, with HAProxy")
def test_text_is_written_on_when_the_server_has_been_killed_and_started_again(page, tmp_path):
    """By itself, from the page's address, though the page was opened with another one."""
    models = the_book_alone(tmp_path / "models")
    first = Server(tmp_path / "none", models)
    page.goto(first.address + QUERY)
    press(page, "Generate")
    wait_until_written(page, 10)
    eventually(lambda: "run=" in page.evaluate("location.search"))
    first.kill()
    second = Server(tmp_path / "none", models, port=first.port)
    try:
        eventually(lambda: generated(page) == expected_text(), 60)
    finally:
        page.close()
        second.stop()


def test_picked_character_and_changed_temperature_outlive_the_server(page, tmp_path):
    """An address cannot say them: the browser keeps them."""
    models = the_book_alone(tmp_path / "models")
    first = Server(tmp_path / "none", models)
    connections = []
    page.on("websocket", lambda connected: connections.append(connected))
    page.goto(first.address + QUERY)
    press(page, "Step")
    eventually(lambda: len(generated(page)) == 1)
    press(page, "Set the temperature to 1.2")
    press(page, "Step")
    eventually(lambda: len(generated(page)) == 2)
    drawn = generated(page)
    click_bar(page, next(bar["symbol"] for bar in bars(page, "raw_bars") if not bar["drawn"]))
    eventually(lambda: generated(page) != drawn)
    press(page, "Step")
    eventually(lambda: len(generated(page)) == 3)
    text = generated(page)
    page.wait_for_timeout(500)  # the browser hears of it
    first.kill()
    second = Server(tmp_path / "none", models, port=first.port)
    try:
        eventually(lambda: page.evaluate("1") and len(connections) > 1, 60)
        # What is shown until the page is back is what was shown before: only another step tells.
        press_until_longer(page, text)
        expect(page.get_by_text(re.compile(r"^Character 4: .*temperature 1.2"))).to_be_visible()
        assert generated(page).startswith(text)
    finally:
        page.close()
        second.stop()


@pytest.mark.skipif(SEVERAL is None, reason="HAProxy is not installed")
def test_viewer_of_a_process_that_dies_goes_on_at_another(page, tmp_path):
    """Of several behind HAProxy, by whose cookie the viewer was with the first."""
    models = the_book_alone(tmp_path / "models")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "deploy/serve.py", "--workers", "2", "--bind", bind, "--drain", "0.1"]
    environment = os.environ | {"CHARLSTM_MODELS": str(models), "CHARLSTM_CORPORA": str(tmp_path / "none")}
    with (tmp_path / "log").open("w+") as log:
        serving = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            eventually(lambda: len(ports_of(serving)) == 2 and all(map(is_well, [*ports_of(serving), bind])), 60)
            page.goto(f"http://{bind}{QUERY}")
            press(page, "Generate")
            wait_until_written(page, 10)
            eventually(lambda: "run=" in page.evaluate("location.search"))
            port = process_of(page)
            children = psutil.Process(serving.pid).children()
            next(one for one in children if one.cmdline()[-1] == port).kill()
            eventually(lambda: generated(page) == expected_text(), 60)
            assert process_of(page) != port
        finally:
            page.close()
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(30) == 0


def press_until_longer(page, text):
    """Press Step whenever the page shows this text, until it shows more."""

    def is_longer():
        if generated(page) == text:
            page.keyboard.press("n")
            page.wait_for_timeout(1000)
        return generated(page).startswith(text) and len(generated(page)) > len(text)

    eventually(is_longer, 60)


def ports_of(serving):
    """Return the ports of the processes of the page."""
    commands = [child.cmdline() for child in psutil.Process(serving.pid).children()]
    return [command[-1] for command in commands if "--server.port" in command]


def is_well(place):
    """Whether what listens at a port, or an address, says that it is well."""
    address = place if ":" in place else f"127.0.0.1:{place}"
    try:
        return urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=1).status == 200
    except OSError:
        return False


def process_of(page):
    """Return the port of the process that serves a page, which its cookie names."""
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "CHARLSTM")
