"""One training step, compared with Keras's own layers, and a learner that is restored from its state."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from charlstm.recipes.recipe import find_recipe
from charlstm.training.distributed import local_replicas
from charlstm.training.learner import Learner

CHARACTERS, STEPS = 11, 4
DEEP = replace(find_recipe("deep"), units=(8, 6), maxlen=12, batch_size=5, warmup_steps=2)
CONV = replace(find_recipe("conv"), channels=6, dilations=(1, 2), maxlen=12, batch_size=5, warmup_steps=2)


def learner(recipe):
    return Learner(recipe, CHARACTERS, STEPS, local_replicas())


def batches(count=STEPS):
    chunks = np.random.default_rng(1).integers(CHARACTERS, size=(count, 5, 13)).astype(np.int32)
    return [(chunk[:, :-1], chunk[:, 1:]) for chunk in chunks]


@pytest.mark.parametrize("recipe", [DEEP, CONV], ids=["deep", "conv"])
def test_step_without_dropout_is_that_of_keras(recipe):
    """The same losses as with Keras's own layers, loss and optimiser, step by step, with a schedule."""
    recipe = replace(recipe, dropout=0.0, averaging=None, clip_norm=None)
    ours, theirs = learner(recipe), learner(recipe)
    cross_entropy, weights = keras.losses.SparseCategoricalCrossentropy(), theirs.model.trainable_variables
    for x, y in batches():
        with tf.GradientTape() as tape:
            loss = cross_entropy(y, theirs.model(x, training=True))
        # Dense, because Keras's Adam squares the gradients of an id that occurs twice one by one.
        theirs.optimizer.apply([tf.convert_to_tensor(one) for one in tape.gradient(loss, weights)], weights)
        assert ours.train_on_batch(x, y) == pytest.approx(float(loss), abs=1e-4)
    for name, tensor in ours.tensors.items():
        np.testing.assert_allclose(tensor, theirs.tensors[name], atol=1e-3)


@pytest.mark.parametrize("recipe", [DEEP, CONV], ids=["deep", "conv"])
def test_step_in_mixed_precision_is_that_of_float32_within_its_noise(recipe, monkeypatch):
    """As on a GPU that is fast in bfloat16; weights and logits stay float32."""
    recipe = replace(recipe, dropout=0.0)
    expected = learner(recipe)
    monkeypatch.setattr("charlstm.training.learner.fastest_dtype_policy", lambda: "mixed_bfloat16")
    # The layers for a CPU are in float32 alone.
    monkeypatch.setattr("charlstm.training.learner.apply_on_cpu", lambda layer, x: layer(x))
    mixed = learner(recipe)
    assert {layer.compute_dtype for layer in mixed.model.layers if layer.weights} == {"bfloat16", "float32"}
    losses = np.array([(mixed.train_on_batch(x, y), expected.train_on_batch(x, y)) for x, y in batches()])
    assert losses[-1, 0] != losses[-1, 1]
    np.testing.assert_allclose(losses[:, 0], losses[:, 1], rtol=0.01)
    assert {tensor.dtype for tensor in mixed.tensors.values()} == {np.dtype(np.float32)}


def test_gradients_are_clipped_to_the_norm_of_the_recipe():
    """A plain step of size 1 is as long as the clipped gradient."""
    clipped = learner(replace(DEEP, dropout=0.0, averaging=None, clip_norm=0.01))
    clipped.optimizer = keras.optimizers.SGD(1.0)
    clipped.optimizer.build(clipped.model.trainable_variables)
    before = clipped.tensors
    clipped.train_on_batch(*batches()[0])
    change = sum(np.sum((tensor - before[name]) ** 2) for name, tensor in clipped.tensors.items())
    assert np.sqrt(change) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize("recipe", [DEEP, CONV], ids=["deep", "conv"])
def test_restored_learner_goes_on_exactly(recipe):
    """With the dropout, schedule, optimiser and EMA of the one whose state it has: the same losses and weights."""
    uninterrupted, restored = learner(recipe), learner(recipe)
    for x, y in batches()[:2]:
        uninterrupted.train_on_batch(x, y)
    restored.restore(*uninterrupted.state)
    for x, y in batches()[2:]:
        assert restored.train_on_batch(x, y) == pytest.approx(uninterrupted.train_on_batch(x, y), abs=1e-6)
    for name, tensor in restored.tensors.items():
        np.testing.assert_allclose(tensor, uninterrupted.tensors[name], atol=1e-6)


def test_dropout_differs_between_steps():
    """The loss of one batch at a learning rate of almost 0 changes with the step, and not without dropout."""
    frozen: dict[str, Any] = {"learning_rate": 1e-12, "schedule": "constant", "warmup_steps": None, "dropout": 0.5}
    (x, y), *_ = batches()
    with_dropout, without = learner(replace(DEEP, **frozen)), learner(replace(DEEP, **frozen | {"dropout": 0.0}))
    assert len({round(with_dropout.train_on_batch(x, y), 5) for _ in range(3)}) == 3
    assert len({round(without.train_on_batch(x, y), 5) for _ in range(3)}) == 1


def test_ema_follows_the_weights():
    """After one step it is a tenth old weights and the rest new ones; later it has the momentum of the recipe."""
    averaged = learner(replace(DEEP, averaging=0.5))
    initial = averaged.state[0]["dense/kernel"]
    for step, (x, y) in enumerate(batches(), start=1):
        before = averaged.tensors["dense/kernel"]
        averaged.train_on_batch(x, y)
        momentum = min(0.5, step / (step + 9))
        expected = momentum * before + (1 - momentum) * averaged.state[0]["dense/kernel"]
        np.testing.assert_allclose(averaged.tensors["dense/kernel"], expected, atol=1e-6)
    assert np.abs(averaged.tensors["dense/kernel"] - initial).max() > 1e-4


def test_loss_is_the_mean_over_all_characters_in_nats():
    """log V for a network that gives all characters the same probability."""
    uniform = learner(replace(DEEP, dropout=0.0))
    uniform.model.get_layer("dense").kernel.assign(tf.zeros((6, CHARACTERS)))
    (x, y), *_ = batches()
    assert uniform.train_on_batch(x, y) == pytest.approx(np.log(CHARACTERS), abs=1e-5)
