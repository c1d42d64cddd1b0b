"""The Write page's logic, without a browser: what a click or a value changes in the session."""

import shutil
from dataclasses import replace

from charlstm.corpora.named import NAMED
from charlstm.generation.filters import Filters
from charlstm.model_folder.manifest import read_manifest, write_manifest
from charlstm.ui.shared import sentences as shared_sentences
from tests.app.more_menu import close_more, open_more


def texts(app):
    return [element.value for element in [*app.text, *app.info, *app.error, *app.caption]]


def player(app):
    return app.session_state["write_state"].player


def test_page_opens_with_the_next_choice(open_app):
    """Nothing is written and nothing runs."""
    app = open_app()
    assert not app.exception
    assert any(text.startswith("The next character after") for text in texts(app))
    assert player(app).steps == []
    assert not player(app).running


def test_step_writes_one_character(open_app):
    """Step writes one and shows its choice."""
    app = open_app()
    app.button(key="step").click().run()
    assert len(player(app).steps) == 1
    assert any(text.startswith("Character 1:") for text in texts(app))


def test_generate_runs_and_stop_keeps_what_is_there(open_app):
    """Generate starts a run; Stop ends it and Continue continues it."""
    app = open_app()
    app.button(key="generate").click().run()
    assert player(app).running
    assert app.button(key="step").disabled
    app.button(key="stop").click().run()
    count = len(player(app).steps)
    assert count >= 1
    assert not player(app).running
    app.button(key="continue").click().run()
    assert player(app).running
    assert len(player(app).steps) >= count


def test_generate_begins_again_and_clear_goes_back_to_the_seed(open_app):
    """The same uniform draws write the same text again; Clear removes it."""
    app = open_app()
    app.button(key="step").click().run()
    first = player(app).texts[0]
    app.button(key="clear").click().run()
    assert player(app).steps == []
    app.button(key="step").click().run()
    assert player(app).texts[0] == first


def test_seed_text_is_folded_and_the_dropped_is_named(open_app):
    """Capitals are folded; what the network has never seen is listed under the field."""
    app = open_app()
    app.text_area(key="seed_text").set_value("A B 한글").run()
    assert player(app).seed_text == "a b "
    assert shared_sentences.dropped_characters({"한": 1, "글": 1}) in texts(app)


def test_decomposed_seed_text_is_read_and_a_lost_accent_is_named(open_app):
    """The network knows ë; the accent of another letter is shown on a circle, a byte order mark as its code."""
    app = open_app()
    app.text_area(key="seed_text").set_value("Ae\u0308 b").run()
    assert player(app).seed_text == "aë b"
    assert not any("Left out" in text for text in texts(app))
    app.text_area(key="seed_text").set_value("a\u0308b\ufeff").run()
    assert player(app).seed_text == "ab"
    assert "Left out, because this network does not know them: ◌\u0308 U+FEFF" in texts(app)


def test_writing_is_kept_while_the_seed_is_edited(open_app):
    """What was written stays until Generate or Clear."""
    app = open_app()
    app.button(key="step").click().run()
    kept = player(app).texts[0]
    app.text_area(key="seed_text").set_value("b b").run()
    assert player(app).texts[0] == kept
    app.button(key="clear").click().run()
    assert player(app).seed_text == "b b"


def test_excerpt_fills_the_seed_text_from_the_book(open_app, model_folder, monkeypatch, tmp_path):
    """The slider moves a window over the corpus."""
    text = "".join(f"ab ba {number} " for number in range(2_000))
    (tmp_path / "nietzsche.txt").write_text(text)
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path))
    monkeypatch.setitem(NAMED, "nietzsche", replace(NAMED["nietzsche"], size=len(text)))
    manifest = model_folder / "model.json"
    manifest.write_text(manifest.read_text().replace('"tiny"', '"nietzsche"'))
    app = open_app()
    app.slider(key="excerpt").set_value(777).run()
    seed_text = app.text_area(key="seed_text").value
    assert len(seed_text) == read_manifest(manifest).window
    assert seed_text in text


def test_other_seeds_are_one_click_away(open_app):
    """A named seed fills the field."""
    app = open_app()
    app.button(key="seed-One word").click().run()
    assert app.text_area(key="seed_text").value == shared_sentences.SEEDS["One word"]


