"""The Map page, as a person uses it."""

import csv
import io
import json
import re
import shutil
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import psutil
import pytest
from playwright.sync_api import expect

from charlstm.evaluation.sweep import FIGURES, as_csv, spread, sweep
from charlstm.generation.sampling import entropy, ranking, reweight
from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.store import open_model
from charlstm.text import word_list
from charlstm.ui.charts.temperature_map import place, temperature_at
from charlstm.ui.map import sentences as map_sentences
from charlstm.ui.map.page import LENGTH, RUNS, TEMPERATURES
from charlstm.ui.shared import sentences as shared_sentences
from tests import golden
from tests.browser.app_server import Server
from tests.browser.write_page import drag_temperature, eventually, overlaps

BANDS = """() => [...document.querySelectorAll('.st-key-map_alphabet .bands_marks path')].map(
  (path) => path.__data__.mark.items.map(({ datum, x, y, y2 }) => ({ ...datum, x, y, y2: y2 ?? y })))"""
SLICE = "() => document.querySelector('.st-key-map_alphabet .slice_entropy_marks path').__data__.datum"
CURVES = """(kind) => [...document.querySelectorAll(`.st-key-map_${kind} .points_marks path`)].map((path) => {
  const { x, y, datum } = path.__data__;
  return { ...datum, x, y };
})"""


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """A folder with the book's network as a stateful one: a sweep of it takes seconds."""
    folder = tmp_path_factory.mktemp("models") / "carried"
    folder.mkdir()
    manifest = json.loads((golden.MODEL / "model.json").read_text())
    best = manifest["best_epoch"]
    manifest |= {"name": "carried", "context": "carried", "epochs": [best]}
    (folder / "model.json").write_text(json.dumps(manifest))
    for name in (epoch_file(best), "words.txt"):
        shutil.copy(golden.MODEL / name, folder)
    return folder


@pytest.fixture(scope="module")
def quick_server(quick, tmp_path_factory):
    started = Server(tmp_path_factory.mktemp("nothing"), quick.parent)
    yield started
    started.stop()


def open_map(page):
    page.get_by_role("link", name="Map").click()
    expect(page.locator(".st-key-map_alphabet svg.marks")).to_be_visible()
    expect(page.locator(".st-key-next_character_map svg.marks")).to_be_visible()
    return page


def type_seed(page, seed):
    field = page.get_by_label("Seed text")
    field.fill(seed)
    field.press("Enter")
    shown = seed[-24:].replace(" ", "␣")
    expect(page.get_by_text(map_sentences.alphabet_heading(shown))).to_be_visible()


def raw_after(model, text):
    network = model.network()
    return network.probs(network.prefill(model.vocabulary.encode(text)))


def test_chart_has_the_whole_alphabet_at_every_temperature(open_page):
    """Each band, as it is drawn, is the interval of its character as the pure functions calculate it."""
    model = open_model(golden.MODEL)
    page = open_map(open_page(height=1400))
    seed = "what is done out of love always takes pl"
    type_seed(page, seed)
    raw = raw_after(model, seed)
    order = ranking(raw)
    likeliest = model.vocabulary.characters[order[0]]
    page.wait_for_function(
        f"(symbol) => ({BANDS})().flat().some((d) => d.rank === 0 && d.symbol === symbol)", arg=likeliest
    )
    bands = page.evaluate(BANDS)
    assert sorted(band[0]["rank"] for band in bands) == list(range(len(raw)))
    height = max(point["y"] for band in bands for point in band) - min(point["y2"] for band in bands for point in band)
    width = max(point["x"] for band in bands for point in band)
    for band in bands:
        character_id = order[band[0]["rank"]]
        probs = [reweight(raw, temperature_at(point["place"]))[character_id] for point in band]
        drawn = [abs(point["y"] - point["y2"]) / height for point in band]
        np.testing.assert_allclose(drawn, probs, atol=0.002)
        np.testing.assert_allclose(
            [point["x"] / width for point in band], [point["place"] for point in band], atol=1e-3
        )
    assert {band[0]["place"] for band in bands} == {0}
    assert {band[-1]["place"] for band in bands} == {1}


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (390, 844), (853, 480)])
def test_no_label_lies_on_another(open_page, width, height):
    """At any temperature: within the chart, all of each, and of what is under it."""
    page = open_page(width=width, height=height)
    if width < 700:  # a phone
        page.get_by_test_id("stExpandSidebarButton").click()
    open_map(page)
    chart = page.locator(".st-key-map_alphabet svg.marks")
    labels = chart.locator("text", has_text=re.compile("bits"))
    under = [page.locator(".st-key-map_alphabet .save"), page.locator(".stMain .stCheckbox")]
    slider = page.get_by_role("slider", name="Temperature")

    def is_whole() -> bool:
        frame, boxes = chart.bounding_box(), [label.bounding_box() for label in labels.all()]
        return frame is not None and all(
            box is not None
            and frame["x"] - 1 <= box["x"]
            and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
            and frame["y"] - 1 <= box["y"]
            for box in boxes
        )

    for temperature in (0.0, 0.2, 0.5, 0.9, 1.2, 1.5, 1.8, 2.0):
        slider.evaluate("(e, t) => { e.value = t; e.dispatchEvent(new Event('input')); }", temperature)
        page.wait_for_function(f"(t) => ({SLICE})().temperature === t", arg=temperature)
        expect(labels).to_have_count(3)
        eventually(is_whole)
        eventually(lambda: overlaps([labels, *under]) == [])


