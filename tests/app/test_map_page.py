"""The Map page's logic, without a browser, and the tables of its charts."""

import math
import shutil

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from streamlit.testing.v1 import AppTest

from charlstm.evaluation.sweep import FIGURES, as_csv, sweep
from charlstm.model_folder.store import open_model
from charlstm.playback.sweeps import sliced_sweep
from charlstm.text import word_list
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.map import page as map_page
from charlstm.ui.map import sentences as map_sentences
from charlstm.ui.shared.models import network_of

VOCABULARY = Vocabulary(tuple("\n !abcdefghijklmnopqrstuvwxyz"))
weights = arrays(np.float64, len(VOCABULARY), elements=st.floats(1e-6, 1.0))


@pytest.fixture
def open_page(model_folder, monkeypatch):
    """Open the page on the folder that holds the small model; its texts are short, and so are the slices of work."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setattr(map_page, "LENGTH", 50)
    monkeypatch.setattr(sliced_sweep, "WORK_AT_ONCE", 0.02)

    def script():
        from charlstm.ui.map import page as map_page

        map_page.page()

    def opened(**asked):
        app = AppTest.from_function(script, default_timeout=60)
        for name, value in asked.items():
            app.query_params[name] = value
        return app.run()

    return opened


def texts(app):
    return [element.value for element in [*app.text, *app.markdown, *app.info]]


def sweep_of(app):
    (sweep,) = app.session_state["map_sweeps"].values()
    return sweep


def swept_to_the_end(app):
    app.button(key="map_sweep").click().run()
    for _ in range(500):
        if not sweep_of(app).running:
            return app
        app.run()
    raise AssertionError("the sweep did not end")


def test_page_opens_with_the_alphabet_and_nothing_swept(open_page):
    """No text is written before the button is pressed, and the page says so."""
    app = open_page()
    assert not app.exception
    assert map_sentences.NOT_SWEPT in texts(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_page_states_the_coverage_of_the_word_list(open_page, model_folder):
    """Of the folder's own words."""
    share = word_list.coverage(open_model(model_folder).words, word_list.english())
    counts = (len(map_page.TEMPERATURES), map_page.RUNS, map_page.LENGTH)
    assert map_sentences.texts_explained(*counts, share) in texts(open_page())
    (model_folder / "words.txt").unlink()
    (model_folder / "model.json").touch()
    assert map_sentences.texts_explained(*counts, math.nan) in texts(open_page())


def test_page_shows_the_figures_of_the_sweep(open_page, model_folder):
    """Written in slices to the end, they are those of the pure function."""
    app = open_page()
    app.text_input(key="map_seed").set_value("ab ba").run()
    app.number_input(key="map_random_seed").set_value(9).run()
    app = swept_to_the_end(app)
    model = open_model(model_folder)
    arguments = (map_page.TEMPERATURES, map_page.RUNS, map_page.LENGTH, 9, word_list.english() | model.words)
    *_, (_, expected) = sweep(model.network(), model.vocabulary, "ab ba", *arguments)
    found = sweep_of(app).figures
    for name in FIGURES:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert len(app.get("vega_lite_chart")) == 5
    assert not app.exception
    assert as_csv(found).count("\n") == 21 * 16 + 1


def test_sweep_is_cancelled_and_keeps_what_it_has(open_page):
    """Cancel ends it with the figures so far; pressing again begins anew."""
    app = open_page()
    app.button(key="map_sweep").click().run()
    app.button(key="map_cancel").click().run()
    cancelled = sweep_of(app)
    share = cancelled.share
    app.run()
    assert (cancelled.share, cancelled.running) == (share, False)
    assert share < 1.0
    swept_to_the_end(app)
    assert sweep_of(app) is not cancelled


def test_sweep_ends_with_other_settings_and_a_finished_one_is_kept(open_page):
    """Another seed text ends a running sweep; a finished one is shown again with its own."""
    app = swept_to_the_end(open_page())
    finished, first = sweep_of(app), app.text_input(key="map_seed").value
    app.text_input(key="map_seed").set_value("b").run()
    app.button(key="map_sweep").click().run()
    running = next(one for one in app.session_state["map_sweeps"].values() if one is not finished)
    app.text_input(key="map_seed").set_value(first).run()
    assert not running.running
    assert sweep_of(app) is finished
    assert map_sentences.NOT_SWEPT not in texts(app)


def test_every_model_can_be_swept(open_page, model_folder):
    """Where there are several, the chosen one's texts are written."""
    shutil.copytree(model_folder, model_folder.parent / "another")
    app = open_page()
    app.selectbox(key="model").set_value("small").run()
    app.button(key="map_sweep").click().run()
    ((network, _, _),) = app.session_state["map_sweeps"]
    assert network is network_of(open_model(model_folder), 2)


def test_page_opens_with_the_values_of_its_address(open_page):
    """Seed text, random seed and network; what is out of range is clamped."""
    app = open_page(seed="ab ba", random_seed="-7", temperature="nan", model="nowhere")
    assert not app.exception
    assert app.text_input(key="map_seed").value == "ab ba"
    assert app.number_input(key="map_random_seed").value == 0
