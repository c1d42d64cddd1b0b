"""The Compare page's logic, without a browser."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charlstm.evaluation.metrics import distinct_word_share, real_word_share
from charlstm.generation.filters import Filters
from charlstm.generation.loop import generate
from charlstm.generation.sampling import BOOK_TEMPERATURES, entropy
from charlstm.model_folder.store import open_model
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.sweeps.repeated_runs import RUNS
from charlstm.text.word_list import coverage, english
from charlstm.ui.compare import page as compare_page
from charlstm.ui.compare import sentences as compare_sentences
from charlstm.ui.compare.state import VIEW
from tests.app.address_bar import shown_address
from tests.app.compare_page import columns, open_compare, player, step, write_repeated_runs, write_to_the_end
from tests.app.more_menu import close_more, open_more

SEED = "ab ba "


@pytest.fixture
def open_page(model_folder, monkeypatch, tmp_path):
    """Open the page on the folder that holds the small model."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))

    return lambda **address: open_compare(SEED, address)


def comparison(app):
    return app.session_state["compare_state"].texts.comparison


def texts_of(app):
    return [element.value for element in [*app.text, *app.caption]]


def test_page_opens_with_four_columns_at_the_books_temperatures(open_page):
    """Nothing is written; the chart shows the next choice."""
    app = open_page()
    assert not app.exception
    assert columns(app)["texts"] == [""] * 4
    assert columns(app)["whole"]["temperatures"] == [0.2, 0.5, 1.0, 1.2]
    assert columns(app)["whole"]["seed"] == SEED
    assert compare_sentences.COMPARED_NEXT in texts_of(app)


def test_coverage_of_the_word_list_is_stated(open_page, model_folder):
    """As the pure function has it for this model's own text."""
    share = coverage(open_model(model_folder).words, english())
    assert compare_sentences.about_real_words(share) in texts_of(open_page())


def test_columns_write_what_the_loop_writes_with_the_same_draws(open_page, model_folder):
    """Exactly the same text in each column; the chart shows the last choice before they differ."""
    app = open_page()
    step(app, 12)
    model = open_model(model_folder)
    for text, temperature in zip(columns(app)["texts"], BOOK_TEMPERATURES, strict=False):
        steps = generate(model.network(), model.vocabulary.encode(SEED), temperature, 12, 1)
        assert text == model.vocabulary.decode(one.character_id for one in steps)
    assert len(set(columns(app)["texts"])) > 1
    assert compare_sentences.last_shared(comparison(app).parting + 1, True, False) in texts_of(app)


def test_figures_below_the_columns_are_those_of_the_pure_functions(open_page, model_folder):
    """The page shows what the functions return for the whole texts."""
    app = open_page()
    step(app, 25)
    known = english() | open_model(model_folder).words
    for column, figures in enumerate(columns(app)["figures"]):
        shown = {label: value for label, value, _, _ in figures}
        text = player(app).texts[column]
        assert shown[compare_sentences.COMPARED_FIGURES["real_words"]] == playback_sentences.share(
            real_word_share(text, known, SEED)
        )
        assert shown[compare_sentences.COMPARED_FIGURES["distinct_words"]] == playback_sentences.share(
            distinct_word_share(text, SEED)
        )
        assert shown[compare_sentences.COMPARED_FIGURES["entropy"]] == playback_sentences.bits(
            comparison(app).mean_entropy[column]
        )
        assert shown[compare_sentences.COMPARED_FIGURES["likeliest"]] == playback_sentences.share(
            comparison(app).likeliest_share[column]
        )
        assert shown[compare_sentences.DIVERGES_AT] == compare_sentences.diverges_at(
            column, comparison(app).divergences[column]
        )
    assert columns(app)["divergences"] == comparison(app).divergences


def test_word_shares_of_a_script_without_words_are_dashes(open_page, model_folder):
    """Chinese: whatever is between two full stops is no word, real or not."""
    manifest, known = json.loads((model_folder / "model.json").read_text()), ["\n", "。", "我", "是", "猫"]
    (model_folder / "model.json").write_text(
        json.dumps(manifest | {"vocabulary": known, "characters_by_frequency": known})
    )
    app = open_page()
    step(app, 25)
    assert not app.exception
    for column, figures in enumerate(columns(app)["figures"]):
        shown = {label: value for label, value, _, _ in figures}
        assert shown[compare_sentences.COMPARED_FIGURES["real_words"]] == "–"
        assert shown[compare_sentences.COMPARED_FIGURES["distinct_words"]] == "–"
        assert comparison(app).word_counters[column].invented == []


def test_only_what_is_new_is_sent_once_the_view_has_the_rest(open_page):
    """A run of the fragment alone sends neither the seed text nor the beginning again."""
    app = open_page()
    app.button(key="compare_generate").click().run()
    assert columns(app)["whole"] is not None
    sent = app.session_state["compare_state"].texts.sent
    assert list(sent) == [len(player(app).steps)]


