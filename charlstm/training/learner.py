"""The Keras model of a recipe, its optimiser, the moving average of its weights (EMA), and one training step."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from charlstm.networks.architecture import Architecture
from charlstm.recipes.recipe import Recipe
from charlstm.training.cpu_layers import apply_on_cpu
from charlstm.training.distributed import Replicas, mean_over_replicas
from charlstm.training.networks import (
    Layers,
    book_network,
    fastest_dtype_policy,
    get_tensors,
    library_versions,
    logits_of,
    set_tensors,
    stream_network,
    weight_names,
)

Tensors = dict[str, NDArray[np.floating]]


class Learner:
    """A network that is trained by a recipe, batch by batch.

    Args:
        recipe: the network, optimiser, schedule and random seed.
        vocabulary_size: V.
        steps: batches in the whole run, for a schedule that falls to its end.
        replicas: that each take a shard of every batch.
    """

    def __init__(self, recipe: Recipe, vocabulary_size: int, steps: int, replicas: Replicas) -> None:
        self.recipe = recipe
        self._replicas = replicas
        keras.utils.set_random_seed(recipe.random_seed)
        with replicas.strategy.scope():
            self._build(vocabulary_size, steps)

    def _build(self, vocabulary_size: int, steps: int) -> None:
        recipe = self.recipe
        on_cpu = not tf.config.list_physical_devices("GPU")
        x_spec = y_spec = tf.TensorSpec([None, recipe.maxlen], tf.int32)
        loss: Callable
        if recipe.examples == "windows":
            # Unrolled, the steps are the same numbers sooner on a CPU; a GPU has a kernel of its own.
            self.model = book_network(vocabulary_size, (recipe.units or ())[0], recipe.maxlen, on_cpu, recipe.network)
            loss, y_spec = _book_loss(self.model, vocabulary_size), tf.TensorSpec([None], tf.int32)
        else:
            self.model, layers = stream_network(vocabulary_size, recipe.architecture, fastest_dtype_policy())
            loss = _stream_loss(layers, recipe, on_cpu)
        self.optimizer = _optimizer(recipe, steps)
        self.optimizer.build(self.model.trainable_variables)
        self.ema_weights = [_ema_variable(weight) for weight in self.model.trainable_variables if recipe.averaging]
        if self._replicas.count == 1:
            self._compiled_step = tf.function(
                lambda x, y: self._train_step(loss, x, y), input_signature=[x_spec, y_spec]
            )
        else:
            replica_step = lambda x, y: self._train_step(loss, x, y)  # noqa: E731
            self._compiled_step = tf.function(lambda x, y: self._replicas.strategy.run(replica_step, args=(x, y)))

    def train_on_batch(self, x: NDArray[np.int32], y: NDArray[np.int32]) -> float:
        """Take one training step.

        Args:
            x, y: int32, as `Examples.batches` yields them.

        Returns:
            The mean loss of the batch before the step, in nats per character.
        """
        return self._replicas.run_step(self._compiled_step, x, y)

    def architecture_after(self, epoch: int) -> Architecture:
        """Return the network's kind and size, which no epoch changes."""
        del epoch
        return self.recipe.architecture

    @property
    def libraries(self) -> dict[str, str]:
        """The versions of what it learns with."""
        return library_versions()

    @property
    def tensors(self) -> Tensors:
        """What the model folder keeps: the weights' moving average, or the weights where there is none, by name."""
        if not self.ema_weights:
            return get_tensors(self.model)
        return dict(zip(weight_names(self.model), (weight.numpy() for weight in self.ema_weights), strict=True))

    @property
    def state(self) -> tuple[Tensors, list[NDArray]]:
        """All that a later step depends on: the weights by name, and the optimiser's variables and the EMA in order."""
        return get_tensors(self.model), [variable.numpy() for variable in self._other_variables()]

    def restore(self, weights: Tensors, others: list[NDArray]) -> None:
        """Set what `state` gave.

        Raises:
            ValueError, KeyError: it was another network's.
        """
        set_tensors(self.model, weights)
        for variable, value in zip(self._other_variables(), others, strict=True):
            variable.assign(value)

    def _other_variables(self) -> list:
        return [*self.optimizer.variables, *self.ema_weights]

    def _train_step(self, loss, x, y):
        with tf.GradientTape() as tape:
            value = loss(x, y, self.optimizer.iterations)
        weights = self.model.trainable_variables
        gradients = mean_over_replicas([tf.convert_to_tensor(one) for one in tape.gradient(value, weights)])
        if self.recipe.clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.recipe.clip_norm)
        # Keras adds up the gradients of all replicas; here each has the mean already.
        self.optimizer.apply([one / self._replicas.count for one in gradients], weights)
        (value,) = mean_over_replicas([value])
        self._update_ema(weights)
        return value

    def _update_ema(self, weights) -> None:
        # A lower momentum in the first steps, or the average would long remember the initial weights.
        step = tf.cast(self.optimizer.iterations, tf.float32)
        momentum = tf.minimum(self.recipe.averaging or 0.0, step / (step + 9.0))
        for average, weight in zip(self.ema_weights, weights, strict=bool(self.ema_weights)):
            average.assign(momentum * average + (1.0 - momentum) * weight)


