"""Addresses and saved runs on the Write page, without a browser."""

import json
from types import SimpleNamespace

import pytest

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.run_file import run_bytes
from charlstm.model_folder.store import open_model
from charlstm.ui.write import sentences as write_sentences
from charlstm.ui.write.sharing import FILE_NAME
from tests.app.address_bar import shown_address
from tests.app.more_menu import open_more


def player(app):
    return app.session_state["write_state"].player


def texts(app):
    return [element.value for element in [*app.text, *app.caption]]


def upload(app, content):
    return open_more(app).file_uploader[0].set_value((FILE_NAME, content, "application/json")).run()


def run_with_changes(app):
    """Write five characters, with changes of a filter and of the epoch in between."""
    app.button(key="step").click().run()
    app.slider(key="top_k").set_value(2).run()
    for _ in range(2):
        app.button(key="step").click().run()
    app.select_slider(key="epoch").set_value(0).run()
    for _ in range(2):
        app.button(key="step").click().run()
    return app


def test_untouched_page_has_an_empty_address(open_app):
    """An address holds only what differs from the defaults."""
    assert shown_address(open_app()) == {}


def test_address_holds_the_seed_text_and_the_settings(open_app):
    """Those that were changed."""
    app = open_app()
    app.text_area(key="seed_text").set_value("ab ba").run()
    app.slider(key="top_p").set_value(0.8).run()
    app.number_input(key="length").set_value(50).run()
    app.number_input(key="random_seed").set_value(9).run()
    app.select_slider(key="epoch").set_value(0).run()
    assert shown_address(app) == {"seed": "ab ba", "top_p": "0.8", "length": "50", "random_seed": "9", "epoch": "0"}


def test_opened_address_writes_its_run(open_app):
    """The same seed text, settings, random seed and length: the same text appears."""
    first = open_app(seed="ab ba", random_seed="9", temperature="1.3", top_k="3", epoch="0")
    for _ in range(6):
        first.button(key="step").click().run()
    address = shown_address(first)
    assert address["run"] == "6"
    second = open_app(**address, speed="0")
    assert not second.exception
    second.run()
    assert player(second).texts[0] == player(first).texts[0]
    assert player(second).run() == player(first).run()


def test_address_without_a_run_starts_nothing(open_app):
    """Its other values are used."""
    app = open_app(seed="ab", temperature="1")
    assert player(app).seed_text == "ab"
    assert not player(app).running
    assert player(app).steps == []


INVALID = {
    "temperature": "1e999",
    "epoch": "-7",
    "speed": "abc",
    "length": "9" * 400,
    "random_seed": "-1",
    "model": "../..",
}
INVALID |= {"top_k": "1e300", "top_p": "nan", "min_p": "-3", "typical_p": "0", "run": "1e12", "seed": "a\x00b<script>"}


def test_invalid_address_is_clamped(open_app):
    """Every value is moved into its range, an unknown name is ignored, and the page opens."""
    app = open_app(**INVALID, **{"x" * 3000: "\0"})
    assert not app.exception
    assert player(app).seed_text == "ab"
    assert app.number_input(key="length").value == 10_000
    assert app.number_input(key="random_seed").value == 0
    assert app.select_slider(key="epoch").value == 0
    assert app.select_slider(key="speed").value == 30
    assert app.slider(key="top_k").value == 5
    assert app.slider(key="min_p").value == 0.0
    assert app.session_state["write_state"].in_force == (2.0, Filters(top_k=5, typical_p=0.01))


def test_page_says_that_an_address_cannot_hold_its_run(open_app):
    """With settings changed in mid-run, the address has the settings alone, and a line says why."""
    app = run_with_changes(open_app())
    assert "run" not in shown_address(app)
    assert write_sentences.link_cannot(write_sentences.CHANGED) in texts(open_more(app))


def own_labels(app):
    return [json.loads(one.proto.json).get("label", "") for one in app.get("bidi_component")]


def test_nothing_written_is_not_offered_as_a_file(open_app):
    """Neither as a run nor as a text."""
    app = open_more(open_app())
    for written in (False, True):
        buttons = {one.proto.id.rpartition("-")[2]: one.proto.disabled for one in app.get("download_button")}
        assert buttons == {"save_run": not written, "save_text": not written}
        app.button(key="step").click().run()


def test_link_is_offered_for_what_it_can_bring(open_app):
    """The text, or where that has changed in the middle, or before there is one, the settings."""
    app = open_app()
    assert write_sentences.LINK_TO_SETTINGS in own_labels(open_more(app))
    app.button(key="step").click().run()
    assert write_sentences.LINK_TO_TEXT in own_labels(app)
    app.slider(key="top_k").set_value(2).run()
    app.button(key="step").click().run()
    assert write_sentences.LINK_TO_SETTINGS in own_labels(app)


def test_address_says_seed_text_and_settings_also_after_a_character_was_picked(open_app, report):
    """All that can be said, in full, though it is all as it was at first."""
    app = open_app()
    for _ in range(3):
        app.button(key="step").click().run()
    report(app, "text", "picked", 1)
    app.run()
    assert player(app).run().picked
    address = shown_address(app)
    assert address == {
        "model": "small",
        "seed": app.text_area(key="seed_text").value,
        "temperature": "0.5",
        "random_seed": "1",
        "epoch": str(player(app).sources[0].epoch),
    }
    again = open_app(**address)
    assert player(again).seed_text == player(app).seed_text
    assert write_sentences.link_cannot(write_sentences.PICKED) in texts(open_more(app))


def test_link_to_a_network_of_ones_own_warns(open_app, model_folder):
    """It stays in the session; the sentence says what to do."""
    app = open_app()
    app.session_state["user_models"] = SimpleNamespace(models=[open_model(model_folder)])
    assert any("network of your own" in text for text in texts(open_more(app)))


