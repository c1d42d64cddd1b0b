"""The Read page's logic, without a browser."""

import json
import shutil

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from charlstm.evaluation.reading import (
    LONGEST_TEXT,
    TEMPERATURES,
    Reading,
    best_temperature,
    costliest_words,
    rank_classes,
)
from charlstm.generation.filters import NO_FILTERS
from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import ranking
from charlstm.model_folder.store import open_model
from charlstm.playback.player import Player
from charlstm.ui.read import sentences
from charlstm.ui.read.bits import sentences as bits_sentences
from charlstm.ui.read.read_view import MOST_AT_ONCE
from charlstm.ui.read.state import beginning, excerpt
from charlstm.ui.write.state import WriteState

AT_A_TIME = 50  # characters of each message
TEXT = "ab ba aab\nbab " * 9


@pytest.fixture
def open_page(model_folder, monkeypatch):
    """Open the page on the folder that holds the small model; each message brings AT_A_TIME characters more."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    advance = Reading.advance
    monkeypatch.setattr(Reading, "advance", lambda one, most=AT_A_TIME, seconds=0.0: advance(one, most))

    def script():
        from charlstm.ui.read import page as read

        read.page()

    def open_(**query):
        app = AppTest.from_function(script, default_timeout=60)
        app.query_params.update(query)
        return app.run()

    return open_


@pytest.fixture
def read(report):
    """Report to the page as its view does, with what the last message brought; returns the next message."""

    def read_(app, **changes):
        last = view(app)
        shown = last["start"] + len(last["text"])
        told = {"version": last["version"], "characters": shown, "number": last["number"]}
        return report(app, "read_view", "report", told | changes)

    return read_


@pytest.fixture
def type_text(read):
    """Put a text into the field of the view, and read it to the end."""

    def type_(app, text):
        read(app, edit={"base": view(app)["number"], "start": 0, "end": LONGEST_TEXT, "text": text})
        return to_the_end(app)

    return type_


def view(app):
    """Return the last message to the view."""
    (found,) = [one.proto.json for one in app.get("bidi_component") if one.proto.id.endswith("-read_view")]
    return json.loads(found)


def to_the_end(app):
    for _ in range(100):
        if not view(app)["goes_on"]:
            return app
        app.run()
    raise AssertionError("the text was not read to its end")


def texts(app):
    return [element.value for element in [*app.text, *app.markdown]]


def whole(model_folder, text):
    model = open_model(model_folder)
    one = Reading(model.network(), model.vocabulary, text)
    while not one.finished:
        one.advance()
    return one


def test_page_begins_with_the_excerpt_piece_by_piece(open_page, model_folder):
    """As the network reads it, with its progress; then the costliest character of its costliest word is selected."""
    app = open_page()
    assert not app.exception
    expected = whole(model_folder, beginning())
    first = view(app)
    assert first["text"] == expected.text[:AT_A_TIME]
    assert first["field"] == beginning()
    assert app.get("progress")
    last = view(to_the_end(app))
    assert last["text"] == expected.text
    assert last["classes"] == "".join(map(str, rank_classes(expected.ranks)))
    np.testing.assert_allclose(last["tenths"], 10 * expected.bits, atol=0.51)
    counts = np.bincount(rank_classes(expected.ranks), minlength=4)
    np.testing.assert_allclose(last["shares"], counts / expected.read, atol=1e-4)
    (word,) = costliest_words(expected.text, expected.bits, 1)
    costs = expected.bits[word.begin : word.begin + len(word.word)]
    assert last["place"] == word.begin + costs.argmax()
    assert not app.get("progress")


def test_excerpt_is_offered_whole(open_page):
    """It is at most 20,000 characters."""
    app = open_page()
    app.button(key="read_excerpt").click().run()
    assert view(app)["field"] == excerpt()
    assert 10_000 < len(excerpt()) <= 20_000


def test_figures_are_those_of_the_whole_text(open_page, type_text, model_folder):
    """Bits, nats, perplexity, the cost at the slider's temperature, the best one, and the costliest words."""
    app = type_text(open_page(temperature="0.7"), TEXT)
    expected = whole(model_folder, TEXT)
    nats = expected.costs[TEMPERATURES.index(1.0)]
    shown = texts(app)
    assert sentences.cost(expected.bits.mean()) in shown
    assert sentences.nats_and_perplexity(nats) in shown
    assert sentences.cost_at(0.7, expected.costs[TEMPERATURES.index(0.7)] / np.log(2)) in shown
    assert sentences.best_at(best_temperature(expected.costs), 2.0) in shown
    assert sentences.costliest(costliest_words(TEXT, expected.bits, 5)) in shown


