"""Replay, branches, Undo and slow motion, as a person uses them."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from charlstm.generation.draws import UniformDraws
from charlstm.generation.sampling import ranking, reweight
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import open_model
from charlstm.playback.tables.choice import display_symbol
from tests.browser.write_page import (
    FLOAT_NOISE,
    SEED,
    bars,
    click_bar,
    eventually,
    generated,
    line_of_draw,
    more,
    next_probs,
    press,
    region,
    scrub_to,
    shown_draw,
    stop,
    type_seed,
    wait_until_written,
)

SEEN = """(e) => {
  const { x, y } = e.getBoundingClientRect();
  return e.getRootNode().elementFromPoint(x + 5, y + 14) === e;
}"""


@pytest.fixture(scope="module")
def model():
    return open_model(models_folder() / "nietzsche-book")


@pytest.fixture
def written(open_page):
    """A page with a run in which the temperature was raised from 0.5 to 0.7."""
    return write_on(open_page(height=1100))


def write_on(page: Page) -> Page:
    type_seed(page, SEED)
    press(page, "Generate")
    wait_until_written(page, 25)
    page.get_by_role("slider", name="Temperature").press("PageUp")
    wait_until_written(page, 60)
    stop(page)
    return page


def described_temperature(page: Page) -> float:
    description = page.get_by_text(re.compile("^Character [0-9]+: ")).text_content() or ""
    found = re.search(r"at temperature ([0-9.]+), epoch 20$", description)
    assert found
    return float(found[1])


def test_scrubber_moves_text_chart_and_draw_together(written, model):
    """Every step that the arrow keys reach shows its own probs, uniform draw, character, and temperature."""
    text, draws, temperatures = generated(written), UniformDraws(1), []
    for position in (0, 1, 17, len(text) - 1):
        scrub_to(written, position)
        expect(region(written).locator(".selected")).to_have_text(text[position])
        raw = next_probs(model, SEED + text[:position])
        temperatures.append(described_temperature(written))
        order = ranking(raw)
        largest = pytest.approx(raw.max(), abs=FLOAT_NOISE)
        eventually(lambda: bars(written, "raw_bars")[0]["raw"] == largest)  # noqa: B023
        shown = bars(written, "reweighted_bars")
        reweighted = reweight(raw, temperatures[-1])
        places = {display_symbol(model.vocabulary.characters[id_]): id_ for id_ in order.tolist()}
        for bar in shown[:-1]:
            if bar["symbol"] in places:
                assert bar["reweighted"] == pytest.approx(reweighted[places[bar["symbol"]]], abs=FLOAT_NOISE)
        assert [bar["symbol"] for bar in shown if bar["drawn"]] == [display_symbol(text[position])]
        line = line_of_draw(written)
        assert line["u"] == pytest.approx(draws[position])
        assert line["place"] == pytest.approx(draws[position], abs=0.005)
        expect(written.get_by_text(f"{position + 1} / {len(text)}")).to_be_visible()
    assert temperatures[0] == 0.5
    assert temperatures[-1] == 0.7
    assert temperatures == sorted(temperatures)


def test_scrubber_appears_after_a_run_and_dims_what_was_written_later(open_page):
    """It is hidden before a text is written and while it is; the characters after the selected one are dimmed."""
    page = open_page()
    expect(region(page)).to_be_visible()
    scrubber = page.get_by_role("slider", name="Replay")
    expect(scrubber).to_be_hidden()
    press(page, "Generate")
    wait_until_written(page, 15)
    expect(scrubber).to_be_hidden()
    stop(page)
    expect(scrubber).to_be_visible()
    scrub_to(page, 10)
    opacity = "(spans) => spans.map((span) => getComputedStyle(span).opacity)"
    shades = region(page).locator(".written span").evaluate_all(opacity)
    assert set(shades[:11]) == {"1"}
    assert set(shades[11:]) == {"0.65"}
    scrubber.press("End")
    expect(page.get_by_text(re.compile("^The next character after"))).to_be_visible()
    assert set(region(page).locator(".written span").evaluate_all(opacity)) == {"1"}


def test_clicked_bar_of_a_past_step_branches_the_run(written, model):
    """Both texts are side by side, the shared beginning once; the branch has the same draws; Undo brings all back."""
    text, place = generated(written), 20
    scrub_to(written, place)
    raw = next_probs(model, SEED + text[:place])
    names = [model.vocabulary.characters[id_] for id_ in ranking(raw)[:4]]
    other = next(name for name in names if name not in (text[place], " ", "\n"))
    click_bar(written, other)
    expect(region(written).locator(".original")).to_have_text(text[place:])
    eventually(lambda: generated(written) == text[:place] + other)
    press(written, "Continue")
    wait_until_written(written, place + 30)
    stop(written)
    branch = generated(written)
    assert branch.startswith(text[:place] + other)
    expect(region(written).locator(".original")).to_have_text(text[place:])
    scrub_to(written, place + 5)
    eventually(lambda: line_of_draw(written)["u"] == pytest.approx(UniformDraws(1)[place + 5]))
    written.locator("body").press("z")
    eventually(lambda: generated(written) == text)
    assert region(written).locator(".original").count() == 0
    written.locator("body").press("y")
    eventually(lambda: generated(written) == branch)


def test_temperature_moves_the_character_that_slow_motion_has_appended(open_page):
    """Its bars, its sentence, and what is said beside the bar; the text stays as it is."""
    page = open_page(width=1280, height=720)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    for said in ("The text so far", "1 of 4", "2 of 4", "3 of 4", "4 of 4"):
        press(page, "Slow motion")
        expect(page.get_by_text(said)).to_be_visible()
    beside = page.locator("svg.marks .drawn_text_marks text")
    expect(beside).to_have_text("← drawn")
    text, before = generated(page), max(bar["reweighted"] for bar in bars(page, "reweighted_bars"))
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    expect(page.get_by_text("What if? Character 1 at temperature 1.2, epoch 20")).to_be_visible()
    assert max(bar["reweighted"] for bar in bars(page, "reweighted_bars")) < before
    expect(beside).to_have_text("← would be drawn")
    assert generated(page) == text


def test_past_step_is_tried_at_another_temperature_and_branched(written, model, tmp_path):
    """The same uniform draw chooses another character; B branches the run there, and only the branch is downloaded."""
    text, place, draws = generated(written), 12, UniformDraws(1)
    scrub_to(written, place)
    written.get_by_role("button", name="Set the temperature to 1.2").click()
    expect(written.get_by_text(f"What if? Character {place + 1} at temperature 1.2, epoch 20")).to_be_visible()
    raw = next_probs(model, SEED + text[:place])
    order = ranking(raw)
    chosen = order[np.searchsorted(np.cumsum(reweight(raw, 1.2)[order]), draws[place], side="right")]
    expected = display_symbol(model.vocabulary.characters[chosen])
    eventually(lambda: [bar["symbol"] for bar in bars(written, "reweighted_bars") if bar["drawn"]] == [expected])
    written.locator("body").press("b")
    expect(region(written).locator(".original")).to_have_text(text[place:])
    eventually(lambda: len(generated(written)) > place + 20)
    stop(written)
    branch = generated(written)
    for label in ("original, at temperatures 0.5 to 0.7", "branch, at temperature 1.2"):
        name = region(written).get_by_text(label)
        expect(name).to_be_in_viewport()
        assert name.evaluate(SEEN), "it is scrolled away"
    assert branch[:place] == text[:place]
    assert display_symbol(branch[place]) == expected
    with written.expect_download() as download:
        more(written, "Download text")
    download.value.save_as(tmp_path / "text.txt")
    assert (tmp_path / "text.txt").read_text() == SEED + branch


def test_slow_motion_works_by_the_keyboard_alone(open_page, model):
    """M shows one more thing each time, in one and the same view, and appends a character at last."""
    page = open_page()
    type_seed(page, SEED)
    expect(page.locator("svg.marks")).to_be_visible()
    page.evaluate("() => { window.first = document.querySelector('svg.marks'); document.activeElement.blur(); }")
    raw = next_probs(model, SEED)
    eventually(lambda: len(bars(page, "raw_bars")) > 0)
    count = len(bars(page, "raw_bars"))
    expected = [
        ("The text so far: “…", 0, 0, False, 0),
        ("Stage 1 of 4: raw. The network gives each of the 57 characters a probability", count, 0, False, 0),
        ("Stage 2 of 4: reweighted. Every probability to the power of 1/0.5 = 2", count, count, False, 0),
        (f"Stage 3 of 4: the draw. The random number u = {UniformDraws(1)[0]:.3f}", count, count, True, 0),
        ("Stage 4 of 4: “", count, count, True, 1),
    ]
    for description, raw_bars, reweighted_bars, has_draw, characters in expected:
        page.keyboard.press("m")
        expect(page.get_by_text(description)).to_be_visible()
        eventually(lambda: len(bars(page, "raw_bars")) == raw_bars)  # noqa: B023
        eventually(lambda: len(bars(page, "reweighted_bars")) == reweighted_bars)  # noqa: B023
        eventually(lambda: (shown_draw(page) is not None) == has_draw)  # noqa: B023
        marked = [bar["symbol"] for bar in bars(page, "raw_bars") if bar["drawn"]]
        assert marked == [display_symbol(character) for character in generated(page)] * characters
        assert len(generated(page)) == characters
    assert page.evaluate("() => window.first === document.querySelector('svg.marks')")
    assert bars(page, "raw_bars")[0]["raw"] == pytest.approx(raw.max(), abs=FLOAT_NOISE)
    page.keyboard.press("m")
    expect(page.get_by_text("1 of 4: raw")).to_be_visible()


def test_slow_motion_follows_the_temperature(open_page, model):
    """Changed between two presses, it changes the reweighted bars at once."""
    page = open_page()
    type_seed(page, SEED)
    page.evaluate("() => document.activeElement.blur()")
    for description in ("The text so far", "1 of 4", "2 of 4"):
        page.keyboard.press("m")
        expect(page.get_by_text(description)).to_be_visible()
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    expect(page.get_by_text("to the power of 1/1.2 = 0.833")).to_be_visible()
    largest = pytest.approx(reweight(next_probs(model, SEED), 1.2).max(), abs=FLOAT_NOISE)
    eventually(lambda: bars(page, "reweighted_bars")[0]["reweighted"] == largest)


def test_branch_and_scrubber_fit_a_phone(open_page):
    """Without horizontal scrolling at 390 pixels; the two texts are one under the other."""
    page = write_on(open_page(width=390, height=900, scheme="dark"))
    scrub_to(page, 8)
    page.get_by_role("button", name="Branch from here").click()
    wait_until_written(page, 20)
    stop(page)
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
    original, branch = (
        region(page).locator(".original").bounding_box(),
        region(page).locator(".written").nth(1).bounding_box(),
    )
    assert original["y"] + original["height"] <= branch["y"]
