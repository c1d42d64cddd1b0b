"""The Write page in a browser: how a test drives it, and reads what it really shows."""

import re
import time
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Locator, Page, expect

from charlstm.generation.draws import UniformDraws
from charlstm.ui.shared.settings import DEFAULTS

# The differences of a probability between one text and a batch, or by another order of the same sums.
FLOAT_NOISE = 1e-5
SEED = "when we speak of truth we mean a word that "
RENDERED = """() => [...document.querySelectorAll('svg.marks .mark-rect path')].map((path) => {
  const item = path.__data__;
  const { symbol, raw, reweighted, drawn, u, place } = item.datum;
  return { layer: item.mark.name, symbol, raw, reweighted, drawn, u, place,
           x: item.x, y: item.y, width: item.width, height: item.height };
})"""


def region(page: Page):
    return page.get_by_role("region", name="Generated text")


def text_of(page: Page) -> str:
    return region(page).text_content() or ""


def written(page: Page) -> int:
    return region(page).locator(".written span").count()


def type_seed(page: Page, seed: str) -> None:
    field = page.get_by_label("Seed text")
    field.fill(seed)
    field.press("Control+Enter")
    expect(region(page)).to_have_text(re.compile("^" + re.escape(seed.lower()[:40])))


def generated(page: Page) -> str:
    """Return what was written after the seed text, the shared beginning of a branch included, and the branch itself."""
    return "".join(region(page).locator(".written").all_text_contents())


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def more(page: Page, name: str) -> None:
    """Press a button of the menu More."""
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()


def stop(page: Page) -> None:
    """Stop the run, and wait until all of it is on the page."""
    press(page, "Stop")
    expect(page.get_by_role("slider", name="Replay")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()


def set_settings(page: Page, values: dict[str, int], epoch: int) -> None:
    page.get_by_role("button", name="Settings").click()
    for number, key in enumerate(["Home", *["ArrowRight"] * epoch]):
        page.get_by_role("slider", name="Epoch").press(key)
        expect(page.get_by_text(f"Epoch {number}: ")).to_be_visible()
    for label, value in values.items():
        page.get_by_label(label).fill(str(value))
        page.get_by_label(label).press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()


def wait_until_written(page: Page, characters: int) -> None:
    page.wait_for_function(
        """(least) => {
          const find = (root) => [...root.querySelectorAll('*')].flatMap(
            (e) => [e, ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
          const written = find(document).filter((e) => e.className === 'written');
          return written.reduce((sum, e) => sum + e.childElementCount, 0) >= least;
        }""",
        arg=characters,
    )


def drag_temperature(page: Page) -> None:
    """Drag the temperature's slider slowly from cold to hot, and hold it there."""
    slider = page.get_by_role("slider", name="Temperature")
    slider.hover()  # which waits until the slider stands still
    box = slider.bounding_box()
    assert box
    left, middle = box["x"] + box["width"] * 0.25, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    for step in range(100):
        page.mouse.move(left + box["width"] * 0.006 * step, middle)
        page.wait_for_timeout(20)
    assert float(slider.input_value()) > 1.5, "the mouse has lost the slider"


def overlaps(parts: list[Locator]) -> list[tuple[str, str]]:
    """Return the pairs of elements of which one lies on the other, by what they say."""
    found = [(one.text_content() or "", one.bounding_box()) for part in parts for one in part.all()]
    boxes = [(said, box) for said, box in found if box]
    assert len(boxes) >= len(parts)
    return [
        (one, other)
        for number, (one, a) in enumerate(boxes)
        for other, b in boxes[:number]
        if min(a["x"] + a["width"], b["x"] + b["width"]) > max(a["x"], b["x"]) + 1
        and min(a["y"] + a["height"], b["y"] + b["height"]) > max(a["y"], b["y"]) + 1
    ]


def bars(page: Page, layer: str) -> list[dict]:
    """Return what the chart really draws in a layer, from the top or the left."""
    found = [bar for bar in page.evaluate(RENDERED) if bar["layer"] == f"{layer}_marks"]
    return sorted(found, key=lambda bar: bar["place"])


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until a condition of the page holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the page did not show it in time"
        time.sleep(0.1)


def next_probs(model, text: str) -> np.ndarray:
    network = model.network()
    return network.probs(network.prefill(model.vocabulary.encode(text)))


def shown_draw(page: Page) -> dict[str, float] | None:
    """Return the u of the line over the intervals, and its place as a share of their length; None without a line."""
    return page.evaluate(
        """() => {
          const line = [...document.querySelectorAll('svg.marks .mark-rule line')].map((one) => one.__data__)
            .find((item) => item.datum.u_x !== undefined);
          if (!line) return null;
          const all = [...document.querySelectorAll('svg.marks .intervals_marks path')].map((one) => one.__data__);
          const present = Math.max(...all.map((item) => item.datum.slot));
          const strip = all.filter((item) => item.datum.slot === present);
          const left = Math.min(...strip.map((item) => item.x));
          const ends = strip.map((item) => [item.datum.interval_end, item.x + item.width]);
          const [end, right] = ends.reduce((far, one) => (one[1] > far[1] ? one : far));
          return { u: line.datum.u, place: ((line.x - left) / (right - left)) * end };
        }"""
    )


def line_of_draw(page: Page) -> dict[str, float]:
    """Return what `shown_draw` does, where there is a line."""
    line = shown_draw(page)
    assert line is not None
    return line


def watch_draws(page: Page) -> None:
    """Record from now on each u that the chart shows."""
    page.evaluate("""() => {
      window.shownDraws = [];
      const watch = () => {
        const { u } = [...document.querySelectorAll('svg.marks .mark-rule line')]
          .map((line) => line.__data__.datum).find((datum) => typeof datum.u === 'number') ?? {};
        if (u !== undefined && u !== window.shownDraws.at(-1)) window.shownDraws.push(u);
        requestAnimationFrame(watch);
      };
      watch();
    }""")


def watched_places(page: Page) -> list[int]:
    """Return the positions of the default run that were shown since `watch_draws`."""
    draws = UniformDraws(int(DEFAULTS["random_seed"]))
    place_of = {draws[position]: position for position in range(300)}
    return [place_of[u] for u in page.evaluate("() => window.shownDraws")]


def scrub_to(page: Page, position: int) -> None:
    """Go to a position with the keyboard alone."""
    scrubber = page.get_by_role("slider", name="Replay")
    scrubber.press("Home")
    for _ in range(position):
        scrubber.press("ArrowRight")
    expect(page.get_by_text(re.compile(f"^(Character|What if\\? Character) {position + 1}\\b"))).to_be_visible()


def choice_shown(page: Page) -> str:
    """Return which choice the chart shows: the number of the run, and the position in it."""
    tokens = (
        "() => [...document.querySelectorAll('svg.marks .targets_marks path')].map((row) => row.__data__.datum.token)"
    )
    return next((token.rpartition(":")[0] for token in page.evaluate(tokens)), "")


def click_bar(page: Page, symbol: str, held: str = "") -> None:
    """Click the raw bar of a character, perhaps while a key is held."""
    eventually(lambda: any(bar["symbol"] == symbol for bar in bars(page, "raw_bars")))
    place = next(bar["place"] for bar in bars(page, "raw_bars") if bar["symbol"] == symbol)
    row = page.locator("svg.marks .targets_marks path").nth(place).bounding_box()
    assert row
    if held:
        page.keyboard.down(held)
    page.mouse.click(row["x"] + row["width"] / 3, row["y"] + row["height"] / 2)
    if held:
        page.keyboard.up(held)
