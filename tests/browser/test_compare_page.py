"""The Compare page, as a person uses it."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from charlstm.evaluation.metrics import distinct_word_share, real_word_share
from charlstm.generation.draws import UniformDraws
from charlstm.generation.loop import generate_batch
from charlstm.generation.sampling import ranking, reweight
from charlstm.model_folder.store import open_model
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.sweeps.repeated_runs import RUNS
from charlstm.playback.tables.choice import display_symbol
from charlstm.playback.word_counts import WordCounter
from charlstm.text.word_list import english
from charlstm.ui.compare import sentences as compare_sentences
from charlstm.ui.shared import sentences as shared_sentences
from tests import golden
from tests.browser.compare_page import text, wait_until_written, written
from tests.browser.slow_network import slow_network
from tests.browser.write_page import eventually, next_probs, press, watch_draws, watched_places

SEED = "the more a man wishes to be free, the more he is th"
TEMPERATURES_THAT_PART_LATE = ("0.5", "0.51", "0.5", "0.5")
TEMPERATURES = [0.2, 0.5, 1.0, 1.2]
RENDERED = """(layer) => [...document.querySelectorAll(`svg.marks .${layer}_marks :is(path, line)`)].map((mark) => {
  const { datum, x, width } = mark.__data__;
  return { ...datum, x, width };
})"""
TOPS = "(all) => all.filter((e) => e.textContent).map((e) => e.getBoundingClientRect().top)"


@pytest.fixture(scope="module")
def model():
    return open_model(golden.MODEL)


def open_compare(page: Page) -> Page:
    on_a_phone = page.viewport_size is not None and page.viewport_size["width"] < 700
    if on_a_phone:
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Compare").click()
    expect(text(page, 0)).to_be_visible()
    if on_a_phone:
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    return page


def type_seed(page: Page, seed: str) -> None:
    field = page.get_by_label("Seed text")
    field.fill(seed)
    field.press("Control+Enter")
    expect(text(page, 0)).to_have_text(re.compile(re.escape(seed[-20:]) + "$"))


def write_out(page: Page, characters: int, at_full_speed: bool = False) -> None:
    """Write so many characters in each column, to the end of the run."""
    page.get_by_role("button", name="Settings").click()
    if at_full_speed:
        page.get_by_role("slider", name="Speed").press("End")
    page.get_by_label("Length").fill(str(characters))
    page.get_by_label("Length").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    press(page, "Generate")
    wait_until_written(page, characters)
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()


def expected_steps(model, characters: int, temperatures=TEMPERATURES):
    ids = model.vocabulary.encode(SEED)
    return list(generate_batch(model.network(), ids, temperatures, characters, [1] * len(temperatures)))


def texts_of(model, steps) -> list[str]:
    return [model.vocabulary.decode(row) for row in np.array([step.character_ids for step in steps]).T.tolist()]


def first_difference(texts: list[str]) -> int:
    return next(place for place, characters in enumerate(zip(*texts, strict=True)) if len(set(characters)) > 1)


def figures(page: Page, column: int) -> dict[str, str]:
    """Return what is shown below a column, by label."""
    list_ = page.locator("section.column").nth(column).locator("dl")
    labels = list_.locator("dt").all_text_contents()
    values = [value.inner_text().strip() for value in list_.locator("dd:not(.spread)").all()]
    return dict(zip(labels, values, strict=True))


def shown_draw(page: Page) -> list[float]:
    """Return the u of the line through all bars."""
    return [line["u"] for line in page.evaluate(RENDERED, "shared_draw")]


def headings(page: Page) -> list[str]:
    """Return what is said of each bar, from the top."""
    return page.locator("svg.marks .headings_marks text").all_text_contents()


def test_four_texts_and_their_figures_are_those_of_the_loop(open_page, model):
    """Generate: exactly the same texts, their divergences, the invented words, and each figure below."""
    page = open_compare(open_page())
    type_seed(page, SEED)
    write_out(page, 150)
    steps = expected_steps(model, 150)
    known = english() | model.words
    expected = texts_of(model, steps)
    for column, whole in enumerate(expected):
        assert written(page, column) == whole
        shown = figures(page, column)
        assert shown[compare_sentences.COMPARED_FIGURES["real_words"]] == playback_sentences.share(
            real_word_share(whole, known, SEED)
        )
        assert shown[compare_sentences.COMPARED_FIGURES["distinct_words"]] == playback_sentences.share(
            distinct_word_share(whole, SEED)
        )
        region = text(page, column)
        word_counter = WordCounter(known, SEED)
        word_counter.update(whole)
        assert region.locator(".invented").count() == sum(
            word.end - max(word.start, 0) for word in word_counter.invented
        )
        if column:
            first_divergence = next(
                place for place, (a, b) in enumerate(zip(expected[column - 1], whole, strict=True)) if a != b
            )
            assert region.locator(".same").count() == first_divergence
            assert region.locator(".diverges").text_content() == whole[first_divergence]
            assert shown[compare_sentences.DIVERGES_AT] == compare_sentences.diverges_at(column, first_divergence)
        else:
            assert region.locator(".same, .diverges").count() == 0


def test_position_shows_one_draw_through_all_distributions(open_page, model):
    """Click a character: its position is marked in all columns, and the chart's values are the steps' own."""
    page = open_compare(open_page(height=1400))
    type_seed(page, SEED)
    write_out(page, 60)
    step = expected_steps(model, 60)[40]
    text(page, 2).locator(".written span").nth(40).click()
    page.mouse.move(5, 5)
    for column in range(4):
        assert text(page, column).locator(".selected").count() == 1
        assert text(page, column).locator(".written span").nth(40).get_attribute("class").endswith("selected")
    expect(page.get_by_text(compare_sentences.compared(41, True))).to_be_visible()
    eventually(lambda: shown_draw(page)[:1] == [step.u[0]])
    taken = sorted(page.evaluate(RENDERED, "taken"), key=lambda bar: bar["row"])
    characters = [display_symbol(model.vocabulary.characters[id_]) for id_ in step.character_ids]
    assert [bar["symbol"] for bar in taken] == characters
    for row, (heading, character) in enumerate(zip(headings(page), characters, strict=True)):
        share = f"{step.reweighted[row, step.character_ids[row]]:.1%} reweighted"
        assert f"temperature {TEMPERATURES[row]:.2f} drew “{character}”" in heading
        assert share in heading or ">99.9%" in heading
    bars = page.evaluate(RENDERED, "bars")
    line = page.evaluate(RENDERED, "shared_draw")[0]["x"]
    for row, bar in enumerate(taken):
        assert bar["reweighted"] == pytest.approx(step.reweighted[row, step.character_ids[row]])
        assert bar["start"] <= step.u[row] < bar["end"]
        assert bar["x"] - 1 <= line <= bar["x"] + bar["width"] + 1
        lengths = np.array([interval["width"] for interval in bars if interval["row"] == row])
        shares = np.array([interval["reweighted"] for interval in bars if interval["row"] == row])
        np.testing.assert_allclose(lengths / lengths.sum(), shares / shares.sum(), atol=0.01)


def test_long_text_is_complete_in_several_blocks(open_page, model):
    """Every character is in its place, once, and the last one can be selected."""
    page = open_compare(open_page())
    type_seed(page, SEED)
    write_out(page, 1100, at_full_speed=True)
    for column, whole in enumerate(texts_of(model, expected_steps(model, 1100))):
        assert text(page, column).locator(".written").count() > 1
        assert written(page, column) == whole
    text(page, 1).press("End")
    expect(page.get_by_text(compare_sentences.compared(1100, True))).to_be_visible()
    assert text(page, 3).locator(".selected").count() == 1


def test_hovering_selects_and_leaving_deselects(open_page):
    """The position under the mouse is marked in every column; afterwards the chart is on the last shared one again."""
    page = open_compare(open_page())
    type_seed(page, SEED)
    write_out(page, 30)
    number = first_difference([written(page, column) for column in range(4)]) + 1
    text(page, 1).locator(".written span").nth(10).hover()
    expect(page.get_by_text(compare_sentences.compared(11, True))).to_be_visible()
    assert text(page, 3).locator(".selected").count() == 1
    page.mouse.move(5, 5)
    expect(page.get_by_text(compare_sentences.last_shared(number, True, False))).to_be_visible()
    assert text(page, 3).locator(".selected").count() == 0


def test_temperature_of_a_column_acts_in_mid_run(open_page):
    """Its region is named by the new temperature, and the chart uses it."""
    page = open_compare(open_page())
    type_seed(page, SEED)
    press(page, "Generate")
    wait_until_written(page, 10)
    slider = page.get_by_role("slider", name="Temperature of column 1")
    for _ in range(6):
        slider.press("PageUp")
    expect(text(page, 0)).to_have_attribute("aria-label", re.compile("temperature 1.40"))
    wait_until_written(page, 60)
    press(page, "Stop")
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    eventually(lambda: page.evaluate(RENDERED, "bars")[0]["temperature"] == 1.4)
    assert page.evaluate(RENDERED, "shared_draw")


def test_chart_plays_the_choices_until_the_texts_differ_and_stays_there(open_page):
    """The run's own draws, one after the other, though there are fewer messages; the view is never rebuilt."""
    page = open_compare(open_page())
    for column, temperature in enumerate(TEMPERATURES_THAT_PART_LATE):
        page.get_by_role("slider", name=f"Temperature of column {column + 1}").fill(temperature)
    eventually(lambda: page.locator("svg.marks").count() == 1)
    place = page.locator("svg.marks").bounding_box()
    page.evaluate("() => { window.first = document.querySelector('svg.marks'); }")
    watch_draws(page)
    press(page, "Generate")
    expect(page.get_by_text("The last choice before the texts differ")).to_be_visible()
    wait_until_written(page, 90)
    places = watched_places(page)
    assert page.evaluate("() => window.first === document.querySelector('svg.marks')")
    assert page.locator("svg.marks").bounding_box() == place
    assert places == sorted(places)
    assert len(places) > 4
    press(page, "Stop")
    parting = first_difference([written(page, column)[:90] for column in range(4)])
    assert places[-1] == parting
    expect(page.get_by_text(compare_sentences.last_shared(parting + 1, True, False))).to_be_visible()
    assert page.locator("svg.marks").bounding_box() == place


