"""Texts that are written together: by the clock, by the dice, and where they part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.evaluation.metrics import distinct_word_share, real_word_share
from charlstm.generation.loop import generate
from charlstm.generation.run import Source
from charlstm.generation.sampling import Filters, entropy
from charlstm.model_folder.store import open_model
from charlstm.playback.batch_player import LONGEST_RUN, BatchPlayer, first_divergence
from charlstm.text.vocabulary import Vocabulary

SEED = "ab "
TEMPERATURES = [0.2, 0.5, 1.0, 1.2]
KNOWN = {"a", "ab", "ba"}


@pytest.fixture
def model(model_folder):
    return open_model(model_folder)


@pytest.fixture
def player(model):
    ticks = iter(np.arange(0, 1e6, 0.07))
    sources = [Source(model.network(), model.vocabulary)] * 4
    return BatchPlayer(sources, SEED, [5] * 4, [KNOWN] * 4, lambda: float(next(ticks)))


def play(player, length, temperatures=TEMPERATURES):
    player.play(length)
    while player.running:
        player.advance(30, temperatures)


def alone(model, temperature, length, random_seed=5):
    return list(generate(model.network(), model.vocabulary.encode(SEED), temperature, length, random_seed))


def test_each_lane_writes_what_the_loop_writes_alone(player, model):
    """The same seed text, temperature and random seed write the same text, whatever stands beside it."""
    play(player, 200)
    for text, temperature in zip(player.texts, TEMPERATURES, strict=True):
        assert text == model.vocabulary.decode(step.character_id for step in alone(model, temperature, 200))


def test_all_lanes_are_given_the_same_die(player):
    """At every position, however far the texts have parted."""
    play(player, 100)
    assert all(len(set(step.u.tolist())) == 1 for step in player.steps)


def test_lanes_of_other_random_seeds_throw_their_own_dice(model):
    """Independent dice: each lane is a run of its own random seed."""
    player = BatchPlayer([Source(model.network(), model.vocabulary)] * 2, SEED, [5, 6], [KNOWN] * 2)
    for _ in range(50):
        player.step([1.0, 1.0])
    expected = [alone(model, 1.0, 50, random_seed) for random_seed in (5, 6)]
    assert player.texts == [model.vocabulary.decode(step.character_id for step in steps) for steps in expected]


def test_parting_is_the_first_character_that_differs_from_the_left(player):
    """Before it the two texts are one; the first lane has no left neighbour."""
    play(player, 200)
    assert player.divergences[0] is None
    for left, right, place in zip(player.texts[:-1], player.texts[1:], player.divergences[1:], strict=True):
        assert place is not None
        assert left[:place] == right[:place]
        assert left[place] != right[place]


def test_lanes_of_one_temperature_never_part(player):
    """The same dice at the same temperature write the same text."""
    play(player, 60, [0.7] * 4)
    assert player.divergences == [None] * 4
    assert len(set(player.texts)) == 1


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=8))
def test_parting_is_found_where_a_plain_search_finds_it(pairs):
    """Compared one by one."""
    left, right = np.array([a for a, _ in pairs], int), np.array([b for _, b in pairs], int)
    assert first_divergence(left, right) == next((place for place, (a, b) in enumerate(pairs) if a != b), None)


def test_figures_are_those_of_the_pure_functions(player, model):
    """Kept while the texts grow, and equal to what the whole texts and steps give."""
    play(player, 300)
    for lane, word_counter in enumerate(player.word_counters):
        text = player.texts[lane]
        assert word_counter.real_share == pytest.approx(real_word_share(text, KNOWN, SEED))
        assert word_counter.distinct_share == pytest.approx(distinct_word_share(text, SEED))
        choices = [entropy(step.reweighted[lane]) for step in player.steps]
        assert player.mean_entropy[lane] == pytest.approx(np.mean(choices))
        likeliest = [step.raw[lane].argmax() == step.character_ids[lane] for step in player.steps]
        assert player.likeliest_share[lane] == pytest.approx(np.mean(likeliest))


def test_figures_of_nothing_are_nothing(player):
    """Not a number, and no warning."""
    assert np.isnan(player.mean_entropy).all()
    assert np.isnan(player.likeliest_share).all()


def test_temperatures_and_filters_act_on_the_very_next_character(player):
    """Each step carries what was in force when it was taken, also after the caller's list has changed."""
    temperatures = [0.2, 0.2, 0.2, 0.2]
    player.step(temperatures)
    temperatures[1] = 1.7
    player.step(temperatures, Filters(top_k=1))
    assert player.steps[0].temperatures.tolist() == [0.2] * 4
    assert player.steps[1].temperatures.tolist() == [0.2, 1.7, 0.2, 0.2]
    assert player.steps[1].filters == Filters(top_k=1)
    assert player.steps[1].character_ids.tolist() == player.steps[1].raw.argmax(axis=-1).tolist()


