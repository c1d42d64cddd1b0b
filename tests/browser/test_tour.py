"""The tour of the first visit, as a person takes it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import focused
from tests.browser.test_stage import boxes, check_all_in_the_window
from tests.browser.write_page import (
    bars,
    eventually,
    generated,
    line_of_draw,
    press,
    region,
    shown_draw,
    text_of,
    wait_until_written,
    written,
)

SIZES = [(1024, 768), (390, 844)]


def strip(page: Page):
    return page.get_by_role("region", name="Tour")


def control(page: Page):
    return strip(page).locator(".control")


def wait_for_page(page: Page) -> None:
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()


def selected_ranks(page: Page) -> list[int]:
    """Return the rank of the character that u selects at each of the book's temperatures, as the chart draws it."""
    return page.evaluate(
        """() => [...document.querySelectorAll('svg.marks .book_intervals_marks path')]
          .map((path) => path.__data__.datum).filter((datum) => datum.selected)
          .sort((one, other) => one.slot - other.slot).map((datum) => datum.rank)"""
    )


def check_step(page: Page, number: int) -> None:
    expect(strip(page)).to_contain_text(f"Tour {number} of 7")


def check_strip_covers_nothing(page: Page) -> None:
    """Not slider, text, chart, buttons or seed text; and all of it, and of its sentence, is in the window."""
    own, header = strip(page).bounding_box(), page.get_by_test_id("stHeader").bounding_box()
    others = [*boxes(page).values(), page.get_by_label("Seed text").bounding_box()]
    assert own
    assert header
    if (page.viewport_size or {"width": 0})["width"] > 640:
        assert own["y"] >= header["y"] + header["height"], "the header lies over it"
    for other in others:
        assert other
        apart = own["y"] + own["height"] <= other["y"] or other["y"] + other["height"] <= own["y"]
        assert apart, (own, other)
    for part in [*strip(page).get_by_role("button").all(), strip(page).locator("p")]:
        box = part.bounding_box()
        assert box
        assert own["y"] <= box["y"]
        assert box["y"] + box["height"] <= own["y"] + own["height"]
        assert own["x"] <= box["x"]
        assert box["x"] + box["width"] <= own["x"] + own["width"]
    assert own["x"] >= 0
    assert own["y"] >= 0
    assert own["x"] + own["width"] <= (page.viewport_size or {"width": 0})["width"]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_tour_drives_the_stage_and_moves_nothing(open_page, width, height):
    """From the invitation to Compare: what the chart draws at each step, with every part in its place to the pixel."""
    page = open_page(width=width, height=height, first_visit=True)
    wait_for_page(page)
    eventually(lambda: boxes(page)["chart"]["x"] + boxes(page)["chart"]["width"] <= width)
    expect(strip(page)).to_be_visible()
    places = boxes(page)

    def check_places() -> None:
        assert boxes(page) == places
        check_all_in_the_window(page, width, height)
        check_strip_covers_nothing(page)

    check_places()
    control(page).click()
    check_step(page, 1)
    eventually(
        lambda: len(bars(page, "raw_bars")) > 0 and all(bar["width"] == 0 for bar in bars(page, "reweighted_bars"))
    )
    check_places()
    control(page).click()
    check_step(page, 2)
    eventually(lambda: max(bar["width"] for bar in bars(page, "reweighted_bars")) > 0)
    assert shown_draw(page) is None
    check_places()
    control(page).click()
    check_step(page, 3)
    eventually(lambda: shown_draw(page) is not None)
    draw = line_of_draw(page)
    assert draw["place"] == pytest.approx(draw["u"], abs=0.01)
    assert written(page) == 0
    check_places()
    control(page).click()
    check_step(page, 4)
    wait_until_written(page, 1)
    eventually(lambda: [bar["symbol"] for bar in bars(page, "raw_bars") if bar["drawn"]] == [text_of(page)[-1]])
    check_places()
    slider = page.get_by_role("slider", name="Temperature")
    for number, temperature, characters in ((5, "0.20", 81), (6, "1.20", 161)):
        control(page).click()
        check_step(page, number)
        assert slider.get_attribute("aria-valuetext") == temperature
        check_places()
        wait_until_written(page, characters)
        expect(page.get_by_text(re.compile(f"at temperature {float(temperature):g}, epoch"))).to_be_visible()
        assert written(page) == characters
        check_places()
    control(page).click()
    check_step(page, 7)
    expect(page.get_by_role("button", name="Branch from here")).to_be_visible()
    eventually(lambda: len(selected_ranks(page)) == 4)
    assert len(set(selected_ranks(page))) > 1
    check_places()
    control(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare side by side")
    if width > 640:
        expect(page.get_by_text("The tour ends here")).to_be_visible()
    page.go_back()
    wait_for_page(page)
    expect(strip(page)).to_be_hidden()


def test_back_brings_temperature_and_text(open_page):
    """Of which its sentences tell: the cold text cold, the character of the slow motion at 0.5."""
    page = open_page(width=1280, height=720, first_visit=True)
    wait_for_page(page)
    slider = page.get_by_role("slider", name="Temperature")
    for number in range(1, 6):
        control(page).click()
        check_step(page, number)
    wait_until_written(page, 81)
    cold = generated(page)
    control(page).click()
    check_step(page, 6)
    wait_until_written(page, 161)
    for number, temperature, text in ((5, "0.20", cold), (4, "0.50", cold[0]), (3, "0.50", "")):
        strip(page).get_by_role("button", name="Back").click()
        check_step(page, number)
        assert slider.get_attribute("aria-valuetext") == temperature
        eventually(lambda: generated(page) == text)  # noqa: B023 - called at once
    expect(page.get_by_text("Stage 3 of 4")).to_be_visible()
    expect(page.locator("svg.marks text", has_text=re.compile("^■ T 0.50"))).to_be_visible()


def test_escape_leaves_it_and_it_does_not_come_again_by_itself(open_page):
    """Not after a reload, not on a later visit; More has it."""
    page = open_page(width=1280, height=720, first_visit=True)
    wait_for_page(page)
    expect(strip(page)).to_be_visible()
    assert focused(page)["tag"] == "BODY"
    control(page).click()
    check_step(page, 1)
    page.keyboard.press("Escape")
    expect(strip(page)).to_be_hidden()
    expect(page.get_by_text("The next character after")).to_be_visible()
    page.reload()
    wait_for_page(page)
    expect(strip(page)).to_be_hidden()
    later = page.context.new_page()
    later.goto(page.url.partition("?")[0])
    wait_for_page(later)
    expect(strip(later)).to_be_hidden()
    later.get_by_role("button", name="More", exact=True).click()
    later.get_by_role("button", name="Take the tour").click()
    check_step(later, 1)
    expect(later.get_by_test_id("stPopoverBody")).to_be_hidden()
    eventually(lambda: focused(later)["name"] == "reweight")


def test_declined_invitation_is_gone_for_good(open_page):
    """By its button, or by Escape; the page is then as any other."""
    page = open_page(width=1280, height=720, first_visit=True)
    wait_for_page(page)
    strip(page).get_by_role("button", name="No, thanks").click()
    expect(strip(page)).to_be_hidden()
    press(page, "Step")
    wait_until_written(page, 1)
    page.reload()
    wait_for_page(page)
    expect(strip(page)).to_be_hidden()


@pytest.mark.parametrize("query", ["?temperature=1.2", "?run=5&seed=the+", "?embed=true"])
def test_somebodys_link_does_not_invite(open_page, query):
    """Nor what is in a frame."""
    page = open_page(query, width=1280, height=720, first_visit=True)
    wait_for_page(page)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    page.wait_for_timeout(500)
    expect(strip(page)).to_be_hidden()


def test_browser_that_remembers_nothing_is_asked_once_in_a_visit(open_page):
    """Where `localStorage` is refused."""
    page = open_page(width=1280, height=720, first_visit=True)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });")
    page.reload()
    wait_for_page(page)
    expect(strip(page)).to_be_visible()
    strip(page).get_by_role("button", name="No, thanks").click()
    expect(strip(page)).to_be_hidden()
    for name in ("Compare", "Write"):
        page.get_by_role("link", name=name).click()
        expect(page).to_have_title(f"{name} · charlstm")
    wait_for_page(page)
    page.wait_for_timeout(500)
    expect(strip(page)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_strip(open_page, scheme):
    """Neither in the invitation nor at a step."""
    page = open_page(width=1280, height=720, scheme=scheme, first_visit=True)
    wait_for_page(page)
    expect(strip(page)).to_be_visible()
    for _ in range(3):
        assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
        before = control(page).text_content() or ""
        control(page).click()
        expect(control(page)).not_to_have_text(before)


def test_tour_is_taken_with_the_keyboard_alone(open_page):
    """The focus stays on the control; Back gives it up only where there is no way back any more."""
    page = open_page(width=1280, height=720, first_visit=True)
    wait_for_page(page)
    control(page).focus()
    for name in ("reweight", "draw", "append"):
        page.keyboard.press("Enter")
        expect(control(page)).to_have_text(name)
        eventually(lambda: focused(page)["name"] == name)  # noqa: B023 - called at once
        assert focused(page)["ring"]
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Back"
    page.keyboard.press("Enter")
    check_step(page, 2)
    assert focused(page)["name"] == "Back"
    page.keyboard.press("Enter")
    check_step(page, 1)
    eventually(lambda: focused(page)["name"] == "reweight")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Leave"
    page.keyboard.press("Enter")
    expect(strip(page)).to_be_hidden()
    eventually(lambda: focused(page)["tag"] != "BODY")
    assert strip(page).count() == 0 or focused(page)["ring"]


def test_tour_follows_and_waits(open_page):
    """The viewer moves the slider, writes, steps by hand, and goes to another page and back."""
    page = open_page(width=1280, height=720, first_visit=True)
    wait_for_page(page)
    control(page).click()
    check_step(page, 1)
    press(page, "Slow motion")
    check_step(page, 2)
    page.get_by_role("slider", name="Temperature").press("ArrowRight")
    expect(page).to_have_url(re.compile("temperature=0.51"))
    check_step(page, 2)
    press(page, "Generate")
    wait_until_written(page, 20)
    check_step(page, 2)
    control(page).click()
    check_step(page, 3)
    expect(page.get_by_text("Stage 3 of 4: the draw")).to_be_visible()
    page.get_by_role("link", name="Map").click()
    expect(page).to_have_title("Map · charlstm")
    expect(strip(page)).to_be_hidden()
    page.get_by_role("link", name="Write").click()
    check_step(page, 3)
    control(page).click()
    check_step(page, 4)
    before = written(page)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    check_step(page, 4)
    control(page).click()
    wait_until_written(page, before + 80)
    check_step(page, 5)
    region(page).locator(".written span").nth(before + 60).click()
    expect(page.get_by_text(re.compile("at temperature 0.2, epoch"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(strip(page)).to_be_hidden()
