"""A run can be generated again, whatever a person did in the middle of it."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.run import (
    NetworkSource,
    Original,
    Run,
    RunSettings,
    check_models,
    first_difference,
    replay,
    whole_runs,
)
from charlstm.generation.run_file import parse_run, run_bytes
from charlstm.model_folder.store import open_model
from charlstm.networks import lstm
from charlstm.networks.architecture import LstmLayers
from charlstm.playback.player import Player
from charlstm.text.vocabulary import Vocabulary
from tests import golden

SEED_TEXT = "ab ba\n"
temperatures = st.sampled_from([0.0, 0.3, 1.0, 1.7, float("inf")])
STRATEGIES = [
    Filters(top_n_sigma=0.5),
    Filters(repetition_penalty=1.5, penalty_window=3),
    Filters(frequency_penalty=0.7, presence_penalty=-0.4, penalty_window=5),
    Filters(dry_multiplier=2.0, dry_allowed_length=1),
    Filters(mirostat_tau=0.9, mirostat_eta=0.4),
    Filters(mirostat_tau=1.5, order=("mirostat", "xtc")),
    Filters(xtc_probability=0.5, xtc_threshold=0.2),
    Filters(ban="a", bias=(("b", 1.0), ("y", -2.0))),
    Filters(beam_width=2, beam_lookahead=3),
    Filters(beam_width=3, beam_lookahead=1, bias=(("b", 1.0),)),
    Filters(
        top_k=4, top_p=0.95, mirostat_tau=1.2, xtc_probability=0.4, xtc_threshold=0.1, dry_multiplier=1.0,
        dry_allowed_length=2, repetition_penalty=1.1, ban="y", order=("xtc", "temperature", "dry")
    ),
]  # fmt: skip
filters = st.sampled_from(
    [NO_FILTERS, Filters(top_k=2), Filters(top_p=0.8), Filters(min_p=0.1, typical_p=0.9), *STRATEGIES]
)
# What a person may do: write some, pick a character, change the network, branch from the run at a share of its length.
actions = st.one_of(
    st.tuples(st.just("write"), st.integers(1, 7), temperatures, filters),
    st.tuples(st.just("pick"), st.integers(0, 4), temperatures, filters),
    st.tuples(st.just("network"), st.sampled_from([("small", 0), ("small", 2), ("other", 0)])),
    st.tuples(st.just("fork"), st.floats(0, 1)),
    st.tuples(st.just("restart")),
)


@pytest.fixture
def model(model_folder):
    return open_model(model_folder)


@pytest.fixture(params=["window", "carried"])
def networks(request, model, monkeypatch):
    """The networks of two epochs and of another model; a stateful one is prefilled with no more than a text's end."""
    monkeypatch.setattr(lstm, "LONGEST_PREFILL", 8)
    sources = {
        ("small", epoch): NetworkSource(model.network(epoch), model.vocabulary, "small", epoch)
        for epoch in model.manifest.epochs
    }
    sources["other", 0] = NetworkSource(another_network(), OTHERS, "other", 0)
    for source in sources.values():
        source.network.stateful = request.param == "carried"
    return sources


OTHERS = Vocabulary(
    ("a", "b", "y", "z", "ë", "\n")
)  # it lacks characters of the small network, and has some of its own


def another_network():
    generator = np.random.default_rng(5)
    shapes = LstmLayers((4,)).tensor_shapes(len(OTHERS))
    tensors = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return LstmLayers((4,)).network(tensors, "window", 5)


def player_after(actions, networks):
    """Return the player after all actions."""
    player = Player([networks["small", 2]], SEED_TEXT, [7])
    for action, *details in actions:
        if action == "write":
            for _ in range(details[0]):
                player.step(*details[1:])
        elif action == "pick":
            player.pick({0: details[0]}, *details[1:])
        elif action == "network":
            player.change_networks([networks[details[0]]])
        elif action == "fork":
            player = player.branch(int(details[0] * len(player.steps)))
        elif player.original is not None:
            player = player.restart_branch()
    return player


