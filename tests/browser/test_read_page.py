"""The Read page, as a person uses it."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from charlstm.evaluation.reading import Reading, rank_classes
from charlstm.generation.sampling import ranking, reweight
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import open_model
from charlstm.ui.read import sentences
from charlstm.ui.read.state import beginning, costliest_place, excerpt
from tests.browser.test_stage import FONT_SIZES, SIZES
from tests.browser.write_page import bars, eventually, overlaps, press, wait_until_written

CLASSES = """(region) => [...region.querySelectorAll('.block span')].flatMap(
  (span) => Array.from(span.textContent, () => Number(/k(\\d)/.exec(span.className)[1])))"""


@pytest.fixture(scope="module")
def model():
    return open_model(models_folder() / "nietzsche-book")


def whole(model, text, epoch=None):
    one = Reading(model.network(epoch), model.vocabulary, text)
    one.advance()
    return one


def open_read(page: Page) -> Page:
    if page.viewport_size is not None and page.viewport_size["width"] < 700:  # a phone
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Read", exact=True).click()
    expect(page.locator(".st-key-next_character_read svg.marks")).to_be_visible()
    expect(page.locator(".st-key-read_costs svg.marks")).to_be_visible()
    wait_until_read(page)
    return page


def region(page: Page):
    return page.get_by_role("region", name="Text as the network reads it")


def field(page: Page):
    return page.get_by_role("textbox", name="Text to read")


def text_of(page: Page) -> str:
    return "".join(region(page).locator(".block").all_text_contents())


def wait_until_read(page: Page) -> None:
    expect(page.locator(".st-key-read_progress")).to_contain_text(re.compile(r"characters? read"))


def read(page: Page, text: str) -> None:
    """Put a text into the field, and wait until it is read."""
    field(page).fill(text)
    expect(page.locator(".st-key-read_progress")).to_contain_text(f"{len(text):,} characters read")


def said(page: Page):
    return page.locator(".st-key-read_said")


def test_page_begins_with_the_excerpt_tinted(open_page, model):
    """By the ranks of its characters, of which a costly one is selected; a legend says how many are of which."""
    page = open_read(open_page(width=1280, height=720))
    expected = whole(model, beginning())
    expect(field(page)).to_have_value(beginning())
    eventually(lambda: text_of(page) == expected.text)
    classes = rank_classes(expected.ranks)
    assert region(page).evaluate(CLASSES) == classes.tolist()
    assert region(page).locator(".selected").count() == 1
    expect(said(page)).to_contain_text(f"Character {(costliest_place(expected) or 0) + 1} is ")
    shares = np.bincount(classes, minlength=4) / len(classes)
    legend = page.locator(".st-key-read_text .legend li")
    for item, name, share in zip(legend.all(), sentences.VIEW["classes"], shares, strict=True):
        expect(item).to_have_text(f"{name}{100 * share:.0f}%")
    expect(page.get_by_text(f"{expected.bits.mean():.2f} bits per character")).to_be_visible()


def test_text_is_read_as_it_is_typed(open_page, model):
    """At its end, in its middle, and where it is deleted; no letter presses a button."""
    page = open_read(open_page(width=1280, height=720))
    field(page).fill("")
    expect(page.get_by_text(sentences.NOTHING)).to_be_visible()
    expect(region(page)).to_have_text(sentences.VIEW["empty"])
    expect(page.locator(".st-key-read_costs")).to_have_count(0)
    expect(page.locator(".st-key-next_character_read svg.marks")).to_contain_text(sentences.WOULD_FOLLOW)
    expect(page.locator(".st-key-read_text label")).to_have_text(sentences.FIELD)
    field(page).press_sequentially("what is noble?", delay=20)
    eventually(lambda: text_of(page) == "what is noble?")
    for _ in range(6):
        field(page).press("Backspace")
    field(page).press_sequentially("good", delay=20)
    eventually(lambda: text_of(page) == "what is good")
    field(page).press("Home")
    field(page).press_sequentially("So ", delay=20)
    eventually(lambda: text_of(page) == "so what is good")
    expect(field(page)).to_have_value("So what is good")
    expected = whole(model, "So what is good")
    assert region(page).evaluate(CLASSES) == rank_classes(expected.ranks).tolist()
    expect(page.get_by_text(f"{expected.bits.mean():.2f} bits per character")).to_be_visible()
    expect(page.get_by_text("1 capital read as a small letter")).to_be_visible()


def test_clicked_character_shows_its_choice(open_page, model):
    """With the character that stands there marked; the arrow keys go on, and the slider reweights it."""
    page = open_read(open_page(width=1280, height=720))
    text = "the philosopher is a man of knowledge.\n" * 3
    read(page, text)
    expected = whole(model, text)
    place = int(expected.bits.argmax())
    eventually(lambda: text_of(page) == text)
    box = region(page).evaluate(
        """(region, place) => {
          let before = 0;
          for (const span of region.querySelectorAll('.block span')) {
            const length = span.textContent.length;
            if (place < before + length) {
              const range = document.createRange();
              range.setStart(span.firstChild, place - before);
              range.setEnd(span.firstChild, place - before + 1);
              const { x, y, width, height } = range.getBoundingClientRect();
              return { x: x + width / 2, y: y + height / 2 };
            }
            before += length;
          }
        }""",
        place,
    )
    page.mouse.move(box["x"], box["y"])
    expect(page.locator(".st-key-read_text .tip")).to_have_text(re.compile(rf"{expected.bits[place]:.1f} bits$"))
    page.mouse.click(box["x"], box["y"])
    for step in (0, -1, -1, 1):
        if step:
            page.keyboard.press("ArrowLeft" if step < 0 else "ArrowRight")
        place += step
        expect(said(page)).to_contain_text(f"Character {place + 1} is ")
        expect(page.locator(".st-key-read_text .spoken")).to_contain_text(f"Character {place + 1} is ")
        check_choice(page, model, expected, place, 0.5)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    check_choice(page, model, expected, place, 1.2)
    expect(page.get_by_text("At temperature 1.20: ")).to_be_visible()
    region(page).press("Escape")
    expect(said(page)).to_contain_text("What would follow")


def check_choice(page: Page, model, expected: Reading, place: int, temperature: float) -> None:
    """The rows are those of the choice at this place, and the one of the character in the text is marked."""
    raw = expected.probs_at(place)
    reweighted = reweight(raw, temperature)
    symbol = {" ": "␣", "\n": "↵"}.get(expected.text[place], expected.text[place])
    top = int(ranking(raw)[0])

    def is_shown() -> bool:
        shown = bars(page, "raw_bars")
        marked = [bar["symbol"] for bar in shown if bar["drawn"]]
        first = min(shown, key=lambda bar: bar["place"], default=None)
        return (
            marked == [symbol]
            and first is not None
            and abs(first["raw"] - raw[top]) < 1e-5
            and abs(first["reweighted"] - reweighted[top]) < 1e-5
        )

    eventually(is_shown)
    expect(page.locator(".st-key-next_character_read svg.marks")).to_contain_text("in the text")


def test_long_text_is_cancelled_and_read_on(open_page):
    """What was read stays; an edit after it costs nothing of it."""
    page = open_read(open_page(width=1280, height=720))
    long = "what is done out of love always takes place beyond good and evil. " * 1500
    field(page).fill(long)
    expect(page.get_by_role("progressbar")).to_be_visible()
    eventually(lambda: len(text_of(page)) > 500)
    press(page, "Cancel")
    expect(page.get_by_role("button", name="Read on")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Stopped: [\d,]+ of 99,000 characters read"))).to_be_visible()
    eventually(lambda: 500 < len(text_of(page)) < len(long))
    told = page.locator(".st-key-read_progress").inner_text()
    stopped = int(re.search(r"[\d,]+", told)[0].replace(",", ""))  # type: ignore[index]
    eventually(lambda: text_of(page) == long[:stopped])
    press(page, "Read on")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    eventually(lambda: len(text_of(page)) > stopped)
    assert text_of(page).startswith(long[:stopped])
    press(page, "Cancel")
    field(page).fill("short again")
    eventually(lambda: text_of(page) == "short again")


def test_text_comes_from_the_excerpt_a_file_or_write(open_page):
    """Each with one button."""
    page = open_page(width=1280, height=720)
    press(page, "Generate")
    wait_until_written(page, 20)
    press(page, "Stop")
    written = page.get_by_role("region", name="Generated text").text_content()
    open_read(page)
    press(page, "From Write")
    eventually(lambda: (written or "").startswith(field(page).input_value()[:90]))
    wait_until_read(page)
    press(page, "Unseen excerpt")
    expect(field(page)).to_have_value(excerpt())
    press(page, "Open file")
    upload = page.get_by_test_id("stFileUploaderDropzoneInput")
    upload.set_input_files({"name": "mine.txt", "mimeType": "text/plain", "buffer": "Über alles".encode()})
    expect(field(page)).to_have_value("Über alles")
    eventually(lambda: text_of(page) == "uber alles")


def test_other_networks_and_other_pages(open_page, server_of_two, model):
    """They read the same text; it is still there when the viewer comes back, and another network reads it anew."""
    page = open_read(open_page("?model=nietzsche-book", width=1280, height=720, address=server_of_two.address))
    text = "the will to power"
    read(page, text)
    page.get_by_role("button", name="Early").click()
    table = page.get_by_test_id("stTable").last
    bits = [f"{whole(model, text, epoch).bits.mean():.2f}" for epoch in (None, 1)]
    expect(table.locator("tbody tr")).to_have_count(2)
    for row, cost in zip(table.locator("tbody tr").all(), bits, strict=True):
        expect(row).to_contain_text(cost)
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator(".st-key-map_alphabet svg.marks")).to_be_visible()
    page.get_by_role("link", name="Read", exact=True).click()
    expect(field(page)).to_have_value(text)
    eventually(lambda: text_of(page) == text)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Early").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text(f"{bits[1]} bits per character")).to_be_visible()
    eventually(lambda: text_of(page) == text)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_is_in_the_window_and_nothing_moves(open_page, width, height):
    """Slider, text, chart and strip: idle, reading, stopped, with a long text; letters large enough."""
    page = open_read(open_page(width=width, height=height))

    def boxes() -> dict[str, tuple[float, ...]]:
        parts = {
            "slider": page.get_by_role("slider", name="Temperature"),
            "text": region(page),
            "chart": page.locator(".st-key-next_character_read svg.marks"),
            "strip": page.locator(".strip_places_marks"),
        }
        found = {name: dict(part.bounding_box() or {}) for name, part in parts.items()}
        sides = ("x", "y", "width", "height")
        return {name: tuple(round(box[side], 1) for side in sides) for name, box in found.items()}

    def check() -> None:
        line = float(region(page).evaluate("(e) => parseFloat(getComputedStyle(e).lineHeight)"))
        found = boxes()
        assert found["text"][3] >= 4 * line
        for name, (left, top, wide, high) in found.items():
            assert left >= 0, name
            assert top >= 0, name
            assert left + wide <= width, name
            assert top + high <= height, name
        assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")

    eventually(lambda: boxes()["strip"][1] + boxes()["strip"][3] <= height)
    check()
    places = boxes()
    press(page, "Unseen excerpt")
    expect(page.get_by_role("progressbar")).to_be_visible()
    check()
    assert boxes() == places
    press(page, "Cancel")
    expect(page.get_by_role("button", name="Read on")).to_be_visible()
    assert boxes() == places
    region(page).press("End")
    expect(said(page)).to_contain_text("Character ")
    assert boxes() == places
    least = 14 if width < 640 else 18
    small = {text: size for text, size in page.evaluate(FONT_SIZES).items() if size < least}
    assert small == {}


def test_enlarged_page_has_nothing_on_another(open_page):
    """At one and a half times the size of 1280×720: text, legend, choice, figures and what is under them."""
    page = open_read(open_page(width=853, height=480))
    parts = [
        ".st-key-read_text textarea",
        ".st-key-read_text .text",
        ".st-key-read_text .legend",
        ".st-key-read_progress .stText",
        ".st-key-read_slider input",
        ".st-key-read_said .stText",
        ".st-key-next_character_read svg.marks",
        ".st-key-read_numbers .stMarkdown",
        ".st-key-read_numbers .stText",
        ".st-key-read_costs svg.marks",
        ".st-key-read_words .stText",
        ".st-key-read_others h2",
    ]
    eventually(lambda: overlaps([page.locator(part) for part in parts]) == [])
    assert overlaps([page.locator(".st-key-read_slider .ticks button")]) == []
    page.get_by_text("As bits").click()
    parts = [
        ".st-key-read_text canvas",
        ".st-key-read_text figcaption",
        ".st-key-read_text .text",
        ".st-key-read_slider input",
        ".st-key-bits_buttons button",
        ".st-key-bits_said .stMarkdown",
        ".st-key-bits_heading .stText",
        ".st-key-next_character_read svg.marks",
    ]
    expect(page.locator(parts[0])).to_have_count(3)
    eventually(lambda: overlaps([page.locator(part) for part in parts]) == [])


def test_copied_passages_are_marked(open_page):
    """What the network has learned word for word, from 30 characters on; and how much that is."""
    page = open_read(open_page(width=1280, height=720))
    expect(page.locator(".st-key-read_progress")).to_contain_text("none copied")
    passage = "supposing that truth is a woman--what then? is there not ground"
    read(page, f"my own words: {passage.upper()} beneath us?")
    expect(page.locator(".st-key-read_progress")).to_contain_text(re.compile(r"\b6\d copied from what it learned"))

    def marked() -> str:
        return "".join(region(page).locator(".copied").all_text_contents())

    eventually(lambda: passage in marked())
    assert len(marked()) < len(passage) + 5
    region(page).locator(".copied").first.hover()
    expect(page.get_by_text(re.compile(r"bits, copied$"))).to_be_visible()
