"""The stage of the Write page: all of it in the window, one picture in one place, reweighted in the browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from charlstm.generation.sampling import ranking, reweight
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import open_model
from charlstm.playback.slow_motion import BOOKS_CODE
from charlstm.ui.shared import sentences
from tests.browser.slow_network import slow_network
from tests.browser.write_page import (
    SEED,
    bars,
    drag_temperature,
    eventually,
    next_probs,
    overlaps,
    press,
    region,
    scrub_to,
    shown_draw,
    stop,
    type_seed,
    wait_until_written,
    written,
)

SIZES = [(1280, 720), (1024, 768), (1920, 1080), (390, 844)]
FONT_SIZES = """() => {
  const found = {};
  const visit = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === 3 && child.textContent.trim()) {
        const element = child.parentElement;
        if (!element) continue;
        const { width, height } = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const unread = element.closest('kbd, style, script');
        const hidden = style.visibility === 'hidden' || width < 2 || height < 2 || unread;
        if (!hidden) found[child.textContent.trim().slice(0, 30)] = parseFloat(style.fontSize);
      } else if (child.nodeType === 1) {
        if (child.shadowRoot) visit(child.shadowRoot);
        visit(child);
      }
    }
  };
  visit(document.querySelector('[data-testid=stMain]'));
  return found;
}"""


@pytest.fixture(scope="module")
def model():
    return open_model(models_folder() / "nietzsche-book")


def boxes(page: Page) -> dict[str, dict[str, float]]:
    """Return where the parts of the stage are."""
    parts = {
        "slider": page.get_by_role("slider", name="Temperature"),
        "text": region(page),
        "chart": page.locator("svg.marks"),
        "generate": page.get_by_role("button", name="Generate"),
    }
    found = {name: part.bounding_box() for name, part in parts.items()}
    assert all(found.values()), found
    return {name: {key: round(value, 1) for key, value in dict(box or {}).items()} for name, box in found.items()}


def check_all_in_the_window(page: Page, width: int, height: int) -> None:
    for name, box in boxes(page).items():
        assert box["x"] >= 0, name
        assert box["y"] >= 0, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] + box["height"] <= height, name
    line = float(region(page).evaluate("(e) => parseFloat(getComputedStyle(e).lineHeight)"))
    assert boxes(page)["text"]["height"] >= 4 * line
    strip = page.locator("svg.marks .strip_places_marks").bounding_box()
    assert strip
    assert strip["y"] + strip["height"] <= height
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
    for meaning in (sentences.TEXT_VIEW["surprising"], sentences.TEXT_VIEW["open"]):  # of the tints, and of the curve
        expect(region(page).locator("..").get_by_text(meaning)).to_be_in_viewport(ratio=1)
    assert page.locator(".st-key-said").evaluate("(e) => e.scrollHeight <= e.parentElement.clientHeight")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_is_in_the_window_and_nothing_moves(open_page, width, height):
    """Slider, text, chart and strip: idle, in slow motion, writing, stopped, branched; the chart to the pixel."""
    page = open_page(width=width, height=height)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    eventually(lambda: boxes(page)["chart"]["x"] + boxes(page)["chart"]["width"] <= width)
    check_all_in_the_window(page, width, height)
    places = boxes(page)
    for action in ("Slow motion", "Slow motion", "Slow motion", "Step", "Generate"):
        press(page, action)
        page.wait_for_timeout(400)
        check_all_in_the_window(page, width, height)
        assert boxes(page) == places, action
    wait_until_written(page, 40)
    assert boxes(page) == places
    stop(page)
    scrub_to(page, 5)
    press(page, "Branch from here")
    wait_until_written(page, 20)
    assert boxes(page) == places
    check_all_in_the_window(page, width, height)


@pytest.mark.parametrize(("width", "height"), [(1024, 768)])
def test_code_of_the_slow_motion_covers_nothing_of_the_end_of_the_text(open_page, width, height):
    """The end of a long text stands above it, at each stage and with one more character."""
    page = open_page(width=width, height=height)
    press(page, "Generate")
    wait_until_written(page, 390)
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()

    def code_is_under_the_text() -> bool:
        code = page.locator(".st-key-code pre").bounding_box()
        last = region(page).locator(".written span").last.bounding_box()
        return bool(code and last and last["y"] + last["height"] <= code["y"])

    for code in BOOKS_CODE.values():
        press(page, "Slow motion")
        expect(page.locator(".st-key-code")).to_contain_text(code.splitlines()[0])
        eventually(code_is_under_the_text)
        assert page.locator(".st-key-code pre").evaluate("(e) => e.scrollWidth <= e.clientWidth")
        assert page.locator(".st-key-code pre").evaluate("(e) => e.scrollHeight <= e.clientHeight")


def test_enlarged_page_still_has_cause_and_effect(open_page):
    """At one and a half times the size of 1280×720: slider, two lines of text, and four rows of the chart."""
    page = open_page(width=853, height=480)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    found = boxes(page)
    line = float(region(page).evaluate("(e) => parseFloat(getComputedStyle(e).lineHeight)"))
    assert found["slider"]["y"] + found["slider"]["height"] <= 480
    assert min(480, found["text"]["y"] + found["text"]["height"]) - found["text"]["y"] >= 2 * line
    rows = [page.locator("svg.marks .targets_marks path").nth(place).bounding_box() for place in range(4)]
    assert all(row and row["y"] + row["height"] <= 480 for row in rows)


def test_enlarged_page_explains_each_stage_in_whole_sentences(open_page):
    """And shows the book's program from its first line to its last, under the whole seed text."""
    page = open_page(width=853, height=480)
    shown = page.locator(".st-key-code pre")
    for code in BOOKS_CODE.values():
        press(page, "Slow motion")
        expect(page.locator(".st-key-code")).to_contain_text(code.splitlines()[0])
        eventually(lambda: shown.evaluate("(e) => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth"))
        assert page.locator(".st-key-said").evaluate("(e) => e.scrollHeight <= e.parentElement.clientHeight")
        assert page.locator(".st-key-said .stText").evaluate("(e) => e.scrollWidth <= e.clientWidth")
        assert (
            overlaps(
                [
                    page.locator(".st-key-said .stText"),
                    page.locator("svg.marks"),
                    shown,
                    page.locator(".st-key-controls"),
                ]
            )
            == []
        )


