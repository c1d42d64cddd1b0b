"""The Evolve page, as a person uses it."""

import re

import pytest
from playwright.sync_api import expect

from charlstm.model_folder.store import open_model
from charlstm.ui.shared.sentences import seed_end
from tests import golden
from tests.browser.write_page import eventually

PLACE = """() => [...document.querySelectorAll('svg.marks .place_marks path')].map((path) => path.__data__.datum)"""


def open_evolve(page):
    page.get_by_role("link", name="Evolve").click()
    expect(page.get_by_role("region", name=re.compile("written at epoch")).first).to_be_visible()
    return page


def test_epoch_slider_changes_the_samples_and_the_mark_on_the_curves(open_page):
    """Those of each epoch."""
    model = open_model(golden.MODEL)
    page = open_evolve(open_page(height=1400))
    slider = page.get_by_role("slider", name="Epoch").first
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    sample = next(one for one in model.samples if one.epoch == 2 and one.temperature == 0.5)
    expect(page.get_by_role("region", name="temperature 0.5")).to_have_text(seed_end(sample.seed_text) + sample.text)
    page.wait_for_function(f"() => ({PLACE})().some((datum) => datum.epoch === 2)")
    losses = {row["text"]: row["loss"] for row in page.evaluate(PLACE)}
    figures = model.figures(2)
    assert figures is not None
    assert sorted(losses.values()) == sorted([figures.train_loss, figures.held_out_loss])


def test_it_begins_untrained_also_where_another_page_has_written(open_page):
    """And it says that the samples are of the training, and that the map is of the slider."""
    page = open_page("?run=20", width=1024, height=768)
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    open_evolve(page)
    expect(page.get_by_role("slider", name="Epoch").first).to_have_attribute("aria-valuetext", "0")
    said = page.get_by_text("Written before any training; held-out loss")
    expect(said).to_be_visible()
    assert said.evaluate("(e) => e.scrollWidth <= e.clientWidth"), "it is cut"
    page.get_by_role("button", name="Set the temperature to 1.2").click()
    expect(page.get_by_text(re.compile("^T 1.20, after"))).to_be_visible()


def test_play_runs_through_the_epochs_and_pauses(open_page):
    """Pause keeps the epoch."""
    page = open_evolve(open_page(height=1400))
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => ({PLACE})().some((datum) => datum.epoch >= 2)")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    slider = page.get_by_role("slider", name="Epoch").first
    eventually(lambda: str(page.evaluate(PLACE)[0]["epoch"]) == slider.get_attribute("aria-valuetext"))
    kept = page.evaluate(PLACE)[0]["epoch"]
    page.wait_for_timeout(1500)  # an epoch takes 1.2 seconds
    assert page.evaluate(PLACE)[0]["epoch"] == kept


def test_page_fits_a_phone_in_the_dark(open_page):
    """Without horizontal scrolling at 390 pixels."""
    page = open_page(width=390, scheme="dark")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Evolve").click()
    expect(page.get_by_role("region", name=re.compile("written at epoch")).first).to_be_visible()
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
    slider = page.get_by_role("slider", name="Epoch").first
    for _ in range(10):
        slider.press("ArrowRight")
    said, label = page.get_by_text("after epoch 10; held-out loss"), page.get_by_text("temperature 0.2", exact=True)
    expect(said).to_be_visible()
    boxes = said.bounding_box(), label.first.bounding_box()
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (1920, 1080), (390, 844)])
def test_samples_and_losses_stay_in_the_window_while_it_plays(open_page, width, height):
    """All four samples, on a phone without the charts, and nothing moves from one epoch to the next."""
    page = open_evolve(open_page())
    page.set_viewport_size({"width": width, "height": height})
    charts = page.locator("svg.marks")
    expect(charts).to_have_count(2)
    shown = [page.get_by_role("region", name=f"temperature {one}") for one in ("0.2", "0.5", "1.0", "1.2")]
    shown.append(page.get_by_role("button", name="Play").or_(page.get_by_role("button", name="Pause")))
    shown += [page.get_by_role("slider", name="Epoch").first, page.get_by_role("slider", name="Temperature")]
    shown += [charts.first, charts.last] if width > 640 else []

    def places():
        return [(round(box["y"]), round(box["height"])) for one in shown if (box := one.bounding_box())]

    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"() => ({PLACE})().some((datum) => datum.epoch >= 2)")
    first = places()
    assert all(top >= 0 and top + size <= height for top, size in first), first
    assert len(first) == len(shown)
    page.wait_for_function(f"() => ({PLACE})().some((datum) => datum.epoch >= 4)")
    assert places() == first
    sentence = page.locator(".st-key-evolve_through .stText")
    assert sentence.evaluate("(e) => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth")
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth && e.scrollTop === 0")