def test_view_that_reports_a_gap_gets_all(open_page, report):
    """Also where it does so just when the whole page is drawn again: no error replaces the chart."""
    app = open_page()
    step(app, 1)
    message = report(app, VIEW, "lost", True)
    assert not app.exception
    assert message["whole"] is not None
    assert message["texts"] == player(app).texts


def test_generate_stop_continue_and_clear(open_page):
    """Generate runs, Stop keeps the texts, Continue continues them, Clear removes them."""
    app = open_page()
    app.button(key="compare_generate").click().run()
    assert player(app).running
    assert app.button(key="compare_step").disabled
    app.button(key="compare_stop").click().run()
    texts = list(player(app).texts)
    assert not player(app).running
    app.button(key="compare_continue").click().run()
    assert player(app).running
    assert [text[: len(texts[0])] for text in player(app).texts] == texts
    app.button(key="compare_clear").click().run()
    assert player(app).texts == [""] * 4


@pytest.mark.parametrize("count", [2, 6])
def test_there_may_be_two_to_six_columns(open_page, count):
    """Another number of them begins anew, each with a temperature."""
    app = open_page()
    step(app, 2)
    app.number_input(key="compare_columns").set_value(count).run()
    assert not app.exception
    assert columns(app)["texts"] == [""] * count
    step(app, 2)
    assert [len(text) for text in columns(app)["texts"]] == [2] * count


def test_independent_draws_are_those_of_the_following_random_seeds(open_page):
    """On request; the heading says so."""
    app = open_page()
    app.toggle(key="compare_independent").set_value(True).run()
    assert player(app).random_seeds == (1, 2, 3, 4)
    step(app, 1)
    assert comparison(app).parting == 0
    assert compare_sentences.last_shared(1, False, False) in texts_of(app)


def test_chart_stays_on_the_last_shared_choice_and_follows_what_is_set(open_page):
    """Once the texts differ, as they would be taken by the same random number."""
    app = open_page()
    step(app, 12)
    number = comparison(app).parting + 1
    app.slider(key="compare_top_k").set_value(1).run()
    assert compare_sentences.last_shared(number, True, True) in texts_of(app)
    app.slider(key="compare_top_k").set_value(0).run()
    assert compare_sentences.last_shared(number, True, False) in texts_of(app)
    step(app, 3)
    assert compare_sentences.last_shared(number, True, False) in texts_of(app)


def test_view_is_told_whether_to_ask_for_more(open_page):
    """While texts are written, and while repeated runs are; the page has no timer."""
    app = open_page()
    assert not columns(app)["goes_on"]
    app.button(key="compare_generate").click().run()
    assert columns(app)["running"]
    assert columns(app)["goes_on"]
    app.button(key="compare_stop").click().run()
    assert not columns(app)["goes_on"]
    app.number_input(key="compare_length").set_value(2000).run()
    app.button(key="compare_repeat").click().run()
    assert not columns(app)["running"]
    assert columns(app)["goes_on"]
    assert "run_every" not in Path(compare_page.__file__).read_text()


def test_address_of_one_viewers_texts_writes_them_for_another(open_page):
    """Temperatures, seed text, random seeds and length: the other viewer sees the same texts appear."""
    app = open_page()
    app.number_input(key="compare_columns").set_value(3).run()
    app.toggle(key="compare_independent").set_value(True).run()
    step(app, 7)
    address = shown_address(app)
    assert address["temperatures"] == "0.2,0.5,1"
    other = open_page(**address)
    assert player(other).goal == 7
    write_to_the_end(other)
    assert player(other).texts == player(app).texts


def test_address_holds_no_texts_that_it_does_not_determine(open_page):
    """A network that was changed in mid-run is in no address; the settings are."""
    app = open_page()
    step(app, 2)
    assert shown_address(app)["run"] == "2"
    app.select_slider(key="compare_epoch").set_value(0).run()
    step(app, 1)
    address = shown_address(app)
    assert "run" not in address
    assert address["epoch"] == "0"


@pytest.mark.parametrize(
    ("text", "temperatures"),
    [
        ("1e9,-4", [2.0, 0.0]),
        ("nan,abc,0.7", [0.5, 0.5, 0.7]),
        ("0.3", list(BOOK_TEMPERATURES)),
        ("0,1,2,0,1,2,0,1,2", [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]),
    ],
)
def test_invalid_temperatures_in_an_address_are_clamped(open_page, text, temperatures):
    """Out of range, no numbers, too few, too many: the page opens."""
    app = open_page(temperatures=text, seed="<b>", run="-5", random_seed="1e400")
    assert not app.exception
    assert columns(app)["whole"]["temperatures"] == temperatures
    assert columns(app)["texts"] == [""] * len(temperatures)


