"""Compare with a network of its own for each column, without a browser."""

import json
import shutil

import pytest

from charlstm.evaluation.metrics import real_word_share
from charlstm.evaluation.sweep import spread, sweep
from charlstm.generation.loop import generate
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.store import open_model
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.sweeps.repeated_runs import RUNS
from charlstm.text.word_list import coverage, english
from charlstm.ui.compare import sentences as compare_sentences
from charlstm.ui.compare.state import VIEW
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.models import network_titles
from tests.app.address_bar import shown_address
from tests.app.compare_page import columns, open_compare, player, step, write_repeated_runs, write_to_the_end
from tests.app.more_menu import open_more

SEED = "ab çba "


@pytest.fixture
def models(model_folder):
    """Three networks by name: `small` of the book's recipe, and two that know other characters."""
    for name, vocabulary, recipe in (("first", "\n abc", "conv"), ("zebra", " abyç", "conv")):
        folder = shutil.copytree(model_folder, model_folder.parent / name)
        manifest = json.loads((folder / "model.json").read_text())
        manifest |= {"name": name, "vocabulary": list(vocabulary), "characters_by_frequency": list(vocabulary)}
        manifest |= {"recipe": {"name": recipe}, "held_out_loss": 1.0 if name == "first" else 1.5}
        (folder / "model.json").write_text(json.dumps(manifest))
        shutil.copy(folder / "epoch-000.safetensors", folder / "epoch-002.safetensors")
        (folder / "words.txt").write_text("yyb 2\n" if name == "zebra" else "cca 1\n")
    return {name: open_model(model_folder.parent / name) for name in ("first", "small", "zebra")}


@pytest.fixture
def open_page(models, model_folder, monkeypatch, tmp_path):
    """Open the page on the folder of the three."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))

    return lambda **address: open_compare(SEED, address)


def switch(app, on=True):
    """Set the switch to a network for each column."""
    return app.toggle(key="compare_several").set_value(on).run()


def make_step(app, *names):
    """Choose the networks of the columns, as the browser reports it."""
    component = next(one.proto for one in app.get("bidi_component") if f"-{VIEW}" in one.proto.id)
    states = app._tree.get_widget_states()
    widget = states.widgets.add()
    widget.id = component.id
    widget.json_value = json.dumps({"networks": list(names)})
    return app._run(states)


def texts_of(app):
    return [element.value for element in [*app.text, *app.caption, *app.markdown]]


def alone(model, temperature, length, seed_text=SEED):
    """Return what a network writes by itself."""
    steps = generate(model.network(), model.vocabulary.fold_and_encode(seed_text), temperature, length, 1)
    return model.vocabulary.decode(one.character_id for one in steps)


def test_at_first_one_network_writes_all_columns(open_page):
    """No network is chosen in a column; the chosen network of the page writes them all."""
    app = open_page()
    assert columns(app)["whole"]["networks"] is None
    assert compare_sentences.COMPARE_INTRODUCTION in texts_of(app)
    assert not app.selectbox(key="model").disabled
    assert "models" not in shown_address(app)


def test_switched_on_there_is_a_column_for_each_network_at_one_temperature(open_page, models):
    """The chosen network, then the book's, then the others; the choice for all columns is disabled."""
    app = switch(open_page())
    assert not app.exception
    assert columns(app)["whole"]["networks"] == {
        "chosen": ["first", "small", "zebra"],
        "offered": [[name, network_titles(list(models.values()))[name]] for name in ("first", "small", "zebra")],
    }
    assert columns(app)["whole"]["temperatures"] == [0.5] * 3
    assert compare_sentences.COMPARE_NETWORKS_INTRODUCTION in texts_of(app)
    assert app.selectbox(key="model").disabled


def test_each_way_of_comparing_comes_back_as_it_was_left(open_page):
    """Switched on and off and on again: the columns, their temperatures and networks are those of before."""
    app = open_page(temperatures="0.3,0.4,0.6")
    make_step(switch(app), "zebra", "zebra", "small")
    switch(app, on=False)
    assert columns(app)["whole"]["temperatures"] == [0.3, 0.4, 0.6]
    assert columns(app)["whole"]["networks"] is None
    assert columns(switch(app))["whole"]["temperatures"] == [0.5] * 3
    assert columns(app)["whole"]["networks"]["chosen"] == ["zebra", "zebra", "small"]


def test_each_column_writes_what_its_network_writes_alone(open_page, models):
    """The same seed text, as each reads it, and the same draws; figures by the words of its own book."""
    app = switch(open_page())
    assert shared_sentences.dropped_characters({"ç": 1}, 3) in texts_of(app)
    step(app, 15)
    assert columns(app)["texts"] == [alone(model, 0.5, 15) for model in models.values()]
    assert len(set(columns(app)["texts"])) > 1
    counters = app.session_state["compare_state"].texts.comparison.word_counters
    known = [[word in word_counter.real_words for word in ("cca", "yyb")] for word_counter in counters]
    assert known == [[True, False], [False, False], [False, True]]
    for model, text, figures in zip(models.values(), columns(app)["texts"], columns(app)["figures"], strict=True):
        share = real_word_share(text, english() | model.words, SEED)
        assert figures[0][1] == playback_sentences.share(share)
    covered = {name: coverage(model.words, english()) for name, model in models.items()}
    assert compare_sentences.about_real_words_of_each(covered) in texts_of(app)


