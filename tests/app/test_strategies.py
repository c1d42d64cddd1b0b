"""The strategies besides the temperature on the pages that write, without a browser."""

import json

import pytest

from charlstm.generation.filters import NO_FILTERS, USUAL_ORDER, Filters
from charlstm.generation.run import replay
from charlstm.generation.run_file import run_bytes
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.write import sentences as write_sentences
from charlstm.ui.write.sharing import FILE_NAME
from tests.app.address_bar import shown_address
from tests.app.compare_page import columns, open_compare
from tests.app.compare_page import player as compare_player
from tests.app.more_menu import open_more

SEED = "ab ba "
# What is done to the widgets, and the filters that come of it.
STRATEGIES = {
    "top_n_sigma": ([("slider", "top_n_sigma", 1.5)], Filters(top_n_sigma=1.5)),
    "mirostat": ([("toggle", "mirostat", True)], Filters(mirostat_tau=2.0)),
    "xtc": ([("toggle", "xtc", True)], Filters(xtc_probability=0.5)),
    "dry": ([("toggle", "dry", True)], Filters(dry_multiplier=0.5)),
    "weak dry": ([("toggle", "dry", True), ("slider", "dry_allowed_length", 2)],
                 Filters(dry_multiplier=0.5, dry_allowed_length=2)),
    "repetition": ([("slider", "repetition_penalty", 1.5)], Filters(repetition_penalty=1.5)),
    "frequency": ([("slider", "frequency_penalty", 0.5), ("slider", "penalty_window", 3)],
                  Filters(frequency_penalty=0.5, penalty_window=3)),
    "presence": ([("slider", "presence_penalty", 1.0)], Filters(presence_penalty=1.0)),
    "ban": ([("text_input", "ban", "a-b")], Filters(ban="ab")),
    "bias": ([("text_input", "bias", "a=-2 ␣=1.5")], Filters(bias=(("a", -2.0), (" ", 1.5)))),
    "order": ([("multiselect", "order", ["top_k", "dry"]), ("slider", "top_k", 2)],
              Filters(top_k=2, order=("top_k", "dry"))),
    "beams": ([("toggle", "beams", True), ("slider", "beam_lookahead", 3)], Filters(beam_width=4, beam_lookahead=3)),
}  # fmt: skip


def player(app):
    return app.session_state["write_state"].player


def set_up(app, widgets):
    for kind, key, value in widgets:
        next(one for one in app.get(kind) if one.key == key).set_value(value).run()
        assert not app.exception


def write(app, characters=6):
    for _ in range(characters):
        app.button(key="step").click().run()
    assert not app.exception
    return player(app)


def shown_frame(app):
    return json.loads(next(one.proto.json for one in app.get("bidi_component") if one.proto.id.endswith("-text")))[
        "choices"
    ]["frames"][-1]


@pytest.mark.parametrize("name", STRATEGIES)
def test_strategy_that_is_set_on_the_page_makes_the_next_step(open_app, name):
    """With the values that the labels tell, and is the text's whole address: whoever opens it sees the same steps."""
    widgets, filters = STRATEGIES[name]
    app = open_app(seed=SEED, temperature="1.2")
    set_up(app, widgets)
    run = write(app).run()
    assert {one.filters for one in run.settings} == {filters}
    address = shown_address(app)
    assert address["run"] == "6"
    again = open_app(**address, speed="0")
    again.run()
    assert player(again).run() == run
    assert [step.context.mu for step in player(again).steps] == [step.context.mu for step in player(app).steps]
    assert [step.context.xtc_u for step in player(again).steps] == [step.context.xtc_u for step in player(app).steps]


@pytest.mark.parametrize("name", STRATEGIES)
def test_saved_run_with_a_strategy_opens_as_it_was(open_app, name):
    """In mid-run, after a character that was picked; the widgets are those of its end."""
    widgets, filters = STRATEGIES[name]
    first = open_app(seed=SEED)
    write(first, 3)
    set_up(first, widgets)
    run = write(first, 4).run()
    assert [one.filters for one in run.settings] == [NO_FILTERS, filters]
    second = open_app()
    uploader = open_more(second).file_uploader[0]
    uploader.set_value((FILE_NAME, run_bytes(run), "application/json")).run()
    assert not second.exception
    assert player(second).run() == run
    assert second.session_state["write_state"].in_force == (0.5, filters)
    for app in (first, second):
        write(app, 5)
    if name != "beams":  # where the search goes on, the run that was opened begins a new one, and says so
        assert player(second).run() == player(first).run()
    else:
        assert [one.position for one in player(second).run().settings] == [0, 3, 7]


def test_all_of_them_off_again_are_no_filters(open_app):
    """A switch that is turned off leaves nothing behind."""
    app = open_app(seed=SEED)
    for key in ("mirostat", "xtc", "dry", "beams"):
        app.toggle(key=key).set_value(True).run()
        app.toggle(key=key).set_value(False).run()
    assert write(app).steps[-1].filters == NO_FILTERS
    assert not shown_address(app).keys() & set(STRATEGIES)


