"""The messages to the components, in a real browser: in any order, and with gaps."""

import pytest

from charlstm.ui.components import batch_view, temperature_slider, text_view
from charlstm.ui.components.source import component_source
from charlstm.ui.shared import sentences as shared_sentences

SHARED = (
    "dom",
    "requests",
    "hand_report",
    "chart_events",
    "streaming_view",
    "curve",
    "range",
    "text",
)  # what the views need before their own source
SEND = """async ([source, frame, messages]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = `<div class="${frame}"></div>`;
  const events = (window.events = []);
  for (const data of messages)
    module.default({ data, parentElement: host, setTriggerValue: (name) => events.push(name) });
  return [host.querySelector(".text")?.textContent, events];
}"""

# Streamlit cleans up after a message as soon as another one replaces it.
REPLACE = """async ([source, frame, messages]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = `<div class="${frame}"></div>`;
  const send = (data) =>
    module.default({ data, parentElement: host, setTriggerValue: () => {}, setStateValue: () => {} });
  const cleanUps = messages.map(send);
  const before = [...host.querySelectorAll("*")];
  cleanUps.slice(0, -1).forEach((cleanUp) => cleanUp());
  send(messages.at(-1));
  return before.length > 3 && before.every((element) => element.isConnected);
}"""


def message(number, run, text, **changes):
    """Return a message of `text_view` with a whole text."""
    whole = {"label": "Text", "still": False, "run": run, "seed": "", "original": None, "start": 0, "text": text}
    focus = {"moves": number, "at": None, "selections_seen": 0}
    choices = {"words": None, "choices": None, "bits": "0" * len(text), "tick": 0.75, "rate": 30}
    rest = {**choices, "running": False, "tints": "0" * len(text), "message_id": number}
    return whole | focus | rest | changes


@pytest.fixture
def send(browser):
    """Send messages to the text view; returns the text that it shows and the events that it reported."""
    page = browser.new_page()
    source = component_source(text_view.HERE, *SHARED)["js"]
    yield lambda *messages: page.evaluate(SEND, [source, "frame", list(messages)])
    page.close()


def test_older_message_is_ignored(send):
    """An earlier text does not come back."""
    assert send(message(2, "b", "new"), message(1, "a", "old")) == ["new", []]
    assert send(message(1, "a", "old"), message(2, "b", "new")) == ["new", []]


def test_gap_is_reported(send):
    """Then the whole text is sent again."""
    assert send(message(1, "a", "abc"), message(2, "a", "xyz", seed=None, start=9)) == ["abc", ["lost"]]
    assert send(message(1, "a", "abc"), message(2, "a", "cde", seed=None, start=2)) == ["abcde", []]


SLIDER = {"lowest": 0, "highest": 2, "step": 0.01, "value": 0.5, "presets": [0.2, 1]}
BATCH = {
    "run": "a",
    "start": 0,
    "texts": ["abc", "abd"],
    "invented": [[], []],
    "divergences": [None, 2],
    "figures": [[], []],
    "running": False,
    "goes_on": False,
    "tick": 0.75,
    "rate": 30,
    "message_id": 1,
    "whole": {"seed": "", "temperatures": [0.5, 1], "range": [0, 2, 0.01], "words": shared_sentences.COMPARE_VIEW},
}


@pytest.mark.parametrize(
    ("component", "frame", "gap", "whole"),
    [
        (text_view, "frame", message(2, "a", "d", seed=None, start=3), message(3, "a", "abcd")),
        (batch_view, "batch", BATCH | {"start": 3, "whole": None}, BATCH | {"message_id": 2}),
    ],
    ids=["text", "batch"],
)
def test_gap_is_reported_until_it_is_filled(browser, component, frame, gap, whole):
    """The browser may skip the answer, too."""
    page = browser.new_page()
    page.clock.install()
    source = component_source(component.HERE, *SHARED)["js"]
    page.evaluate(SEND, [source, frame, [gap]])
    page.clock.run_for(10_000)
    assert 3 <= page.evaluate("window.events.length") <= 10
    page.evaluate(SEND, [source, frame, [gap, whole]])
    page.clock.run_for(10_000)
    assert page.evaluate("window.events") == ["lost"]
    page.close()


