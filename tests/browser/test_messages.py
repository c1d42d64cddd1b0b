"""What the server tells a component arrives, in a real browser, in whatever order it is handed over."""

import pytest

from charlstm.ui import text_view

SAY = """async ([source, messages]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const host = document.body.appendChild(document.createElement("div"));
  host.innerHTML = '<div class="frame"></div>';
  const heard = [];
  for (const data of messages)
    module.default({ data, parentElement: host, setTriggerValue: (name, value) => heard.push([name, value]) });
  return [host.querySelector(".text").textContent, heard];
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
    yield lambda *messages: page.evaluate(SAY, [source, list(messages)])
    page.close()


def test_a_message_that_came_too_late_changes_nothing(say):
    """An earlier text does not come back; each text shows what was said of it last."""
    assert say(message(2, "b", "new"), message(1, "a", "old")) == ["new", []]
    assert say(message(1, "a", "old"), message(2, "b", "new")) == ["new", []]


def test_a_gap_is_asked_for(say):
    """Whoever missed the beginning gets all of it again."""
    assert say(message(1, "a", "abc"), message(2, "a", "xyz", seed=None, start=9)) == ["abc", [["lost", "a"]]]
    assert say(message(1, "a", "abc"), message(2, "a", "cde", seed=None, start=2)) == ["abcde", []]
