"""The Write page, as a person uses it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from charlstm.evaluation.metrics import repetition
from charlstm.generation.sampling import ranking, reweight
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import open_model
from charlstm.playback.tables.choice import display_symbol
from charlstm.ui.shared import sentences as shared_sentences
from tests.browser.write_page import (
    FLOAT_NOISE,
    SEED,
    bars,
    choice_shown,
    click_bar,
    drag_temperature,
    eventually,
    generated,
    more,
    next_probs,
    press,
    region,
    stop,
    text_of,
    type_seed,
    wait_until_written,
    watch_draws,
    watched_places,
    written,
)


@pytest.fixture(scope="module")
def model():
    return open_model(models_folder() / "nietzsche-book")


def test_page_writes_through_a_whole_session(open_page):
    """Type a seed, generate, change the temperature in mid-run, stop, continue, click a character."""
    page = open_page()
    type_seed(page, SEED)
    press(page, "Generate")
    wait_until_written(page, 30)
    page.get_by_role("slider", name="Temperature").press("PageUp")
    expect(page.get_by_role("status").first).not_to_have_text("0.50")
    wait_until_written(page, 60)
    stop(page)
    stopped = written(page)
    page.wait_for_timeout(700)
    assert written(page) == stopped
    before = text_of(page)
    assert before.startswith(SEED)
    press(page, "Continue")
    wait_until_written(page, stopped + 20)
    press(page, "Stop")
    assert text_of(page).startswith(before)
    region(page).locator(".written span").nth(4).click()
    expect(page.get_by_text(re.compile("^Character 5: "))).to_be_visible()
    fifth = display_symbol(text_of(page)[len(SEED) + 4])
    eventually(lambda: [bar["symbol"] for bar in bars(page, "reweighted_bars") if bar["drawn"]] == [fifth])


def test_chart_draws_the_probabilities_of_the_next_character(open_page, model):
    """Before anything is written, bar lengths, labels and order are those of the network's own numbers."""
    page = open_page()
    type_seed(page, SEED)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    raw = next_probs(model, SEED)
    reweighted = reweight(raw, 1.2)
    largest = pytest.approx(reweighted.max(), abs=1e-6)
    eventually(lambda: [bar["reweighted"] for bar in bars(page, "reweighted_bars")][:1] == [largest])
    rows = len(bars(page, "raw_bars")) - 1  # the last one is the rest
    order = ranking(raw)[:rows]
    assert rows >= 8
    for layer, probs in (("raw_bars", raw), ("reweighted_bars", reweighted)):
        assert bars(page, layer)[-1]["symbol"] == "rest"
        drawn = bars(page, layer)[:rows]
        assert [bar["symbol"] for bar in drawn] == [display_symbol(model.vocabulary.characters[id_]) for id_ in order]
        lengths = np.array([bar["width"] for bar in drawn])
        np.testing.assert_allclose(lengths / lengths.max(), probs[order] / probs[order].max(), atol=0.01)
        assert np.all(np.diff([bar["y"] for bar in drawn]) > 0)


def test_dragging_the_temperature_changes_the_chart_at_once(open_page, model):
    """While the slider is dragged, the bars are redrawn many times, in a view that is never rebuilt."""
    page = open_page()
    expect(page.locator("svg.marks")).to_be_visible()
    page.evaluate("""() => {
      const chart = document.querySelector('svg.marks');
      window.redraws = 0; window.first = chart;
      new MutationObserver(() => { window.redraws += 1; })
        .observe(chart, { subtree: true, attributes: true, childList: true, characterData: true });
    }""")
    drag_temperature(page)
    eventually(lambda: page.evaluate("() => window.redraws") > 10)
    assert page.evaluate("() => window.first.isConnected")
    page.mouse.up()
    temperature = float(page.get_by_role("status").first.text_content())
    raw = next_probs(model, text_of(page))
    largest = pytest.approx(reweight(raw, temperature).max(), abs=FLOAT_NOISE)
    eventually(lambda: bars(page, "reweighted_bars")[0]["reweighted"] == largest)


def test_clicking_a_bar_appends_its_character(open_page):
    """The same one can be picked twice in a row, the page says that a person picked it, and Undo takes back one."""
    page = open_page()
    seed = "this too must come to pa"
    eventually(lambda: bool(choice_shown(page)))
    before = choice_shown(page)
    type_seed(page, seed)
    for count in (1, 2):
        eventually(lambda: choice_shown(page) != before)  # noqa: B023 - called at once
        before = choice_shown(page)
        click_bar(page, "s")
        wait_until_written(page, count)
        expect(region(page)).to_have_text(seed + "s" * count)
    region(page).locator(".written span").first.click()
    expect(page.get_by_text("Character 1: “s” was picked by hand")).to_be_visible()
    page.locator("body").press("z")
    expect(region(page)).to_have_text(seed + "s")