@pytest.mark.parametrize(
    ("component", "frame", "messages"),
    [
        (temperature_slider, "temperature", [SLIDER, SLIDER | {"value": 0.6}]),
        (text_view, "frame", [message(1, "a", "abc"), message(2, "a", "cd", seed=None, start=2)]),
        (batch_view, "batch", [BATCH, BATCH | {"message_id": 2, "whole": None}]),
    ],
    ids=["slider", "text", "batch"],
)
def test_elements_stay_when_a_message_is_replaced(browser, component, frame, messages):
    """A slider stays under the mouse that drags it, and a text keeps its place."""
    page = browser.new_page()
    source = component_source(component.HERE, *SHARED)["js"]
    assert page.evaluate(REPLACE, [source, frame, messages])
    page.close()


def growing(number):
    """Return a message of a text that is being written, which has one character more than the one before."""
    text = "abcdefgh"[: number + 1]
    return message(number, "a", text, running=True, seed="" if number == 1 else None)


def growing_batch(number):
    """Return the same of two columns."""
    texts = ["abcdefgh"[: number + 1]] * 2
    changes = {"texts": texts, "running": True, "goes_on": True, "message_id": number, "divergences": [None, None]}
    return BATCH | changes | ({} if number == 1 else {"whole": None})


ASK = """async ([source, frame]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = `<div class="${frame}"></div>`;
  window.events = [];
  const note = (name, value) => window.events.push([name, value]);
  window.root = host;
  window.send = (data) =>
    module.default({ data, parentElement: host, setTriggerValue: note, setStateValue: note });
}"""


@pytest.fixture
def asking(browser):
    """Return a page with a component that is given messages by `window.send`, at the page's own time."""
    page = browser.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # from here on, time passes only where a test lets it

    def asking_(component, frame):
        page.evaluate(ASK, [component_source(component.HERE, *SHARED)["js"], frame])
        return page

    yield asking_
    page.close()


def events(page, name):
    return [value for event, value in page.evaluate("window.events") if event == name]


@pytest.mark.parametrize(
    ("component", "frame", "messages"),
    [(text_view, "frame", growing), (batch_view, "batch", growing_batch)],
    ids=["text", "batch"],
)
def test_next_message_is_asked_for_once_when_the_last_one_has_come(asking, component, frame, messages):
    """One question after each answer and none before it, at most one in each tick, and none when the text ends."""
    page = asking(component, frame)
    page.evaluate("(data) => window.send(data)", messages(1))
    page.clock.run_for(20)
    for number in range(2, 5):
        page.clock.run_for(200)
        assert len(events(page, "ask")) == number - 1
        page.evaluate("(data) => window.send(data)", messages(number))
        page.clock.run_for(100)
        assert len(events(page, "ask")) == number - 1
        page.clock.run_for(550)
        assert len(events(page, "ask")) == number
    page.evaluate("(data) => window.send(data)", messages(5) | {"running": False, "goes_on": False})
    asked = len(events(page, "ask"))
    page.clock.run_for(9000)
    assert len(events(page, "ask")) == asked


def drag(page, value):
    page.evaluate(
        """(value) => {
          const range = window.root.querySelector("input");
          range.value = value;
          range.dispatchEvent(new Event("input"));
        }""",
        value,
    )


def test_columns_temperatures_are_reported_at_rest(asking):
    """180 ms after the hand rests, once."""
    page = asking(batch_view, "batch")
    page.evaluate("(data) => window.send(data)", BATCH)
    for step in range(10):
        drag(page, 0.5 + 0.1 * step)
        page.clock.run_for(100)
    assert events(page, "temperatures") == []
    page.clock.run_for(100)
    assert events(page, "temperatures") == [[1.4, 1]]


def test_columns_temperatures_wait_for_an_answer_while_writing(asking):
    """While texts are being written, at most one in 240 ms, and none before the last question is answered."""
    page = asking(batch_view, "batch")
    page.evaluate("(data) => window.send(data)", growing_batch(1))
    page.clock.run_for(20)  # it asks for the second one
    page.evaluate("(data) => window.send(data)", growing_batch(2) | {"tick": 60})
    drag(page, 0.6)
    page.clock.run_for(300)
    assert events(page, "temperatures") == [[0.6, 1]]
    for step in range(10):
        drag(page, 0.7 + 0.1 * step)
        page.clock.run_for(100)
    assert len(events(page, "temperatures")) == 1
    page.evaluate("(data) => window.send(data)", growing_batch(3) | {"tick": 60})
    page.clock.run_for(300)
    assert events(page, "temperatures")[1:] == [[1.6, 1]]
