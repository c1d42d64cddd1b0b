"""Several texts of one player: what each row writes, with which uniform draws, and how the rows compare."""

import numpy as np
import pytest

from charlstm.evaluation.metrics import distinct_word_share, real_word_share
from charlstm.generation.filters import Filters
from charlstm.generation.loop import generate
from charlstm.generation.run import NetworkSource
from charlstm.generation.sampling import entropy
from charlstm.model_folder.store import open_model
from charlstm.playback.comparison import Comparison
from charlstm.playback.player import MOST_CHARACTERS, Player
from charlstm.text.vocabulary import Vocabulary

SEED = "ab "
TEMPERATURES = [0.2, 0.5, 1.0, 1.2]
REAL_WORDS = {"a", "ab", "ba"}


@pytest.fixture
def model(model_folder):
    return open_model(model_folder)


@pytest.fixture
def player(model):
    ticks = iter(np.arange(0, 1e6, 0.07))
    sources = [NetworkSource(model.network(), model.vocabulary)] * 4
    return Player(sources, SEED, [5] * 4, lambda: float(next(ticks)))


def comparison_of(player):
    return Comparison(player, [REAL_WORDS] * len(player.rows))


def play(player, length, temperatures=TEMPERATURES):
    player.play(length)
    while player.running:
        player.advance(30, temperatures)


def alone(model, temperature, length, random_seed=5):
    return list(generate(model.network(), model.vocabulary.encode(SEED), temperature, length, random_seed))


def test_each_row_writes_what_the_loop_writes_alone(player, model):
    """The same seed text, temperature and random seed give the same text, whatever the other rows are."""
    play(player, 200)
    for text, temperature in zip(player.texts, TEMPERATURES, strict=True):
        assert text == model.vocabulary.decode(step.character_id for step in alone(model, temperature, 200))


def test_rows_of_one_random_seed_have_the_same_draws(player):
    """At every position, also after the texts have diverged."""
    play(player, 100)
    assert all(len({step.u for step in steps}) == 1 for steps in zip(*player.rows, strict=True))


def test_rows_of_several_random_seeds_have_their_own_draws(model):
    """Each row is a run of its own random seed."""
    player = Player([NetworkSource(model.network(), model.vocabulary)] * 2, SEED, [5, 6])
    for _ in range(50):
        player.step([1.0, 1.0])
    expected = [alone(model, 1.0, 50, random_seed) for random_seed in (5, 6)]
    assert player.texts == [model.vocabulary.decode(step.character_id for step in steps) for steps in expected]


def test_divergence_is_the_first_difference_from_the_row_before(player):
    """The first row has none."""
    play(player, 200)
    divergences = comparison_of(player).divergences
    assert divergences[0] is None
    for left, right, place in zip(player.texts[:-1], player.texts[1:], divergences[1:], strict=True):
        assert place is not None
        assert left[:place] == right[:place]
        assert left[place] != right[place]


def test_rows_of_one_temperature_never_diverge(player):
    """The same draws at the same temperature give the same text."""
    play(player, 60, [0.7] * 4)
    assert comparison_of(player).divergences == [None] * 4
    assert len(set(player.texts)) == 1


def test_figures_are_those_of_the_pure_functions(player, model):
    """Calculated while the texts grow, and equal to those of the whole texts and steps."""
    comparison = comparison_of(player)
    player.play(300)
    while player.running:
        player.advance(30, TEMPERATURES)
        if len(player.steps) % 3:
            assert comparison.parting is None or len(player.steps) > comparison.parting  # which reads what is new
    for row, word_counter in enumerate(comparison.word_counters):
        text = player.texts[row]
        assert word_counter.real_share == pytest.approx(real_word_share(text, REAL_WORDS, SEED))
        assert word_counter.distinct_share == pytest.approx(distinct_word_share(text, SEED))
        choices = [entropy(step.reweighted) for step in player.rows[row]]
        assert comparison.mean_entropy[row] == pytest.approx(np.mean(choices))
        likeliest = [step.raw.argmax() == step.character_id for step in player.rows[row]]
        assert comparison.likeliest_share[row] == pytest.approx(np.mean(likeliest))