def test_temperature_0_is_told(open_page, type_text):
    """Not as an infinite number."""
    app = type_text(open_page(temperature="0"), TEXT)
    assert sentences.cost_at(0.0, float("inf")) in texts(app)
    assert not any("inf" in one for one in texts(app))


def test_field_reports_only_what_has_changed(open_page, type_text, read):
    """And what it does not know about is not applied, unless it is the whole text."""
    app = type_text(open_page(), TEXT)
    number = view(app)["number"]
    changed = TEXT[:20] + "bbb" + TEXT[25:]
    read(app, edit={"base": number, "start": 20, "end": 25, "text": "bbb"})
    assert app.session_state.read_state.typed == changed
    assert view(to_the_end(app))["text"] == changed
    assert view(app)["number"] == number + 1
    read(app, edit={"base": number, "start": 0, "end": 5, "text": ""})
    assert app.session_state.read_state.typed == changed
    read(app, edit={"base": number, "start": 0, "end": LONGEST_TEXT, "text": "ab"})
    assert app.session_state.read_state.typed == "ab"


def test_message_that_says_nothing_true_is_harmless(open_page, type_text, report):
    """What a browser reports is checked."""
    app = type_text(open_page(), TEXT)
    told = {"version": 0, "characters": 10**9, "number": 0}
    for wrong in (
        7,
        {},
        {"version": "1", "characters": -1, "number": None},
        told | {"place": 10**9},
        told | {"place": -5},
        told | {"place": True},
        told | {"edit": {"base": 0, "start": 9, "end": 3, "text": "a"}},
        told | {"edit": {"base": 0, "start": 0, "end": 3, "text": 3}},
        told | {"edit": "a"},
    ):
        report(app, "read_view", "report", wrong)
        assert not app.exception
        assert view(app)["text"] == TEXT


def test_selected_character_shows_its_choice(open_page, type_text, read, model_folder):
    """The character that stands in the text is marked among all, raw and reweighted."""
    app = type_text(open_page(temperature="0.5"), TEXT)
    expected = whole(model_folder, TEXT)
    for place in (0, 30, 29, len(TEXT) - 1):
        message = read(app, place=place)
        (frame,) = message["choice"]["frames"]
        raw = expected.probs_at(place)
        assert frame["ids"] == ranking(raw).tolist()
        np.testing.assert_allclose(frame["raw"], np.sort(raw)[::-1], rtol=1e-6)
        assert frame["drawn"] == expected.ranks[place]
        assert (frame["standing"], frame["u"], frame["temperature"]) == (True, None, 0.5)
        assert any(one.startswith(f"Character {place + 1} is ") for one in texts(app))
    (frame,) = read(app, place=-1)["choice"]["frames"]
    assert (frame["standing"], frame["drawn"]) == (False, None)
    np.testing.assert_allclose(sorted(frame["raw"]), sorted(expected.probs_at(len(TEXT))), rtol=1e-6)


def test_edit_before_the_selected_character_ends_its_selection(open_page, type_text, read):
    """One after it does not."""
    app = type_text(open_page(), TEXT)
    read(app, place=40)
    read(app, edit={"base": view(app)["number"], "start": 60, "end": 60, "text": "b"})
    assert view(to_the_end(app))["place"] == 40
    read(app, edit={"base": view(app)["number"], "start": 0, "end": 2, "text": "bb"})
    assert view(to_the_end(app))["place"] is None