def test_keyboard_alone_is_enough(open_page):
    """G generates, S stops, N steps, O continues, X clears; arrows move the slider and the selected character."""
    page = open_page()
    expect(region(page)).to_be_visible()
    page.locator("body").press("n")
    wait_until_written(page, 1)
    page.locator("body").press("g")
    wait_until_written(page, 15)
    page.locator("body").press("s")
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    count = written(page)
    page.locator("body").press("o")
    wait_until_written(page, count + 5)
    page.locator("body").press("s")
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    slider = page.get_by_role("slider", name="Temperature")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "0.51"
    region(page).press("Home")
    expect(page.get_by_text(re.compile("^Character 1: "))).to_be_visible()
    region(page).press("ArrowRight")
    expect(page.get_by_text(re.compile("^Character 2: "))).to_be_visible()
    page.get_by_text("Watch a network write").click()
    page.locator("body").press("x")
    expect(region(page).locator(".written span")).to_have_count(0)


def test_nothing_typed_runs_as_html(open_page):
    """HTML in the seed text is text, and characters that cannot be folded are listed."""
    page = open_page()
    hostile = "<img src=x onerror=\"document.title='bad'\"><script>document.title='bad'</script> **한글** [a](b)"
    page.get_by_label("Seed text").fill(hostile)
    page.get_by_label("Seed text").press("Control+Enter")
    expect(page.get_by_text("Left out, because this network does not know them:")).to_contain_text("한 글")
    press(page, "Step")
    wait_until_written(page, 1)
    assert region(page).locator("img, script, a").count() == 0
    assert page.title() != "bad"


def test_empty_and_very_long_seeds_work(open_page):
    """An empty one starts from nothing; one of 100,000 characters is shown whole."""
    page = open_page()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("radio", name="Nothing").or_(page.get_by_role("button", name="Nothing")).click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("The first character (click a bar")).to_be_visible()
    press(page, "Step")
    wait_until_written(page, 1)
    more(page, "Clear")
    long = "what is great in man is that he is a bridge. " * 2223
    page.get_by_label("Seed text").fill(long)
    page.get_by_label("Seed text").press("Control+Enter")
    expect(region(page)).to_have_text(re.compile("^what is great"))
    press(page, "Step")
    wait_until_written(page, 1)
    assert text_of(page)[:-1] == long


def test_chart_follows_the_text_while_it_streams(open_page):
    """The run's own draws, one after the other, in one view that keeps its place; the drawn character is marked."""
    page = open_page()
    place = page.locator("svg.marks").bounding_box()
    press(page, "Generate")
    wait_until_written(page, 20)
    watch_draws(page)
    page.evaluate("() => { window.first = document.querySelector('svg.marks'); }")
    wait_until_written(page, 95)
    assert page.evaluate("() => window.first === document.querySelector('svg.marks')")
    assert page.locator("svg.marks").bounding_box() == place
    assert sum(bar["drawn"] for bar in bars(page, "raw_bars")) == 1
    places = watched_places(page)
    assert places == sorted(places)
    assert len(places) > 10


@pytest.mark.parametrize(("width", "scheme", "query"), [(390, "dark", ""), (1440, "light", "?embed=true")])
def test_page_fits_its_window(open_page, width, scheme, query):
    """Without horizontal scrolling on a phone in the dark, or where the page is embedded."""
    page = open_page(query, width=width, scheme=scheme)
    press(page, "Generate")
    wait_until_written(page, 10)
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_shift_and_a_click_switch_a_character_off_and_on_again(open_page, model):
    """Its bar is gone, the others share its probability, the settings name it; then a click without Shift picks."""
    page = open_page()
    type_seed(page, SEED)
    raw = next_probs(model, SEED)
    first, second = ranking(raw)[:2]
    symbol = display_symbol(model.vocabulary.characters[first])
    click_bar(page, symbol, "Shift")
    eventually(lambda: bars(page, "reweighted_bars")[0]["reweighted"] == 0)
    left = np.where(np.arange(len(raw)) == first, 0.0, raw)
    expected = reweight(left / left.sum(), 0.5)[second]
    assert bars(page, "reweighted_bars")[1]["reweighted"] == pytest.approx(expected, rel=FLOAT_NOISE)
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(shared_sentences.CHARACTERS).click()
    expect(page.get_by_label(shared_sentences.SETTING_LABELS["ban"])).to_have_value(model.vocabulary.characters[first])
    page.keyboard.press("Escape")
    click_bar(page, symbol, "Shift")
    eventually(lambda: bars(page, "reweighted_bars")[0]["reweighted"] > 0)
    click_bar(page, symbol)
    eventually(lambda: text_of(page) == SEED + model.vocabulary.characters[first])


def test_dry_is_one_switch_and_ends_a_loop(open_page):
    """At temperature 0 the book's network goes round in circles; with DRY it does not, and the chart says why."""
    page = open_page("?temperature=0&speed=0&length=300")
    type_seed(page, SEED)
    press(page, "Generate")
    wait_until_written(page, 300)
    looping = generated(page)
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(shared_sentences.LOOPS).click()
    page.get_by_text(shared_sentences.SETTING_LABELS["dry"]).click()
    page.keyboard.press("Escape")
    press(page, "Generate")
    eventually(lambda: written(page) == 300 and generated(page) != looping)
    assert repetition(looping) > 0.5
    assert repetition(generated(page)) < 0.1
    expect(page.get_by_text(re.compile("DRY 0.5"))).to_be_visible()
