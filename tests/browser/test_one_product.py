"""The pages are one product: what is chosen on one of them holds on the others."""

import re

from playwright.sync_api import expect

from charlstm.ui.shared import sentences as shared_sentences
from tests import golden
from tests.browser.write_page import bars, eventually, more, press, region, text_of, type_seed, wait_until_written

SEED = "the will to power is the will to "


def test_seed_text_and_temperature_hold_on_all_pages(open_page):
    """Set on Write, they are on Map and Compare; changed on Map, they are on Write."""
    page = open_page()
    type_seed(page, SEED)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    expect(page).to_have_url(re.compile("temperature=1.2"))
    page.get_by_role("link", name="Map").click()
    expect(page.get_by_label("Seed text")).to_have_value(SEED)
    expect(page.get_by_role("slider", name="Temperature")).to_have_attribute("aria-valuetext", "1.20")
    page.get_by_role("button", name="Set the temperature to 0.2").click()
    expect(page).to_have_url(re.compile("temperature=0.2"))
    page.get_by_label("Seed text").fill("what is done out of love ")
    page.get_by_label("Seed text").press("Enter")
    expect(page.get_by_text("After “…hat␣is␣done␣out␣of␣love␣”")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_label("Seed text")).to_have_value("what is done out of love ")
    page.get_by_role("link", name="Write").click()
    expect(region(page)).to_have_text(re.compile("^what is done out of love "))
    expect(page.get_by_role("slider", name="Temperature")).to_have_attribute("aria-valuetext", "0.20")
    eventually(lambda: len(bars(page, "reweighted_bars")) > 0)


def test_new_seed_text_beside_an_older_text_is_told(open_page):
    """What was written stays until the next Generate."""
    page = open_page()
    press(page, "Step")
    wait_until_written(page, 1)
    before = text_of(page)
    field = page.get_by_label("Seed text")
    field.fill(SEED)
    field.press("Control+Enter")
    expect(page.get_by_text("The new seed text counts from the next Generate on.")).to_be_visible()
    assert text_of(page) == before
    press(page, "Generate")
    expect(region(page)).to_have_text(re.compile("^" + SEED))


def test_reset_puts_all_pages_back_to_the_beginning(open_page):
    """Seed text, temperatures and addresses, on the page itself and on the others; Undo brings the text back."""
    page = open_page()
    type_seed(page, SEED)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    press(page, "Step")
    wait_until_written(page, 1)
    before = text_of(page)
    page.get_by_role("link", name="Compare").click()
    press(page, "Step")
    expect(page.get_by_role("region", name=re.compile("^Column 1, ")).locator(".written span")).to_have_count(1)
    page.get_by_role("slider", name="Temperature of column 1").press("End")
    page.get_by_role("link", name="Map").click()
    expect(page.get_by_label("Seed text")).to_have_value(SEED)
    page.get_by_role("link", name="Write").click()
    expect(region(page)).to_have_text(before)
    page.get_by_role("button", name="More", exact=True).click()
    press(page, shared_sentences.RESET)
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    slider = page.get_by_role("slider", name="Temperature")
    expect(slider).to_have_attribute("aria-valuetext", "0.50")
    expect(region(page)).to_have_text(shared_sentences.DEFAULT_SEED)
    expect(page.get_by_label("Seed text")).to_have_value(shared_sentences.DEFAULT_SEED)
    expect(page).to_have_url(re.compile("/(write)?$"))
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_label("Seed text")).to_have_value(shared_sentences.DEFAULT_SEED)
    first = page.get_by_role("region", name=re.compile("^Column 1, text at temperature 0.20"))
    expect(first).to_be_visible()
    expect(first.locator(".written span")).to_have_count(0)
    page.get_by_role("link", name="Map").click()
    expect(page.get_by_label("Seed text")).to_have_value(shared_sentences.DEFAULT_SEED)
    page.get_by_role("link", name="Write").click()
    more(page, "Undo")
    expect(region(page)).to_have_text(before)


def test_network_holds_on_all_pages(open_page, server_of_two):
    """One that an address names, and one that is chosen by hand; Evolve's epoch only where the viewer chose it."""
    page = open_page("?model=early", address=server_of_two.address)

    def check(title: str, names=("Map", "Evolve", "Read", "Compare", "Train", "Write")) -> None:
        for name in names:
            page.get_by_role("link", name=name, exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if name == "Train":
                continue
            expect(page.locator(".st-key-heading")).to_contain_text(title)
            expect(page).to_have_url(re.compile(f"model={'early' if title == 'Early' else golden.MODEL.name}"))

    expect(page.locator(".st-key-heading")).to_contain_text("Early")
    check("Early")
    check("Early", ("Train", "Write", "Train", "Write", "Read", "Train", "Read", "Write"))
    eventually(lambda: len(bars(page, "reweighted_bars")) > 0)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Book's LSTM").click()
    expect(page.locator(".st-key-heading")).to_contain_text("Book's LSTM")
    page.keyboard.press("Escape")
    check("Book's LSTM")
    expect(page.get_by_text("epoch 0")).to_have_count(0)
    press(page, "Step")
    wait_until_written(page, 1)
    expect(page).not_to_have_url(re.compile("epoch=0"))


def test_settings_name_the_network_that_the_page_shows(open_page, server_of_two):
    """Also where the menu is opened for the first time after the page was drawn anew."""
    page = open_page("?model=early", address=server_of_two.address)
    expect(page.get_by_text("Early writes letter by letter")).to_be_visible()
    type_seed(page, SEED)
    press(page, "Settings")
    expect(page.get_by_role("combobox", name=re.compile("Network"))).to_have_value("Early")