def test_enlarged_page_is_toured_beside_or_instead_of_the_pages_names(open_page):
    """The invitation covers none of them, and a step all of them."""
    page = open_page(width=853, height=480, first_visit=True)
    names, strip = page.get_by_test_id("stTopNavLink"), page.locator(".st-key-tour .tour")
    expect(page.get_by_role("button", name="Take the tour")).to_be_visible()
    expect(names).to_have_count(6)
    eventually(lambda: overlaps([names, strip]) == [])
    page.get_by_role("button", name="Take the tour").click()
    expect(page.get_by_role("button", name="Leave")).to_be_visible()

    def seen(name) -> bool:
        return name.evaluate(
            """(e) => { const { x, y, width, height } = e.getBoundingClientRect();
            return e.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"""
        )

    eventually(lambda: not any(seen(name) for name in names.all()))


@pytest.mark.parametrize(("width", "height", "least"), [(1280, 720, 18), (1024, 768, 18), (390, 844, 14)])
def test_texts_are_large_enough(open_page, width, height, least):
    """To be read from the last row, and on a phone."""
    page = open_page(width=width, height=height)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    press(page, "Generate")
    wait_until_written(page, 20)
    stop(page)
    small = {text: size for text, size in page.evaluate(FONT_SIZES).items() if size < least}
    assert small == {}


