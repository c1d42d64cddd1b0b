"""What a person feels on the page, with the network that opens by default: how soon it loads, answers, and redraws."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.measure import Claim, report
from charlstm.ui.shared.models import network_titles, usable_models
from tests.browser.app_server import FLAGS, Server
from tests.browser.slow_network import slow_network
from tests.browser.write_page import wait_until_written
from tests.browser_setup import installed

SETTLE = 3.0  # seconds
LATENCY = 0.2  # seconds between browser and server, there and back
LOADS, PRESSES, SWITCHES, DRAGS = 5, 7, 3, 20
BARS = "svg.marks .reweighted_bars_marks path"
# Drags the slider for so many frames, with an input in each, and returns when each input was, and when each frame was
# over in which the chart was redrawn.
DRAG = """(frames) => new Promise((resolve) => {
  const find = (root) => [...root.querySelectorAll('*')].flatMap(
    (e) => [e, ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
  const slider = find(document).find((e) => e.type === 'range' && e.max === '2');
  const inputs = [], redraws = [];
  let changed = false, ended = false;
  const observer = new MutationObserver(() => { changed = true; });
  observer.observe(document.querySelector('svg.marks'), { subtree: true, attributes: true, childList: true });
  const watch = () => {
    if (changed) redraws.push(performance.now());
    changed = false;
    if (ended) resolve({ inputs, redraws });
    else requestAnimationFrame(watch);
  };
  const move = () => {
    if (inputs.length === frames) return setTimeout(() => { ended = true; }, 300);
    slider.value = 0.3 + 1.4 * Math.abs(Math.sin(performance.now() / 300));
    inputs.push(performance.now());
    slider.dispatchEvent(new Event('input'));
    requestAnimationFrame(move);
  };
  watch();
  move();
})"""
# Notes when the mouse was last pressed, and when the first character appeared after an empty text.
WATCH_TEXT = """() => {
  const find = (root) => [...root.querySelectorAll('*')].flatMap(
    (e) => [e, ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
  document.addEventListener('pointerdown', () => { window.pressed = performance.now(); }, true);
  let empty = true;
  const watch = () => {
    const written = find(document).some((e) => e.className === 'written' && e.childElementCount);
    if (written && empty) window.shown = performance.now();
    empty = !written;
    requestAnimationFrame(watch);
  };
  watch();
}"""


def open_page(browser: Browser, address: str) -> Page:
    """Open the page Write as a new visitor, and wait until it can be used."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.goto(address)
    page.locator(BARS).first.wait_for()
    page.get_by_role("button", name="Generate").wait_for()
    return page


def load_ratio(browser: Browser, address: str, bare: str) -> tuple[float, float]:
    """Return how long the page takes until it can be used, and that over what a bare page of Streamlit takes."""

    def open_bare() -> Page:
        page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(bare)
        page.locator("svg.marks path").first.wait_for()
        page.locator(".bare").wait_for()
        page.get_by_label("Text").wait_for()
        return page

    def open_ours() -> Page:
        return open_page(browser, address)

    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(LOADS + 1):
        for times, open_one in ((ours, open_ours), (theirs, open_bare)):
            began = time.perf_counter()
            page = open_one()
            times.append(time.perf_counter() - began)
            page.context.close()
    ratios = [one / other for one, other in zip(ours[1:], theirs[1:], strict=True)]
    return statistics.median(ours[1:]), statistics.median(ratios)


def drag(page: Page) -> tuple[float, float]:
    """Return the median milliseconds from an input to the redraw, and the redraws a second of a long drag."""
    firsts = []
    for _ in range(DRAGS):
        seen = page.evaluate(DRAG, 1)
        firsts.append(seen["redraws"][0] - seen["inputs"][0])
        time.sleep(0.3)
    seen = page.evaluate(DRAG, 120)
    redraws = [moment for moment in seen["redraws"] if moment <= seen["inputs"][-1] + 50]
    return statistics.median(firsts), (len(redraws) - 1) / ((redraws[-1] - redraws[0]) / 1000)


def first_character(page: Page) -> float:
    """Return the median milliseconds from a press of Generate to the first character on the page."""
    times = []
    page.evaluate(WATCH_TEXT)
    for _ in range(PRESSES):
        page.get_by_role("button", name="Generate").click()
        wait_until_written(page, 1)
        times.append(page.evaluate("() => window.shown - window.pressed"))
        page.get_by_role("button", name="Stop").click()
        time.sleep(1)
        page.locator("body").press("x")
        time.sleep(1)
    return statistics.median(times)


def switch_pages(page: Page) -> float:
    """Return the median seconds from a click on another page's name until that page can be used."""
    times = []
    for _ in range(SWITCHES):
        for name, shown in (("Compare", ".st-key-next_character_compare svg.marks .bars_marks path"), ("Write", BARS)):
            page.get_by_role("link", name=name).click()
            began = time.perf_counter()
            page.locator(shown).first.wait_for()
            times.append(time.perf_counter() - began)
            time.sleep(1)
    return statistics.median(times)


def switch_networks(page: Page) -> float:
    """Return the median seconds from the choice of another network until its probabilities are shown."""
    titles = list(network_titles(usable_models()[0]).values())[:2]
    shown = "() => [...document.querySelectorAll('svg.marks .raw_numbers_marks text')].map((e) => e.textContent).join()"
    times = []
    for number in range(2 * SWITCHES + 2):
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("combobox").first.click()
        option = page.get_by_role("option", name=titles[(number + 1) % 2], exact=True)
        option.wait_for()
        before = page.evaluate(shown)
        option.click()
        began = time.perf_counter()
        page.wait_for_function(f"(before) => ({shown})() !== before", arg=before)
        times.append(time.perf_counter() - began)
        page.keyboard.press("Escape")
        time.sleep(1)
    return statistics.median(times[2:])  # each network is read once


def measure() -> list[Claim]:
    executable = installed()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as nothing:
        began = time.monotonic()
        server = Server(Path(nothing))
        started = time.monotonic() - began
        bare = Server(Path(nothing), script="benchmarks/bare_page.py")
        try:
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            load, ratio = load_ratio(browser, server.address, bare.address)
            page = open_page(browser, server.address)
            time.sleep(SETTLE)
            first_redraw, redraws = drag(page)
            with slow_network(server.address, LATENCY / 2) as far:
                far_page = open_page(browser, far)
                time.sleep(SETTLE)
                far_first_redraw, far_redraws = drag(far_page)
                far_page.context.close()
            claims = [
                Claim("page: seconds from start to serving", started, 3, False, " s"),
                Claim("page: seconds from opening until it can be used", load, None, False, " s"),
                Claim("page: that over a bare page of Streamlit", ratio, 1.15, False),
                Claim("page: from an input of the slider to its redraw", first_redraw, 60, False, " ms"),
                Claim("page: redraws while the slider is dragged", redraws, 30, unit="/s"),
                Claim("page: the first of these with 200 ms of latency", far_first_redraw, 60, False, " ms"),
                Claim("page: the second with 200 ms of latency", far_redraws, 30, unit="/s"),
                Claim("page: from Generate to the first character", first_character(page), 200, False, " ms"),
                Claim("page: from one page to another", 1000 * switch_pages(page), 400, False, " ms"),
                Claim("page: from one network to another", 1000 * switch_networks(page), 400, False, " ms"),
            ]
            browser.close()
        finally:
            server.stop()
            bare.stop()
    return claims


if __name__ == "__main__":
    report(measure)