def test_cancel_keeps_what_was_read(open_page, read):
    """And reading can go on from there."""
    app = open_page()
    app.button(key="read_excerpt").click().run()
    app.button(key="read_cancel").click().run()
    stopped = app.session_state.read_state.reading.read
    assert stopped
    app.run()
    message = view(app)
    assert (len(message["text"]), message["goes_on"]) == (stopped, False)
    assert sentences.stopped(stopped, len(app.session_state.read_state.reading.text)) in texts(app)
    app.button(key="read_on").click().run()
    assert app.session_state.read_state.reading.read == stopped + AT_A_TIME


def test_characters_that_are_folded_or_dropped_are_told(open_page, type_text):
    """How many, and which."""
    app = type_text(open_page(), "AAb é한 한\0")
    assert view(app)["text"] == "aab  "
    told = sentences.finished(5, None, {"A": 2}, {"é": 1, "한": 2, "\0": 1}, None)
    assert "1 capital read as a small letter; 2 replaced: ’" in sentences.finished(3, None, {"A": 1, "’": 2}, {}, None)
    assert told in texts(app)
    assert "4 left out: é 한 U+0000; 2 capitals read as small letters" in told


def test_empty_text_is_a_beginning(open_page, type_text):
    """With the first character's choice."""
    app = type_text(open_page(), "")
    assert not app.exception
    assert sentences.NOTHING in texts(app)
    assert sentences.after("") in texts(app)
    app = type_text(app, "한")
    assert sentences.finished(0, None, {}, {"한": 1}, None) in texts(app)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"\xffab", "is not UTF-8"), (b"a\0b", "NUL"), (b"\xff\xfea\0", "UTF-16")]
)
def test_file_that_is_no_text_is_refused_in_a_sentence(open_page, content, reason):
    """And the page stays as it was."""
    app = to_the_end(open_page())
    before = view(app)["text"]
    app.file_uploader(key="read_file-0").upload("any.txt", content, "text/plain").run()
    (error,) = app.error
    assert error.value.startswith("This file is ")
    assert reason in error.value.replace("\\", "")
    assert view(app)["text"] == before
    app.button(key="read_excerpt").click().run()
    assert not app.error


def test_file_is_read(open_page):
    """Its line ends are those of a field, and its mark is none of its characters."""
    app = open_page()
    app.file_uploader(key="read_file-0").upload("any.txt", "\ufeffAb\r\nba".encode(), "text/plain").run()
    assert view(app)["field"] == "Ab\nba"
    assert view(to_the_end(app))["text"] == "ab\nba"


def test_long_file_is_cut_at_the_limit(open_page):
    """And the page says so; a message brings no more than its share."""
    app = open_page()
    app.file_uploader(key="read_file-0").upload("any.txt", b"ab " * LONGEST_TEXT, "text/plain").run()
    state = app.session_state.read_state
    assert len(state.typed) == LONGEST_TEXT
    state.reading.advance(most=LONGEST_TEXT)
    app.run()
    assert (len(view(app)["text"]), view(app)["goes_on"]) == (MOST_AT_ONCE, True)
    assert sentences.finished(LONGEST_TEXT, None, {}, {}, LONGEST_TEXT) in texts(app)


def test_text_of_write_is_offered_once_it_is_there(open_page, model_folder):
    """Its seed text, and what was written."""
    app = open_page()
    assert app.button(key="read_from_write").disabled
    model = open_model(model_folder)
    player = Player([NetworkSource(model.network(), model.vocabulary, "small", 2)], "ab a", [1])
    player.step(0.5, NO_FILTERS)
    app.session_state.write_state = WriteState(current=player)
    app.run().button(key="read_from_write").click().run()
    assert view(app)["field"] == "ab a" + player.texts[0]