def test_filters_act_in_all_columns(open_page):
    """A top-k of 1 takes the likeliest everywhere, and the steps say so."""
    app = open_page()
    app.slider(key="compare_top_k").set_value(1).run()
    step(app, 3)
    for row in player(app).rows:
        assert row[-1].filters == Filters(top_k=1)
        assert row[-1].character_id == row[-1].raw.argmax()


def test_chart_shows_the_next_choice_when_a_filter_is_changed_while_idle(open_page):
    """With the new filter; after a step it shows the last choice again."""
    app = open_page()
    step(app, 1)
    assert compare_sentences.compared(1, True) in texts_of(app)
    app.slider(key="compare_top_k").set_value(2).run()
    assert compare_sentences.COMPARED_NEXT in texts_of(app)
    step(app, 1)
    assert compare_sentences.compared(2, True) in texts_of(app)


def test_another_model_continues_the_texts(open_page, model_folder):
    """Whatever its vocabulary is (tests/unit/playback/test_batch_player.py); Clear begins with it alone."""
    shutil.copytree(model_folder, model_folder.parent / "second")
    app = open_page()
    step(app, 2)
    before = columns(app)["texts"]
    app.selectbox(key="model").set_value("small").run()
    step(app, 1)
    assert not app.exception
    assert [text[:-1] for text in columns(app)["texts"]] == before
    assert [source.model for source in player(app).sources] == ["small"] * 4
    app.button(key="compare_clear").click().run()
    assert columns(app)["texts"] == [""] * 4


def test_epoch_may_change_in_mid_run(open_page):
    """The texts stay and the other network continues them."""
    app = open_page()
    step(app, 3)
    texts = list(player(app).texts)
    app.select_slider(key="compare_epoch").set_value(0).run()
    step(app, 1)
    assert [text[:-1] for text in player(app).texts] == texts


def test_seed_text_acts_on_the_next_texts(open_page):
    """What was written stays until Generate or Clear."""
    app = open_page()
    step(app, 1)
    texts = list(player(app).texts)
    app.text_area(key="compare_seed_text").set_value("b b").run()
    assert player(app).texts == texts
    app.button(key="compare_clear").click().run()
    assert player(app).seed_text == "b b"


def test_table_shows_the_figures_of_the_chart(open_page, model_folder):
    """Every character of every column."""
    app = open_page()
    step(app, 1)
    open_more(app).toggle(key="compare_table").set_value(True).run()
    close_more(app)
    table = app.dataframe[0].value
    assert len(table) == 4 * len(open_model(model_folder).vocabulary)
    assert table["drawn"].sum() == 4
    assert set(table["u"]) == {player(app).steps[-1].u}


def test_repeated_runs_show_their_spread_below_the_columns(open_page, model_folder):
    """Median and middle 80% of 32 texts at each temperature, each counted by the pure functions."""
    app = open_page()
    app.number_input(key="compare_length").set_value(30).run()
    write_repeated_runs(app)
    model = open_model(model_folder)
    known, ids = english() | model.words, model.vocabulary.encode(SEED)
    for temperature, figures in zip(BOOK_TEMPERATURES, columns(app)["figures"], strict=False):
        runs = [list(generate(model.network(), ids, temperature, 30, 1 + run)) for run in range(RUNS)]
        texts = [model.vocabulary.decode(one.character_id for one in steps) for steps in runs]
        values: dict[str, list[Any]] = {
            "real_words": [real_word_share(text, known, SEED) for text in texts],
            "distinct_words": [distinct_word_share(text, SEED) for text in texts],
            "entropy": [np.mean([entropy(one.reweighted) for one in steps]) for steps in runs],
            "likeliest": [np.mean([one.raw.argmax() == one.character_id for one in steps]) for steps in runs],
        }
        shown = {label: spread for label, _, spread, _ in figures}
        for name, each in values.items():
            label, _, spread = compare_sentences.compared_figure(
                name, 0.0, tuple(np.nanquantile(each, [0.1, 0.5, 0.9])), RUNS
            )
            assert shown[label] == spread


def test_repeated_runs_can_be_cancelled_and_end_when_the_conditions_change(open_page):
    """Cancel ends them; so does another seed text."""
    app = open_page()
    app.number_input(key="compare_length").set_value(2000).run()
    app.button(key="compare_repeat").click().run()
    repeated_runs = app.session_state["compare_state"].repeated_runs
    assert repeated_runs.sweep.running
    app.button(key="compare_cancel").click().run()
    assert not repeated_runs.sweep.running
    app.button(key="compare_repeat").click().run()
    repeated_runs = app.session_state["compare_state"].repeated_runs
    app.text_area(key="compare_seed_text").set_value("b").run()
    assert not repeated_runs.sweep.running
    assert app.session_state["compare_state"].repeated_runs is None
