"""The loop: dice, steps, lanes, and a network that spells a word."""

import itertools
import subprocess
import sys

import numpy as np
import pytest

from charlstm.generation.draws import UniformDraws, UniformDrawsOfBatch
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import BatchGenerator, TextGenerator, generate, generate_batch
from charlstm.generation.sampling import draw, reweight
from charlstm.generation.step import Step
from charlstm.networks.lstm import LstmNetwork

pytestmark = pytest.mark.filterwarnings("error")
CONTEXTS = ["window", "carried"]
SEED_IDS = np.arange(12) % 9


def network_in(context, seed=1):
    """A random network of 9 characters and 16 units, with probs that are neither flat nor certain."""
    generator = np.random.default_rng(seed)
    shapes = {
        "lstm_1/kernel": (9, 64),
        "lstm_1/recurrent_kernel": (16, 64),
        "lstm_1/bias": (64,),
        "dense/kernel": (16, 9),
        "dense/bias": (9,),
    }
    tensors = {name: generator.normal(0.0, 0.8, shape).astype(np.float32) for name, shape in shapes.items()}
    return LstmNetwork(tensors, context, window=5)


class Speller:
    """A scripted network: whatever was drawn, its next character is the next of its word."""

    stateful, window = True, 1

    def __init__(self, word, alphabet, certainty=0.9):
        self.word, self.alphabet, self.certainty = word, alphabet, certainty
        self.vocabulary_size = len(alphabet)
        self.heard = []

    def initial_state(self, batch_size=None):
        return {"place": 0}

    def prefill(self, ids, batch_size=None):
        self.heard = list(ids)
        return self.initial_state()

    def prefill_each(self, texts):
        raise NotImplementedError

    def probs(self, state):
        others = (1.0 - self.certainty) / (len(self.alphabet) - 1)
        probs = np.full(len(self.alphabet), others)
        probs[self.alphabet.index(self.word[state["place"] % len(self.word)])] = self.certainty
        return probs

    def step(self, state, ids):
        state["place"] += 1
        self.heard.append(ids)

    def probs_after_windows(self, windows):
        raise NotImplementedError


def test_the_loop_spells_the_word_of_a_scripted_network():
    """At T = 0 the likeliest character is written each time, and read back."""
    speller = Speller("zarathustra", sorted(set("zarathustra")))
    steps = list(generate(speller, [3, 1], 0.0, 11, random_seed=1))
    ids = [step.character_id for step in steps]
    assert "".join(speller.alphabet[id_] for id_ in ids) == "zarathustra"
    assert speller.heard == [3, 1, *ids]
    assert [step.position for step in steps] == list(range(11))


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("temperature", [0.0, 0.2, 1.0, 3.0, float("inf")])
def test_a_step_is_complete_enough_to_check_it(context, temperature):
    """Raw, reweighted, u and the drawn character of each step follow from one another and from the text."""
    network = network_in(context)
    draws, text = UniformDraws(7), SEED_IDS.tolist()
    for position, step in enumerate(generate(network, SEED_IDS, temperature, 40, random_seed=7)):
        np.testing.assert_allclose(step.raw, network.probs(network.prefill(text)), atol=1e-5)
        np.testing.assert_array_equal(step.reweighted, reweight(step.raw, temperature))
        assert step.character_id == draw(step.raw, step.reweighted, step.u)
        assert (step.position, step.temperature, step.u, step.picked) == (position, temperature, draws[position], False)
        text.append(step.character_id)


@pytest.mark.parametrize("context", CONTEXTS)
def test_write_twice_gives_the_same_steps(context):
    """Same network, seed text, temperature and random seed: the same run to the last bit."""
    once, again = (list(generate(network_in(context), SEED_IDS, 0.8, 200, random_seed=3)) for _ in range(2))
    for one, other in zip(once, again, strict=True):
        assert one.character_id == other.character_id
        np.testing.assert_array_equal(one.raw, other.raw)
        np.testing.assert_array_equal(one.reweighted, other.reweighted)


def test_write_with_another_random_seed_gives_another_text():
    """The dice matter."""
    texts = {
        tuple(step.character_id for step in generate(network_in("carried"), [], 1.0, 50, seed)) for seed in range(5)
    }
    assert len(texts) == 5


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_empty_seed_text_starts_from_nothing(context):
    """The first probs are those of a network that has read no character."""
    network = network_in(context)
    first = next(iter(generate(network, [], 1.0, 1, random_seed=1)))
    np.testing.assert_array_equal(first.raw, network.probs(network.initial_state()))


