"""Slow motion: a stage shows what is known at it and nothing else, described with the numbers of the step."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.generation.filters import Filters
from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import ranking
from charlstm.model_folder.store import open_model
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import (
    BOOKS_CODE,
    Stage,
    choice_at,
    describe,
    hide_unknown,
    next_stage,
    previous_stage,
)
from charlstm.playback.tables.choice import figures_table, intervals_by_id


@pytest.fixture
def player(model_folder):
    model = open_model(model_folder)
    return Player([NetworkSource(model.network(), model.vocabulary, "small", 2)], "ab ab", [5])


def is_empty(column):
    return all(value in (None, "", False) or value != value for value in column)


@pytest.mark.parametrize("stage", Stage)
def test_stage_shows_what_is_known_and_nothing_else(player, stage):
    """The number is in the choice from the draw on, the character from the end on."""
    choice = choice_at(stage, player.next_steps(0.7)[0])
    assert (choice.u is None) == (stage < Stage.DRAW)
    assert (choice.character_id is None) == (stage < Stage.APPENDED)


def test_stage_before_another_one_is_reached_by_the_presenter():
    """Before the first one is the page without slow motion."""
    assert [previous_stage(stage) for stage in Stage] == [None, *list(Stage)[:-1]]
    assert set(BOOKS_CODE) == set(Stage)


def test_table_to_read_hides_what_the_chart_hides(player):
    """The figures as a table show no more than the chart."""
    table = figures_table(choice_at(Stage.RAW, player.next_steps(0.7)[0]), player.vocabulary_of(0))
    columns = hide_unknown(table, Stage.RAW).to_pydict()
    assert columns["raw"] == table.to_pydict()["raw"]
    assert is_empty(columns["reweighted"])
    assert is_empty(columns["interval to"])


def test_each_press_is_one_stage_and_the_loop_repeats():
    """The first is the text so far; after the character is appended, the raw distribution follows."""
    stages = [next_stage(None)]
    for _ in range(6):
        stages.append(next_stage(stages[-1]))
    assert stages == [*Stage, Stage.RAW, Stage.REWEIGHTED]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([0.0, 0.2, 1.0, 2.0, math.inf]), st.sampled_from([Filters(), Filters(top_k=2)]))
def test_descriptions_have_the_numbers_of_the_step(player, temperature, filters):
    """Those of the pure functions."""
    step = player.next_steps(temperature, filters)[0]
    likeliest = int(ranking(step.raw)[0])
    start, end = intervals_by_id(choice_at(Stage.APPENDED, step))
    drawn = step.character_id
    assert f"{step.raw[likeliest]:.1%}" in describe(Stage.RAW, step, player)
    assert f"{step.reweighted[likeliest]:.1%}" in describe(Stage.REWEIGHTED, step, player)
    draw = describe(Stage.DRAW, step, player)
    assert f"u = {step.u:.3f} lies between {start[drawn]:.3f} and {end[drawn]:.3f}" in draw
    assert f"{step.reweighted[drawn]:.1%} reweighted" in describe(Stage.APPENDED, step, player)


def test_first_description_says_how_much_the_network_reads(player, model_folder):
    """A window, all of a short text, or nothing at all."""
    step = player.next_steps(0.5)[0]
    assert "its last 4 characters" in describe(Stage.TEXT, step, player)
    model = open_model(model_folder)
    for seed_text, expected in (("ab", "all 2 characters of it"), ("", "starts without any")):
        other = Player([NetworkSource(model.network(), model.vocabulary)], seed_text, [5])
        assert expected in describe(Stage.TEXT, other.next_steps(0.5)[0], other)


def test_description_says_how_many_characters_filters_removed(player):
    """Of five characters, two are left."""
    assert "With top-k 2: 3 characters are removed" in describe(
        Stage.REWEIGHTED, player.next_steps(1.0, Filters(top_k=2))[0], player
    )
