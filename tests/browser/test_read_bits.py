"""The views of a text's bits on the Read page, as a person uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import open_model
from charlstm.ui.read.bits.state import BitsState
from charlstm.ui.read.state import beginning
from tests.browser.test_read_page import field, open_read
from tests.browser.write_page import eventually, press


@pytest.fixture(scope="module")
def model():
    return open_model(models_folder() / "nietzsche-book")


def bits_of(model, text, temperature=0.5):
    state = BitsState()
    state.code(model.network(), model.vocabulary, temperature, model.vocabulary.fold(text).text)
    return state


def decode_all(state):
    while state.goes_on:
        state.advance()


def open_bits(page: Page) -> Page:
    page.get_by_role("radio", name="As bits").click()
    expect(page.get_by_role("img", name=re.compile("^gzip: "))).to_be_visible()
    return page


def region(page: Page):
    return page.get_by_role("region", name="Text from the bits")


def told(page: Page):
    return page.locator(".st-key-bits_said")


def counts(page: Page) -> list[int]:
    names = [one.get_attribute("aria-label") or "" for one in page.locator("canvas").all()]
    return [int(re.search(r"(\d+) bits", name).group(1)) for name in names]  # type: ignore[union-attr]


def wait_until_decoded(page: Page, characters: int) -> str:
    eventually(lambda: len(region(page).text_content() or "") == characters)
    return region(page).text_content() or ""


def test_text_is_decoded_from_as_many_bits_as_it_costs(open_page, model):
    """Beside those of the same text in ASCII and after gzip; another temperature, another code.

    What is typed when the view is changed is not lost, nor is the temperature, which the address has.
    """
    page = open_read(open_page(width=1280, height=720))
    field(page).fill(text := "What is noble? The noble soul has reverence for itself.")
    open_bits(page)
    for temperature in (0.5, 1.0):
        state = bits_of(model, text, temperature)
        assert wait_until_decoded(page, len(text)) == text.lower()
        expected = [len(bits) for bits in state.codes.bits]
        eventually(lambda: counts(page) == expected)  # noqa: B023 - it is called at once
        expect(told(page)).to_contain_text(f"{len(state.codes.bits[-1])} bits")
        page.get_by_role("button", name="Set the temperature to 1.0").click()
    expect(page).to_have_url(re.compile("temperature=1(&|$)"))
    page.get_by_role("radio", name="Nothing left to learn").click()
    expect(page.get_by_role("region", name="ASCII")).to_be_visible()
    open_bits(page)
    expect(told(page)).to_contain_text(f"{len(state.codes.bits[-1])} bits")
    press(page, "Type a text")
    expect(field(page)).to_have_value(text)


def test_flipped_bit_makes_another_text(open_page, model):
    """From a character on that is told and seen; a bit is flipped by a click or by keys; the text itself comes back."""
    page = open_bits(open_read(open_page(width=1280, height=720)))
    state = bits_of(model, beginning())
    text = wait_until_decoded(page, len(state.codes.text))
    assert text == state.codes.text
    press(page, "Flip a bit")
    state.flip()
    decode_all(state)
    expect(told(page)).to_contain_text(f"from character {state.difference + 1:,} on")
    eventually(lambda: region(page).text_content() == state.written)
    assert "".join(region(page).locator(".other").all_text_contents()) == state.written[state.difference :]
    turn = region(page).locator(".selected")
    expect(turn).to_have_text(state.written[state.difference])
    place, around = turn.bounding_box(), region(page).bounding_box()
    assert around["y"] <= place["y"] <= place["y"] + place["height"] <= around["y"] + around["height"]
    page.get_by_title("Click a bit to flip it").click(position={"x": 6, "y": 2})
    expect(told(page)).to_contain_text(re.compile(r"^Bit 2 of .* on it is another text"))
    state.flip(1)
    decode_all(state)
    eventually(lambda: region(page).text_content() == state.written)
    page.get_by_role("slider", name="Bit of").press("ArrowRight")
    page.keyboard.press("Enter")
    expect(told(page)).to_contain_text(re.compile(r"^Bit 3 of "))
    expect(page.get_by_role("slider", name="Bit of")).to_be_focused()
    state.flip(2)
    for width, height in ((853, 480), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        press(page, "Flip a bit")
        state.flip()
        decode_all(state)
        expect(told(page)).to_contain_text(f"Bit {state.flipped + 1:,} of")
        expect(turn).to_have_text(state.written[state.difference])
        boxes = [turn.bounding_box(), page.get_by_role("slider", name="Bit of").bounding_box()]
        assert all(box["y"] > 0 and box["y"] + box["height"] <= height for box in boxes), (width, boxes)
    press(page, "Decode")
    eventually(lambda: region(page).text_content() == text)


def test_coin_tosses_write_a_text_and_each_draw_is_shown(open_page, model):
    """Another one each time, beside their picture; a selected character tells the random number that its bits gave."""
    page = open_bits(open_read(open_page(width=1280, height=720)))
    state = bits_of(model, beginning())
    for _ in range(2):
        press(page, "Toss coins")
        state.toss_coins()
        decode_all(state)
        eventually(lambda: region(page).text_content() == state.written)
    expect(page.get_by_role("img", name=f"coin tosses: {len(state.bits)} bits")).to_be_visible()
    assert page.get_by_title("Click a bit to flip it").count() == 0
    region(page).focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    step = state.decoded[1].step
    expect(page.locator(".st-key-bits_heading")).to_contain_text(f"Character 2: the bits give u = {step.u:.3f}")
    marks = page.locator(".st-key-next_character_read svg.marks")
    expect(marks.get_by_text(f"u = {step.u:.3f}").first).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (1920, 1080)])
def test_codes_text_and_draw_are_seen_together(open_page, width, height):
    """Within the window, and nothing moves through all buttons, nor with the length of the code."""
    page = open_bits(open_read(open_page(width=width, height=height)))
    parts = [page.get_by_role("slider", name="Temperature"), page.locator("canvas").first, region(page)]
    parts.append(page.locator(".st-key-next_character_read svg.marks"))
    wait_until_decoded(page, len(beginning()))
    boxes = [part.bounding_box() for part in parts]
    assert all(box and box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes)
    for name in ("Flip a bit", "Toss coins", "Decode", "Set the temperature to 0.2"):
        press(page, name)
        expect(page.get_by_role("button", name=name)).to_be_enabled()
        # The fields of bits are drawn anew; what was asked of one that has just gone has no place.
        eventually(lambda: None not in (now := [part.bounding_box() for part in parts]) and now == boxes, seconds=3)


def test_networks_that_learned_bits_write(open_page):
    """Beside the curves of their losses: words, where there were words, and another text at each press."""
    page = open_read(open_page(width=1280, height=720))
    page.get_by_role("radio", name="Nothing left to learn").click()
    expect(
        page.locator(".st-key-experiment_losses svg.marks").get_by_text("coin tosses: 0.693 nats = 1 bit")
    ).to_be_visible()
    expect(page.get_by_text(re.compile("were trained on bits alone"))).to_be_visible()
    texts = [page.get_by_role("region", name=name) for name in ("ASCII", "gzip", "coded by a network")]
    before = []
    for text in texts:
        expect(text).to_be_visible()
        before.append(text.text_content())
    press(page, "Write again")
    for text, old in zip(texts, before, strict=True):
        expect(text).not_to_have_text(old or "")