def scalars(step):
    """Return what a step consists of besides its two arrays, those of its context as lists."""
    context = {name: np.asarray(value).tolist() for name, value in step.context._asdict().items()}
    return {name: value for name, value in step._asdict().items() if name not in ("raw", "reweighted")} | {
        "context": context
    }


def assert_same_steps(found, expected):
    """Check that all is the same, bit for bit."""
    assert [scalars(step) for step in found] == [scalars(step) for step in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.raw, other.raw)
        np.testing.assert_array_equal(one.reweighted, other.reweighted)


def whole_steps(player):
    """Return the steps of a player and, where it is a branch, of its original, each from the beginning."""
    branched = (
        [] if player.original is None else [[*player.steps[: player.original.position], *player.original.rows[0]]]
    )
    return [list(player.steps), *branched]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(actions, max_size=12))
def test_replay_gives_exactly_the_same_steps(networks, actions):
    """Changed settings, picked characters, other networks, branches, with their originals: bit for bit."""
    player = player_after(actions, networks)
    runs = whole_runs(player.run())
    expected = whole_steps(player)
    assert len(runs) == len(expected)
    for run, steps in zip(runs, expected, strict=True):
        pairs = list(replay(run, lambda name, epoch: networks[name, epoch]))
        assert "".join(source.vocabulary.characters[step.character_id] for source, step in pairs) == run.text
        assert_same_steps([step for _, step in pairs], steps)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(actions, max_size=12), temperatures)
def test_opened_file_is_the_player_that_was_saved(networks, actions, temperature):
    """Texts and steps of a branch and its original, and whatever is written on either of them, bit for bit."""
    player = player_after(actions, networks)
    assume(player.steps)
    player.change_networks(player.sources_of(len(player.steps) - 1))  # a network that wrote nothing is not saved

    def source(name, epoch):
        return networks[name, epoch]

    run = parse_run(run_bytes(player.run()))
    assert run == player.run()
    again = [[step for _, step in replay(one, source)] for one in whole_runs(run)]
    opened = Player([networks["small", 2]], run.seed_text, [run.random_seed])
    opened.restore(again[0], run, source, *again[1:])
    assert opened.run() == run
    assert opened.texts == player.texts
    assert (opened.original is None) == (player.original is None)
    if opened.original is not None and player.original is not None:
        assert (opened.original.position, opened.original.texts) == (player.original.position, player.original.texts)
        opened_again, restarted = opened.restart_branch(), player.restart_branch()
        opened_again.step(temperature)
        restarted.step(temperature)
        assert opened_again.run() == restarted.run()
        assert_same_steps(opened_again.steps, restarted.steps)
    for one in (opened, player):
        one.step(temperature)
    for found, expected in zip(whole_steps(opened), whole_steps(player), strict=True):
        assert_same_steps(found, expected)