def test_figures_before_the_first_step_are_nan(player):
    """Without a warning."""
    assert np.isnan(comparison_of(player).mean_entropy).all()
    assert np.isnan(comparison_of(player).likeliest_share).all()


def test_temperatures_and_filters_act_on_the_next_character(player):
    """Each step has the settings with which it was made, also after the caller's list has changed."""
    temperatures = [0.2, 0.2, 0.2, 0.2]
    player.step(temperatures)
    temperatures[1] = 1.7
    player.step(temperatures, Filters(top_k=1))
    assert [row[0].temperature for row in player.rows] == [0.2] * 4
    assert [row[1].temperature for row in player.rows] == [0.2, 1.7, 0.2, 0.2]
    assert {row[1].filters for row in player.rows} == {Filters(top_k=1)}
    assert all(row[1].character_id == row[1].raw.argmax() for row in player.rows)


def test_texts_and_draws_stay_when_the_network_changes(player, model):
    """Another epoch continues each row's own text, with the following uniform draw."""
    play(player, 20)
    texts, draws = list(player.texts), [step.u for step in alone(model, 1.0, 21)]
    network = model.network(0)
    player.change_networks([NetworkSource(network, model.vocabulary)] * 4)
    player.step(TEMPERATURES)
    assert [text[:-1] for text in player.texts] == texts
    assert [step.u for step in player.steps] == draws
    for text, raw in zip(texts, (row[-1].raw for row in player.rows), strict=True):
        expected = network.probs(network.prefill(model.vocabulary.encode(SEED + text)))
        np.testing.assert_allclose(raw, expected, atol=1e-6)


def test_texts_stay_when_the_network_has_other_characters(player, model):
    """Each row continues what the network knows of its text; the real words are then those of the new network."""
    play(player, 20)
    texts, others, network = list(player.texts), Vocabulary(("\n", "b", "a", "y", "ë")), model.network(0)
    comparison = comparison_of(player)
    player.change_networks([NetworkSource(network, others)] * 4)
    comparison.change_real_words([{"y"}] * 4)
    for _ in range(6):
        player.step(TEMPERATURES)
    assert [text[:20] for text in player.texts] == texts
    assert set("".join(text[20:] for text in player.texts)) <= set(others.characters)
    ids = [others.fold_and_encode(SEED + text) for text in texts]
    shortest = min(map(len, ids))
    for row, raw in zip(ids, (row[20].raw for row in player.rows), strict=True):
        np.testing.assert_allclose(raw, network.probs(network.prefill(row[len(row) - shortest :])), atol=1e-6)
    assert [player.vocabulary_of(position) for position in (19, 20)] == [model.vocabulary, others]
    assert {word_counter.real_words == {"y"} for word_counter in comparison.word_counters} == {True}
    choices = [entropy(step.reweighted) for step in player.rows[0]]
    assert comparison.mean_entropy[0] == pytest.approx(np.mean(choices))


def test_another_network_in_one_row_does_not_change_the_others(player, model):
    """They write what they would have written; every position knows its networks."""
    play(player, 20)
    before, others = player.sources, Vocabulary(("\n", "b", "a", "y", "ë"))
    after = (*before[:2], NetworkSource(model.network(0), others), before[3])
    player.change_networks(after)
    for _ in range(20):
        player.step(TEMPERATURES)
    for row in (0, 1, 3):
        expected = alone(model, TEMPERATURES[row], 40)
        assert player.texts[row] == model.vocabulary.decode(step.character_id for step in expected)
    assert set(player.texts[2][20:]) <= set(others.characters)
    assert (player.sources_of(19), player.sources_of(20)) == (before, after)
    assert player.vocabulary_of(19) == model.vocabulary
    assert set(player.vocabulary_of(20).characters) == {*model.vocabulary.characters, "y"}


def test_batch_bounds_the_memory_of_one_viewer(player):
    """Whatever the number of rows."""
    player.play(10**9)
    assert player.goal * len(player.rows) <= MOST_CHARACTERS
