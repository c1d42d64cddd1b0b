"""The state machine that advances a run by the clock."""

import numpy as np
import pytest

from charlstm.generation.loop import generate
from charlstm.generation.run import NetworkSource
from charlstm.generation.run_file import LONGEST_RUN
from charlstm.model_folder.store import open_model
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE, LONGEST_PAUSE
from charlstm.playback.player import Player
from charlstm.text.vocabulary import Vocabulary


class Clock:
    """Seconds that a test sets."""

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
    return Player([NetworkSource(model.network(), model.vocabulary)], "ab ", [1], clock)


def test_player_writes_as_many_characters_as_the_clock_says(player, clock):
    """Thirty a second for ten seconds are three hundred, however uneven the ticks are."""
    player.play(1000)
    for pause in np.random.default_rng(1).dirichlet(np.ones(200)) * 10:
        clock.now += pause
        player.advance(30, 0.5)
    assert len(player.steps) in (300, 301)  # the first is due at once


def test_player_writes_the_first_characters_at_once(player, clock):
    """From then on it writes by the clock."""
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


def test_player_stops_at_its_goal_and_continues_from_there(player, clock):
    """A run has exactly the requested length, and so has its continuation."""
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
    """After an hour, a second's worth of text is due, not an hour's."""
    player.play(10_000)
    clock.now += 3600
    assert player.advance(30, 0.5) <= 30 * LONGEST_PAUSE + 1


def test_player_at_full_speed_works_for_a_bounded_time(model):
    """One tick does not write the whole run."""
    ticks = iter(np.arange(0, 100, 0.02))
    player = Player([NetworkSource(model.network(), model.vocabulary)], "ab ", [1], lambda: float(next(ticks)))
    player.play(1000)
    assert 1 <= player.advance(AS_FAST_AS_POSSIBLE, 0.5) < 20
    assert player.running


def test_player_writes_what_the_loop_writes(player, model, clock):
    """The same uniform draws and temperature give the same steps as the loop, whatever the ticks."""
    player.play(40)
    while player.running:
        clock.now += 0.07
        player.advance(30, 0.8)
    expected = list(generate(model.network(), model.vocabulary.encode("ab "), 0.8, 40, 1))
    assert [step.character_id for step in player.steps] == [step.character_id for step in expected]
    assert [step.u for step in player.steps] == [step.u for step in expected]


def test_player_uses_a_new_temperature_for_the_next_character(player):
    """Each step has the temperature with which it was made."""
    for temperature in (0.2, 2.0, 0.0):
        player.step(temperature)
    assert [step.temperature for step in player.steps] == [0.2, 2.0, 0.0]


def test_player_keeps_text_and_draws_when_the_network_changes(player, model):
    """Another epoch continues the same text with the following uniform draw."""
    for _ in range(6):
        player.step(0.7)
    text = player.texts[0]
    player.change_networks([NetworkSource(model.network(0), model.vocabulary)])
    player.step(0.7)
    assert player.texts[0][:-1] == text
    draws = [step.u for step in generate(model.network(), model.vocabulary.encode("ab "), 0.7, 7, 1)]
    assert [step.u for step in player.steps] == draws
    network = model.network(0)
    raw = network.probs(network.prefill(model.vocabulary.encode("ab " + text)))
    np.testing.assert_allclose(player.steps[-1].raw, raw, atol=1e-6)


def test_player_keeps_the_text_when_the_network_has_other_characters(player, model):
    """It reads what it knows of the text, and each step keeps its own characters."""
    for _ in range(6):
        player.step(0.7)
    text = player.texts[0]
    others = Vocabulary(("\n", "b", "a", "y", "ë"))  # as many as before, so that the same network can be asked
    other = model.network(0)
    player.change_networks([NetworkSource(other, others, "other", 0)])
    for _ in range(4):
        player.step(0.7)
    assert player.texts[0][:6] == text
    assert set(player.texts[0][6:]) <= set(others.characters)
    raw = other.probs(other.prefill(others.fold_and_encode("ab " + text)))
    np.testing.assert_allclose(player.steps[6].raw, raw, atol=1e-6)
    assert [player.vocabulary_of(position) for position in (5, 6)] == [model.vocabulary, others]
    assert player.branch(3).texts[0] == text[:3]
    assert player.branch(3).original.texts[0] == player.texts[0][3:]