def test_bars_and_table_name_the_networks(open_page, models):
    """Who took what can be read without the heads of the columns."""
    app = switch(open_page())
    step(app, 1)
    open_more(app).toggle(key="compare_table").set_value(True).run()
    titles = [network_titles(list(models.values()))[name] for name in ("first", "small", "zebra")]
    assert list(dict.fromkeys(app.dataframe[0].value["network"])) == titles
    assert [column["network"] for column in columns(app)["choices"]["frames"][-1]["columns"]] == titles


def test_another_network_for_one_column_keeps_all_texts(open_page, models):
    """It continues its column's text; the other columns write as if nothing had happened."""
    app = switch(open_page())
    step(app, 4)
    texts = list(player(app).texts)
    make_step(app, "first", "zebra", "zebra")
    assert not app.exception
    assert [source.model for source in player(app).sources] == ["first", "zebra", "zebra"]
    assert player(app).texts == texts
    step(app, 4)
    assert player(app).texts[0] == alone(models["first"], 0.5, 8)
    assert player(app).texts[2] == alone(models["zebra"], 0.5, 8)
    assert player(app).texts[1][:4] == texts[1]
    assert "run" not in shown_address(app)  # an address cannot hold this text
    app.button(key="compare_clear").click().run()
    step(app, 1)
    assert [source.model for source in player(app).sources] == ["first", "zebra", "zebra"]
    assert shown_address(app)["models"] == "first,zebra,zebra"
    assert shown_address(app)["run"] == "1"


def test_invalid_networks_from_a_browser_are_ignored(open_page):
    """A network that does not exist, and what is no name."""
    app = switch(open_page())
    make_step(app, "../../etc", 7, "first", "first", "first")
    assert not app.exception
    assert [source.model for source in player(app).sources] == ["first", "small", "first"]


def test_switched_on_in_mid_run_texts_and_temperatures_stay(open_page):
    """Only the networks of the other columns change."""
    app = open_page()
    step(app, 3)
    texts = list(player(app).texts)
    switch(app)
    step(app, 1)
    assert [text[:3] for text in player(app).texts] == texts
    assert [row[-1].temperature for row in player(app).rows] == list(BOOK_TEMPERATURES)
    assert [source.model for source in player(app).sources] == ["first", "small", "zebra", "first"]
    switch(app, on=False)
    assert [source.model for source in player(app).sources] == ["first"] * 4
    assert [text[:3] for text in player(app).texts] == texts


def test_address_of_one_viewers_texts_writes_them_for_another(open_page):
    """Networks, temperatures, seed text, random seed and length: the other viewer sees the same texts appear."""
    app = make_step(switch(open_page()), "zebra", "first", "first")
    step(app, 9)
    address = shown_address(app)
    assert (address["models"], address["temperatures"], address["run"]) == ("zebra,first,first", "0.5,0.5,0.5", "9")
    other = open_page(**address)
    write_to_the_end(other)
    assert player(other).texts == player(app).texts
    assert [source.model for source in player(other).sources] == ["zebra", "first", "first"]


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ({"models": "small,small"}, ["small", "small"]),
        ({"models": "nothing,zebra,<b>"}, ["first", "zebra", "zebra"]),
        ({"models": "zebra", "temperatures": "0.1,0.2,0.3"}, ["zebra", "small", "zebra"]),
        ({"models": "x,y,,"}, ["first"] * 4),
        ({"models": ",".join(["small"] * 99)}, ["small"] * 6),
    ],
)
def test_invalid_networks_in_an_address_are_ignored(open_page, address, networks):
    """Unknown, too few, too many: the page opens with the valid ones."""
    app = open_page(**address)
    assert not app.exception
    assert [source.model for source in player(app).sources] == networks
    assert app.toggle(key="compare_several").value == ("x" not in address["models"])


def test_best_epoch_of_each_writes(open_page):
    """The epoch that is chosen for one network applies to that way of comparing alone."""
    app = open_page(epoch="0")
    assert {source.epoch for source in player(app).sources} == {0}
    switch(app)
    assert {source.epoch for source in player(app).sources} == {2}
    assert app.select_slider(key="compare_epoch").disabled


def test_repeated_runs_show_their_spread_below_each_column(open_page, models):
    """32 texts of each network, counted as a sweep of that network alone counts them."""
    app = make_step(switch(open_page()), "first", "small", "first")
    app.number_input(key="compare_length").set_value(30).run()
    write_repeated_runs(app)
    for column, name in enumerate(("first", "small", "first")):
        model = models[name]
        seed = model.vocabulary.fold(player(app).seed_text).text
        arguments = (model.network(), model.vocabulary, seed, [0.5], RUNS, 30, 1, english() | model.words)
        *_, (_, figures) = sweep(*arguments)
        spreads = {label: spread_ for label, _, spread_, _ in columns(app)["figures"][column]}
        for figure in ("real_words", "distinct_words", "entropy", "likeliest"):
            bounds = tuple(bound.item() for bound in spread(getattr(figures, figure)))
            label, _, expected = compare_sentences.compared_figure(figure, 0.0, bounds, RUNS)
            assert spreads[label] == expected
    make_step(app, "zebra", "small", "first")
    assert app.session_state["compare_state"].repeated_runs is None  # another network writes


def test_there_is_no_switch_where_there_is_one_network(open_page, models):
    """And an address that names it is ignored."""
    for name in ("first", "zebra"):
        shutil.rmtree(models[name].folder)
    app = open_page(models="small,small")
    assert not app.exception
    assert not [toggle for toggle in app.toggle if toggle.label == compare_sentences.SEVERAL_NETWORKS]
    assert columns(app)["whole"]["networks"] is None