def test_slice_follows_the_slider_at_once(open_page):
    """While the slider is dragged, the slice moves many times, in a view that is never rebuilt."""
    model = open_model(golden.MODEL)
    page = open_map(open_page(height=1400))
    page.evaluate("""() => {
      window.first = document.querySelector('.st-key-map_alphabet svg.marks');
      window.moves = new Set();
      const note = () => window.moves.add(document.querySelector(
        '.st-key-map_alphabet .slice_entropy_marks path').getAttribute('transform'));
      new MutationObserver(note).observe(window.first, { subtree: true, attributes: true, childList: true });
    }""")
    drag_temperature(page)
    page.wait_for_function(f"() => ({SLICE})().temperature > 1.5")
    page.mouse.up()
    temperature = float(page.get_by_role("status").first.text_content())
    page.wait_for_function(f"(t) => Math.abs(({SLICE})().temperature - t) < 1e-9", arg=temperature)
    assert page.evaluate("() => window.moves.size") > 8
    assert page.evaluate("() => window.first.isConnected")
    datum = page.evaluate(SLICE)
    assert datum["place"] == pytest.approx(place(temperature))
    raw = raw_after(model, shared_sentences.DEFAULT_SEED)
    assert datum["bits"] == pytest.approx(float(entropy(reweight(raw, temperature))), abs=1e-6)


def test_curves_have_the_figures_of_the_sweep(open_page, quick_server, quick):
    """A finished sweep: every point of every curve, and the CSV, are those of the pure function; all fits a phone."""
    page = open_map(open_page(height=2200, scheme="dark", address=quick_server.address))
    page.get_by_role("button", name=map_sentences.SWEEP).click()
    save = page.get_by_role("button", name=map_sentences.CSV)
    expect(save).to_be_visible(timeout=120_000)
    model = open_model(quick)
    known = word_list.english() | model.words
    *_, (_, figures) = sweep(
        model.network(), model.vocabulary, shared_sentences.DEFAULT_SEED, TEMPERATURES, RUNS, LENGTH, 1, known
    )
    names = {label: name for name, label in shared_sentences.FIGURES.items()}
    found = set()
    for kind in ("shares", "entropy", "own_loss"):
        page.wait_for_function(f"(kind) => ({CURVES})(kind).length >= {len(TEMPERATURES)}", arg=kind)
        points = page.evaluate(CURVES, kind)
        by_height = sorted((point["middle"], -point["y"]) for point in points)
        assert np.all(np.diff([height for _, height in by_height]) > -1e-6)
        for point in points:
            name = names[point["figure"]]
            row = TEMPERATURES.index(point["temperature"])
            expected = [bound[row] for bound in spread(getattr(figures, name))]
            assert [point["low"], point["middle"], point["high"]] == pytest.approx(expected, abs=1e-6)
            found.add((name, row))
    assert found == {(name, row) for name in FIGURES for row in range(len(TEMPERATURES))}
    with page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename == "charlstm-carried-sweep.csv"
    lines = Path(download.value.path()).read_text()
    assert lines == as_csv(figures)
    assert len(list(csv.DictReader(io.StringIO(lines)))) == len(TEMPERATURES) * RUNS
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("svg.marks")).to_have_count(5)
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_every_chart_is_saved_as_png_and_svg(open_page):
    """The SVG has the bands that are on the page; the PNG is three times as large."""
    page = open_map(open_page())
    chart = page.locator(".st-key-map_alphabet")
    drawn = chart.locator("svg.marks")
    with page.expect_download() as download:
        chart.get_by_role("button", name="Save the chart as SVG").click()
    assert download.value.suggested_filename == "charlstm-nietzsche-book-alphabet.svg"
    root = ElementTree.parse(download.value.path()).getroot()
    bands = root.findall(".//*[@class='mark-area role-mark bands_marks']")
    assert len(bands) == drawn.locator(".bands_marks").count() > 50
    with page.expect_download() as download:
        chart.get_by_role("button", name="Save the chart as PNG").click()
    content = Path(download.value.path()).read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    box = drawn.bounding_box()
    assert box
    size = [int.from_bytes(content[place : place + 4]) for place in (16, 20)]
    assert size == pytest.approx([3 * box["width"], 3 * box["height"]], abs=6)