def test_beam_search_shows_no_random_number_and_what_its_text_costs(open_app):
    """Its character is found; the temperature is of no influence."""
    app = open_app(seed=SEED, beams="1")
    written = write(app)
    frame = shown_frame(app)
    assert (frame["found"], frame["u"], frame["reweighted"][frame["drawn"]]) == (True, None, 1.0)
    assert {tuple(one) for one in frame["at_book"]} == {tuple(frame["reweighted"])}
    assert any("was found by beam search, 4 texts" in text.value for text in app.text)
    assert any("costs" in text.value and "what people wrote" in text.value for text in app.text)
    hot = write(open_app(seed=SEED, beams="1", temperature="2"))
    assert hot.texts == written.texts


def test_beam_search_in_slow_motion_tells_that_nothing_is_drawn(open_app):
    """At the stages of the reweighting and of the draw."""
    app = open_app(seed=SEED, beams="1")
    said = []
    for _ in range(5):
        app.button(key="slow_motion").click().run()
        said += [text.value for text in app.text]
    assert not app.exception
    for sentence in ("nothing is reweighted", "no draw"):
        assert any(sentence in text for text in said)


@pytest.mark.parametrize(
    ("key", "text", "answer"),
    [
        ("ban", "z-a", shared_sentences.cannot_read("'z-a' goes from 'z' back to 'a': write the earlier one first")),
        ("ban", "Q", shared_sentences.cannot_read("none")),
        ("ban", r"\n-ÿ", shared_sentences.cannot_read("all")),
        ("bias", "a", shared_sentences.cannot_read("'a' is not characters, = and a number, such as e=-2")),
        ("bias", "a=1000", shared_sentences.cannot_read("the bias of 'a' is 1000.0; it must be from -100 to 100")),
        ("bias", "Q=1", shared_sentences.cannot_read("none")),
    ],
)
def test_text_about_characters_that_cannot_be_read_says_why(open_app, key, text, answer):
    """And counts for nothing."""
    app = open_app(seed=SEED)
    app.text_input(key=key).set_value(text).run()
    assert answer in [caption.value for caption in app.caption]
    assert write(app).steps[-1].filters == NO_FILTERS


def test_invalid_strategies_in_an_address_are_clamped_or_left_out(open_app):
    """The page opens and writes."""
    hostile = dict.fromkeys(("mirostat_tau", "dry_multiplier", "beam_width", "repetition_penalty"), "1e999")
    hostile |= {
        "mirostat": "7",
        "dry": "nan",
        "xtc": "x",
        "ban": "z-a\0",
        "bias": "=",
        "order": "foo,dry,dry,,",
        "top_n_sigma": "-1",
    }
    app = open_app(seed=SEED, **hostile)
    step = write(app).steps[-1]
    assert step.filters == Filters(mirostat_tau=6.0, repetition_penalty=2.0, order=("dry",))


def test_order_is_told(open_app):
    """What is set, in the order in which it acts now."""
    app = open_app(seed=SEED, top_k="3", dry="1")
    assert shared_sentences.order(("dry", "temperature", "top_k")) in [one.value for one in app.caption]
    app.multiselect(key="order").set_value(["top_k"]).run()
    assert shared_sentences.order(("top_k", "dry", "temperature")) in [one.value for one in app.caption]
    assert len({shared_sentences.strategy(name) for name in USUAL_ORDER}) == len(USUAL_ORDER)


def test_columns_of_compare_have_strategies_too_but_beam_search(model_folder, monkeypatch):
    """Beam search writes one text: an address with it is that of none."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    app = open_compare(SEED, {"beams": "1", "mirostat": "1", "xtc": "1", "dry": "1"})
    app.button(key="compare_step").click().run()
    assert not app.exception
    assert len(columns(app)["texts"]) == 4
    made = [row[-1] for row in compare_player(app).rows]
    assert {one.filters for one in made} == {Filters(mirostat_tau=2.0, xtc_probability=0.5, dry_multiplier=0.5)}
    assert "beams" not in [one.key for one in app.toggle]


def test_run_beyond_the_sliders_opens_as_it_was_and_says_so(open_app):
    """What is written on is written with the nearest settings."""
    filters = Filters(repetition_penalty=0.5, mirostat_tau=25.0, dry_multiplier=50.0)
    app = open_app(seed=SEED)
    written = write(app, 2)
    run = written.run()
    run = run._replace(settings=(run.settings[0]._replace(filters=filters),), text="", picked={})
    steps = list(replay(run._replace(text="xxx"), lambda *_: written.sources[0]))
    text = "".join(source.vocabulary.characters[step.character_id] for source, step in steps)
    uploader = open_more(app).file_uploader[0]
    uploader.set_value((FILE_NAME, run_bytes(run._replace(text=text)), "application/json")).run()
    assert not app.exception
    assert player(app).texts[0] == text
    assert write_sentences.BEYOND_SETTINGS in [one.value for one in app.text]


def test_address_says_no_text_whose_ban_is_too_long_for_it(open_app, monkeypatch):
    """It would be another text."""
    monkeypatch.setattr("charlstm.ui.components.address.LONGEST_TEXT", 2)
    app = open_app(seed="ab", ban="a␣")
    write(app, 2)
    assert "run" in shown_address(app)
    app.text_input(key="ban").set_value("a␣ë").run()
    app.button(key="clear").click().run()
    write(app, 2)
    assert "run" not in shown_address(app)
