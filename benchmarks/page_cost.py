"""What a viewer costs the page's server, with the network that opens by default: memory, processor time, and bytes.

`python -m benchmarks.page_cost --minutes 10` writes for ten minutes; the default is one.
"""

import argparse
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import Claim, report
from benchmarks.page import SETTLE, open_page
from charlstm.generation.loop import TextGenerator
from charlstm.ui.shared.models import usable_models
from tests.browser.app_server import FLAGS, Server
from tests.browser.slow_network import slow_network
from tests.browser_setup import installed

VIEWERS = 2
WATCH = 15.0  # seconds over which processor time is measured
RATE = 30  # characters a second
STEPS = 600  # that are timed


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


def use_of_the_network() -> float:
    """Return the share of a core, in percent, that the default network's own steps need for one text."""
    model = usable_models()[0][0]
    generator = TextGenerator(model.network(model.manifest.best_epoch), model.vocabulary.encode("the "), 1)
    times = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(STEPS):
            generator.step(0.5)
        times.append((time.process_time() - began) / STEPS)
    return 100 * RATE * min(times)


def bytes_a_second(page: Page, passed: list[int]) -> float:
    """Return how many bytes come to a viewer in a second of writing."""
    write(page)
    time.sleep(SETTLE)
    before, began = sum(passed), time.monotonic()
    time.sleep(WATCH / 2)
    return (sum(passed) - before) / (time.monotonic() - began)


def sizes_while_writing(page: Page, process: psutil.Process, minutes: float) -> list[float]:
    """Return the resident megabytes of the server every two seconds."""
    sizes, ending = [], time.monotonic() + 60 * minutes
    while time.monotonic() < ending:
        if page.get_by_role("button", name="Stop").is_disabled():
            write(page)
        time.sleep(2)
        sizes.append(process.memory_info().rss / 1e6)
    return sizes


def measure(minutes: float) -> list[Claim]:
    executable = installed()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as nothing:
        server = Server(Path(nothing))
        try:
            process = psutil.Process(server.process.pid)
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            page = open_page(browser, server.address)
            time.sleep(SETTLE)
            idle = use(process, WATCH)
            pages = [page, *(open_page(browser, server.address) for _ in range(VIEWERS - 1))]
            for one in pages:
                write(one)
            time.sleep(SETTLE)
            each = (use(process, WATCH / 2) - idle) / VIEWERS
            for one in pages[1:]:
                one.context.close()
            passed: list[int] = []
            with slow_network(server.address, 0.0, passed) as counted:
                far_page = open_page(browser, counted)
                received = bytes_a_second(far_page, passed)
                far_page.context.close()
            sizes = sizes_while_writing(page, process, minutes)
            growth = sizes[-1] - sizes[len(sizes) // 2]
            page.context.close()
            time.sleep(SETTLE)
            steps = use_of_the_network()
            claims = [
                Claim("page: an idle viewer's share of a core", idle, 1, False, "%"),
                Claim("page: a viewer's share of a core at 30 characters a second", each, 5, False, "%"),
                Claim("page: of that, without the network's own steps", each - steps, 2, False, "%"),
                Claim("page: bytes to a viewer at 30 characters a second", received / 1e3, 25, False, " kB/s"),
                Claim(f"page: resident after {minutes:g} min of writing", sizes[-1], 250, False, " MB"),
                Claim("page: growth over the second half of that", growth, 5, False, " MB"),
                Claim("page: share of a core after the tab is closed", use(process, WATCH), 1, False, "%"),
            ]
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