@given(st.integers(0, 30), st.integers(0, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_run_lists_its_settings_only_where_they_change(networks, first, second):
    """Two temperatures, one after the other, are two entries at most."""
    actions = [("write", first, 0.5, NO_FILTERS), ("write", second, 1.5, NO_FILTERS)]
    run = player_after(actions, networks).run()
    expected = [RunSettings(0, "small", 2, 0.5)] * bool(first) + [RunSettings(first, "small", 2, 1.5)] * bool(second)
    assert run.settings == tuple(expected)
    assert len(run.text) == first + second


def test_replay_of_the_golden_run_gives_the_golden_text():
    """From its network, random seed and settings."""
    model = open_model(golden.MODEL)
    run_settings = RunSettings(0, "nietzsche-book", golden.EPOCH, golden.TEMPERATURE)
    run = Run(golden.SEED_TEXT, golden.RANDOM_SEED, (run_settings,), {}, golden.TEXT)
    source = NetworkSource(model.network(golden.EPOCH), model.vocabulary)
    steps = replay(run, lambda name, epoch: source)
    assert model.vocabulary.decode(step.character_id for _, step in steps) == golden.TEXT


@pytest.mark.parametrize(
    ("run_settings", "seed_text", "picked", "message"),
    [
        (RunSettings(0, "other", 2, 0.5), "ab", {}, "there is no model 'other' here; there are: small"),
        (RunSettings(0, "small", 1, 0.5), "ab", {}, "the model small here has not kept epoch 1"),
        (RunSettings(0, "small", 2, 0.5), "axb", {}, "does not know the character 'x'"),
        (RunSettings(0, "small", 2, 0.5), "ab", {0: "z"}, "does not know the character 'z'"),
    ],
)
def test_check_models_names_what_is_missing(model, run_settings, seed_text, picked, message):
    """A model, an epoch or a character that is not on this machine."""
    with pytest.raises(ValueError, match=message):
        check_models(Run(seed_text, 1, (run_settings,), picked, "a"), {"small": model})


@pytest.mark.parametrize(
    ("original", "message"),
    [
        (Original(1, (RunSettings(1, "other", 2, 0.5),), {}, "b"), "there is no model 'other' here; there are: small"),
        (Original(1, (RunSettings(1, "small", 2, 0.5),), {1: "z"}, "z"), "does not know the character 'z'"),
    ],
)
def test_check_models_names_what_is_missing_for_the_original(model, original, message):
    """The page shows it, too."""
    run = Run("ab", 1, (RunSettings(0, "small", 2, 0.5),), {}, "ab", original)
    with pytest.raises(ValueError, match=message):
        check_models(run, {"small": model})


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_first_difference_is_where_two_texts_diverge(one, other):
    """Up to there they are the same, and there they are not."""
    place = first_difference(one, other)
    if place is None:
        assert one == other
    else:
        assert one[:place] == other[:place]
        assert one[place : place + 1] != other[place : place + 1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(actions, max_size=12))
def test_looking_back_with_the_settings_of_a_step_shows_that_step(networks, actions):
    """With all that it depended on; what a person picked would have been drawn instead."""
    player = player_after(actions, networks)
    for step in player.steps:
        (again,) = player.what_if(step.position, step.temperature, step.filters)
        if step.picked:
            again = again._replace(character_id=step.character_id, picked=True)
        assert_same_steps([again], [step])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(actions, max_size=8), filters, filters, temperatures)
def test_looking_ahead_changes_nothing_that_is_not_recorded(networks, actions, looked, written, temperature):
    """What was shown for other settings before a character was written counts for nothing, or is in the run."""
    player = player_after(actions, networks)
    for filters_shown in (looked, written, looked):
        player.next_steps(temperature, filters_shown)
        (expected,) = player.next_steps(temperature, written)
        player.step(temperature, written)
        assert_same_steps([player.steps[-1]], [expected])
    pairs = replay(player.run(), lambda name, epoch: networks[name, epoch])
    assert_same_steps([step for _, step in pairs], player.steps)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_replay_is_exact_where_a_strategy_pauses_and_the_run_branches_meanwhile(networks, strategy):
    """Whether the generator kept what the strategy carries along, or was made anew between."""
    writing = ("write", 6, 1.0, strategy)
    pausing = ("write", 4, 1.0, NO_FILTERS)
    for actions in (
        [writing, pausing, writing],
        [writing, pausing, ("fork", 0.8), writing],
        [writing, ("fork", 0.5), writing, ("restart",), writing],
        [writing, ("write", 3, 0.3, strategy), ("pick", 4, 0.3, strategy), writing],
        [writing, ("network", ("other", 0)), writing, ("network", ("small", 2)), writing],
    ):
        player = player_after(actions, networks)
        for run, steps in zip(whole_runs(parse_run(run_bytes(player.run()))), whole_steps(player), strict=True):
            assert_same_steps([step for _, step in replay(run, lambda name, epoch: networks[name, epoch])], steps)
        for step in player.steps:
            (again,) = player.what_if(step.position, step.temperature, step.filters)
            assert_same_steps([again._replace(character_id=step.character_id, picked=step.picked)], [step])
