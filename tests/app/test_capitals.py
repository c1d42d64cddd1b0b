"""Every page with a network of 65 characters, capitals among them, such as those that others train on Shakespeare."""

import string
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from charlstm.compression.text_coder import decode_text, encode_text
from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.model_folder.store import open_model
from charlstm.networks.parallel import combine_networks
from charlstm.playback.word_counts import WordCounter
from charlstm.recipes.recipe import find_recipe
from charlstm.training.loop import TrainingCallback, train
from charlstm.ui.shared import sentences as shared_sentences

CHARACTERS = "\n !$&',-.3:;?" + string.ascii_letters
TEXT = (
    "KATE:\nGood morrow, Peter. Will you to Verona? The sun is up, and Lucio's men are abroad.\n\nPETER:\nAy, Kate.\n"
)
TYPED = "ROMEO: What, 3 & Kate?"


@pytest.fixture
def capitals(model_folder, monkeypatch):
    """The network, as `import` leaves it: without words, samples and history; beside the small one."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    folder = model_folder.parent / "capitals"
    recipe = replace(find_recipe("counts"), order=4, sample_length=40)
    train(InMemoryCorpus("plays.txt", (CHARACTERS + TEXT * 40,), "hash"), recipe, folder, TrainingCallback())
    for name in ("words.txt", "samples.jsonl", "history.csv", "passages.safetensors", "training.safetensors"):
        (folder / name).unlink()
    model = open_model(folder)
    assert model.vocabulary.characters == tuple(sorted(CHARACTERS))
    return model


def open_page(page, **query):
    def script(page):
        import importlib

        importlib.import_module(f"charlstm.ui.{page}.page").page()

    app = AppTest.from_function(script, default_timeout=60, args=(page,))
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def shown(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


@pytest.mark.parametrize(
    ("page", "kind", "key"),
    [
        ("write", "text_area", "seed_text"),
        ("compare", "text_area", "compare_seed_text"),
        ("map", "text_input", "map_seed"),
    ],
)
def test_seed_text_keeps_its_capitals(capitals, page, kind, key):
    """Nothing is left out; the page begins with the default one, which it can read."""
    app = open_page(page, model="capitals")
    field = getattr(app, kind)(key=key)
    assert field.value == shared_sentences.DEFAULT_SEED
    field.set_value(TYPED).run()
    assert not app.exception
    assert "Left out" not in shown(app)


def test_write_writes_capitals_and_counts_its_words(capitals):
    """Step by step, and in slow motion; its words are real ones where English has them, capitals or not."""
    app = open_page("write", model="capitals", seed="KATE:\nGood mor", run="30", temperature="0")
    player = app.session_state.write_state.player
    assert player.seed_text == "KATE:\nGood mor"
    while player.running:
        player.advance(0, 0.0)
    assert player.texts[0] == TEXT.split("KATE:\nGood mor")[1][:30]
    counter = WordCounter(capitals.real_words)
    counter.update("The SUN, Peter and Xkate ")
    assert counter.real_share == pytest.approx(4 / 5)
    for _ in range(5):
        app.button(key="slow_motion").click().run()
        assert not app.exception


def test_compare_has_it_beside_a_network_of_other_characters(capitals, model_folder):
    """The texts know the characters of both; each network reads what it can."""
    small = open_model(model_folder)
    both, vocabulary = combine_networks([capitals.network(), small.network()], [capitals.vocabulary, small.vocabulary])
    state = both.prefill(vocabulary.fold_and_encode("ABBA a"), 2)
    alone = small.network()
    expected = alone.probs(alone.prefill(small.vocabulary.fold_and_encode("abba a")))
    of_small = [vocabulary.ids[character] for character in small.vocabulary.characters]
    assert both.probs(state)[1][of_small] == pytest.approx(expected, abs=1e-6)
    app = open_page("compare", models="capitals,small", seed="ABBA a", run="10")
    assert app.session_state.compare_state.texts.player.seed_text == "ABBA a"


def test_read_reads_capitals_as_they_stand(capitals):
    """None is read as a small letter."""
    app = open_page("read", model="capitals")
    app.session_state.read_state.edit(TYPED)
    app.run()
    assert not app.exception
    reading = app.session_state.read_state.current
    assert reading.text == TYPED
    assert (reading.folded, reading.dropped) == ({}, {})


def test_evolve_opens(capitals):
    open_page("evolve", model="capitals")


def test_a_text_as_bits_comes_back(capitals):
    """And capitals are expected, so that they cost no more than their surprise."""
    network, vocabulary = capitals.network(), capitals.vocabulary
    words = encode_text(network, vocabulary, TEXT + TYPED + " ABC é", 1.0)
    assert decode_text(network, vocabulary, words, len(TEXT + TYPED) + 6, 1.0) == TEXT + TYPED + " ABC é"
    bits = [16 * len(encode_text(network, vocabulary, text, 1.0)) for text in (TEXT * 9, TEXT.swapcase() * 9)]
    assert bits[0] < bits[1] / 5
