"""Slow motion: a stage shows what it knows and nothing else, and says it with the step's own numbers."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.generation.run import Source
from charlstm.generation.sampling import Filters, ranking
from charlstm.model_folder.store import open_model
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import KNOWN_FROM, Stage, after, choice_at, known, told
from charlstm.playback.tables.choice import figures_table, intervals_by_id, rows_table

HIDDEN = {
    Stage.TEXT: {"symbol", "raw", "reweighted", "drawn", "die_start", "u"},
    Stage.RAW: {"reweighted", "drawn", "die_start", "u"},
    Stage.REWEIGHTED: {"drawn", "u"},
    Stage.DIE: {"drawn"},
    Stage.APPENDED: set(),
}


@pytest.fixture
def player(model_folder):
    model = open_model(model_folder)
    return Player(Source(model.network(), model.vocabulary, "small", 2), "ab ab", 5)


def says_nothing(column):
    return all(value in (None, "", False) or value != value for value in column)


@pytest.mark.parametrize("stage", Stage)
def test_stage_shows_what_it_knows_and_nothing_else(player, stage):
    """Raw alone, then reweighted, then the die, then the character; the columns stay for the spec."""
    step = player.ahead(0.7)
    whole = rows_table(choice_at(stage, step), player.source.vocabulary, "1:0")
    table = known(whole, stage)
    assert table.schema == whole.schema
    columns = table.to_pydict()
    for name in ("symbol", "raw", "reweighted", "drawn", "die_start", "u"):
        assert says_nothing(columns[name]) == (name in HIDDEN[stage]), name
    for name in set(columns) - set(KNOWN_FROM):
        assert columns[name] == whole.to_pydict()[name]


def test_table_to_read_hides_what_the_chart_hides(player):
    """The figures as a table are not ahead of the chart."""
    table = figures_table(choice_at(Stage.RAW, player.ahead(0.7)), player.source.vocabulary)
    columns = known(table, Stage.RAW).to_pydict()
    assert columns["raw"] == table.to_pydict()["raw"]
    assert says_nothing(columns["reweighted"])
    assert says_nothing(columns["die to"])


def test_each_press_is_one_stage_and_the_loop_goes_round():
    """The text so far comes first; after the character is appended, it is the raw distribution's turn."""
    stages = [after(None)]
    for _ in range(6):
        stages.append(after(stages[-1]))
    assert stages == [*Stage, Stage.RAW, Stage.REWEIGHTED]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([0.0, 0.2, 1.0, 2.0, math.inf]), st.sampled_from([Filters(), Filters(top_k=2)]))
def test_sentences_hold_the_numbers_of_the_step(player, temperature, filters):
    """Each says the figures of the pure functions."""
    step = player.ahead(temperature, filters)
    likeliest = int(ranking(step.raw)[0])
    start, end = intervals_by_id(choice_at(Stage.APPENDED, step))
    drawn = step.character_id
    assert f"{step.raw[likeliest]:.1%}" in told(Stage.RAW, step, player)
    assert f"{step.reweighted[likeliest]:.1%}" in told(Stage.REWEIGHTED, step, player)
    die = told(Stage.DIE, step, player)
    assert f"{step.u:.3f}: on the part from {start[drawn]:.3f} to {end[drawn]:.3f}" in die
    assert f"{step.reweighted[drawn]:.1%} reweighted" in told(Stage.APPENDED, step, player)


def test_first_sentence_says_how_much_the_network_reads(player, model_folder):
    """A window, all of a short text, or nothing at all."""
    step = player.ahead(0.5)
    assert "its last 4 characters" in told(Stage.TEXT, step, player)
    model = open_model(model_folder)
    for seed_text, said in (("ab", "all 2 characters of it"), ("", "starts from nothing")):
        other = Player(Source(model.network(), model.vocabulary), seed_text, 5)
        assert said in told(Stage.TEXT, other.ahead(0.5), other)


def test_filters_are_told_by_how_many_they_cut(player):
    """Of five characters, two are left."""
    assert "cut off 3 characters" in told(Stage.REWEIGHTED, player.ahead(1.0, Filters(top_k=2)), player)
