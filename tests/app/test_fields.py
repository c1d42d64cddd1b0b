"""Fields that begin with a value of the address: every message has it, so any of them may create the field."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.recipes.recipe import find_recipe
from charlstm.training.loop import TrainingCallback, train
from charlstm.ui.shared import sentences as shared_sentences
from tests import golden


@pytest.fixture
def open_page(model_folder, monkeypatch):
    """Open a page by its name on the folder that holds the small model, at an address."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))

    def script(name):
        from importlib import import_module

        import_module(f"charlstm.ui.{name}.page").page()

    def opened(name, **address):
        app = AppTest.from_function(script, default_timeout=60, kwargs={"name": name})
        app.query_params.update(address)
        return app.run()

    return opened


@pytest.mark.parametrize(
    ("page", "kind", "key", "address", "begins"),
    [
        ("write", "text_area", "seed_text", {"seed": "abba"}, "abba"),
        ("compare", "text_area", "compare_seed_text", {"seed": "abba"}, "abba"),
        ("map", "text_input", "map_seed", {"seed": "abba"}, "abba"),
        ("map", "number_input", "map_random_seed", {"random_seed": "7"}, 7),
        ("evolve", "text_input", "evolve_seed", {"seed": "abba"}, "abba"),
        ("evolve", "number_input", "evolve_random_seed", {"random_seed": "7"}, 7),
        ("evolve", "select_slider", "evolve_epoch", {"epoch": "2"}, [1]),  # the second of the epochs 0 and 2
    ],
)
def test_every_message_has_the_first_value_of_a_field(open_page, page, kind, key, address, begins):
    """The browser may skip the first message."""
    app = open_page(page, **address)
    for _ in range(2):
        assert getattr(app, kind)(key=key).proto.default == begins
        app.run()


@pytest.mark.parametrize("page", ["write", "compare"])
def test_every_message_has_the_text_that_the_page_filled_in(open_page, page):
    """A field that is created later begins with the seed text that was chosen by its name."""
    app = open_page(page, seed="abba")
    prefix = "compare_" if page == "compare" else ""
    app.button(key=f"{prefix}seed-One word").click().run()
    for _ in range(2):
        assert app.text_area(key=f"{prefix}seed_text").proto.default == shared_sentences.SEEDS["One word"]
        app.run()


LINE = "ห้องสมุดแห่งนี้เปิดทุกวัน นักเรียนมาอ่านหนังสือที่นี่\n"


@pytest.fixture
def thai(model_folder):
    """The name of counts of a Thai text, beside the network of the book's whole vocabulary."""
    corpus = InMemoryCorpus("thai.txt", (LINE * 60,), "hash of the lines")
    recipe = replace(find_recipe("counts"), order=2, sample_length=20)
    train(corpus, recipe, model_folder.parent / "thai", TrainingCallback())
    (model_folder.parent / "nietzsche-book").symlink_to(golden.MODEL)
    return "thai"


@pytest.mark.parametrize(
    ("page", "kind", "key"),
    [
        ("write", "text_area", "seed_text"),
        ("compare", "text_area", "compare_seed_text"),
        ("map", "text_input", "map_seed"),
        ("evolve", "text_input", "evolve_seed"),
    ],
)
def test_seed_text_is_one_that_the_network_can_read_until_another_is_chosen(open_page, thai, page, kind, key):
    """Back and forth between two networks; then what was typed stays."""
    app = open_page(page, model=thai)
    if page != "evolve":  # which has no field where the weights of one epoch are kept
        begun = getattr(app, kind)(key=key).value
        assert begun.strip()
        assert begun in (LINE * 3 if kind == "text_area" else LINE.replace("\n", " ") * 3)
    app.selectbox(key="model").set_value("nietzsche-book").run()
    assert getattr(app, kind)(key=key).value == shared_sentences.DEFAULT_SEED
    if page == "evolve":
        return
    app.selectbox(key="model").set_value(thai).run()
    assert getattr(app, kind)(key=key).value == begun
    getattr(app, kind)(key=key).set_value("ทุกวัน").run()
    app.selectbox(key="model").set_value("nietzsche-book").run()
    assert getattr(app, kind)(key=key).value == "ทุกวัน"
    assert not app.exception


def test_a_network_without_samples_begins_with_the_commonest_words_of_its_text(open_page, model_folder):
    """Where it cannot read the default seed text."""
    folder = model_folder.parent / "hindi"
    corpus = InMemoryCorpus("hindi.txt", ("नदी शांत है। नदी नदी है।\n" * 60,), "hash of the lines")
    train(corpus, replace(find_recipe("counts"), order=2, sample_length=20), folder, TrainingCallback())
    (folder / "samples.jsonl").unlink()
    assert open_page("map", model="hindi").text_input(key="map_seed").value == "नदी है शांत "