def test_picked_character_is_marked_in_its_step(player):
    """And is in the text."""
    player.pick({0: 2}, 0.5)
    player.step(0.5)
    assert [step.picked for step in player.steps] == [True, False]
    assert player.texts[0][0] == "a"


def test_player_bounds_the_memory_of_one_viewer(player):
    """A run ends at the greatest length allowed, whatever was requested."""
    player.play(10**9)
    assert player.goal == LONGEST_RUN


def ids(player):
    return [step.character_id for step in player.steps]


def test_branch_shares_its_beginning_and_the_uniform_draws(player):
    """Up to the branch both are the same steps; beyond it each position has the same uniform draw."""
    for _ in range(30):
        player.step(0.6)
    before = list(player.steps)
    branch = player.branch(12)
    for _ in range(18):
        branch.step(2.0)
    assert player.steps == before
    assert all(one is other for one, other in zip(branch.steps[:12], before, strict=False))
    assert [step.u for step in branch.steps] == [step.u for step in before]
    assert branch.original is not None
    assert branch.original.position == 12
    assert list(branch.original.rows[0]) == before[12:]


def test_branch_with_the_same_settings_writes_the_same(player):
    """A difference can only come from what was changed."""
    for _ in range(40):
        player.step(1.1)
    branch = player.branch(17)
    for _ in range(23):
        branch.step(1.1)
    assert ids(branch) == ids(player)


def test_branch_at_the_end_has_no_original(player):
    """There is nothing to diverge from; a branch keeps the original that it already has."""
    for _ in range(9):
        player.step(0.6)
    assert player.branch(9).original is None
    branch = player.branch(4)
    branch.pick({0: 1}, 0.6)
    assert branch.branch(5).original == branch.original


@pytest.mark.parametrize("picked", [True, False])
def test_branch_restarts_where_it_diverges(player, picked):
    """A picked character stays; what was drawn after it is removed."""
    for _ in range(9):
        player.step(0.6)
    branch = player.branch(4)
    if picked:
        branch.pick({0: 1}, 0.6)
    for _ in range(5):
        branch.step(1.5)
    restarted = branch.restart_branch()
    assert ids(restarted) == ids(branch)[: 4 + picked]
    assert restarted.original == branch.original
    assert ids(restarted.restart_branch()) == ids(restarted)


def test_branch_continues_with_the_network_of_its_position(player, model):
    """The network that wrote a character writes it again, whichever was chosen later."""
    for _ in range(6):
        player.step(0.7)
    player.change_networks([NetworkSource(model.network(0), model.vocabulary, "small", 0)])
    for _ in range(6):
        player.step(0.7)
    early, late = player.branch(3), player.branch(9)
    assert (early.sources[0].epoch, late.sources[0].epoch) == (player.sources_of(3)[0].epoch, 0)
    late.step(0.7)
    np.testing.assert_array_equal(late.steps[9].raw, player.steps[9].raw)


def test_what_if_is_the_same_choice_with_other_settings(player):
    """Raw probs and uniform draw are the same; with the old settings so is the character."""
    for _ in range(20):
        player.step(0.6)
    for position, step in enumerate(player.steps):
        (other,) = player.what_if(position, 1.9)
        assert other.u == step.u
        np.testing.assert_array_equal(other.raw, step.raw)
        assert player.what_if(position, 0.6)[0].character_id == step.character_id


def test_next_step_is_the_one_that_is_made(player):
    """Asking for it changes nothing."""
    for _ in range(20):
        (expected,) = player.next_steps(0.9)
        player.step(0.9)
        assert player.steps[-1].character_id == expected.character_id
        assert player.steps[-1].u == expected.u


def test_restored_player_continues_the_run(player, model):
    """Exactly as the one that was saved."""
    for _ in range(15):
        player.step(0.8)
    restored = Player(player.sources, "ab ", [1])
    restored.restore(player.steps, player.run(), lambda name, epoch: player.sources[0])
    assert restored.run() == player.run()
    for one in (player, restored):
        for _ in range(15):
            one.step(1.4)
    assert ids(restored) == ids(player)
