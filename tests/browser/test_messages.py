"""What the server tells a component arrives, in a real browser, in whatever order it is handed over."""

import pytest

from charlstm.ui.components import batch_view, temperature_slider, text_view
from charlstm.ui.shared import sentences as shared_sentences

SAY = """async ([source, frame, messages]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = `<div class="${frame}"></div>`;
  const heard = (window.heard = []);
  for (const data of messages)
    module.default({ data, parentElement: host, setTriggerValue: (name) => heard.push(name) });
  return [host.querySelector(".text")?.textContent, heard];
}"""

# Streamlit cleans up after a message as soon as another has overtaken it.
OVERTAKE = """async ([source, frame, messages]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = `<div class="${frame}"></div>`;
  const say = (data) =>
    module.default({ data, parentElement: host, setTriggerValue: () => {}, setStateValue: () => {} });
  const cleanUps = messages.map(say);
  const before = [...host.querySelectorAll("*")];
  cleanUps.slice(0, -1).forEach((cleanUp) => cleanUp());
  say(messages.at(-1));
  return before.length > 3 && before.every((part) => part.isConnected);
}"""


def message(number, run, text, **changes):
    """A whole text, as `text_view` says it."""
    said = {"label": "Text", "still": False, "run": run, "seed": "", "beside": None, "start": 0, "text": text}
    moved = {"moves": number, "at": None, "heard": 0, "replay": "Replay", "interval": 0, "running": False}
    return said | moved | {"tints": "0" * len(text), "number": number} | changes


@pytest.fixture
def say(browser):
    """Hand messages to the text view; returns the text it shows and what it asked for."""
    page = browser.new_page()
    source = (text_view.HERE / "text_view.js").read_text(encoding="utf-8")
    yield lambda *messages: page.evaluate(SAY, [source, "frame", list(messages)])
    page.close()


def test_a_message_that_came_too_late_changes_nothing(say):
    """An earlier text does not come back; each text shows what was said of it last."""
    assert say(message(2, "b", "new"), message(1, "a", "old")) == ["new", []]
    assert say(message(1, "a", "old"), message(2, "b", "new")) == ["new", []]


def test_a_gap_is_asked_for(say):
    """Whoever missed the beginning gets all of it again."""
    assert say(message(1, "a", "abc"), message(2, "a", "xyz", seed=None, start=9)) == ["abc", ["lost"]]
    assert say(message(1, "a", "abc"), message(2, "a", "cde", seed=None, start=2)) == ["abcde", []]


SLIDER = {"lowest": 0, "highest": 2, "step": 0.01, "value": 0.5, "presets": [0.2, 1]}
LANES = {
    "run": "a",
    "start": 0,
    "texts": ["abc", "abd"],
    "invented": [[], []],
    "partings": [None, 2],
    "figures": [[], []],
    "interval": 0,
    "number": 1,
    "whole": {"seed": "", "temperatures": [0.5, 1], "range": [0, 2, 0.01], "words": shared_sentences.COMPARE_VIEW},
}


@pytest.mark.parametrize(
    ("component", "frame", "gap", "whole"),
    [
        (text_view, "frame", message(2, "a", "d", seed=None, start=3), message(3, "a", "abcd")),
        (batch_view, "lanes", LANES | {"start": 3, "whole": None}, LANES | {"number": 2}),
    ],
    ids=["text", "lanes"],
)
def test_a_gap_is_asked_for_until_it_is_filled(browser, component, frame, gap, whole):
    """The answer may be skipped by the browser, too; once it is there, nothing more is asked."""
    page = browser.new_page()
    page.clock.install()
    source = (component.HERE / f"{component.HERE.name}.js").read_text(encoding="utf-8")
    page.evaluate(SAY, [source, frame, [gap]])
    page.clock.run_for(10_000)
    assert 3 <= page.evaluate("window.heard.length") <= 10
    page.evaluate(SAY, [source, frame, [gap, whole]])
    page.clock.run_for(10_000)
    assert page.evaluate("window.heard") == ["lost"]
    page.close()


@pytest.mark.parametrize(
    ("component", "frame", "messages"),
    [
        (temperature_slider, "temperature", [SLIDER, SLIDER | {"value": 0.6}]),
        (text_view, "frame", [message(1, "a", "abc"), message(2, "a", "cd", seed=None, start=2)]),
        (batch_view, "lanes", [LANES, LANES | {"number": 2, "whole": None}]),
    ],
    ids=["slider", "text", "lanes"],
)
def test_what_is_under_the_hand_outlives_a_message_that_was_overtaken(browser, component, frame, messages):
    """A slider that is dragged stays the one that is dragged, and a text keeps its place."""
    page = browser.new_page()
    source = (component.HERE / f"{component.HERE.name}.js").read_text(encoding="utf-8")
    assert page.evaluate(OVERTAKE, [source, frame, messages])
    page.close()
