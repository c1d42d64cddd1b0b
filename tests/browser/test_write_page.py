"""The Write page, as a person uses it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from charlstm.generation.sampling import ranking, reweight
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import open_model
from charlstm.playback.tables.choice import ROWS, visible
from charlstm.ui.shared import sentences as shared_sentences
from tests import golden
from tests.browser.write_page import (
    FLOAT_NOISE,
    SEED,
    bars,
    choice_shown,
    click_bar,
    drag_temperature,
    eventually,
    next_probs,
    press,
    region,
    set_knobs,
    stop,
    text_of,
    type_seed,
    wait_until_written,
    watch_dice,
    watched_places,
    written,
)


@pytest.fixture(scope="module")
def model():
    return open_model(models_folder() / "nietzsche-book")


def test_page_writes_as_a_person_drives_it(open_page):
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
    fifth = visible(text_of(page)[len(SEED) + 4])
    eventually(lambda: [bar["symbol"] for bar in bars(page, "reweighted_bars") if bar["drawn"]] == [fifth])


def test_page_writes_the_golden_run(open_page):
    """The same epoch, seed text, temperature and random seed write what every other door writes."""
    page = open_page()
    type_seed(page, golden.SEED_TEXT)
    set_knobs(page, {"Length": golden.LENGTH, "Random seed": golden.RANDOM_SEED}, golden.EPOCH)
    press(page, "Generate")
    wait_until_written(page, golden.LENGTH)
    assert text_of(page) == golden.SEED_TEXT + golden.TEXT


def test_chart_draws_the_probabilities_of_the_next_character(open_page, model):
    """Before anything runs, bar lengths, labels and order are those of the network's own numbers."""
    page = open_page()
    type_seed(page, SEED)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    expect(page.get_by_text("reweighted at temperature 1.2")).to_be_visible()
    raw = next_probs(model, SEED)
    reweighted = reweight(raw, 1.2)
    order = ranking(raw)[:ROWS]
    eventually(lambda: len(bars(page, "raw_bars")) == ROWS + 1)
    for layer, probs in (("raw_bars", raw), ("reweighted_bars", reweighted)):
        drawn = bars(page, layer)[:ROWS]
        assert [bar["symbol"] for bar in drawn] == [visible(model.vocabulary.characters[id_]) for id_ in order]
        lengths = np.array([bar["width"] for bar in drawn])
        np.testing.assert_allclose(lengths / lengths.max(), probs[order] / probs[order].max(), atol=0.01)
        assert np.all(np.diff([bar["y"] for bar in drawn]) > 0)


def test_dragging_the_temperature_reshapes_the_chart_under_the_hand(open_page, model):
    """While the slider is held, the bars are redrawn many times, in a view that is never rebuilt."""
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


def test_clicking_a_bar_appends_its_character(open_page, model):
    """The same character can be picked twice in a row, and its step says that a person picked it."""
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


def test_keyboard_alone_is_enough(open_page):
    """G generates, S stops, N steps, O goes on, X clears; arrows move the slider and the chosen character."""
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
    page.get_by_text("Watch a network write.").click()
    page.locator("body").press("x")
    expect(region(page).locator(".written span")).to_have_count(0)


def test_nothing_typed_runs_as_html(open_page):
    """Markup in the seed text is text, and characters that cannot be folded are named."""
    page = open_page()
    hostile = "<img src=x onerror=\"document.title='bad'\"><script>document.title='bad'</script> **한글** [a](b)"
    page.get_by_label("Seed text").fill(hostile)
    page.get_by_label("Seed text").press("Control+Enter")
    expect(page.get_by_text("Left out, because this network has never seen them:")).to_contain_text("한 글")
    press(page, "Step")
    wait_until_written(page, 1)
    assert region(page).locator("img, script, a").count() == 0
    assert page.title() != "bad"


