"""What the Compare page costs its server while four texts are written at 30 characters a second."""

import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from benchmarks.measure import Claim, report
from benchmarks.page import SETTLE
from benchmarks.page_cost import WATCH, use
from tests.browser.app_server import FLAGS, Server, the_book_alone
from tests.browser_setup import installed

LENGTH = 2_000  # more than is written while it is watched


def measure() -> list[Claim]:
    executable = installed()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as nothing:
        server = Server(Path(nothing), the_book_alone(Path(nothing) / "models"))
        try:
            process = psutil.Process(server.process.pid)
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
            page.goto(server.address)
            page.get_by_role("link", name="Compare").click()
            page.locator(".columns").wait_for()
            page.get_by_role("button", name="Settings").click()
            page.get_by_label("Length").fill(str(LENGTH))
            page.get_by_label("Length").press("Enter")
            page.keyboard.press("Escape")
            time.sleep(SETTLE)
            idle = use(process, WATCH)
            page.get_by_role("button", name="Generate").click()
            time.sleep(SETTLE)
            writing = use(process, WATCH) - idle
            browser.close()
        finally:
            server.stop()
    return [Claim("compare: share of a core for 4 texts at 30 characters a second", writing, 8, False, "%")]


if __name__ == "__main__":
    report(measure)
