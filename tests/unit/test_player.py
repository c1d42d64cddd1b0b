"""The state machine that advances a run by the clock."""

import numpy as np
import pytest

from charlstm.generation import write
from charlstm.store import open_model
from charlstm.ui.pace import AS_FAST_AS_POSSIBLE, LONGEST_PAUSE
from charlstm.ui.player import LONGEST_RUN, Player


class Clock:
    """Seconds that a test moves by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def model(model_folder):
    return open_model(model_folder)


@pytest.fixture
def player(model, clock):
    return Player(model.network(), model.vocabulary, "ab ", 1, clock)


def test_player_writes_as_many_characters_as_the_clock_says(player, clock):
    """Thirty a second for ten seconds are three hundred, however unevenly the ticks come."""
    player.play(1000)
    for pause in np.random.default_rng(1).dirichlet(np.ones(200)) * 10:
        clock.now += pause
        player.advance(30, 0.5)
    assert len(player.steps) in (300, 301)  # the first comes at once


def test_player_writes_nothing_when_idle(player, clock):
    """Time alone writes nothing."""
    clock.now += 60
    assert player.advance(30, 0.5) == 0
    assert not player.running


def test_player_stops_at_its_goal_and_goes_on_from_there(player, clock):
    """A run has the asked length to the character, and so has its continuation."""
    player.play(25)
    for _ in range(20):
        clock.now += 0.1
        player.advance(30, 0.5)
    assert len(player.steps) == 25
    assert not player.running
    player.play(5)
    clock.now += 0.5
    player.advance(30, 0.5)
    assert len(player.steps) == 30


def test_player_does_not_make_up_for_a_long_sleep(player, clock):
    """A tab that slept for an hour wakes to a second's worth of text, not to an hour's."""
    player.play(10_000)
    clock.now += 3600
    assert player.advance(30, 0.5) <= 30 * LONGEST_PAUSE + 1


def test_player_at_full_speed_lets_the_page_breathe(model):
    """One tick at full speed ends after a bounded time, not with the whole run."""
    ticks = iter(np.arange(0, 100, 0.02))
    player = Player(model.network(), model.vocabulary, "ab ", 1, lambda: float(next(ticks)))
    player.play(1000)
    assert 1 <= player.advance(AS_FAST_AS_POSSIBLE, 0.5) < 20
    assert player.running


def test_player_writes_what_the_loop_writes(player, model, clock):
    """The same dice and temperature give the same steps as the plain loop, whatever the ticks."""
    player.play(40)
    while player.running:
        clock.now += 0.07
        player.advance(30, 0.8)
    expected = list(write(model.network(), model.vocabulary.encode("ab "), 0.8, 40, 1))
    assert [step.character_id for step in player.steps] == [step.character_id for step in expected]
    assert [step.u for step in player.steps] == [step.u for step in expected]


def test_player_takes_a_new_temperature_for_the_very_next_character(player):
    """Each step carries the temperature that was in force when it was taken."""
    for temperature in (0.2, 2.0, 0.0):
        player.step(temperature)
    assert [step.temperature for step in player.steps] == [0.2, 2.0, 0.0]


def test_player_keeps_text_and_dice_when_the_network_changes(player, model):
    """Another epoch goes on from the same text with the following die."""
    for _ in range(6):
        player.step(0.7)
    text = player.generated
    player.change_network(model.network(0))
    player.step(0.7)
    assert player.generated[:-1] == text
    dice = [step.u for step in write(model.network(), model.vocabulary.encode("ab "), 0.7, 7, 1)]
    assert [step.u for step in player.steps] == dice
    network = model.network(0)
    raw = network.probs(network.prime(model.vocabulary.encode("ab " + text)))
    np.testing.assert_allclose(player.steps[-1].raw, raw, atol=1e-6)


def test_player_says_that_a_person_picked(player):
    """A picked character stands in the text, and its step says how it came there."""
    player.pick(2, 0.5)
    player.step(0.5)
    assert [step.picked for step in player.steps] == [True, False]
    assert player.generated[0] == "a"


def test_player_bounds_what_one_viewer_can_make_the_server_remember(player):
    """A run ends at its longest, whatever was asked for."""
    player.play(10**9)
    assert player.pace.goal == LONGEST_RUN