def test_empty_and_very_long_seeds_work(open_page):
    """Nothing typed starts from nothing; 100,000 characters are shown whole."""
    page = open_page()
    page.get_by_role("radio", name="Nothing").or_(page.get_by_role("button", name="Nothing")).click()
    expect(page.get_by_text("The first character, after nothing", exact=False)).to_be_visible()
    press(page, "Step")
    wait_until_written(page, 1)
    press(page, "Clear")
    long = "what is great in man is that he is a bridge. " * 2223
    page.get_by_label("Seed text").fill(long)
    page.get_by_label("Seed text").press("Control+Enter")
    expect(region(page)).to_have_text(re.compile("^what is great"))
    press(page, "Step")
    wait_until_written(page, 1)
    assert text_of(page)[:-1] == long


def test_excerpt_fills_the_seed_text_from_the_book(open_page, book_text):
    """The slider moves a window of 60 characters over the corpus."""
    page = open_page()
    page.get_by_role("slider", name="Excerpt").press("PageUp")
    expect(page.get_by_label("Seed text")).not_to_have_value(shared_sentences.DEFAULT_SEED)
    excerpt = page.get_by_label("Seed text").input_value()
    assert len(excerpt) == 60
    assert excerpt in book_text
    assert excerpt != book_text[:60]


def test_streaming_chart_keeps_every_column_in_its_place(open_page, model):
    """While a run goes on, no column moves, the view is one and the same, and the drawn one is marked."""
    page = open_page()
    press(page, "Generate")
    wait_until_written(page, 20)
    page.evaluate("() => { window.first = document.querySelector('svg.marks'); }")
    first = bars(page, "raw_bars")
    wait_until_written(page, 50)
    eventually(lambda: [bar["raw"] for bar in bars(page, "raw_bars")] != [bar["raw"] for bar in first])
    second = bars(page, "raw_bars")
    assert page.evaluate("() => window.first === document.querySelector('svg.marks')")
    order = [visible(character) for character in model.manifest.characters_by_frequency]
    assert [bar["symbol"] for bar in first] == [bar["symbol"] for bar in second] == order
    assert [round(bar["x"], 3) for bar in first] == [round(bar["x"], 3) for bar in second]
    assert sum(bar["drawn"] for bar in second) == 1


def test_streaming_chart_plays_several_choices_of_each_message(open_page):
    """The run's own dice, one after the other, though it is told of them only now and then."""
    page = open_page()
    press(page, "Generate")
    wait_until_written(page, 5)
    watch_dice(page)
    wait_until_written(page, 95)
    places, messages = watched_places(page)
    assert places == sorted(places)
    assert len(places) > 2 * messages


def test_table_shows_the_figures_of_the_chart(open_page):
    """One click away, the same figures stand as a table."""
    page = open_page()
    page.get_by_text("The same figures as a table").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


@pytest.mark.parametrize(
    ("width", "scheme", "query"), [(390, "light", ""), (390, "dark", ""), (1440, "dark", "?embed=true")]
)
def test_page_fits_its_window(open_page, width, scheme, query):
    """Nothing sticks out sideways on a phone, in the dark, or where the page is embedded."""
    page = open_page(query, width=width, scheme=scheme)
    press(page, "Generate")
    wait_until_written(page, 10)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(e) => e.scrollWidth <= e.clientWidth")


@pytest.mark.parametrize(
    "query",
    ["?temperature=1e999&seed=%3Cscript%3E", "?epoch=-5&speed=abc&length=99999999999", "?" + "x" * 3000 + "=%00"],
)
def test_absurd_addresses_leave_the_page_intact(open_page, query):
    """Whatever stands in the address, the page comes up and writes."""
    page = open_page(query)
    press(page, "Step")
    wait_until_written(page, 1)


def test_two_viewers_do_not_disturb_each_other(open_page):
    """Each viewer has a text of their own."""
    one, other = open_page(), open_page()
    type_seed(one, "one viewer writes ")
    type_seed(other, "another viewer reads ")
    press(one, "Step")
    wait_until_written(one, 1)
    assert text_of(one).startswith("one viewer writes ")
    assert text_of(other) == "another viewer reads "


def test_downloaded_text_is_the_whole_text(open_page, tmp_path):
    """Download gives seed and generated text, to the letter."""
    page = open_page()
    press(page, "Step")
    wait_until_written(page, 1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    download.value.save_as(tmp_path / "text.txt")
    assert (tmp_path / "text.txt").read_text() == text_of(page)