def test_what_if_the_temperature_of_a_column_had_been_another(open_page):
    """After the texts differ, the chart is on their last shared choice, and follows the sliders."""
    page = open_compare(open_page())
    type_seed(page, SEED)
    write_out(page, 40)
    number = first_difference([written(page, column) for column in range(4)]) + 1
    expect(page.get_by_text(compare_sentences.last_shared(number, True, False))).to_be_visible()
    shown = shown_draw(page)
    page.get_by_role("slider", name="Temperature of column 1").press("End")
    expect(page.get_by_text(compare_sentences.last_shared(number, True, True))).to_be_visible()
    eventually(lambda: [bar["temperature"] for bar in page.evaluate(RENDERED, "bars")][:1] == [2.0])
    eventually(lambda: shown_draw(page) == shown)


def test_chart_is_reweighted_by_the_browser_alone(open_page, server, model):
    """The server is far away; every column's bar, and the character it takes, are those of the reference."""
    with slow_network(server.address, 0.4) as address:
        page = open_compare(open_page(address=address))
        type_seed(page, SEED)
        raw, u = next_probs(model, SEED), UniformDraws(1)[0]
        eventually(lambda: bool(page.evaluate(RENDERED, "bars")))
        for column, temperature in ((0, 0.0), (1, 0.01), (2, 0.73), (3, 2.0), (0, 1.6)):
            slider = page.get_by_role("slider", name=f"Temperature of column {column + 1}")
            slider.evaluate("(e, t) => { e.value = t; e.dispatchEvent(new Event('input')); }", temperature)
            page.wait_for_timeout(120)
            shown = [bar for bar in page.evaluate(RENDERED, "bars") if bar["row"] == column]
            expected, order = reweight(raw, temperature), ranking(raw)
            differences = [bar["reweighted"] - expected[order[int(bar["rank"])]] for bar in shown]
            assert np.abs(differences).max() < 1e-6
            assert page.evaluate(RENDERED, "shared_draw")[0]["u"] == u
            assert f"temperature {temperature:.2f}" in headings(page)[column]


