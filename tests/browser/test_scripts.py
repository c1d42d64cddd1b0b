"""Texts in any script on the page: their direction, their clusters, and the choice of each character."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.model_folder.store import open_model
from charlstm.playback.tables.choice import chart_symbol
from charlstm.recipes.recipe import find_recipe
from charlstm.training.loop import TrainingCallback, train
from charlstm.ui.compare import sentences as compare_sentences
from tests.browser.app_server import Server
from tests.browser.compare_page import text as text_in_column
from tests.browser.compare_page import written as written_in_column
from tests.browser.write_page import bars, eventually, press, region, text_of
from tests.scripts import TEXTS

CAPITALS = "KATE:\nI say 3 Romans & Volscians came; what's this? Come, sir, let us hence!\n\nPETER:\nAy, my Lord.\n"
LEFTWARDS = ("Hebrew", "Arabic")
# The texts of the spans in a region; and the grapheme clusters of all of it, as the browser divides a whole text.
CLUSTERS = """(region, spans) => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const shown = [...region.querySelectorAll(spans)].map((span) => span.textContent);
  return { shown, whole: [...segmenter.segment(shown.join(""))].map(({ segment }) => segment) };
}"""
# How wide a text is on one line, as it stands, and as one node.
WIDTHS = """(written) => {
  const measure = document.createElement("span");
  measure.style = "position: absolute; white-space: pre;";
  written.after(measure);
  const width = (...content) => {
    measure.replaceChildren(...content);
    return measure.getBoundingClientRect().width;
  };
  const widths = [width(...[...written.children].map((span) => span.cloneNode(true))), width(written.textContent)];
  measure.remove();
  return widths;
}"""


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder of counts, one for each script, by its name."""
    folder = tmp_path_factory.mktemp("scripts")
    recipe = replace(find_recipe("counts"), order=4, sample_length=40)
    for name, text in [*TEXTS.items(), ("capitals", CAPITALS)]:
        train(InMemoryCorpus(f"{name}.txt", (text * 40,), name), recipe, folder / name, TrainingCallback())
    return folder


@pytest.fixture(scope="module")
def scripts(models, tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("nothing"), models)
    yield started
    started.stop()


def clusters(shown_region, spans):
    found = shown_region.evaluate(CLUSTERS, spans)
    return found["shown"], found["whole"]


@pytest.mark.parametrize("name", TEXTS)
def test_write_shows_a_script_as_it_is_read(open_page, scripts, models, name):
    """From a seed text of its own; clusters are whole, letters join, and each code point is a choice with a name."""
    page = open_page(f"?model={name}&run=60&speed=0", address=scripts.address)
    vocabulary = open_model(models / name).vocabulary
    expect(page.get_by_role("slider", name="Replay")).to_be_visible()
    expect(page.get_by_text("60 / 60")).to_be_visible()
    expect(page.get_by_label("Seed text")).not_to_have_value("")
    seed = page.get_by_label("Seed text").input_value()
    assert vocabulary.fold(seed).dropped == {}
    assert seed in TEXTS[name] * 3
    shown = text_of(page)
    assert shown.startswith(seed)
    written = region(page).locator(".written")
    assert len(shown) == len(seed) + 60
    spans, whole = clusters(region(page), ".written span")
    assert spans == whole
    spread, one = written.evaluate(WIDTHS)
    assert spread == pytest.approx(one, abs=1)
    direction = "rtl" if name in LEFTWARDS else "ltr"
    assert region(page).evaluate("(text) => getComputedStyle(text).direction") == direction
    assert page.get_by_label("Seed text").evaluate("(field) => getComputedStyle(field).unicodeBidi") == "plaintext"
    eventually(lambda: len(bars(page, "raw_bars")) > 0)
    symbols = [bar["symbol"] for bar in bars(page, "raw_bars") if bar["symbol"] != "rest"]
    assert set(symbols) <= set(map(chart_symbol, vocabulary.characters))
    assert not any(
        re.fullmatch(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u093a-\u094d\u200d\ufe0f]", one) for one in symbols
    )
    # The keys lead from code point to code point, the arrow to the side of the end towards it.
    region(page).press("Home")
    for place in (2, 3):
        region(page).press("ArrowLeft" if direction == "rtl" else "ArrowRight")
        expect(page.get_by_text(f"{place} / 60")).to_be_visible()
    expect(region(page).locator(".selected")).to_have_count(1)
    # A click selects the last code point of what is shown as one.
    place = max(range(len(spans)), key=lambda one: len(spans[one]))
    written.locator("span").nth(place).click()
    expect(page.get_by_text(f"{len(''.join(spans[: place + 1]))} / 60")).to_be_visible()


@pytest.mark.parametrize("name", ["Hebrew", "emoji"])
def test_read_shows_clusters_whole(open_page, scripts, name):
    """Each span of one tint begins and ends between two; what is selected is one of them."""
    page = open_page(f"?model={name}", address=scripts.address)
    page.get_by_role("link", name="Read", exact=True).click()
    page.get_by_label("Text to read").fill(TEXTS[name])
    text = page.get_by_role("region", name="Text as the network reads it")
    eventually(lambda: text.text_content() == TEXTS[name])
    shown, whole = clusters(text, ".block span")
    starts = {len("".join(whole[:count])) for count in range(len(whole) + 1)}
    assert {len("".join(shown[:count])) for count in range(len(shown) + 1)} <= starts
    direction = text.locator(".block").first.evaluate("(block) => getComputedStyle(block).direction")
    assert direction == ("rtl" if name in LEFTWARDS else "ltr")
    for _ in range(3):
        text.press("ArrowRight" if name in LEFTWARDS else "ArrowLeft")
        expect(text.locator(".selected")).to_have_count(1)
        assert text.locator(".selected").text_content() in whole


def test_compare_shows_marks_on_their_letters(open_page, scripts):
    page = open_page("?model=Hebrew", address=scripts.address)
    page.get_by_role("link", name="Compare").click()
    expect(text_in_column(page, 3)).to_be_visible()
    press(page, "Generate")
    for number in range(4):
        column = text_in_column(page, number)
        expect(column.locator(".written span").nth(30)).to_be_attached()
        shown, whole = clusters(column, ".written span")
        assert shown == whole
        assert column.evaluate("(text) => getComputedStyle(text).direction") == "rtl"


def test_a_network_with_capitals_writes_beside_one_without(open_page, scripts):
    """Each reads the seed text in its own characters."""
    page = open_page("?model=capitals", address=scripts.address)
    field = page.get_by_label("Seed text")
    field.fill("KATE: Ay")
    field.press("Control+Enter")
    expect(region(page)).to_have_text("KATE: Ay")
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(compare_sentences.SEVERAL_NETWORKS, exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Network of column 2").select_option("Turkish")
    expect(page.get_by_role("combobox", name="Network of column 1")).to_have_value("capitals")
    press(page, "Generate")
    for number in (0, 1):
        expect(text_in_column(page, number).locator(".written span").nth(60)).to_be_attached()
        assert (text_in_column(page, number).text_content() or "").startswith("KATE: Ay")
    assert re.search("[A-Z].*[A-Z]", written_in_column(page, 0), re.DOTALL)
    assert set(written_in_column(page, 1)) <= set(TEXTS["Turkish"])