def test_other_networks_read_the_same_text(open_page, type_text, model_folder):
    """One after the other, into one table with the page's network first."""
    other = shutil.copytree(model_folder, model_folder.parent / "other")
    manifest = json.loads((other / "model.json").read_text())
    (other / "model.json").write_text(json.dumps(manifest | {"name": "other", "best_epoch": 0, "title": "Another"}))
    app = open_page(model="small")
    assert len(app.table) == 1, "that of Settings"
    app.button_group(key="read_other_networks").select("other").run()
    app = type_text(app, TEXT)
    rows = app.table[-1].value.to_dict("records")
    assert [row[sentences.CHARACTERS] for row in rows] == [f"{len(TEXT):,}"] * 2
    for row, folder in zip(rows, (model_folder, other), strict=True):
        expected = whole(folder, TEXT)
        assert row[sentences.BITS] == f"{expected.bits.mean():.2f}"
        assert row[sentences.BEST] == sentences.best_cell(best_temperature(expected.costs))
    assert rows[0][sentences.BITS] != rows[1][sentences.BITS]
    assert rows[1][sentences.NETWORK] == "Another"
    app.button_group(key="read_other_networks").unselect("other").run()
    assert len(app.table) == 1


def test_another_epoch_reads_the_text_anew(open_page, type_text, model_folder):
    """That of the address, or of the slider."""
    app = type_text(open_page(epoch="0"), TEXT)
    model = open_model(model_folder)
    one = Reading(model.network(0), model.vocabulary, TEXT)
    while not one.finished:
        one.advance()
    assert sentences.cost(one.bits.mean()) in texts(app)
    assert app.session_state.address_held["epoch"] == "0"
    app.select_slider[0].set_value(2).run()
    assert app.session_state.address_held["epoch"] is None, "the best one is not held against other networks"
    assert sentences.cost(whole(model_folder, TEXT).bits.mean()) in texts(to_the_end(app))


def choose_view(app, view):
    return app.button_group(key="read_view_chosen").set_value(view).run()


def test_text_without_bits_is_told(open_page, type_text):
    """In both views of bits: whether there is none, or nothing of it is known, or it needs no bits."""
    for text, told in (("", sentences.NOTHING), ("한", sentences.NOTHING_KNOWN)):
        app = type_text(open_page(), text)
        for view in ("bits", "experiment"):
            assert told in texts(choose_view(app, view)), view
            assert not app.exception
        choose_view(app, "surprise")
    app = choose_view(type_text(app, "\n"), "bits")
    flip = app.button(key="bits_flipped")
    assert (flip.disabled, flip.help) == (True, bits_sentences.NO_BITS)
    assert bits_sentences.from_bits(0, 1, False, 0.5) in texts(app)
    assert "code 1 character:" in bits_sentences.from_bits(0, 1, False, 0.5)
    app.button(key="bits_coins").click().run()
    assert any("coin tosses" in one for one in texts(app))


def test_bits_at_temperature_0_are_told(open_page, type_text):
    """What is impossible there has the coder's smallest share, and what is certain does not cost less than nothing."""
    app = choose_view(type_text(open_page(temperature="0"), TEXT), "bits")
    bits = app.session_state.read_state.bits
    while bits.goes_on:
        app.run()
    assert bits.written == TEXT
    assert bits_sentences.from_bits(len(bits.bits), len(TEXT), False, 0.0) in texts(app)
    impossible = [one for one in bits.decoded if one.smallest]
    assert len(bits.bits) == pytest.approx(23 * len(impossible), abs=64)
    assert "takes 23.00 bits" in bits_sentences.drawn_by_bits(1, "a", None, min(one.share for one in bits.decoded))
    assert "takes 0.00 bits" in bits_sentences.drawn_by_bits(1, "a", 0.5, max(one.share for one in bits.decoded))
    assert "It takes 0.00 bits" in bits_sentences.drawn_by_bits(1, "a", 0.5, 1.0)
    app.button(key="bits_coins").click().run()
    assert any("the bits decide nothing" in one for one in texts(app))


def test_opened_file_stays_in_its_view(open_page):
    """And a text can be typed from there."""
    app = choose_view(open_page(), "bits")
    app.file_uploader(key="read_file-0").upload("any.txt", b"ab ba", "text/plain").run()
    assert app.session_state.read_state.view == "bits"
    assert app.session_state.read_state.bits.codes.text == "ab ba"
    app.button(key="bits_type").click().run()
    assert view(app)["field"] == "ab ba"