def test_settings_say_how_good_an_epoch_is(open_app, model_folder):
    """The best one as the folder has it, which may have been calibrated since; others as in the history."""
    manifest = read_manifest(model_folder / "model.json")
    write_manifest(model_folder, replace(manifest, held_out_loss=1.2))
    app = open_app()
    assert shared_sentences.epoch_figures(2, 1.2, best=True) in texts(app)
    app.select_slider(key="epoch").set_value(0).run()
    assert shared_sentences.epoch_figures(0, 1.6, best=False) in texts(app)


def test_epoch_may_change_in_mid_run(open_app):
    """The text stays and the other network continues it."""
    app = open_app()
    app.button(key="step").click().run()
    kept = player(app).texts[0]
    app.select_slider(key="epoch").set_value(0).run()
    assert player(app).texts[0] == kept
    app.button(key="step").click().run()
    assert len(player(app).steps) == 2


def test_filters_act_on_the_next_character_and_are_in_its_step(open_app):
    """A top-k of 1 takes the likeliest; at the ends of their scales all pass again."""
    app = open_app()
    app.slider(key="top_k").set_value(1).run()
    app.button(key="step").click().run()
    step = player(app).steps[-1]
    assert step.filters == Filters(top_k=1)
    assert step.character_id == step.raw.argmax()
    app.slider(key="top_k").set_value(0).run()
    app.slider(key="top_p").set_value(0.8).run()
    app.button(key="step").click().run()
    assert player(app).steps[-1].filters == Filters(top_p=0.8)


def test_table_shows_the_figures_of_the_chart(open_app, model_folder):
    """Every character of the next choice."""
    app = open_more(open_app())
    app.toggle(key="table").set_value(True).run()
    assert len(app.dataframe[0].value) == len(read_manifest(model_folder / "model.json").vocabulary)


def test_menu_has_nothing_that_could_be_pressed_before_it_is_open(open_app):
    """A download of an older run of the script fails; the table stays while the menu is closed."""
    app = open_app()
    assert not app.get("download_button")
    open_more(app).toggle(key="table").set_value(True).run()
    assert len(app.get("download_button")) == 2
    for change in (close_more, lambda app: app.button(key="step").click().run(), open_more):
        app = change(app)
        assert len(app.dataframe) == 1
    assert app.toggle(key="table").value


def test_two_viewers_do_not_disturb_each_other(open_app):
    """Each has a text of their own."""
    one, other = open_app(seed="ab "), open_app(seed="ba ")
    one.button(key="step").click().run()
    other.run()
    assert (player(one).seed_text, len(player(one).steps)) == ("ab ", 1)
    assert (player(other).seed_text, player(other).steps) == ("ba ", [])


def test_page_without_models_says_how_to_train_one(open_app, model_folder):
    """No folder, no traceback: how to get a model."""
    shutil.rmtree(model_folder)
    app = open_app()
    assert not app.exception
    assert shared_sentences.NO_MODELS in texts(app)


def test_damaged_model_is_not_offered_and_a_line_says_why(open_app, model_folder):
    """The good model is offered, the damaged one is named with its file."""
    shutil.copytree(model_folder, model_folder.parent / "broken")
    (model_folder.parent / "broken" / "epoch-002.safetensors").write_bytes(b"nonsense")
    app = open_app()
    assert not app.exception
    assert any("broken" in text and "epoch-002.safetensors" in text for text in texts(app))
    app.button(key="step").click().run()
    assert len(player(app).steps) == 1


def test_missing_corpus_can_be_fetched(open_app, model_folder):
    """The page has a button for it."""
    manifest = model_folder / "model.json"
    manifest.write_text(manifest.read_text().replace('"tiny"', '"nietzsche"'))
    app = open_app()
    assert app.button(key="fetch").label == shared_sentences.FETCH


def test_view_that_reports_a_gap_gets_all(open_app, report):
    """Also where it does so just when the whole page is drawn again: no error replaces the chart."""
    app = open_app()
    app.button(key="step").click().run()
    message = report(app, "text", "lost", True)
    assert not app.exception
    assert message["seed"] == player(app).seed_text
    assert message["text"] == player(app).texts[0]
