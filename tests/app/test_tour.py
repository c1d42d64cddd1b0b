"""The tour of the Write page without a browser: how its steps drive the page, and how it follows."""

import json
import re
from itertools import pairwise

import pytest

from charlstm.playback.slow_motion import Stage
from charlstm.ui.compare import sentences as compare_sentences
from charlstm.ui.write import sentences
from charlstm.ui.write.tour import LAST, STEPS, WRITTEN, followed, most_divided
from tests.app.more_menu import open_more


@pytest.fixture
def ask(report):
    """Press a button of the strip; returns what the strip shows then."""

    def ask_(app, action, number=None):
        at = state(app).tour.number if number is None else number
        shown = report(app, "tour_view", "asked", {"action": action, "number": at})
        assert not app.exception
        return shown

    return ask_


def state(app):
    return app.session_state["write_state"]


def strip(app):
    """Return what the strip shows, or None where there is none."""
    shown = [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.id.endswith("-tour_view")]
    return shown[0] if shown else None


def take_tour(app):
    open_more(app)
    app.button(key="take_tour").click().run()
    assert not app.exception


def test_page_as_it_is_invites(open_app):
    """With nothing done yet."""
    app = open_app()
    assert strip(app)["sentence"][1] == sentences.TAKE_TOUR
    assert state(app).focus.stage is None


@pytest.mark.parametrize("query", [{"run": "5", "seed": "ab "}, {"temperature": "1.2"}, {"model": "small"}])
def test_address_with_a_run_or_a_setting_does_not_invite(open_app, query):
    """It is somebody's lesson; the menu More has the tour."""
    app = open_app(**query)
    assert strip(app) is None
    app.button(key="step").click().run()
    assert strip(app) is None
    take_tour(app)
    assert strip(app)["number"] == 1


def test_tour_goes_through_the_loop_and_writes_cold_and_hot(open_app, ask):
    """Raw, reweighted, the draw, appended; written twice; one random number at all temperatures."""
    app = open_app()
    for stage in (Stage.RAW, Stage.REWEIGHTED, Stage.DRAW):
        ask(app, "forward")
        assert (state(app).focus.stage, state(app).player.steps) == (stage, [])
    assert ask(app, "forward")["wanted"] == {"forward": 0.2, "back": 0.5}
    assert state(app).focus.stage is Stage.APPENDED
    assert len(state(app).player.steps) == 1
    assert ask(app, "forward")["wanted"] == {"forward": 1.2, "back": 0.5}
    assert state(app).player.running
    assert state(app).player.goal == 1 + WRITTEN
    state(app).player.stop()
    written = len(state(app).player.steps)
    assert ask(app, "forward")["number"] == 6
    assert state(app).player.goal == written + WRITTEN
    assert ask(app, "forward")["number"] == LAST
    assert not state(app).player.running
    assert state(app).focus.at == most_divided(state(app).player)


def test_last_step_leads_to_compare(open_app, ask):
    """And the tour is over, as is said there, once."""
    app = open_app()
    for _ in range(LAST):
        ask(app, "forward")
    assert strip(app)["number"] == LAST
    assert ask(app, "forward") is None
    assert app.title[0].value == "Compare side by side"
    assert compare_sentences.END_OF_TOUR in [one.value for one in app.markdown]
    assert compare_sentences.END_OF_TOUR not in [one.value for one in app.run().markdown]
    assert state(app).tour.number is None


def test_back_goes_through_the_steps(open_app, ask):
    """To the first one."""
    app = open_app()
    for _ in range(5):
        ask(app, "forward")
    for number, stage in ((4, Stage.APPENDED), (3, Stage.DRAW), (2, Stage.REWEIGHTED), (1, Stage.RAW), (1, Stage.RAW)):
        assert ask(app, "back")["number"] == number
        assert state(app).focus.stage is stage
        assert not state(app).player.running
        assert len(state(app).player.steps) == (number == 4)