SHOWN_BOXES = """() => {
  const boxes = [...document.querySelectorAll('h1, .st-key-heading .stMarkdown p,' +
    '.st-key-compare_seed_field textarea, .st-key-settings button,' +
    '.st-key-compare_controls button, .st-key-compare_said .stText,' +
    '.st-key-next_character_compare svg.marks')];
  const find = (root) => [...root.querySelectorAll('*')].flatMap(
    (e) => [e, ...(e.shadowRoot ? find(e.shadowRoot) : [])]);
  boxes.push(...find(document).filter((e) => e.matches('.upper, .upper input, .upper .text')));
  return boxes.map((e) => e.getBoundingClientRect()).filter((box) => box.width)
    .map(({ left, top, right, bottom }) => [left, top, right, bottom]);
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (1920, 1080)])
def test_columns_and_their_chart_are_in_the_window_and_keep_their_places(open_page, width, height):
    """Title, seed text, buttons, sliders, several lines of each text, and the chart: idle, writing and stopped."""
    page = open_compare(open_page(width=width, height=height))
    eventually(lambda: page.locator("svg.marks").count() == 1 and bool(page.evaluate(RENDERED, "bars")))
    chart = page.locator("svg.marks").bounding_box()
    texts = [text(page, column).bounding_box() for column in range(4)]
    assert chart

    def check():
        for left, top, right, bottom in page.evaluate(SHOWN_BOXES):
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
        assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
        assert page.locator("svg.marks").bounding_box() == chart
        assert [text(page, column).bounding_box() for column in range(4)] == texts
        for entry in shared_sentences.COMPARE_VIEW["legend"]:
            expect(page.locator(".legend").get_by_text(entry[-1])).to_be_in_viewport(ratio=1)
        if height > 900:  # there is room for the figures
            for figures in page.locator(".figures").all():
                expect(figures).to_be_in_viewport(ratio=1)

    check()
    assert all(box and box["height"] >= 4 * 27 for box in texts)
    assert chart["height"] > 0.3 * height
    press(page, "Generate")
    wait_until_written(page, 60)
    check()
    press(page, "Stop")
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    check()
    press(page, "Step")
    check()
    press(page, "Continue")
    expect(page.get_by_role("button", name="Stop")).to_be_enabled()
    check()


def test_one_field_has_the_name_of_the_seed_text(open_page):
    """And the page has one heading of the first level."""
    page = open_compare(open_page())
    assert page.get_by_label("Seed text").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1


def test_keyboard_alone_is_enough(open_page):
    """G generates, S stops also from a slider, N steps, X clears; the arrows move the position."""
    page = open_compare(open_page())
    page.locator("body").press("g")
    wait_until_written(page, 10)
    page.get_by_role("slider", name="Temperature of column 2").press("s")
    expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    text(page, 1).press("Home")
    expect(page.get_by_text(compare_sentences.compared(1, True))).to_be_visible()
    text(page, 1).press("ArrowRight")
    expect(page.get_by_text(compare_sentences.compared(2, True))).to_be_visible()
    text(page, 1).press("Escape")
    before = len(written(page, 0))
    page.locator("body").press("n")
    wait_until_written(page, before + 1)
    page.locator("body").press("x")
    expect(text(page, 3).locator(".written span")).to_have_count(0)


def test_removed_characters_are_drawn_under_the_bars(open_page):
    """A top-k of 2 leaves two intervals in each bar; what it removed is under them, hollow."""
    page = open_compare(open_page())
    type_seed(page, SEED)
    page.get_by_role("button", name="Settings").click()
    page.get_by_text(shared_sentences.STRATEGIES).click()
    page.get_by_role("slider", name=shared_sentences.SETTING_LABELS["top_k"]).press("ArrowRight")
    page.get_by_role("slider", name=shared_sentences.SETTING_LABELS["top_k"]).press("ArrowRight")
    page.keyboard.press("Escape")
    eventually(lambda: sum(bar["reweighted"] > 0 for bar in page.evaluate(RENDERED, "bars")) == 8)
    assert page.evaluate(RENDERED, "removed")
    assert all(bar["reweighted"] == 0 for bar in page.evaluate(RENDERED, "removed"))


def test_repeated_runs_show_their_spread_while_the_page_can_be_used(open_page):
    """With a progress bar and a Cancel that acts."""
    page = open_compare(open_page())
    press(page, compare_sentences.RUNS_OF_EACH.format(runs=RUNS))
    expect(page.get_by_role("progressbar")).to_be_visible()
    press(page, "Step")
    wait_until_written(page, 1)
    press(page, shared_sentences.CANCEL)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    write_out(page, 8)
    press(page, compare_sentences.RUNS_OF_EACH.format(runs=RUNS))
    for column in range(4):
        expect(page.locator("section.column").nth(column).locator(".spread").nth(2)).to_contain_text(f"{RUNS} runs: ")


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (390, 844), (1280, 720)])
def test_ended_runs_are_told_and_their_figures_are_in_line(open_page, width, height):
    """Across the columns, whatever their values; no name and no spread is cut."""
    page = open_compare(open_page(width=width, height=height))
    write_out(page, 40)
    press(page, compare_sentences.RUNS_OF_EACH.format(runs=RUNS))
    told = page.get_by_text(compare_sentences.RUNS_ARE_BELOW.format(runs=RUNS))
    expect(told).to_be_visible()
    expect(page.get_by_text(compare_sentences.RUNS_EXPLAINED.format(runs=RUNS))).to_be_attached()
    columns = page.locator("section.column")
    beside = [(0, 1), (2, 3)] if width < 640 else [(0, 1), (0, 2), (0, 3)]
    tops = [columns.nth(number).locator("dt, dd").evaluate_all(TOPS) for number in range(4)]
    for one, other in beside:
        assert tops[one] == pytest.approx(tops[other], abs=1)
    assert (
        columns.locator("dt, .spread").evaluate_all("(all) => all.filter((e) => e.scrollWidth > e.clientWidth)") == []
    )
    text(page, 0).locator(".written span").nth(3).click()
    expect(told).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_page_fits_its_window(open_page, width, scheme):
    """Without horizontal scrolling, and every text has its name."""
    page = open_compare(open_page(width=width, scheme=scheme))
    press(page, "Generate")
    wait_until_written(page, 10)
    assert page.get_by_test_id("stMain").evaluate("(e) => e.scrollWidth <= e.clientWidth")
    for column in range(4):
        assert text(page, column).bounding_box()["width"] > (150 if width < 700 else 250)


def test_nothing_typed_runs_as_html(open_page):
    """HTML in the seed text is text."""
    page = open_compare(open_page())
    page.get_by_label("Seed text").fill("<img src=x onerror=\"document.title='bad'\"> ")
    page.get_by_label("Seed text").press("Control+Enter")
    press(page, "Step")
    wait_until_written(page, 1)
    assert text(page, 0).locator("img").count() == 0
    assert page.title() != "bad"
