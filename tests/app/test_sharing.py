"""Addresses and saved runs on the Write page, without a browser."""

import pytest

from charlstm.generation.run_file import run_bytes
from charlstm.generation.sampling import Filters
from charlstm.ui.write import sentences as write_sentences
from charlstm.ui.write.sharing import FILE_NAME
from tests.app.address_bar import shown_address


def player(app):
    return app.session_state["player"]


def said(app):
    return [element.value for element in [*app.text, *app.caption]]


def upload(app, content):
    return app.file_uploader[0].set_value((FILE_NAME, content, "application/json")).run()


def turned_run(app):
    """Write five characters, a filter and an epoch changed in between."""
    app.button(key="step").click().run()
    app.slider(key="top_k").set_value(2).run()
    for _ in range(2):
        app.button(key="step").click().run()
    app.select_slider(key="epoch").set_value(0).run()
    for _ in range(2):
        app.button(key="step").click().run()
    return app


def test_untouched_page_leaves_its_address_bare(open_app):
    """Nothing is said that is not different from what the page begins with."""
    assert shown_address(open_app()) == {}


def test_address_holds_the_seed_text_and_the_knobs(open_app):
    """What was turned is said."""
    app = open_app()
    app.text_area(key="seed_text").set_value("ab ba").run()
    app.slider(key="top_p").set_value(0.8).run()
    app.number_input(key="length").set_value(50).run()
    app.number_input(key="random_seed").set_value(9).run()
    app.select_slider(key="epoch").set_value(0).run()
    assert shown_address(app) == {"seed": "ab ba", "top_p": "0.8", "length": "50", "random_seed": "9", "epoch": "0"}


def test_opened_address_writes_the_run_that_it_tells_of(open_app):
    """The same seed text, knobs and dice, and as many characters: the same text appears."""
    first = open_app(seed="ab ba", random_seed="9", temperature="1.3", top_k="3", epoch="0")
    for _ in range(6):
        first.button(key="step").click().run()
    address = shown_address(first)
    assert address["run"] == "6"
    second = open_app(**address, speed="0")
    assert not second.exception
    second.run()
    assert player(second).generated == player(first).generated
    assert player(second).run() == player(first).run()


def test_bare_address_starts_nothing(open_app):
    """Only an address that says that a run was made starts one."""
    app = open_app(seed="ab", temperature="1")
    assert player(app).seed_text == "ab"
    assert not player(app).running
    assert player(app).steps == []


ABSURD = {
    "temperature": "1e999",
    "epoch": "-7",
    "speed": "abc",
    "length": "9" * 400,
    "random_seed": "-1",
    "model": "../..",
}
ABSURD |= {"top_k": "1e300", "top_p": "nan", "min_p": "-3", "typical_p": "0", "run": "1e12", "seed": "a\x00b<script>"}


def test_absurd_address_is_clamped(open_app):
    """Every value is moved into its range, and the page writes."""
    app = open_app(**ABSURD)
    assert not app.exception
    assert player(app).seed_text == "ab"
    assert app.number_input(key="length").value == 10_000
    assert app.number_input(key="random_seed").value == 0
    assert app.select_slider(key="epoch").value == 0
    assert app.select_slider(key="speed").value == 30
    assert app.slider(key="top_k").value == 5
    assert app.slider(key="min_p").value == 0.0
    assert app.session_state["shown_knobs"] == (2.0, Filters(top_k=5, typical_p=0.01))


def test_run_that_an_address_cannot_tell_says_so(open_app):
    """Knobs turned in mid-run: the address has the knobs alone, and a line says why."""
    app = turned_run(open_app())
    assert "run" not in shown_address(app)
    assert write_sentences.LINK_CANNOT in said(app)


def test_seed_text_that_is_too_long_for_an_address_is_said(open_app):
    """A network that reads a window loses nothing by it."""
    app = open_app()
    app.text_area(key="seed_text").set_value("ab " * 1000).run()
    assert write_sentences.seed_too_long(1000, True) in said(app)
    app.button(key="step").click().run()
    assert shown_address(app)["seed"] == ("ab " * 1000)[-1000:]
    again = open_app(**shown_address(app), speed="0")
    again.run()
    assert player(again).generated == player(app).generated


def test_saved_run_opens_as_it_was(open_app):
    """Text, steps and knobs, in another viewer's session; it can be gone on with."""
    first = turned_run(open_app())
    run = player(first).run()
    second = upload(open_app(), run_bytes(run))
    assert not second.exception
    assert player(second).run() == run
    assert second.text_area(key="seed_text").value == run.seed_text
    assert second.session_state["shown_knobs"] == (0.5, Filters(top_k=2))
    for app in (first, second):
        app.button(key="step").click().run()
    assert player(second).generated == player(first).generated
    assert player(second).source.epoch == 0


def test_opening_a_run_can_be_undone(open_app):
    """What was on the page before is one press away."""
    run = player(turned_run(open_app())).run()
    app = open_app(seed="b b")
    app.button(key="step").click().run()
    kept = player(app).generated
    upload(app, run_bytes(run))
    app.button(key="undo").click().run()
    assert (player(app).seed_text, player(app).generated) == ("b b", kept)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe nonsense", "this is not readable JSON"),
        (b"[" * 100_000, "this is not readable JSON"),
        (b'{"format": 1, "format": 1}', "a field stands twice"),
        (b'{"format": 99}', "the format version is 99"),
        (lambda run: run._replace(text=""), "text is empty"),
        (lambda run: run._replace(seed_text="한"), "does not know the character '한'"),
        (lambda run: run._replace(knobs=(run.knobs[0]._replace(model="none"),)), "there is no model 'none' here"),
        (lambda run: run._replace(knobs=(run.knobs[0]._replace(epoch=1),)), "has not kept epoch 1"),
    ],
)
def test_damaged_run_leaves_the_page_as_it_was(open_app, content, reason):
    """One sentence, and nothing else."""
    app = turned_run(open_app())
    before, run = player(app), player(app).run()
    upload(app, content if isinstance(content, bytes) else run_bytes(content(run)))
    assert not app.exception
    assert player(app) is before
    assert player(app).run() == run
    assert [text for text in said(app) if text.startswith("Not opened: ") and reason in text]


def test_run_of_other_weights_opens_and_says_so(open_app):
    """The text is what this machine's network writes, and one sentence says from where on it differs."""
    app = turned_run(open_app())
    run = player(app).run()
    other = "a" if run.text[2] != "a" else "b"
    upload(app, run_bytes(run._replace(text=run.text[:2] + other + run.text[3:])))
    assert player(app).run() == run
    assert write_sentences.writes_otherwise("small", 2) in said(app)