@pytest.mark.parametrize("context", CONTEXTS)
def test_lanes_write_what_each_would_write_alone(context):
    """Different temperatures and random seeds, the same seed text; probs agree within 1e-6."""
    network = network_in(context)
    temperatures, seeds = [0.0, 0.5, 1.0, 1.0, float("inf")], [1, 2, 3, 4, 3]
    lanes = list(generate_batch(network, SEED_IDS, temperatures, 60, seeds))
    assert [step.position for step in lanes] == list(range(60))
    for lane, (temperature, seed) in enumerate(zip(temperatures, seeds, strict=True)):
        alone = list(generate(network, SEED_IDS, temperature, 60, seed))
        assert [step.character_ids[lane] for step in lanes] == [step.character_id for step in alone]
        assert [step.u[lane] for step in lanes] == [step.u for step in alone]
        np.testing.assert_allclose([step.raw[lane] for step in lanes], [step.raw for step in alone], atol=1e-6)
        np.testing.assert_allclose(
            [step.reweighted[lane] for step in lanes], [step.reweighted for step in alone], atol=1e-5
        )


def test_lanes_of_the_same_random_seed_are_given_the_same_dice():
    """However hot each of them is, and over the end of a block of dice."""
    for step in generate_batch(network_in("carried"), [], [0.2, 1.0, 1.2], 1100, [5, 5, 6]):
        assert step.u[0] == step.u[1] != step.u[2]


def test_dice_are_those_of_numpys_generator():
    """PCG64's stream in order, in [0, 1), for one text and for lanes, in whatever order they are asked for."""
    stream = np.random.Generator(np.random.PCG64(42)).random(5000)
    dice = UniformDraws(42)
    assert dice[4999] == stream[4999]
    assert [dice[position] for position in range(5000)] == stream.tolist()
    lanes = [UniformDrawsOfBatch([42, 43])[position] for position in range(5000)]
    assert [u[0] for u in lanes] == stream.tolist()
    assert all(u[1] != u[0] for u in lanes)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_picked_character_is_recorded_and_read(context):
    """The step says that a person picked it; the text goes on from it, with the next position's die."""
    network = network_in(context)
    writer = TextGenerator(network, SEED_IDS, random_seed=9)
    first = writer.step(0.7)
    raw, u = writer.raw, writer.u
    picked = writer.pick(4, 0.7)
    assert isinstance(picked, Step)
    assert (picked.position, picked.character_id, picked.picked, picked.u) == (1, 4, True, u)
    np.testing.assert_array_equal(picked.raw, raw)
    np.testing.assert_array_equal(picked.reweighted, reweight(raw, 0.7))
    np.testing.assert_allclose(
        writer.raw, network.probs(network.prefill([*SEED_IDS, first.character_id, 4])), atol=1e-5
    )
    following = writer.step(0.7)
    assert (following.position, following.picked, following.u) == (2, False, UniformDraws(9)[2])


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_copy_of_a_generator_is_independent_of_it(context):
    """From the same position, with the same draws: each writes what it would have written without the other."""
    original = TextGenerator(network_in(context), SEED_IDS, random_seed=6)
    steps = [original.step(1.0) for _ in range(10)][5:]
    branch = TextGenerator(network_in(context), SEED_IDS, random_seed=6)
    for _ in range(5):
        branch.step(1.0)
    other = branch.copy()
    other.pick(8, 1.0)
    assert [branch.step(1.0).character_id for _ in range(5)] == [step.character_id for step in steps]
    assert (other.position, other.u) == (6, steps[1].u)
    other = branch.copy()
    assert [other.step(0.5).character_id for _ in range(5)] == [branch.step(0.5).character_id for _ in range(5)]


def test_picking_what_would_have_been_drawn_changes_nothing_that_follows():
    """The die of a picked position is left unused, not handed on."""
    drawn = TextGenerator(network_in("carried"), SEED_IDS, random_seed=2)
    steps = [drawn.step(1.0) for _ in range(6)]
    picked = TextGenerator(network_in("carried"), SEED_IDS, random_seed=2)
    picked.step(1.0)
    picked.pick(steps[1].character_id, 1.0)
    assert [picked.step(1.0).character_id for _ in range(4)] == [step.character_id for step in steps[2:]]


def test_looking_at_raw_and_u_changes_nothing():
    """The page looks at them as often as it likes."""
    plain, looked_at = (TextGenerator(network_in("window"), SEED_IDS, random_seed=4) for _ in range(2))
    for _ in range(20):
        assert looked_at.raw is looked_at.raw
        assert looked_at.u == looked_at.u
        assert plain.step(0.9).character_id == looked_at.step(0.9).character_id


def test_steps_of_a_run_do_not_share_memory():
    """A kept step stays as it was while the run goes on."""
    steps = list(generate(network_in("carried"), SEED_IDS, 1.0, 10, random_seed=1))
    kept = [(step.raw.copy(), step.reweighted.copy()) for step in steps]
    for one, other in itertools.combinations(steps, 2):
        assert not np.shares_memory(one.raw, other.raw)
        assert not np.shares_memory(one.reweighted, other.reweighted)
    for step, (raw, reweighted) in zip(steps, kept, strict=True):
        np.testing.assert_array_equal(step.raw, raw)
        np.testing.assert_array_equal(step.reweighted, reweighted)
        assert not np.shares_memory(step.raw, step.reweighted)


