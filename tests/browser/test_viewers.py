"""A page that is full, as somebody sees it who comes too late."""

from playwright.sync_api import expect

from charlstm.ui.shared import sentences
from charlstm.ui.viewers import VARIABLE
from charlstm.ui.write import sentences as write_sentences
from tests.browser.app_server import Server, the_book_alone


def test_who_comes_too_late_waits_for_a_place(browser, tmp_path, monkeypatch):
    """The page says so, and goes on by itself when somebody leaves; who is in keeps the place."""
    monkeypatch.setenv(VARIABLE, "1")
    server = Server(tmp_path / "none", the_book_alone(tmp_path / "models"))
    first, second = (browser.new_context().new_page() for _ in range(2))
    try:
        first.goto(server.address)
        expect(first.get_by_role("heading", name=write_sentences.TITLE)).to_be_visible()
        second.goto(server.address)
        expect(second.get_by_role("heading", name=sentences.FULL_TITLE)).to_be_visible()
        first.reload()
        expect(first.get_by_role("heading", name=write_sentences.TITLE)).to_be_visible()
        first.context.close()
        expect(second.get_by_role("heading", name=write_sentences.TITLE)).to_be_visible(timeout=60_000)
    finally:
        second.context.close()
        server.stop()