def use_inter_op_threads() -> None:
    """Let TensorFlow run several operations at once, each on one core.

    The book's network is made of many small products; splitting each over the cores costs more
    than it gains (benchmarks/training_threads.py).
    """
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(0)
    except RuntimeError:
        pass  # TensorFlow has already run in this process; its threads stay as they are


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    rate = recipe.learning_rate or 0.0
    if recipe.schedule == "cosine":
        warmup = min(recipe.warmup_steps or 0, steps // 2)
        rate = keras.optimizers.schedules.CosineDecay(
            rate / 100, max(1, steps - warmup), warmup_target=rate, warmup_steps=warmup
        )
    if recipe.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate)
    return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)


def _ema_variable(weight: keras.Variable) -> tf.Variable:
    first = tf.VariableAggregation.ONLY_FIRST_REPLICA  # all replicas compute the same
    return tf.Variable(tf.convert_to_tensor(weight.value), trainable=False, aggregation=first)


def _book_loss(model: keras.Model, vocabulary_size: int):
    cross_entropy = keras.losses.CategoricalCrossentropy()
    one_hot = lambda ids: tf.one_hot(ids, vocabulary_size)  # noqa: E731
    return lambda x, y, _: cross_entropy(one_hot(y), model(one_hot(x), training=True))


def _stream_loss(layers: Layers, recipe: Recipe, on_cpu: bool):
    apply = apply_on_cpu if on_cpu else lambda layer, x: layer(x)

    def loss(x, y, iteration):
        dropout = _Dropout(recipe.dropout or 0.0, recipe.random_seed, iteration)
        logits = logits_of(layers, recipe.architecture, x, dropout, apply)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))

    return loss


class _Dropout:
    """Dropout whose masks follow from the random seed and the step alone, so that a resumed run draws the same.

    Source: Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
    """

    def __init__(self, rate: float, random_seed: int, iteration) -> None:
        self._rate = rate
        self._seed = [tf.constant(random_seed, tf.int64), tf.cast(iteration, tf.int64) * 1000]
        self._calls = 0

    def __call__(self, x):
        if not self._rate:
            return x
        self._calls += 1
        seed = tf.stack([self._seed[0], self._seed[1] + self._calls])
        context = tf.distribute.get_replica_context()
        replicas = context.num_replicas_in_sync
        if replicas == 1:
            return tf.nn.experimental.stateless_dropout(x, self._rate, seed)
        # The mask of the whole batch, of which this replica takes its shard: the same numbers for any number of them.
        shape = tf.shape(x)
        whole = tf.concat([[shape[0] * replicas], shape[1:]], axis=0)
        mask = tf.nn.experimental.stateless_dropout(tf.ones(whole), self._rate, seed)
        return x * mask[context.replica_id_in_sync_group :: replicas]
