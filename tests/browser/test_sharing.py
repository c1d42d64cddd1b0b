"""Sharing a run between two viewers, by its address or as a file."""

import io
import re
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from charlstm.ui.shared.sentences import LINK_TOO_LONG_FOR_CODE
from charlstm.ui.write import sentences as write_sentences
from tests import golden
from tests.browser.app_server import ROOT
from tests.browser.slow_network import slow_network
from tests.browser.write_page import (
    SEED,
    eventually,
    generated,
    press,
    region,
    scrub_to,
    set_settings,
    stop,
    text_of,
    type_seed,
    wait_until_written,
)

ONE_WAY = 0.25  # seconds


def address_values(page: Page) -> dict[str, str]:
    """Return the values in the address bar."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def query(page: Page) -> str:
    return "?" + urlsplit(page.url).query


def wait_for_address(page: Page, **values: str) -> None:
    page.wait_for_function(
        "(values) => Object.entries(values).every(([n, v]) => new URLSearchParams(location.search).get(n) === v)",
        arg=values,
    )


def test_address_shows_another_viewer_the_same_text(open_page):
    """Seed text, settings and random seed are in the address; the text is written again."""
    page = open_page()
    type_seed(page, 'he said "no = never", 100 percent? ')
    page.get_by_role("button", name="Set the temperature to 1.0").click()
    set_settings(page, {"Length": 40, "Random seed": 77}, 2)
    press(page, "Generate")
    wait_until_written(page, 40)
    wait_for_address(page, run="40")
    other = open_page(query(page))
    wait_until_written(other, 40)
    assert text_of(other) == text_of(page)
    expect(other.get_by_label("Seed text")).to_have_value(re.compile('^he said "no'))
    wait_for_address(other, **address_values(page))


def test_golden_text_appears_at_its_address(open_page):
    """The page writes at these settings what `generate` writes."""
    settings = f"epoch={golden.EPOCH}&temperature={golden.TEMPERATURE}&random_seed={golden.RANDOM_SEED}&speed=0"
    page = open_page(f"?seed={golden.SEED_TEXT.replace(' ', '+')}&{settings}&run={golden.LENGTH}")
    wait_until_written(page, golden.LENGTH)
    assert generated(page) == golden.TEXT


def test_address_follows_the_temperature_without_side_effects(open_page):
    """It changes when the slider pauses; the history has no new entry, and no view is mounted anew."""
    page = open_page()
    expect(page.locator("svg.marks")).to_be_visible()
    page.evaluate("() => { window.first = document.querySelector('svg.marks'); }")
    entries = page.evaluate("() => history.length")
    assert address_values(page) == {}
    slider = page.get_by_role("slider", name="Temperature")
    for _ in range(20):
        slider.press("ArrowRight")
    wait_for_address(page, temperature="0.7")
    assert address_values(page) == {"temperature": "0.7"}
    assert page.evaluate("() => history.length") == entries
    assert page.evaluate("() => window.first.isConnected")


def test_address_without_a_run_writes_nothing(open_page):
    """Its other values fill the fields, also those of the popover, which is opened only later."""
    page = open_page("?seed=in+the+beginning+&temperature=1.5&length=123&random_seed=45&epoch=3&speed=60&top_k=7")
    expect(page.get_by_role("status").first).to_have_text("1.50")
    expect(region(page)).to_have_text("in the beginning ")
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_label("Length")).to_have_value("123")
    expect(page.get_by_label("Random seed")).to_have_value("45")
    expect(page.get_by_text("Epoch 3: ")).to_be_visible()


def test_hostile_address_runs_nothing(open_page):
    """HTML in the seed text and in the settings is text; invalid numbers are clamped; the page writes."""
    markup = (
        "%3Cimg%20src%3Dx%20onerror%3D%22document.title%3D'bad'%22%3E%3Cscript%3Edocument.title%3D'bad'%3C%2Fscript%3E"
    )
    page = open_page(f"?seed={markup}&model={markup}&epoch={markup}&temperature=1e999&length=-1&run=3&speed=0")
    wait_until_written(page, 3)
    assert region(page).locator("img, script").count() == 0
    assert page.title() != "bad"
    expect(page.get_by_role("status").first).to_have_text("2.00")


def test_link_is_copied(open_page):
    """By one press of a button, which then says so."""
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(page, "Step")
    wait_until_written(page, 1)
    wait_for_address(page, run="1")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == page.url


def show_code(page: Page):
    """Ask for the QR code of the address, and return its picture."""
    press(page, "More")
    page.get_by_role("button", name="Show QR code").click()
    code = page.get_by_role("dialog").get_by_role("img")
    eventually(lambda: code.get_attribute("aria-label") == f"QR code of {page.url}")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    return code


def modules_of(code) -> list[list[int]]:
    """Return the modules as they are on the screen, read at their middles: 1 is black, 0 white."""
    picture = Image.open(io.BytesIO(code.screenshot())).convert("L")
    count = int(code.get_attribute("viewBox").split()[-1])
    middles = [(place + 0.5) / count for place in range(count)]
    levels = [[picture.getpixel((int(x * picture.width), int(y * picture.height))) for x in middles] for y in middles]
    assert {level for row in levels for level in row} == {0, 255}
    return [[int(level == 0) for level in row] for row in levels]


def modules_for(link: str) -> list[list[int]]:
    return [list(row) for row in segno.make_qr(link, error="l").matrix_iter(border=4)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_qr_code_is_that_of_the_address(open_page, scheme):
    """Black on white, large enough for a hall; another browser that opens its link shows the same text."""
    page = open_page(width=1280, height=720, scheme=scheme)
    type_seed(page, "truth, 100 percent? ")
    set_settings(page, {"Length": 30, "Random seed": 5}, 2)
    press(page, "Generate")
    wait_until_written(page, 30)
    wait_for_address(page, run="30", epoch="2", random_seed="5")
    code = show_code(page)
    box = code.bounding_box()
    assert box
    assert box["width"] == box["height"] >= 400
    assert box["y"] + box["height"] <= 720
    assert modules_of(code) == modules_for(page.url)
    other = open_page(query(page))
    wait_until_written(other, 30)
    assert text_of(other) == text_of(page)


def test_qr_code_follows_the_address(open_page):
    """Asked for again after another step, and while it is shown; also on a phone."""
    page = open_page(width=390, height=844)
    for length in ("1", "2"):
        press(page, "Step")
        wait_until_written(page, int(length))
        wait_for_address(page, run=length)
        assert modules_of(show_code(page)) == modules_for(page.url)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
    early = open_page("?seed=the+&speed=15&run=60&epoch=999")  # which is replaced by what holds
    code = show_code(early)
    wait_until_written(early, 60)
    assert "epoch=999" not in early.url
    expect(code).to_have_attribute("aria-label", f"QR code of {early.url}")
    assert modules_of(code) == modules_for(early.url)


def test_link_too_long_for_a_qr_code_is_told(open_page):
    """One sentence in its place."""
    page = open_page()
    type_seed(page, 'is it "true"? (or not?) ' * 42)
    page.wait_for_function("() => location.href.length > 1273")
    press(page, "More")
    page.get_by_role("button", name="Show QR code").click()
    expect(page.get_by_text(LINK_TOO_LONG_FOR_CODE)).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_hidden()


def test_download_is_never_asked_for_by_a_button_of_before(open_page, server, tmp_path):
    """Also far from the server, where the menu More is open long before the page has answered."""
    with slow_network(server.address, ONE_WAY) as far_address:
        page = open_page(address=far_address)
        press(page, "Step")
        wait_until_written(page, 1)
        menu, answered = page.get_by_role("button", name="More", exact=True), page.get_by_text("Download text")
        menu.click()  # at the first opening the browser loads what draws the buttons: only the second can be too early
        expect(answered).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
        page.wait_for_timeout(4 * ONE_WAY * 1000)  # until the page has answered that it is closed
        menu.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        assert page.get_by_role("button", name="Download text").count() == 0
        with page.expect_download() as download:
            page.get_by_role("button", name="Download text").click()
        download.value.save_as(tmp_path / "text.txt")
        assert (tmp_path / "text.txt").read_text() == text_of(page)


def test_menu_that_was_closed_stays_closed(open_page, server):
    """Also far from the server, which answers that it is open when it has been closed again; and it opens anew."""
    watch = """() => {
      window.seen = [];
      const look = () => {
        window.seen.push(document.querySelectorAll('[data-testid="stPopoverBody"]').length);
        requestAnimationFrame(look);
      };
      look();
    }"""
    with slow_network(server.address, ONE_WAY) as far_address:
        page = open_page(address=far_address)
        menu, body = page.get_by_role("button", name="More", exact=True), page.get_by_test_id("stPopoverBody")
        menu.click()
        expect(body).to_be_visible()
        page.keyboard.press("Escape")
        expect(body).to_be_hidden()
        page.evaluate(watch)
        page.wait_for_timeout(6 * ONE_WAY * 1000)  # until both answers have come
        assert set(page.evaluate("window.seen")) == {0}
        menu.click()
        expect(page.get_by_role("button", name="Reset all")).to_be_visible()
        menu.click()
        expect(body).to_be_hidden()


@pytest.fixture
def saved(open_page, tmp_path):
    """A page with a run whose temperature was changed, and the file it was saved as."""
    page = open_page()
    type_seed(page, SEED)
    press(page, "Generate")
    wait_until_written(page, 15)
    page.get_by_role("slider", name="Temperature").press("PageUp")
    wait_until_written(page, 40)
    stop(page)
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_text(write_sentences.link_cannot(write_sentences.CHANGED))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this run").click()
    download.value.save_as(tmp_path / "run.json")
    page.keyboard.press("Escape")
    return page, tmp_path / "run.json"


def open_run(page: Page, content: bytes) -> None:
    page.get_by_role("button", name="More", exact=True).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "run.json", "mimeType": "application/json", "buffer": content}
    )


def test_saved_run_is_written_again_everywhere(open_page, saved):
    """In another browser, and on the command line: the same text, with the same settings at the same positions."""
    page, file = saved
    other = open_page()
    press(other, "Generate")  # the opened run replaces this one
    wait_until_written(other, 3)
    open_run(other, file.read_bytes())
    eventually(lambda: generated(other) == generated(page))
    assert text_of(other) == text_of(page)
    other.keyboard.press("Escape")
    for position, temperature in ((0, "0.5"), (len(generated(page)) - 1, "0.7")):
        scrub_to(other, position)
        expect(other.get_by_text(re.compile(f"at temperature {temperature}, epoch 20$"))).to_be_visible()
    command = [sys.executable, "-m", "charlstm", "generate", "--replay", str(file)]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert again.stdout == text_of(page) + "\n"
    assert again.stderr == ""


def test_saved_branch_opens_beside_its_original(open_page, saved, tmp_path):
    """In another browser: both columns are as they were."""
    page, _ = saved
    scrub_to(page, 10)
    press(page, "Branch from here")
    wait_until_written(page, 20)
    stop(page)
    page.get_by_role("button", name="More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this run").click()
    download.value.save_as(tmp_path / "branch.json")
    other = open_page()
    open_run(other, (tmp_path / "branch.json").read_bytes())
    expect(region(other).locator(".original")).to_have_text(region(page).locator(".original").text_content() or "")
    assert text_of(other) == text_of(page)
    assert generated(other) == generated(page)


def test_hostile_file_leaves_the_page_as_it_was(open_page):
    """One sentence, and the text stays."""
    page = open_page()
    press(page, "Step")
    wait_until_written(page, 1)
    before = text_of(page)
    open_run(page, b'{"format": 1, "text": "<script>"}')
    expect(page.get_by_text(re.compile("^Not opened: "))).to_be_visible()
    assert text_of(page) == before


def test_pages_keep_their_state(open_page):
    """While another page is shown: settings, text and address."""
    page = open_page(height=1400)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    wait_for_address(page, temperature="1.2")
    page.get_by_role("link", name="Evolve").click()
    slider = page.get_by_role("slider", name="Epoch").first
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    wait_for_address(page, epoch="2", model="nietzsche-book")
    page.get_by_role("link", name="Write").click()
    expect(page.get_by_role("status").first).to_have_text("1.20")
    wait_for_address(page, temperature="1.2")
    page.get_by_role("link", name="Evolve").click()
    expect(page.get_by_role("slider", name="Epoch").first).to_have_attribute("aria-valuetext", "2")