def test_reset_puts_everything_back_on_all_pages(open_app):
    """Seed text, settings and address; Undo brings the text back."""
    app = open_app(seed="ab ba", temperature="1.3", random_seed="9", epoch="0", top_k="2", speed="4", length="7")
    for _ in range(3):
        app.button(key="step").click().run()
    written = player(app).texts[0]
    open_more(app).button(key="reset_all").click().run()
    assert not app.exception
    assert app.text_area(key="seed_text").value == open_app().text_area(key="seed_text").value
    assert player(app).texts == [""]
    state = app.session_state["write_state"]
    assert state.in_force == (0.5, NO_FILTERS)
    assert player(app).random_seeds == (1,)
    assert player(app).sources[0].epoch == 2
    assert shown_address(app) == {}
    assert dict(app.query_params) == {}
    app.button(key="undo").click().run()
    assert player(app).texts == [written]


def test_page_says_that_a_seed_text_is_too_long_for_an_address(open_app):
    """A network that reads a window writes the same text."""
    app = open_app()
    app.text_area(key="seed_text").set_value("ab " * 1000).run()
    assert write_sentences.seed_too_long(1000, True) in texts(open_more(app))
    app.button(key="step").click().run()
    assert shown_address(app)["seed"] == ("ab " * 1000)[-1000:]
    again = open_app(**shown_address(app), speed="0")
    again.run()
    assert player(again).texts[0] == player(app).texts[0]


def test_saved_run_opens_as_it_was(open_app):
    """Text, steps and settings, in another viewer's session; it can be continued."""
    first = run_with_changes(open_app())
    run = player(first).run()
    second = upload(open_app(), run_bytes(run))
    assert not second.exception
    assert player(second).run() == run
    assert second.text_area(key="seed_text").value == run.seed_text
    assert second.session_state["write_state"].in_force == (0.5, Filters(top_k=2))
    for app in (first, second):
        app.button(key="step").click().run()
    assert player(second).texts[0] == player(first).texts[0]
    assert player(second).sources[0].epoch == 0


def branched(app):
    """Write five characters, with changes in between, and branch at the third with other settings."""
    run_with_changes(app)
    app.session_state["write_state"].focus.move_to(2)
    app.run()
    app.slider(key="top_k").set_value(1).run()
    app.number_input(key="length").set_value(3).run()
    app.button(key="branch").click().run()
    assert not player(app).running  # three characters are written at once
    return app


def shown_texts(app):
    """Return the texts that the page is sent: the branch, and the original from where they diverge."""
    message = next(json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.id.endswith("-text"))
    return message["text"], message["original"]


def test_saved_branch_opens_beside_its_original(open_app):
    """In another viewer's session; both are shown as they were, and Generate restarts the branch."""
    first = branched(open_app())
    run = player(first).run()
    assert run.original is not None
    second = upload(open_app(), run_bytes(run))
    assert not second.exception
    assert player(second).run() == run
    first.session_state["write_state"].sent.clear()  # so that it is sent all of it again
    assert shown_texts(second.run()) == shown_texts(first.run())
    assert shown_texts(second)[1]["position"] == 2
    assert shown_texts(second)[1]["text"] == run.original.text
    for app in (first, second):
        next(one for one in app.number_input if one.label == "Length").set_value(4).run()
        app.button(key="generate").click().run()
        assert not player(app).running
    assert player(second).run() == player(first).run()


def test_original_of_other_weights_opens_with_a_sentence(open_app):
    """As the branch would."""
    run = player(branched(open_app())).run()
    text = run.original.text
    changed = run._replace(original=run.original._replace(text=text[:-1] + ("a" if text[-1] != "a" else "b")))
    app = upload(open_app(), run_bytes(changed))
    assert player(app).run() == run
    assert write_sentences.writes_otherwise("small", 1 + len(text)) in texts(app)


def test_opening_a_run_can_be_undone(open_app):
    """Back to what was on the page before."""
    run = player(run_with_changes(open_app())).run()
    app = open_app(seed="b b")
    app.button(key="step").click().run()
    kept = player(app).texts[0]
    upload(app, run_bytes(run))
    app.button(key="undo").click().run()
    assert (player(app).seed_text, player(app).texts[0]) == ("b b", kept)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe nonsense", "this is not readable JSON"),
        (b"[" * 100_000, "this is not readable JSON"),
        (b'{"format": 1, "format": 1}', "a field stands twice"),
        (b'{"format": 99}', "the format version is 99"),
        (lambda run: run._replace(text=""), "text is "),
        (lambda run: run._replace(seed_text="한"), "does not know the character '한'"),
        (lambda run: run._replace(settings=(run.settings[0]._replace(model="none"),)), "there is no model 'none' here"),
        (lambda run: run._replace(settings=(run.settings[0]._replace(epoch=1),)), "has not kept epoch 1"),
    ],
)
def test_damaged_run_leaves_the_page_as_it_was(open_app, content, reason):
    """One sentence says why."""
    app = run_with_changes(open_app())
    before, run = player(app), player(app).run()
    upload(app, content if isinstance(content, bytes) else run_bytes(content(run)))
    assert not app.exception
    assert player(app) is before
    assert player(app).run() == run
    assert [text for text in texts(app) if text.startswith("Not opened: ") and reason in text]


def test_run_of_other_weights_opens_with_a_sentence(open_app):
    """The text is what this machine's network writes; the sentence says from where on it differs."""
    app = run_with_changes(open_app())
    run = player(app).run()
    other = "a" if run.text[2] != "a" else "b"
    upload(app, run_bytes(run._replace(text=run.text[:2] + other + run.text[3:])))
    assert player(app).run() == run
    assert write_sentences.writes_otherwise("small", 2) in texts(app)
