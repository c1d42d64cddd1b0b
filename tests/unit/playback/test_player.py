"""The state machine that advances a run by the clock."""

import numpy as np
import pytest

from charlstm.generation.loop import generate
from charlstm.generation.run import Source
from charlstm.generation.run_file import LONGEST_RUN
from charlstm.model_folder.store import open_model
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE, LONGEST_PAUSE
from charlstm.playback.player import Player
from charlstm.text.vocabulary import Vocabulary


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
    return Player(Source(model.network(), model.vocabulary), "ab ", 1, clock)


def test_player_writes_as_many_characters_as_the_clock_says(player, clock):
    """Thirty a second for ten seconds are three hundred, however unevenly the ticks come."""
    player.play(1000)
    for pause in np.random.default_rng(1).dirichlet(np.ones(200)) * 10:
        clock.now += pause
        player.advance(30, 0.5)
    assert len(player.steps) in (300, 301)  # the first comes at once


def test_player_begins_with_what_the_views_show_until_the_first_tick(player, clock):
    """From then on it goes by the clock: after two seconds there are as many as in two and a tick."""
    player.play(1000, first=15)
    assert player.advance(30, 0.5) == 15
    for _ in range(4):
        clock.now += 0.5
        assert player.advance(30, 0.5) == 15


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
    player = Player(Source(model.network(), model.vocabulary), "ab ", 1, lambda: float(next(ticks)))
    player.play(1000)
    assert 1 <= player.advance(AS_FAST_AS_POSSIBLE, 0.5) < 20
    assert player.running


def test_player_writes_what_the_loop_writes(player, model, clock):
    """The same dice and temperature give the same steps as the plain loop, whatever the ticks."""
    player.play(40)
    while player.running:
        clock.now += 0.07
        player.advance(30, 0.8)
    expected = list(generate(model.network(), model.vocabulary.encode("ab "), 0.8, 40, 1))
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
    player.change_network(Source(model.network(0), model.vocabulary))
    player.step(0.7)
    assert player.generated[:-1] == text
    dice = [step.u for step in generate(model.network(), model.vocabulary.encode("ab "), 0.7, 7, 1)]
    assert [step.u for step in player.steps] == dice
    network = model.network(0)
    raw = network.probs(network.prefill(model.vocabulary.encode("ab " + text)))
    np.testing.assert_allclose(player.steps[-1].raw, raw, atol=1e-6)


def test_player_keeps_the_text_when_the_network_has_other_characters(player, model):
    """It reads what it knows of the text, goes on with the following die, and each step keeps its own characters."""
    for _ in range(6):
        player.step(0.7)
    text = player.generated
    others = Vocabulary(("\n", "b", "a", "y", "ë"))  # as many as before, so that the same network can be asked
    other = model.network(0)
    player.change_network(Source(other, others, "other", 0))
    for _ in range(4):
        player.step(0.7)
    assert player.generated[:6] == text
    assert set(player.generated[6:]) <= set(others.characters)
    raw = other.probs(other.prefill(others.fold_and_encode("ab " + text)))
    np.testing.assert_allclose(player.steps[6].raw, raw, atol=1e-6)
    assert [player.vocabulary_of(position) for position in (5, 6)] == [model.vocabulary, others]
    assert player.fork(3).generated == text[:3]
    assert player.fork(3).beside.text == player.generated[3:]


def test_player_says_that_a_person_picked(player):
    """A picked character stands in the text, and its step says how it came there."""
    player.pick(2, 0.5)
    player.step(0.5)
    assert [step.picked for step in player.steps] == [True, False]
    assert player.generated[0] == "a"


def test_player_bounds_what_one_viewer_can_make_the_server_remember(player):
    """A run ends at its longest, whatever was asked for."""
    player.play(10**9)
    assert player.goal == LONGEST_RUN


def ids(player):
    return [step.character_id for step in player.steps]


def test_branch_shares_its_beginning_and_throws_the_same_dice(player):
    """Up to the fork both are the same steps; beyond it each position has the die that it had."""
    for _ in range(30):
        player.step(0.6)
    before = list(player.steps)
    branch = player.fork(12)
    for _ in range(18):
        branch.step(2.0)
    assert player.steps == before
    assert all(one is other for one, other in zip(branch.steps[:12], before, strict=False))
    assert [step.u for step in branch.steps] == [step.u for step in before]
    assert branch.beside is not None
    assert branch.beside.position == 12
    assert list(branch.beside.steps) == before[12:]


def test_branch_at_the_same_knobs_writes_the_same(player):
    """What differs comes of what was changed, and of nothing else."""
    for _ in range(40):
        player.step(1.1)
    branch = player.fork(17)
    for _ in range(23):
        branch.step(1.1)
    assert ids(branch) == ids(player)


def test_branch_at_the_end_shows_nothing_beside_it(player):
    """There is nothing that it parts from; a branch keeps what it already stands beside."""
    for _ in range(9):
        player.step(0.6)
    assert player.fork(9).beside is None
    branch = player.fork(4)
    branch.pick(1, 0.6)
    assert branch.fork(5).beside == branch.beside


@pytest.mark.parametrize("picked", [True, False])
def test_branch_begins_afresh_where_it_parted(player, picked):
    """A picked character stays; what was drawn after it goes."""
    for _ in range(9):
        player.step(0.6)
    branch = player.fork(4)
    if picked:
        branch.pick(1, 0.6)
    for _ in range(5):
        branch.step(1.5)
    afresh = branch.restart_branch()
    assert ids(afresh) == ids(branch)[: 4 + picked]
    assert afresh.beside == branch.beside
    assert ids(afresh.restart_branch()) == ids(afresh)


def test_branch_goes_on_with_the_network_of_its_place(player, model):
    """The network that wrote a character writes it again, whichever came later."""
    for _ in range(6):
        player.step(0.7)
    player.change_network(Source(model.network(0), model.vocabulary, "small", 0))
    for _ in range(6):
        player.step(0.7)
    early, late = player.fork(3), player.fork(9)
    assert (early.source.epoch, late.source.epoch) == (player.source_of(3).epoch, 0)
    late.step(0.7)
    np.testing.assert_array_equal(late.steps[9].raw, player.steps[9].raw)


def test_what_if_is_the_same_choice_by_the_same_die(player):
    """Raw probs and die stay, only what was asked for differs; at the old knobs the old character falls."""
    for _ in range(20):
        player.step(0.6)
    for position, step in enumerate(player.steps):
        other = player.what_if(position, 1.9)
        assert other.u == step.u
        np.testing.assert_array_equal(other.raw, step.raw)
        assert player.what_if(position, 0.6).character_id == step.character_id


def test_step_ahead_is_the_one_that_is_made(player):
    """Looking ahead changes nothing."""
    for _ in range(20):
        ahead = player.ahead(0.9)
        player.step(0.9)
        assert player.steps[-1].character_id == ahead.character_id
        assert player.steps[-1].u == ahead.u


def test_player_goes_on_with_a_run_that_was_made_again(player, model):
    """It writes on exactly as the one that was saved."""
    for _ in range(15):
        player.step(0.8)
    follower = Player(player.source, "ab ", 1)
    follower.follow(player.steps, player.run(), lambda name, epoch: player.source)
    assert follower.run() == player.run()
    for one in (player, follower):
        for _ in range(15):
            one.step(1.4)
    assert ids(follower) == ids(player)