def test_texts_and_dice_stay_when_the_network_changes(player, model):
    """Another epoch goes on in each lane from its own text, with the following die."""
    play(player, 20)
    texts, dice = list(player.texts), [step.u for step in alone(model, 1.0, 21)]
    network = model.network(0)
    player.change_networks([Source(network, model.vocabulary)] * 4, [KNOWN] * 4)
    player.step(TEMPERATURES)
    assert [text[:-1] for text in player.texts] == texts
    assert [step.u[0] for step in player.steps] == dice
    for text, raw in zip(texts, player.steps[-1].raw, strict=True):
        expected = network.probs(network.prefill(model.vocabulary.encode(SEED + text)))
        np.testing.assert_allclose(raw, expected, atol=1e-6)


def test_texts_stay_when_the_network_has_other_characters(player, model):
    """Each lane goes on from what of its end the network knows; words from there on are real by its own book."""
    play(player, 20)
    texts, others, network = list(player.texts), Vocabulary(("\n", "b", "a", "y", "ë")), model.network(0)
    player.change_networks([Source(network, others)] * 4, [{"y"}] * 4)
    for _ in range(6):
        player.step(TEMPERATURES)
    assert [text[:20] for text in player.texts] == texts
    assert set("".join(text[20:] for text in player.texts)) <= set(others.characters)
    ids = [others.fold_and_encode(SEED + text) for text in texts]
    shortest = min(map(len, ids))
    for lane, raw in zip(ids, player.steps[20].raw, strict=True):
        np.testing.assert_allclose(raw, network.probs(network.prefill(lane[len(lane) - shortest :])), atol=1e-6)
    assert [player.vocabulary_of(position) for position in (19, 20)] == [model.vocabulary, others]
    assert {word_counter.known == {"y"} for word_counter in player.word_counters} == {True}


def test_another_network_in_one_lane_leaves_the_others_alone(player, model):
    """They write what they would have written; every position knows who wrote it."""
    play(player, 20)
    before, others = player.sources, Vocabulary(("\n", "b", "a", "y", "ë"))
    after = (*before[:2], Source(model.network(0), others), before[3])
    player.change_networks(after, [KNOWN, KNOWN, {"y"}, KNOWN])
    for _ in range(20):
        player.step(TEMPERATURES)
    for lane in (0, 1, 3):
        expected = alone(model, TEMPERATURES[lane], 40)
        assert player.texts[lane] == model.vocabulary.decode(step.character_id for step in expected)
    assert set(player.texts[2][20:]) <= set(others.characters)
    assert (player.sources_of(19), player.sources_of(20)) == (before, after)
    assert player.vocabulary_of(19) == model.vocabulary
    assert set(player.vocabulary_of(20).characters) == {*model.vocabulary.characters, "y"}
    assert [word_counter.known == {"y"} for word_counter in player.word_counters] == [False, False, True, False]


def test_lanes_are_bounded_together(player):
    """However many there are, one viewer makes the server remember no more."""
    player.play(10**9)
    assert player.pace.goal * player.lanes <= LONGEST_RUN
