"""A real server and a real Chromium."""

import json
import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from charlstm.model_folder.epoch_weights import epoch_file
from tests import golden
from tests.browser.app_server import FLAGS, Server, the_book_alone
from tests.browser_setup import installed

BEEN_HERE = "try { localStorage.setItem('charlstm-tour-seen', '1'); } catch {}"  # a blank page has no storage
PATIENCE = 30_000  # milliseconds; a busy machine is slow
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def book_text() -> str:
    """A text of the size of the book's corpus, for the excerpt."""
    line = "what is done out of love always takes place beyond good and evil, he said to his shadow.\n"
    return (line * 7000)[:600_901]


@pytest.fixture(scope="session")
def server(tmp_path_factory, book_text):
    corpora = tmp_path_factory.mktemp("corpora")
    (corpora / "nietzsche.txt").write_text(book_text)
    started = Server(corpora, the_book_alone(tmp_path_factory.mktemp("server") / "models"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def two_models(tmp_path_factory):
    """A folder with the book's network, and the same as it was after an earlier epoch."""
    folder = the_book_alone(tmp_path_factory.mktemp("two") / "models")
    early = folder / "early"
    early.mkdir()
    manifest = json.loads((golden.MODEL / "model.json").read_text())
    manifest |= {"name": "early", "epochs": [1], "best_epoch": 1, "held_out_loss": 9.0, "title": "Early"}
    (early / "model.json").write_text(json.dumps(manifest))
    for name in (epoch_file(1), "words.txt"):
        shutil.copy(golden.MODEL / name, early)
    return folder


@pytest.fixture(scope="session")
def server_of_two(two_models, tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("nothing"), two_models)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def browser():
    executable = installed()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, server):
    """Open the app in a viewer's browser, which has been here before; afterwards, fail on any console error."""
    opened: list[Page] = []
    errors: list[str] = []

    def open_(query="", width=1440, height=1000, scheme="light", address=None, first_visit=False) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        if not first_visit:
            context.add_init_script(BEEN_HERE)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto((address or server.address) + "/" + query)
        opened.append(page)
        return page

    yield open_
    shown = [page.get_by_test_id("stException").all_inner_texts() for page in opened if not page.is_closed()]
    for page in opened:
        page.context.close()
    logs = "\n".join(server.end_of_log() for server in Server.running)
    assert errors == [], logs
    assert not any(shown), f"{shown}\n{logs}"