def test_chart_is_reweighted_by_the_browser_alone(open_page, server, model):
    """The server is far away and hears nothing in time; the rows are those of the reference, at every temperature."""
    with slow_network(server.address, 0.4) as address:
        page = open_page(width=1280, height=720, address=address)
        type_seed(page, SEED)
        raw = next_probs(model, SEED)
        slider = page.get_by_role("slider", name="Temperature")
        order = ranking(raw)

        def is_reference(temperature: float) -> bool:
            shown, expected = bars(page, "reweighted_bars")[:-1], reweight(raw, temperature)
            differences = [bar["reweighted"] - expected[order[int(bar["place"])]] for bar in shown]
            return bool(shown) and bool(np.abs(differences).max() < 1e-6)

        eventually(lambda: is_reference(0.5))
        for temperature in (0.01, 0.2, 0.73, 1.0, 1.6, 2.0, 0.0):
            slider.evaluate("(e, t) => { e.value = t; e.dispatchEvent(new Event('input')); }", temperature)
            page.wait_for_timeout(120)
            assert is_reference(temperature)
        assert page.locator("svg.marks .slope_text_marks text").text_content() == "slope 1/T = ∞"


def test_server_hears_of_a_temperature_when_the_hand_rests(open_page):
    """Nothing while the slider is dragged, and then one message."""
    sent: list[object] = []
    page = open_page(width=1280, height=720)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    page.wait_for_timeout(1500)
    before = len(sent)
    drag_temperature(page)
    assert len(sent) == before
    page.mouse.up()
    expect(page).to_have_url(re.compile("temperature="))
    assert len(sent) == before + 1


def test_text_takes_the_new_temperature_while_it_is_written(open_page):
    """At its next message; here all that is drawn at 0 is the likeliest, and says so."""
    page = open_page(width=1280, height=720)
    press(page, "Generate")
    wait_until_written(page, 20)
    page.get_by_role("slider", name="Temperature").press("Home")
    wait_until_written(page, written(page) + 60)
    stop(page)
    scrub_to(page, written(page) - 1)
    expect(page.get_by_text(re.compile("at temperature 0, epoch"))).to_be_visible()
    draw = shown_draw(page)
    assert draw is not None


def test_next_open_choice_writes_to_it_and_finds_it_again(open_page, model):
    """A choice of two bits or more: beyond the end of the text, and within it."""
    page = open_page(width=1280, height=720)
    type_seed(page, "the spirit of the ")
    press(page, "Next open choice")
    eventually(lambda: written(page) > 0)
    expect(page.get_by_text(re.compile("^The next character after"))).to_be_visible()
    entropy = page.locator("svg.marks text", has_text=re.compile("^entropy"))
    bits = re.search(r"entropy ([0-9.]+)", entropy.text_content() or "")
    assert bits
    assert float(bits[1]) >= 2


def test_next_open_choice_stops_a_text_that_is_being_written(open_page):
    """At the next choice of two bits or more, which the chart then shows."""
    page = open_page(width=1280, height=720)
    type_seed(page, SEED)
    press(page, "Generate")
    wait_until_written(page, 30)
    press(page, "Next open choice")
    expect(page.get_by_text(re.compile("^The next character after"))).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    entropy = page.locator("svg.marks text", has_text=re.compile("^entropy"))
    eventually(lambda: float((re.search(r"entropy ([0-9.]+)", entropy.text_content() or "") or [0, 0])[1]) >= 2)
    assert written(page) >= 30


def test_number_key_picks_the_character_of_a_row(open_page):
    """Without a mouse."""
    page = open_page(width=1280, height=720)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    third = bars(page, "raw_bars")[2]["symbol"]
    region(page).press("3")
    eventually(lambda: written(page) == 1)
    region(page).press("Home")
    expect(page.get_by_text(f"Character 1: “{third}” was picked by hand")).to_be_visible()
    assert page.locator("svg.marks .drawn_text_marks text").text_content() == "← picked"


def test_presenters_keys_step_the_slow_motion(open_page):
    """Page down goes on, page up goes back."""
    page = open_page(width=1280, height=720)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    for key, said in (
        ("PageDown", "The text so far"),
        ("PageDown", "1 of 4"),
        ("PageDown", "2 of 4"),
        ("PageUp", "1 of 4"),
    ):
        page.locator("body").press(key)
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("preds = model.predict")).to_be_visible()
