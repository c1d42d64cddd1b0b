"""Compare with a network of its own for each column, as a person uses it."""

import re

from playwright.sync_api import Page, expect

from charlstm.generation.loop import generate
from charlstm.model_folder.store import open_model
from charlstm.ui.compare import sentences as compare_sentences
from charlstm.ui.shared import sentences as shared_sentences
from tests import golden
from tests.browser.compare_page import text, wait_until_written, written

LENGTH = 40


def choice(page: Page, column: int):
    return page.get_by_role("combobox", name=f"Network of column {column + 1}")


def test_two_networks_write_side_by_side_and_change_in_mid_run(open_page, server_of_two, two_models):
    """Each writes what it writes alone; the text stays when a column gets another network; on a phone, too."""
    page = open_page(address=server_of_two.address)
    page.get_by_role("link", name="Compare").click()
    expect(text(page, 0)).to_be_visible()
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(compare_sentences.SEVERAL_NETWORKS, exact=True).click()
    expect(choice(page, 1)).to_have_value("early")
    page.get_by_label("Length").fill(str(LENGTH))
    page.get_by_label("Length").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    page.get_by_role("button", name="Generate").first.click()
    wait_until_written(page, LENGTH, columns=2)
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    expected = []
    for name in (golden.MODEL.name, "early"):
        model = open_model(two_models / name)
        steps = generate(model.network(), model.vocabulary.encode(shared_sentences.DEFAULT_SEED), 0.5, LENGTH, 1)
        expected.append(model.vocabulary.decode(step.character_id for step in steps))
    assert [written(page, column) for column in range(2)] == expected
    page.wait_for_function(
        "([names, run]) => location.search.includes(names) && new URLSearchParams(location.search).get('run') === run",
        arg=[f"models={golden.MODEL.name}%2Cearly", str(LENGTH)],
    )

    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_role("button", name="Continue").click()
    choice(page, 1).select_option(golden.MODEL.name)
    expect(text(page, 1)).to_have_attribute("aria-label", re.compile("text of Book's LSTM.* at temperature 0.50"))
    expect(choice(page, 0)).to_have_value(golden.MODEL.name)
    wait_until_written(page, 2 * LENGTH, columns=2)
    assert [written(page, column)[:LENGTH] for column in range(2)] == expected
    page.wait_for_function("() => !new URLSearchParams(location.search).has('run')")
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
    for column in range(2):  # each choice over its own slider, and whole
        slider = page.get_by_role("slider", name=f"Temperature of column {column + 1}")
        over, below = choice(page, column).bounding_box(), slider.bounding_box()
        assert over
        assert below
        assert over["y"] + over["height"] <= below["y"]
        assert 0 <= over["x"] < over["x"] + over["width"] <= 390
