"""Fields that begin with a value of the address: every message has it, so any of them may create the field."""

import pytest
from streamlit.testing.v1 import AppTest

from charlstm.ui.shared import sentences as shared_sentences


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
