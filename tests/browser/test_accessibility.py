"""The pages for everybody: what axe-core finds, where the focus goes, what moves, and which keys do something."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.write_page import eventually, press, scrub_to, stop, wait_until_written, written

PAGES = ("Write", "Compare", "Map", "Evolve", "Read", "Train")
# A rule, and a part of the element's HTML; each of them is Streamlit's own markup, of minor or moderate impact.
STREAMLITS = (
    ("region", "stFloatingOverlayPortal"),  # tooltips lie beside the landmarks
    ("presentation-role-conflict", "stFileUploaderDropzone"),  # which takes files that are dropped, and has a label
)
POEM = "the owl and the pussy-cat went to sea in a beautiful pea-green boat.\n" * 30


def open_named(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    expect(page).to_have_title(f"{name} · charlstm")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def look(page: Page, name: str) -> Iterator[str]:
    """Bring a page into each state that is checked, and yield its name."""
    if name != "Train":
        expect(page.locator("svg.marks").first).to_be_visible()
    yield "idle"
    for menu in ("Settings", "More"):
        opener = page.get_by_role("button", name=menu, exact=True)
        if opener.count():
            opener.click()
            expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
            yield menu
            page.keyboard.press("Escape")
            expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    if name == "Write":
        press(page, "Generate")
        wait_until_written(page, 20)
        expect(page.get_by_text("Start again from the seed text.")).to_be_visible()
        yield "writing"
        stop(page)
        scrub_to(page, 2)
        yield "replaying"
    elif name == "Compare":
        press(page, "Generate")
        expect(page.get_by_role("region", name=re.compile("^Column 1"))).to_contain_text(re.compile(".{70}"))
        yield "writing"
        press(page, "Stop")
        expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    elif name == "Map":
        press(page, "Write at every temperature")
        expect(page.get_by_role("progressbar")).to_be_visible()
        yield "sweeping"
        press(page, "Cancel")
        expect(page.get_by_role("button", name="Write at every temperature")).to_be_visible()
    elif name == "Read":
        page.get_by_role("radio", name="As bits").click()
        expect(page.get_by_role("img", name=re.compile("^gzip: ")).first).to_be_visible()
        yield "bits"
        page.get_by_role("radio", name="Nothing left to learn").click()
        expect(page.locator(".st-key-experiment_losses svg.marks")).to_be_visible()
        yield "experiment"
        page.get_by_role("radio", name="Surprise").click()
    elif name == "Evolve":
        press(page, "Play")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        yield "playing"
        press(page, "Pause")
    else:
        page.get_by_role("textbox", name="Text to learn").fill(POEM)
        page.get_by_role("textbox", name="Text to learn").press("Control+Enter")
        expect(page.get_by_text(re.compile("^2,070 characters"))).to_be_visible()
        yield "with a text"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_but_what_is_streamlits(open_page, scheme):
    """On no page, in no state; and each page has a title and one heading of the first level."""
    page = open_page(width=1280, height=720, scheme=scheme)
    found, seen = [], set()
    for name in PAGES:
        open_named(page, name)
        for state in look(page, name):
            for violation in Axe().run(page).response["violations"]:
                for node in violation["nodes"]:
                    kind = next(
                        (one for one in STREAMLITS if one[0] == violation["id"] and one[1] in node["html"]), None
                    )
                    if kind:
                        seen.add(kind)
                    else:
                        found.append((name, state, violation["impact"], violation["id"], node["html"][:200]))
    assert found == []
    assert seen == set(STREAMLITS), "the list has what no longer occurs"


def focused(page: Page) -> dict[str, str]:
    """Return what has the focus, in components too, and the outline around it or around what stands for it."""
    return page.evaluate("""() => {
      let element = document.activeElement;
      while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const around = [element, element.closest('label'), element.parentElement?.parentElement];
      const rings = around.filter(Boolean).map((one) => getComputedStyle(one));
      const ring = rings.find((style) => style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2);
      const name = element.getAttribute('aria-label') || element.labels?.[0]?.textContent || element.textContent;
      if (element === document.body) return { tag: 'BODY', name: '', ring: '' };
      return { tag: element.tagName, name: name.trim(), ring: ring?.outlineColor ?? '' };
    }""")


def press_with_keyboard(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name).first
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


def check_focus_is_on(page: Page, name: str) -> None:
    """The focus is where it was, or on this neighbour where the pressed button can no longer be used; and is seen."""
    eventually(lambda: name in focused(page)["name"])
    assert focused(page)["ring"]


def test_focus_stays_after_each_button_of_write(open_page):
    """Where a button is disabled or goes away, its neighbour has the focus, which is never lost."""
    page = open_page(width=1280, height=720)
    expect(page.locator("svg.marks .reweighted_bars_marks path").first).to_be_visible()
    for name in ("Step", "Slow motion", "Next open choice", "Set the temperature to 1.0", "Generate"):
        press_with_keyboard(page, name)
        check_focus_is_on(page, name)
    wait_until_written(page, 20)
    check_focus_is_on(page, "Generate")
    press_with_keyboard(page, "Stop")
    check_focus_is_on(page, "Step")
    press_with_keyboard(page, "Continue")
    check_focus_is_on(page, "Stop")
    page.keyboard.press("Enter")
    check_focus_is_on(page, "Step")
    scrub_to(page, 2)
    check_focus_is_on(page, "Replay")
    press_with_keyboard(page, "Branch from here")
    check_focus_is_on(page, "Stop")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    press_with_keyboard(page, "More")
    press_with_keyboard(page, "Clear")
    check_focus_is_on(page, "Undo")


def test_everything_is_reached_by_the_tab_key_has_a_name_and_a_ring(open_page):
    """In the dark, on each page, until the focus leaves it."""
    page = open_page(width=1280, height=720, scheme="dark")
    least = {"Write": 14, "Compare": 14, "Map": 14, "Evolve": 12, "Read": 11, "Train": 4}
    for name in PAGES:
        open_named(page, name)
        next(look(page, name))
        page.evaluate("() => document.activeElement.blur()")
        stops: list[str] = []
        for _ in range(60):
            page.keyboard.press("Tab")
            stop_ = focused(page)
            if stop_["tag"] == "BODY":
                break
            assert stop_["name"], (name, stops)
            assert stop_["ring"], (name, stop_)
            stops.append(stop_["name"])
        assert len(stops) >= least[name], stops


def test_single_letters_are_switched_off_on_all_pages_and_stay_so(open_page):
    """For voice control and trembling hands (WCAG 2.1.4); the browser remembers it for the next visit."""
    page = open_page(width=1280, height=720)
    page.get_by_role("button", name="Settings").click()
    page.get_by_text("Keyboard shortcuts: single letters").click()
    expect(page.locator("kbd")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    for name in ("Compare", "Evolve", "Map", "Write"):
        open_named(page, name)
        next(look(page, name))
        expect(page.locator("kbd")).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("switch", name="Keyboard shortcuts")).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    for letter in "nmg":
        page.keyboard.press(letter)
    press(page, "Step")
    wait_until_written(page, 1)
    assert written(page) == 1
    page.get_by_role("button", name="Settings").click()
    page.get_by_text("Keyboard shortcuts: single letters").click()
    expect(page.get_by_role("button", name="Generate").locator("kbd").last).to_have_text("G")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_be_hidden()
    page.keyboard.press("n")
    wait_until_written(page, 2)


MOTION = """() => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  const moving = (style) => /[1-9]/.test(style.transitionDuration) || style.animationName !== 'none';
  const found = all(document).filter((e) => moving(getComputedStyle(e))).map((e) => e.outerHTML.slice(0, 120));
  return [...found, ...document.getAnimations().map((one) => String(one.effect.target?.outerHTML).slice(0, 120))];
}"""


def test_nothing_moves_by_itself_where_motion_is_not_wanted(open_page):
    """No element has a transition or an animation, also while a text is written and while Evolve plays."""
    page = open_page(width=1280, height=720)
    page.emulate_media(reduced_motion="reduce")
    for name in PAGES:
        open_named(page, name)
        for state in look(page, name):
            assert page.evaluate(MOTION) == [], (name, state)


def test_choice_is_told_in_words(open_page):
    """What the charts show at the moment is said beside them, and read aloud when nothing is written."""
    page = open_page(width=1280, height=720)
    spoken = page.locator(".st-key-text .spoken")
    expect(spoken).to_have_text(re.compile(r"^The likeliest: “.” \d"))
    before = spoken.text_content()
    for number in (1, 2):
        press(page, "Step")
        expect(page.get_by_text(re.compile(f"^Character {number}: .* was drawn"))).to_be_visible()
    expect(spoken).not_to_have_text(before or "")
    said = page.get_by_text(re.compile("^Character 2: .* was drawn"))
    assert said.evaluate("(e) => e.closest('[aria-live=polite]') !== null")
    for name, shown in (("Compare", ".st-key-compare_stage .spoken"), ("Map", ".st-key-map_slider .spoken")):
        open_named(page, name)
        expect(page.locator(shown).first).to_have_text(re.compile(r"\d+\.\d"))
    open_named(page, "Evolve")
    expect(page.get_by_text(re.compile(r"epoch \d+: “.” \d+%"))).to_be_visible()
    for chart in page.get_by_test_id("stVegaLiteChart").all():
        assert chart.get_attribute("aria-label")
