"""The Map page's logic, without a browser, and the tables of its pictures."""

import math
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from streamlit.testing.v1 import AppTest

from charlstm.evaluation.sweep import FIGURES, as_csv, spread, sweep
from charlstm.generation.sampling import entropy, ranking, reweight
from charlstm.model_folder.store import open_model
from charlstm.playback.sweeps import sliced_sweep as sweeper_module
from charlstm.text import word_list
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.charts import sweeps, temperature_map
from charlstm.ui.map import page as map_page
from charlstm.ui.map import sentences as map_sentences
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.models import network_of

VOCABULARY = Vocabulary(tuple("\n !abcdefghijklmnopqrstuvwxyz"))
weights = arrays(np.float64, len(VOCABULARY), elements=st.floats(1e-6, 1.0))


@pytest.fixture
def open_page(model_folder, monkeypatch):
    """Open the page on the folder that holds the small model; its texts are short, and so are the slices of work."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setattr(map_page, "LENGTH", 50)
    monkeypatch.setattr(sweeper_module, "WORK_AT_ONCE", 0.02)

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


def sweeper_of(app):
    (sweeper,) = app.session_state["map_sweepers"].values()
    return sweeper


def swept_to_the_end(app):
    app.button(key="map_sweep").click().run()
    for _ in range(500):
        if not sweeper_of(app).running:
            return app
        app.run()
    raise AssertionError("the sweep came to no end")


def test_page_opens_with_the_alphabet_and_nothing_swept(open_page):
    """Before anything is pressed no text is written, and the page says so."""
    app = open_page()
    assert not app.exception
    assert map_sentences.NOT_SWEPT in texts(app)
    assert len(app.get("vega_lite_chart")) == 2


def test_page_says_how_many_words_the_list_knows(open_page, model_folder):
    """The list's coverage is that of the folder's own words."""
    share = word_list.coverage(open_model(model_folder).words, word_list.english())
    counts = (len(map_page.TEMPERATURES), map_page.RUNS, map_page.LENGTH)
    assert map_sentences.texts_explained(*counts, share) in texts(open_page())
    (model_folder / "words.txt").unlink()
    (model_folder / "model.json").touch()
    assert map_sentences.texts_explained(*counts, math.nan) in texts(open_page())


def test_sweep_shows_what_the_sweep_gives(open_page, model_folder):
    """Pressed, it goes on from slice to slice to the end; its figures are the pure function's."""
    app = open_page()
    app.text_input(key="map_seed").set_value("ab ba").run()
    app.number_input(key="map_random_seed").set_value(9).run()
    app = swept_to_the_end(app)
    model = open_model(model_folder)
    arguments = (map_page.TEMPERATURES, map_page.RUNS, map_page.LENGTH, 9, word_list.english() | model.words)
    *_, (_, expected) = sweep(model.network(), model.vocabulary, "ab ba", *arguments)
    found = sweeper_of(app).figures
    for name in FIGURES:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert len(app.get("vega_lite_chart")) == 5
    assert not app.exception
    assert as_csv(found).count("\n") == 21 * 16 + 1


def test_sweep_is_cancelled_and_keeps_what_it_has(open_page):
    """Cancel stops it where it is; pressing again begins anew."""
    app = open_page()
    app.button(key="map_sweep").click().run()
    app.button(key="map_cancel").click().run()
    sweeper = sweeper_of(app)
    share = sweeper.share
    app.run()
    assert (sweeper.share, sweeper.running) == (share, False)
    assert share < 1.0
    swept_to_the_end(app)
    assert sweeper_of(app) is not sweeper


def test_sweep_ends_when_something_else_is_asked_and_a_finished_one_is_kept(open_page):
    """Another seed text ends a running sweep; going back to a finished one needs no second."""
    app = swept_to_the_end(open_page())
    finished = sweeper_of(app)
    app.text_input(key="map_seed").set_value("b").run()
    app.button(key="map_sweep").click().run()
    running = next(sweeper for sweeper in app.session_state["map_sweepers"].values() if sweeper is not finished)
    app.text_input(key="map_seed").set_value(map_sentences.MAP_SEED).run()
    assert not running.running
    assert sweeper_of(app) is finished
    assert map_sentences.NOT_SWEPT not in texts(app)


def test_every_model_can_be_swept(open_page, model_folder):
    """Where there are several, the chosen one's texts are written."""
    shutil.copytree(model_folder, model_folder.parent / "another")
    app = open_page()
    app.selectbox(key="model").set_value("small").run()
    app.button(key="map_sweep").click().run()
    ((network, _, _),) = app.session_state["map_sweepers"]
    assert network is network_of(open_model(model_folder), 2)


