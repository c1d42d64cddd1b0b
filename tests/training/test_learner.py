"""What a step learns, with Keras's own layers beside it, and how a learner goes on from its state."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from charlstm.recipes.recipe import find_recipe
from charlstm.training.distributed import alone
from charlstm.training.learner import Learner
from charlstm.training.networks import fastest_precision

CHARACTERS, STEPS = 11, 4
DEEP = replace(find_recipe("deep"), units=(8, 6), maxlen=12, batch_size=5, warmup_steps=2)
CONV = replace(find_recipe("conv"), channels=6, dilations=(1, 2), maxlen=12, batch_size=5, warmup_steps=2)


def batches(count=STEPS):
    ids = np.random.default_rng(1).integers(CHARACTERS, size=(count, 5, 13)).astype(np.int32)
    return [(both[:, :-1], both[:, 1:]) for both in ids]


@pytest.mark.parametrize("recipe", [DEEP, CONV], ids=["deep", "conv"])
def test_learning_without_dropout_is_what_keras_does(recipe):
    """The same losses as Keras's own layers, loss and optimiser, step by step, with a schedule."""
    recipe = replace(recipe, dropout=0.0, averaging=None, clip_norm=None)
    ours, theirs = Learner(recipe, CHARACTERS, STEPS, alone()), Learner(recipe, CHARACTERS, STEPS, alone())
    loss_of, weights = keras.losses.SparseCategoricalCrossentropy(), theirs.model.trainable_variables
    for x, y in batches():
        with tf.GradientTape() as tape:
            loss = loss_of(y, theirs.model(x, training=True))
        # Dense, because Keras's Adam squares the gradients of an id that stands twice one by one.
        theirs.optimizer.apply([tf.convert_to_tensor(one) for one in tape.gradient(loss, weights)], weights)
        assert ours.step(x, y) == pytest.approx(float(loss), abs=1e-4)
    for name, tensor in ours.tensors.items():
        np.testing.assert_allclose(tensor, theirs.tensors[name], atol=1e-3)


@pytest.mark.parametrize("recipe", [DEEP, CONV], ids=["deep", "conv"])
def test_mixed_precision_learns_the_same_within_its_own_noise(recipe, monkeypatch):
    """On a GPU that is built for it: half as many bits on the way, weights and logits in float32."""
    recipe = replace(recipe, dropout=0.0)
    expected = Learner(recipe, CHARACTERS, STEPS, alone())
    monkeypatch.setattr("charlstm.training.learner.fastest_precision", lambda: "mixed_bfloat16")
    monkeypatch.setattr(
        "charlstm.training.learner._along_on_cpu", lambda layer, x: layer(x)
    )  # which works in float32 alone
    mixed = Learner(recipe, CHARACTERS, STEPS, alone())
    assert {layer.compute_dtype for layer in mixed.model.layers if layer.weights} == {"bfloat16", "float32"}
    losses = [(mixed.step(x, y), expected.step(x, y)) for x, y in batches()]
    assert losses[-1][0] != losses[-1][1]
    np.testing.assert_allclose(*zip(*losses, strict=True), rtol=0.01)
    assert {tensor.dtype for tensor in mixed.tensors.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("capabilities", "precision"),
    [([], "float32"), ([(7, 5)], "float32"), ([(9, 0), (7, 5)], "float32"), ([(8, 0), (9, 0)], "mixed_bfloat16")],
)
def test_precision_is_what_all_gpus_here_are_built_for(monkeypatch, capabilities, precision):
    """One that is not holds the others to float32, as they all learn the same."""
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: capabilities)
    details = lambda gpu: {"compute_capability": gpu}  # noqa: E731
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details)
    assert fastest_precision() == precision


def test_gradients_are_clipped_to_the_norm_of_the_recipe():
    """With plain steps of size 1, as long as the clipped gradient: no longer than the norm, and that long."""
    recipe = replace(DEEP, dropout=0.0, averaging=None, clip_norm=0.01)
    learner = Learner(recipe, CHARACTERS, STEPS, alone())
    learner.optimizer = keras.optimizers.SGD(1.0)
    learner.optimizer.build(learner.model.trainable_variables)
    before = learner.tensors
    learner.step(*batches()[0])
    moved = sum(np.sum((tensor - before[name]) ** 2) for name, tensor in learner.tensors.items())
    assert np.sqrt(moved) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("recipe", [DEEP, CONV], ids=["deep", "conv"])
def test_a_learner_goes_on_from_its_state_as_if_it_had_not_stopped(recipe):
    """Dropout, schedule, optimiser and average included: the same losses and weights."""
    unbroken = Learner(recipe, CHARACTERS, STEPS, alone())
    expected = [float(unbroken.step(x, y)) for x, y in batches()]
    first = Learner(recipe, CHARACTERS, STEPS, alone())
    losses = [float(first.step(x, y)) for x, y in batches()[:2]]
    second = Learner(recipe, CHARACTERS, STEPS, alone())
    second.restore(*first.state)
    losses += [float(second.step(x, y)) for x, y in batches()[2:]]
    np.testing.assert_allclose(losses, expected, atol=1e-6)
    for name, tensor in second.tensors.items():
        np.testing.assert_allclose(tensor, unbroken.tensors[name], atol=1e-6)


def test_dropout_is_thrown_anew_for_every_layer_and_step():
    """The loss of one batch at a learning rate of almost 0 changes with the step, and not without dropout."""
    frozen = {"learning_rate": 1e-12, "schedule": "constant", "warmup_steps": None, "dropout": 0.5}
    (x, y), *_ = batches()
    with_dropout = Learner(replace(DEEP, **frozen), CHARACTERS, STEPS, alone())
    without = Learner(replace(DEEP, **frozen | {"dropout": 0.0}), CHARACTERS, STEPS, alone())
    assert len({round(float(with_dropout.step(x, y)), 5) for _ in range(3)}) == 3
    assert len({round(float(without.step(x, y)), 5) for _ in range(3)}) == 1


def test_the_average_follows_the_weights():
    """After one step it is a tenth old weights and the rest new ones; later it follows by the recipe's share."""
    learner = Learner(replace(DEEP, averaging=0.5), CHARACTERS, STEPS, alone())
    old = learner.state[0]["dense/kernel"]
    for step, (x, y) in enumerate(batches(), start=1):
        before = learner.tensors["dense/kernel"]
        learner.step(x, y)
        stays = min(0.5, step / (step + 9))
        expected = stays * before + (1 - stays) * learner.state[0]["dense/kernel"]
        np.testing.assert_allclose(learner.tensors["dense/kernel"], expected, atol=1e-6)
    assert np.abs(learner.tensors["dense/kernel"] - old).max() > 1e-4


def test_a_step_is_a_number_for_tensorflow():
    """The loss is the mean over all characters of a batch, in nats: log V for a network that knows nothing."""
    learner = Learner(replace(DEEP, dropout=0.0), CHARACTERS, STEPS, alone())
    learner.model.get_layer("dense").kernel.assign(tf.zeros((6, CHARACTERS)))
    (x, y), *_ = batches()
    assert float(learner.step(x, y)) == pytest.approx(np.log(CHARACTERS), abs=1e-5)
