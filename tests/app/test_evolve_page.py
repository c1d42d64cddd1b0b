"""The Evolve page's logic, without a browser."""

import shutil
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from charlstm.generation.loop import generate
from charlstm.model_folder.epoch_weights import remove_epochs
from charlstm.model_folder.manifest import write_manifest
from charlstm.model_folder.store import open_model
from charlstm.model_folder.training_records import Sample, write_samples
from charlstm.ui.evolve import page as evolve
from charlstm.ui.evolve import sentences as evolve_sentences
from charlstm.ui.shared import sentences as shared_sentences


@pytest.fixture
def open_page(model_folder, monkeypatch):
    """Open the page on the folder that holds the small model."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))

    def script():
        from charlstm.ui.evolve import page as evolve

        evolve.page()

    def open_(**query):
        app = AppTest.from_function(script, default_timeout=60)
        app.query_params.update(query)
        return app.run()

    return open_


def labels(app):
    """Return the accessible names of the texts on the page, and the texts without the seed text."""
    return {text["label"]: text["text"] for text in shown(app)}


def shown(app):
    import json

    components = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return [content for content in components if "text" in content]


def test_page_begins_with_the_untrained_network(open_page):
    """Epoch 0 first; it has no sample in this folder."""
    app = open_page()
    assert not app.exception
    assert app.select_slider(key="evolve_epoch").value == 0
    assert evolve_sentences.NO_SAMPLES in [text.value for text in app.text]


def test_chosen_epoch_shows_its_recorded_samples(open_page, model_folder):
    """Exactly the sample of the folder."""
    app = open_page()
    app.select_slider(key="evolve_epoch").set_value(2).run()
    recorded = open_model(model_folder).samples[0]
    assert labels(app)[shared_sentences.sample_label(recorded.temperature)] == recorded.text
    assert evolve_sentences.recorded(2, True, 1.25) in [text.value for text in app.text]


def test_play_goes_to_the_last_epoch_and_stops_there(open_page):
    """Each tick takes the next epoch; at the end the page stops, and Play begins anew."""
    app = open_page()
    app.button(key="evolve_play").click().run()
    assert app.session_state["evolve_state"].playing
    app.run()
    assert app.session_state["evolve_epoch"] == 2
    assert not app.session_state["evolve_state"].playing
    app.button(key="evolve_play").click().run()
    assert app.session_state["evolve_epoch"] == 0


def test_two_epochs_write_from_the_same_seed_text_with_the_same_draws(open_page, model_folder):
    """Each text is what the loop writes at its epoch."""
    app = open_page()
    app.text_input(key="evolve_seed").set_value("ab ba").run()
    app.select_slider(key="evolve_first").set_value(0).run()
    model = open_model(model_folder)
    for epoch in (0, 2):
        steps = generate(model.network(epoch), model.vocabulary.encode("ab ba"), 0.5, evolve.LENGTH, 1)
        text = model.vocabulary.decode(step.character_id for step in steps)
        assert labels(app)[evolve_sentences.written_at(epoch)] == text


def test_characters_that_cannot_be_read_are_listed(open_page):
    """Those of the seed text that the network has never seen."""
    app = open_page()
    app.text_input(key="evolve_seed").set_value("a글").run()
    assert shared_sentences.dropped_characters({"글": 1}) in [text.value for text in app.text]


def test_page_opens_with_the_values_of_its_address(open_page):
    """Epochs, seed text and random seed; for an epoch that was not kept, the nearest."""
    app = open_page(epoch="999", first="-1", second="0", seed="ab ba", random_seed="7", temperature="nan")
    assert not app.exception
    assert [app.select_slider(key=f"evolve_{name}").value for name in ("epoch", "first", "second")] == [2, 0, 0]
    assert app.text_input(key="evolve_seed").value == "ab ba"
    assert app.number_input(key="evolve_random_seed").value == 7


def test_epochs_whose_weights_were_not_kept_show_what_they_wrote(open_page, model_folder):
    """Of a folder that keeps the best epoch only, the samples of all can be gone through."""
    manifest = open_model(model_folder).manifest
    remove_epochs(model_folder, all_but=2)
    write_manifest(model_folder, replace(manifest, epochs=(2,)))
    write_samples(model_folder, [Sample(epoch, 0.5, 1, "a b", "ab" * epoch) for epoch in (1, 2)])
    app = open_page(epoch="1")
    assert not app.exception
    assert app.select_slider(key="evolve_epoch").options == ["1", "2"]
    app.select_slider(key="evolve_epoch").set_value(2).run()
    assert not app.exception


def keep_one_epoch(folder, samples):
    """Let a folder keep the weights of its best epoch, 2, alone, and the samples of these epochs."""
    manifest = open_model(folder).manifest
    remove_epochs(folder, all_but=2)
    write_manifest(folder, replace(manifest, epochs=(2,)))
    write_samples(folder, [Sample(epoch, 0.5, 1, "a b", "ab" * epoch) for epoch in samples])


def test_network_of_one_epoch_says_so_and_offers_one_of_several(open_page, model_folder):
    """In one sentence and by a button, where there is one; there is no player to press."""
    several = model_folder.with_name("several")
    shutil.copytree(model_folder, several)
    keep_one_epoch(model_folder, [2])
    app = open_page(model=model_folder.name)
    assert not app.exception
    title = open_model(model_folder).manifest.title
    assert evolve_sentences.one_epoch(title, 2) in [text.value for text in app.text]
    assert "evolve_play" not in [button.key for button in app.button]
    assert len(labels(app)) == 1
    assert app.button(key="evolve_other").label == evolve_sentences.WATCH_BOOKS
    app.button(key="evolve_other").click().run()
    assert app.session_state["model"] == "several"
    assert app.select_slider(key="evolve_epoch").options == ["0", "2"]
    shutil.rmtree(several)
    alone = open_page()
    assert not alone.exception
    assert evolve_sentences.one_epoch(title, 2) in [text.value for text in alone.text]
    assert "evolve_other" not in [button.key for button in alone.button]


def test_network_of_one_epochs_weights_says_what_is_missing(open_page, model_folder):
    """Its samples can be played, but no character followed through the epochs."""
    keep_one_epoch(model_folder, [1, 2])
    app = open_page()
    assert app.button(key="evolve_play")
    assert evolve_sentences.weights_of_one(2) in [text.value for text in app.text]


def test_page_has_one_title_and_its_headings_are_in_order(open_page, model_folder):
    """The network's title beside the page's."""
    app = open_page()
    assert [title.value for title in app.title] == [evolve_sentences.TITLE]
    markdown = [element.value for element in app.markdown]
    assert evolve_sentences.introduction(open_model(model_folder).manifest.title, counts=False) in markdown
    assert not any(text.startswith("###") for text in markdown)


def test_samples_show_the_end_of_their_seed_text(open_page):
    """Whole words of it, and a short one whole."""
    assert shared_sentences.seed_end("only later ") == "only later "
    assert shared_sentences.seed_end("learns their spelling first, and only later ") == "…first, and only later "
