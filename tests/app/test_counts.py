"""Every page with counts beside a network that learned."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.model_folder.store import open_model
from charlstm.recipes.recipe import find_recipe
from charlstm.training.loop import TrainingCallback, train
from charlstm.ui.evolve import sentences as evolve_sentences
from charlstm.ui.read import sentences as read_sentences

TEXT = "the owl and the pussy-cat went to sea in a beautiful pea-green boat.\n" * 60


@pytest.fixture
def counts(model_folder, monkeypatch):
    """The folder of counts, beside that of the small network."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    folder = model_folder.parent / "counted"
    recipe = replace(find_recipe("counts"), order=4, sample_length=40)
    train(InMemoryCorpus("owl.txt", (TEXT,), "hash"), recipe, folder, TrainingCallback())
    return open_model(folder)


def open_page(page, **query):
    def script(page):
        import importlib

        importlib.import_module(f"charlstm.ui.{page}.page").page()

    app = AppTest.from_function(script, default_timeout=60, args=(page,))
    app.query_params.update(query)
    return app.run()


def texts(app):
    return [element.value for element in [*app.text, *app.markdown]]


@pytest.mark.parametrize("page", ["write", "compare", "map", "evolve", "read"])
def test_every_page_changes_to_counts_and_back(counts, page):
    """And says what they are."""
    app = open_page(page)
    for name in ("small", "counted", "small", "counted"):
        app.selectbox(key="model").set_value(name).run()
        assert not app.exception
    assert any(counts.manifest.title in text.replace("\\", "") for text in texts(app))
    assert "counts of n-grams of up to" in str(app.table[0].value.to_dict())


def test_write_writes_with_counts_and_says_what_they_read(counts):
    """In slow motion: no more than they look back."""
    app = open_page("write", model="counted")
    app.button(key="step").click().run()
    assert not app.exception
    player = app.session_state.write_state.player
    assert (player.sources[0].model, len(player.steps)) == ("counted", 1)
    app.button(key="slow_motion").click().run()
    look_back = counts.manifest.window
    assert any(f"The network reads its last {look_back} characters." in text for text in texts(app))


def test_evolve_says_what_an_epoch_of_counts_is(counts):
    """Each has its samples, the untrained network's too."""
    app = open_page("evolve", model="counted")
    assert evolve_sentences.introduction(counts.manifest.title, counts=True).startswith("**Counting")
    assert evolve_sentences.introduction(counts.manifest.title, counts=True) in texts(app)
    for epoch in range(5):
        app.select_slider(key="evolve_epoch").set_value(epoch).run()
        assert not app.exception
        assert any("held-out loss" in text for text in texts(app))


def test_read_compares_counts_with_other_networks(counts):
    """What the same text costs each, side by side."""
    app = open_page("read", model="counted")
    app.button_group(key="read_other_networks").select("small").run()
    while app.session_state.read_state.goes_on:
        app.run()
    assert not app.exception
    table = app.table[-1].value
    assert [name.replace("\\", "") for name in table[read_sentences.NETWORK]] == [
        "Counting, 4 characters (counted)",
        "LSTM, 3 units (small)",
    ]
    assert all(0.0 < float(bits) < 20.0 for bits in table[read_sentences.BITS])
