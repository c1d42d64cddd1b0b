"""The golden run through every door that needs no TensorFlow and no browser."""

import numpy as np
import pytest

from charlstm.generation.loop import BatchGenerator, TextGenerator, generate, generate_batch
from charlstm.model_folder.store import open_model
from tests import golden


@pytest.fixture(scope="module")
def model():
    return open_model(golden.MODEL)


@pytest.fixture(scope="module")
def network(model):
    return model.network(golden.EPOCH)


@pytest.fixture(scope="module")
def seed_ids(model):
    return model.vocabulary.encode(golden.SEED_TEXT)


def test_golden_run_of_the_loop(model, network, seed_ids):
    """One text, one temperature."""
    steps = generate(network, seed_ids, golden.TEMPERATURE, golden.LENGTH, golden.RANDOM_SEED)
    assert model.vocabulary.decode(step.character_id for step in steps) == golden.TEXT


def test_golden_run_as_one_of_several_lanes(model, network, seed_ids):
    """Beside others, at other temperatures and with other dice."""
    temperatures, seeds = [1.2, golden.TEMPERATURE, 0.0], [7, golden.RANDOM_SEED, 1]
    steps = generate_batch(network, seed_ids, temperatures, golden.LENGTH, seeds)
    assert model.vocabulary.decode(step.character_ids[1] for step in steps) == golden.TEXT


def test_golden_run_of_lanes_whose_temperatures_may_change(model, network, seed_ids):
    """The lane that kept its temperature, while its neighbours' were moved."""
    writer = BatchGenerator(network, seed_ids, [golden.RANDOM_SEED] * 4)
    ids = []
    for position in range(golden.LENGTH):
        moved = 0.2 + position / golden.LENGTH
        step = writer.step(np.array([moved, golden.TEMPERATURE, moved, 1.2]))
        ids.append(step.character_ids[1])
    assert model.vocabulary.decode(ids) == golden.TEXT


def test_golden_run_gone_on_with_by_another_writer(model, network, seed_ids):
    """Interrupted in the middle: the text so far and the position are all that a writer needs."""
    middle = golden.LENGTH // 2
    text = model.vocabulary.encode(golden.SEED_TEXT + golden.TEXT[:middle])
    writer = TextGenerator(network, text, golden.RANDOM_SEED)
    writer.position = middle
    ids = [writer.step(golden.TEMPERATURE).character_id for _ in range(golden.LENGTH - middle)]
    assert model.vocabulary.decode(ids) == golden.TEXT[middle:]


@pytest.mark.parametrize("which", [0, 1, 10, -1])
def test_recorded_samples_are_what_the_kept_epochs_write(model, which):
    """The samples beside the weights can be written again to the letter."""
    epoch = model.manifest.epochs[which]
    recorded = [sample for sample in model.samples if sample.epoch == epoch]
    temperatures = [sample.temperature for sample in recorded]
    assert temperatures == [0.2, 0.5, 1.0, 1.2]
    ids = model.vocabulary.encode(recorded[0].seed_text)
    length, seeds = len(recorded[0].text), [sample.random_seed for sample in recorded]
    steps = generate_batch(model.network(epoch), ids, temperatures, length, seeds)
    lanes = np.array([step.character_ids for step in steps]).T
    assert [model.vocabulary.decode(lane.tolist()) for lane in lanes] == [sample.text for sample in recorded]
