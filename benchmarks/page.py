"""What the page costs its server: start, memory, and processor time for each viewer.

`python -m benchmarks.page --minutes 10` writes for ten minutes; the default is one.
"""

import argparse
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measure import Claim, report
from tests.browser.app_server import FLAGS, Server, the_book_alone
from tests.browser_setup import installed

VIEWERS = 2
SETTLE = 3.0  # seconds
WATCH = 15.0  # seconds over which processor time is measured
REDRAWS = """() => {
  const chart = document.querySelector('svg.marks');
  window.redraws = [];
  new MutationObserver(() => window.redraws.push(performance.now()))
    .observe(chart, { subtree: true, attributes: true, childList: true, characterData: true });
}"""


def open_page(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.goto(address)
    page.locator("svg.marks").wait_for()
    return page


def write(page: Page) -> None:
    """Go on writing, from the beginning where the text is as long as may be."""
    page.get_by_role("button", name="Generate").click()


def use(server: psutil.Process, seconds: float) -> float:
    """Return the share of a core, in percent, that the server used over some seconds."""

    def spent() -> float:
        times = server.cpu_times()
        return times.user + times.system

    before, began = spent(), time.monotonic()
    time.sleep(seconds)
    return 100 * (spent() - before) / (time.monotonic() - began)


def redraws_while_dragging(page: Page) -> float:
    """Return how many times a second the chart is redrawn while the temperature is dragged."""
    box = page.get_by_role("slider", name="Temperature").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.evaluate(REDRAWS)
    page.mouse.move(box["x"] + box["width"] * 0.2, middle)
    page.mouse.down()
    for place in range(150):
        page.mouse.move(box["x"] + box["width"] * (0.2 + 0.005 * place), middle)
        page.wait_for_timeout(20)
    page.mouse.up()
    moments = page.evaluate("() => window.redraws")
    frames = [moment for moment, before in zip(moments, [0, *moments], strict=False) if moment - before > 25]
    return (len(frames) - 1) / ((frames[-1] - frames[0]) / 1000)


def measure(minutes: float) -> list[Claim]:
    claims = []
    executable = installed()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as nothing:
        began = time.monotonic()
        server = Server(Path(nothing), the_book_alone(Path(nothing) / "models"))
        try:
            claims.append(Claim("page: seconds from start to serving", time.monotonic() - began, 3, False, " s"))
            process = psutil.Process(server.process.pid)
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            page = open_page(browser, server.address)
            claims.append(
                Claim("page: redraws while the slider is dragged", redraws_while_dragging(page), 10, unit="/s")
            )
            time.sleep(SETTLE)
            idle = use(process, WATCH)
            claims.append(Claim("page: an idle viewer's share of a core", idle, 1, False, "%"))
            pages = [page, *(open_page(browser, server.address) for _ in range(VIEWERS - 1))]
            for one in pages:
                write(one)
            time.sleep(SETTLE)
            each = (use(process, WATCH / 2) - idle) / VIEWERS
            claims.append(Claim("page: a viewer's share of a core at 30 characters a second", each, 5, False, "%"))
            for one in pages[1:]:
                one.context.close()
            sizes = []
            ending = time.monotonic() + 60 * minutes
            while time.monotonic() < ending:
                if page.get_by_role("button", name="Stop").is_disabled():
                    write(page)
                time.sleep(2)
                sizes.append(process.memory_info().rss / 1e6)
            claims.append(Claim(f"page: resident after {minutes:g} min of writing", sizes[-1], 250, False, " MB"))
            growth = sizes[-1] - sizes[len(sizes) // 2]
            claims.append(Claim("page: growth over the second half of that", growth, 5, False, " MB"))
            page.context.close()
            time.sleep(SETTLE)
            claims.append(Claim("page: share of a core after the tab is closed", use(process, WATCH), 1, False, "%"))
            maps = Path(f"/proc/{process.pid}/maps")
            if maps.exists():
                libraries = float("tensorflow" in maps.read_text())
                claims.append(Claim("page: TensorFlow libraries in the server's process", libraries, 0, False, ""))
            browser.close()
        finally:
            server.stop()
    return claims


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--json", action="store_true")
    minutes = parser.parse_args().minutes
    report(lambda: measure(minutes))
