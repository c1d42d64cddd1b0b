"""What the chart of a batch shows: where nothing is selected, all rows have the same text up to there."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import draw, sampling_probs
from charlstm.model_folder.store import open_model
from charlstm.playback.comparison import Comparison
from charlstm.playback.player import Player
from charlstm.playback.tables.batch_focus import InForce, Tick, focused_choices

SEED = "ab "
temperatures = st.lists(st.floats(0, 2), min_size=2, max_size=6)
some_filters = st.sampled_from([NO_FILTERS, Filters(top_k=2), Filters(top_p=0.7)])


@pytest.fixture
def begin(model_folder):
    """Begin texts of which each tick writes seven characters at 10 a second."""
    model = open_model(model_folder)

    def begin_(rows, independent=False, epochs=None):
        ticks = iter(np.arange(0, 1e6, 0.7))
        networks = {epoch: NetworkSource(model.network(epoch), model.vocabulary, f"{epoch}") for epoch in (0, 2)}
        sources = [networks[epoch] for epoch in epochs or [2] * rows]
        seeds = [5 + row * independent for row in range(rows)]
        return Player(sources, SEED, seeds, lambda: float(next(ticks)))

    return begin_


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(temperatures, st.data(), st.booleans(), some_filters, st.integers(0, 40))
def test_without_a_selection_all_rows_have_one_text_before_every_choice_that_is_shown(
    begin, hot, data, independent, filters, steps
):
    """While texts stream and afterwards, with one network or several, whatever is set in between."""
    player = begin(len(hot), independent, data.draw(st.lists(st.sampled_from([0, 2]), min_size=6))[: len(hot)])
    player.play(steps)
    for _ in range(10):
        hot = data.draw(st.lists(st.floats(0, 2), min_size=len(hot), max_size=len(hot)))
        new = player.advance(10, hot, filters)
        at_next = data.draw(st.booleans())
        shown = focused_choices(player, parting(player), None, at_next, Tick(new, 0.7), InForce(hot, filters))
        assert len({text[: shown.positions[-1]] for text in player.texts}) == 1
        if parting(player) is not None:
            assert shown.positions[-1] == parting(player)
        for position, choices in zip(shown.positions, shown.choices, strict=True):
            if shown.kind != "next":
                assert [choice.raw.tolist() for choice in choices] == [
                    row[position].raw.tolist() for row in player.rows
                ]
            if len(set(player.sources)) == 1:
                assert len({tuple(choice.raw.tolist()) for choice in choices}) == 1


def parting(player):
    return Comparison(player, [()] * len(player.rows)).parting


def parted(begin):
    player = begin(4)
    player.play(60)
    while player.running:
        player.advance(10, [0.2, 0.5, 1.0, 1.2])
    assert parting(player) is not None
    return player


def test_a_lower_temperature_is_never_flatter_than_a_higher_one(begin):
    """The share of the likeliest character falls with the temperature, because the texts before it are the same."""
    player = parted(begin)
    shown = focused_choices(
        player, parting(player), None, False, Tick(0, 0.7), InForce([0.2, 0.5, 1.0, 1.2], NO_FILTERS)
    )
    (choices,) = shown.choices
    assert shown.kind == "shared"
    assert not shown.what_if
    assert (np.diff([choice.reweighted.max() for choice in choices]) <= 0).all()
    drawn = [choice.character_id for choice in choices]
    assert drawn == [row[parting(player)].character_id for row in player.rows]
    assert len(set(drawn)) > 1


@given(st.lists(st.floats(0, 2), min_size=4, max_size=4), some_filters)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_shared_choice_follows_the_temperatures_with_the_same_random_number(begin, hot, filters):
    """What if: its bars and the characters they take are those of the pure functions."""
    player = parted(begin)
    shown = focused_choices(player, parting(player), None, True, Tick(0, 0.7), InForce(hot, filters))
    (choices,), steps = shown.choices, [row[parting(player)] for row in player.rows]
    raw = np.stack([step.raw for step in steps])
    expected = sampling_probs(raw, np.array(hot), filters)
    np.testing.assert_array_equal([choice.reweighted for choice in choices], expected)
    np.testing.assert_array_equal(
        [choice.character_id for choice in choices], draw(raw, expected, np.array([step.u for step in steps]))
    )
    assert shown.what_if == ((hot, filters) != ([0.2, 0.5, 1.0, 1.2], NO_FILTERS))


def test_selected_position_shows_each_rows_own_choice(begin):
    """As it was made, also after the texts have parted."""
    player = parted(begin)
    shown = focused_choices(player, parting(player), 50, False, Tick(0, 0.7), InForce([2.0] * 4, NO_FILTERS))
    assert (shown.kind, shown.positions) == ("selected", [50])
    for choice, row, temperature in zip(shown.choices[0], player.rows, [0.2, 0.5, 1.0, 1.2], strict=True):
        np.testing.assert_array_equal(choice.raw, row[50].raw)
        assert choice.temperature == temperature


def test_the_end_is_shown_as_long_as_the_texts_are_the_same(begin):
    """The next choice, those that stream, and the last one."""
    player, same = begin(3), InForce([0.7] * 3, NO_FILTERS)
    assert focused_choices(player, parting(player), None, False, Tick(0, 0.7), same).kind == "next"
    player.play(30)
    new = player.advance(10, same.temperatures)
    new = player.advance(10, same.temperatures)
    streaming = focused_choices(player, parting(player), None, False, Tick(new, 0.7), same)
    assert (streaming.kind, streaming.positions[-1]) == ("streaming", len(player.steps) - 1)
    assert 2 <= len(streaming.choices) <= 5
    player.stop()
    assert focused_choices(player, parting(player), None, False, Tick(0, 0.7), same).kind == "last"
    following = focused_choices(player, parting(player), None, True, Tick(0, 0.7), same)
    assert (following.kind, following.positions) == ("next", [len(player.steps)])
    assert {choice.character_id for choice in following.choices[0]} == {None}


def test_choices_that_stream_end_with_the_one_where_the_texts_part(begin):
    """It is the last frame of its message, and what stays in the messages after it."""
    player, in_force = begin(2), InForce([0.0, 2.0], NO_FILTERS)
    player.play(200)
    while parting(player) is None:
        new = player.advance(10, in_force.temperatures)
    shown = focused_choices(player, parting(player), None, False, Tick(new, 0.7), in_force)
    np.testing.assert_array_equal(shown.choices[-1][0].raw, player.steps[parting(player)].raw)
    new = player.advance(10, in_force.temperatures)
    after = focused_choices(player, parting(player), None, False, Tick(new, 0.7), in_force)
    assert (after.kind, after.positions) == ("shared", [parting(player)])