def test_back_brings_the_text_that_its_sentence_tells_of(open_app, ask):
    """One character, then 80 cold and 80 hot, whatever was written on the way."""
    app = open_app()
    for _ in range(LAST):
        ask(app, "forward")
    app.button(key="generate").click().run()
    for number, before in ((6, [0.5] + [0.2] * WRITTEN), (5, [0.5])):
        assert ask(app, "back")["wanted"]["back"] == (0.2 if number == 6 else 0.5)
        player = state(app).player
        assert [step.temperature for step in player.steps[: len(before)]] == before
        assert (player.running, player.goal) == (True, len(before) + WRITTEN)
        assert state(app).focus.stage is None


@pytest.mark.parametrize("by_menu", [True, False])
def test_tour_begins_with_the_seed_text_alone(open_app, ask, by_menu):
    """At 0.5, of which the strip tells the slider where the menu does not; Undo brings back what was written."""
    app = open_app(**({"temperature": "1.2"} if by_menu else {}))
    app.button(key="step").click().run()
    text = state(app).player.texts[0]
    if by_menu:
        take_tour(app)
        assert state(app).settings[0] == 0.5
    else:
        assert strip(app)["wanted"]["forward"] == 0.5
        ask(app, "forward")
    assert (state(app).player.steps, state(app).focus.stage) == ([], Stage.RAW)
    ask(app, "leave")
    app.button(key="undo").click().run()
    assert state(app).player.texts[0] == text


def test_tour_follows_the_button_of_slow_motion(open_app, ask):
    """As if its own control had been pressed."""
    app = open_app()
    ask(app, "forward")
    for number in (2, 3, 4, 1, 2):
        app.button(key="slow_motion").click().run()
        assert strip(app)["number"] == number


def test_tour_waits_while_the_viewer_does_something_else(open_app, ask):
    """Generate, Clear: it stays where it is, and its control then does what it says."""
    app = open_app()
    for _ in range(3):
        ask(app, "forward")
    app.button(key="generate").click().run()
    assert strip(app)["number"] == 3
    assert state(app).player.running
    written = len(state(app).player.steps)
    ask(app, "forward")
    assert not state(app).player.running
    assert len(state(app).player.steps) >= written + 1
    assert state(app).focus.stage is Stage.APPENDED
    ask(app, "forward")
    app.button(key="clear").click().run()
    assert ask(app, "back")["number"] == 4
    assert (state(app).focus.stage, len(state(app).player.steps)) == (Stage.APPENDED, 1)
    assert not app.exception


def test_pressed_twice_it_goes_on_once(open_app, ask):
    """What is asked of an older step is not done."""
    app = open_app()
    ask(app, "forward")
    ask(app, "forward", number=1)
    assert ask(app, "forward", number=1)["number"] == 2


@pytest.mark.parametrize("steps", range(LAST + 1))
def test_left_at_any_step_the_page_is_as_without_it(open_app, ask, steps):
    """The invitation included; and it comes again only from the menu More."""
    app = open_app()
    for _ in range(steps):
        ask(app, "forward")
    assert ask(app, "leave") is None
    assert state(app).focus.stage is None
    app.button(key="generate").click().run()
    assert strip(app) is None
    take_tour(app)
    assert strip(app)["number"] == 1
    assert strip(app)["begun"]
    assert not app.session_state["more"]


def test_nonsense_from_a_browser_is_ignored(open_app, report):
    app = open_app()
    for asked in (None, 3, "forward", {}, {"action": "forward"}, {"action": [], "number": 0}, {"number": 0}):
        report(app, "tour_view", "asked", asked)
        assert not app.exception
        assert strip(app)["number"] == 0


def test_each_step_is_one_short_sentence_with_a_control():
    """Short enough for a phone; and it names the temperature that its control sets."""
    for step in STEPS:
        text = "".join(step.sentence)
        assert step.sentence.control
        assert len(text) <= 105
        assert not re.search(r"[.!?] ", text.removeprefix("New here? "))
    for before, after in pairwise(STEPS[1:]):
        if after.temperature is not None:
            assert f"temperature {after.temperature:g}." in before.sentence.after


def test_only_steps_of_slow_motion_follow_it():
    assert [followed(number, Stage.DRAW) for number in range(LAST + 1)] == [0, 3, 3, 3, 3, 5, 6, 7]
    assert [followed(number, None) for number in range(LAST + 1)] == list(range(LAST + 1))
    assert followed(2, Stage.TEXT) == 2