def test_two_texts_of_one_network_do_not_disturb_each_other():
    """A network is shared by all who look at the page; a state belongs to one text."""
    network = network_in("carried")
    alone = [step.character_id for step in generate(network, SEED_IDS, 1.0, 30, random_seed=1)]
    one, other = TextGenerator(network, SEED_IDS, 1), TextGenerator(network, [2], 8)
    interleaved = []
    for _ in range(30):
        interleaved.append(one.step(1.0).character_id)
        other.step(0.5)
    assert interleaved == alone


@pytest.mark.parametrize("temperature", [-0.5, float("nan")])
def test_write_refuses_a_temperature_that_is_none(temperature):
    """Before anything is written, for one text and for lanes."""
    network = network_in("carried")
    with pytest.raises(ValueError, match=f"{temperature}.*must be zero or more"):
        next(generate(network, [], temperature, 5, random_seed=1))
    with pytest.raises(ValueError, match=f"{temperature}.*must be zero or more"):
        next(generate_batch(network, [], [1.0, temperature], 5, [1, 2]))


def test_write_lanes_refuses_lanes_that_lack_a_seed():
    """Each lane needs a temperature and a random seed."""
    with pytest.raises(ValueError, match="2 temperatures but 1 random seeds"):
        next(generate_batch(network_in("carried"), [], [1.0, 0.5], 5, [1]))


@pytest.mark.parametrize("context", CONTEXTS)
def test_lanes_writer_writes_in_each_lane_what_a_writer_writes_alone(context):
    """The same temperatures, changed at the same positions, and the same dice: the same steps."""
    network, random_seeds = network_in(context), [3, 3, 8]
    lanes = BatchGenerator(network, SEED_IDS, random_seeds)
    alone = [TextGenerator(network, SEED_IDS, random_seed) for random_seed in random_seeds]
    for position in range(30):
        temperatures = np.array([0.2, 0.7 + 0.05 * position, 1.0])
        filters = Filters(top_k=4) if position > 15 else NO_FILTERS
        u = lanes.u
        step = lanes.step(temperatures, filters)
        single = [writer.step(float(t), filters) for writer, t in zip(alone, temperatures, strict=True)]
        assert step.position == position
        assert step.character_ids.tolist() == [one.character_id for one in single]
        assert step.u.tolist() == u.tolist() == [one.u for one in single]
        assert step.temperatures.tolist() == [one.temperature for one in single]
        np.testing.assert_allclose(step.raw, [one.raw for one in single], atol=1e-6)
        assert step.filters == filters


@pytest.mark.parametrize("context", CONTEXTS)
def test_lanes_writer_goes_on_from_texts_that_differ(context):
    """Interrupted in the middle: the texts so far and the position are all that it needs."""
    network, temperatures = network_in(context), np.array([0.4, 1.3])
    whole = [step.character_ids for step in generate_batch(network, SEED_IDS, temperatures.tolist(), 40, [6, 7])]
    texts = [[*SEED_IDS, *lane] for lane in np.array(whole[:25]).T.tolist()]
    writer = BatchGenerator(network, texts, [6, 7], position=25)
    assert [writer.step(temperatures).character_ids.tolist() for _ in range(15)] == [ids.tolist() for ids in whole[25:]]


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_batch_of_one_row_goes_on_from_its_own_text(context):
    """A list with one text is a text for each row, not a seed text that all share."""
    network, temperatures = network_in(context), np.array([0.8])
    alone = TextGenerator(network, SEED_IDS, 4)
    one_row = BatchGenerator(network, [SEED_IDS], [4])
    for _ in range(10):
        assert one_row.step(temperatures).character_ids.tolist() == [alone.step(0.8).character_id]


def test_steps_of_a_batch_record_temperatures_as_floats():
    """Also where whole numbers were given."""
    step = next(generate_batch(network_in("carried"), [], [1, 0], 1, [1, 2]))
    assert (step.temperatures.dtype, step.temperatures.tolist()) == (np.float64, [1.0, 0.0])


def test_looking_at_the_raw_probs_of_lanes_changes_nothing():
    """The page looks at them as often as it likes; kept steps stay as they were."""
    network, temperatures = network_in("window"), np.array([0.9, 1.0])
    plain, looked_at = (BatchGenerator(network, SEED_IDS, [1, 1]) for _ in range(2))
    for _ in range(20):
        raw = looked_at.raw.copy()
        step = looked_at.step(temperatures)
        assert not np.shares_memory(step.raw, step.reweighted)
        np.testing.assert_array_equal(step.raw, raw)
        assert step.character_ids.tolist() == plain.step(temperatures).character_ids.tolist()


def test_writing_imports_neither_tensorflow_nor_streamlit():
    """The loop runs where neither is installed."""
    code = (
        "import sys, charlstm.generation.loop, charlstm.evaluation.metrics, charlstm.model_folder.store; "
        "print(sorted({'tensorflow', 'keras', 'streamlit', 'altair'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