@given(weights)
def test_bands_are_the_parts_of_the_die_at_each_temperature(weight):
    """Laid end to end in the order of the draw, from one character at 0 to all alike at infinity."""
    raw = weight / weight.sum()
    table = temperature_map.alphabet_table(raw, VOCABULARY).to_pydict()
    count = len(VOCABULARY)
    low, high = (np.reshape(table[name], (temperature_map.POINTS, count)) for name in ("low", "high"))
    order = ranking(raw)
    for point, place in enumerate(np.linspace(0, 1, temperature_map.POINTS)):
        probs = reweight(raw, temperature_map.temperature_at(float(place)))[order]
        np.testing.assert_allclose(high[point] - low[point], probs, atol=1e-6)
        np.testing.assert_allclose(high[point], np.cumsum(probs), atol=1e-6)
    assert high[0, 0] == pytest.approx(1.0)
    np.testing.assert_allclose(high[-1] - low[-1], 1 / count, atol=1e-6)
    assert (np.diff(high, axis=0) < 1e-6).all(), "no end moves up as the temperature rises"
    assert table["curve"][0] == pytest.approx(temperature_map.STRIP_BOTTOM)
    assert table["curve"][-1] == pytest.approx(temperature_map.STRIP_TOP)
    named = [rank for rank, is_named in zip(table["rank"], table["named"], strict=True) if is_named]
    assert len(named) == len(set(named))


@given(weights, st.floats(0.0, 2.0))
def test_slice_stands_at_its_temperature_with_its_entropy(weight, temperature):
    """Where the axis has it, and on the curve."""
    raw = weight / weight.sum()
    (row,) = temperature_map.slice_table(raw, temperature).to_pylist()
    bits = float(entropy(reweight(raw, temperature)))
    assert row["bits"] == bits
    assert temperature_map.temperature_at(row["place"]) == pytest.approx(temperature)
    height = temperature_map.STRIP_TOP - temperature_map.STRIP_BOTTOM
    assert row["curve"] == pytest.approx(temperature_map.STRIP_BOTTOM + height * bits / math.log2(len(raw)))


@given(st.floats(0.0, 1e6))
def test_axis_has_two_true_ends(temperature):
    """Every temperature has its place, the hotter the further right; the ends are 0 and infinity."""
    assert temperature_map.place(0.0) == 0.0
    assert temperature_map.place(math.inf) == 1.0
    assert 0.0 <= temperature_map.place(temperature) < 1.0
    assert temperature_map.place(temperature) < temperature_map.place(temperature * 1.5 + 0.1)


def test_curves_are_the_spread_of_the_runs(model_folder):
    """Each row is the median and the band of its figure; what cannot be counted has none."""
    model = open_model(model_folder)
    *_, (_, figures) = sweep(model.network(), model.vocabulary, "a", (0.5, 1.0), 5, 60, 1, model.words)
    figures.repetition[1] = math.nan
    rows = sweeps.sweep_table(figures, "shares").to_pylist()
    assert len(rows) == 7
    for row in rows:
        name = next(name for name, told in shared_sentences.FIGURES.items() if told == row["figure"])
        place = (0.5, 1.0).index(row["temperature"])
        bounds = [bound[place] for bound in spread(getattr(figures, name))]
        assert [row["low"], row["middle"], row["high"]] == pytest.approx(bounds)
    (first, _) = sweeps.sweep_table(figures, "own_loss", 1.25).to_pylist()
    assert first["reference"] == 1.25


@pytest.mark.parametrize("kind", sweeps.KINDS)
def test_spec_of_curves_is_built_once_and_names_no_data(kind):
    """Only then is a view patched and not rebuilt."""
    built = sweeps.sweep_spec(kind, 2.0)
    assert sweeps.sweep_spec(kind, 2.0) is built
    assert "data" not in built
    assert "datasets" not in built


@pytest.mark.parametrize("dark", [False, True])
def test_spec_of_the_alphabet_is_built_once(dark):
    """Its two tables come when it is drawn."""
    built = temperature_map.alphabet_spec(57, dark)
    assert temperature_map.alphabet_spec(57, dark) is built
    assert "datasets" not in built


def test_page_opens_as_its_address_says(open_page):
    """Seed text, dice and network; what is absurd is moved inside its range."""
    app = open_page(seed="ab ba", random_seed="-7", temperature="nan", model="nowhere")
    assert not app.exception
    assert app.text_input(key="map_seed").value == "ab ba"
    assert app.number_input(key="map_random_seed").value == 0