def test_sweep_does_not_block_the_page_and_can_be_cancelled(open_page):
    """The slice moves at once during a sweep of the book's network; Cancel keeps the figures so far."""
    page = open_map(open_page(height=1600))
    page.get_by_role("button", name=map_sentences.SWEEP).click()
    points = page.locator(".st-key-map_entropy .points_marks path")
    expect(points.first).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    page.wait_for_function(f"() => ({SLICE})().temperature === 1.2")
    page.get_by_role("button", name=shared_sentences.CANCEL).click()
    expect(page.get_by_text(re.compile("^Cancelled: "))).to_be_visible()
    expect(page.get_by_role("button", name=map_sentences.CSV)).to_be_visible()
    page.wait_for_timeout(1000)  # for what was under way
    kept = points.count()
    page.wait_for_timeout(1500)
    assert 1 <= points.count() == kept < len(TEMPERATURES)


@pytest.mark.parametrize(("width", "height", "least"), [(1280, 720, 18), (1024, 768, 18), (390, 844, 14)])
def test_texts_of_the_charts_are_large_enough(open_page, quick_server, width, height, least):
    """To be read from the last row, and on a phone; the heading of the log view fits into its frame."""
    page = open_map(open_page(address=quick_server.address))
    page.get_by_role("button", name=map_sentences.SWEEP).click()
    expect(page.get_by_role("button", name=map_sentences.CSV)).to_be_visible()
    page.set_viewport_size({"width": width, "height": height})
    sizes = """() => [...document.querySelectorAll('svg.marks text')].filter((text) => text.textContent.trim())
      .map((text) => parseFloat(getComputedStyle(text).fontSize))"""
    eventually(lambda: min(page.evaluate(sizes)) >= least)
    heading = page.locator("svg.marks .slope_text_marks text").bounding_box()
    frame = page.locator("svg.marks .log_frame_marks path").bounding_box()
    assert heading
    assert frame
    assert frame["x"] <= heading["x"]
    assert heading["x"] + heading["width"] <= frame["x"] + frame["width"]


def test_closing_the_tab_ends_the_sweep(open_page, server):
    """The server is idle then."""
    page = open_map(open_page())
    page.get_by_role("button", name=map_sentences.SWEEP).click()
    expect(page.get_by_text(re.compile("% written"))).to_be_visible()
    page.close()
    process = psutil.Process(server.process.pid)

    def is_idle() -> bool:
        before = sum(process.cpu_times()[:2])
        time.sleep(2)
        return sum(process.cpu_times()[:2]) - before < 0.3

    eventually(is_idle, seconds=15)


def test_page_works_by_keyboard_alone(open_page, quick_server):
    """Arrows move the temperature, G begins the sweep, S ends it, also from the slider."""
    page = open_map(open_page(address=quick_server.address))
    slider = page.get_by_role("slider", name="Temperature")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function(f"() => Math.abs(({SLICE})().temperature - 0.51) < 1e-9")
    slider.press("g")
    expect(page.get_by_role("button", name=shared_sentences.CANCEL)).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name=map_sentences.SWEEP)).to_be_visible()
    page.locator(".st-key-map_alphabet").get_by_role("button", name="Save the chart as SVG").focus()
    with page.expect_download():
        page.keyboard.press("Enter")
