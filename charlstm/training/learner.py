"""What learns: the Keras model of a recipe, its optimiser, the moving average of its weights, and one step."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from charlstm.recipes.recipe import Recipe
from charlstm.training.distributed import Replicas, mean_over_replicas
from charlstm.training.keras_weights import names_of, set_tensors, tensors_of
from charlstm.training.lstm_op import lstm_sequence
from charlstm.training.networks import Layers, book_network, fastest_precision, logits_of, stream_network

Tensors = dict[str, NDArray[np.floating]]


class Learner:
    """A network that learns by a recipe, batch by batch.

    Args:
        recipe: what to build.
        vocabulary_size: V.
        steps: batches in the whole run, for a schedule that falls to its end.
        crew: who learns together.
    """

    def __init__(self, recipe: Recipe, vocabulary_size: int, steps: int, crew: Replicas) -> None:
        self.recipe = recipe
        self._crew = crew
        keras.utils.set_random_seed(recipe.random_seed)
        with crew.strategy.scope():
            self._build(vocabulary_size, steps)

    def _build(self, vocabulary_size: int, steps: int) -> None:
        recipe = self.recipe
        on_cpu = not tf.config.list_physical_devices("GPU")
        of_x = of_y = tf.TensorSpec([None, recipe.maxlen], tf.int32)
        loss: Callable
        if recipe.examples == "windows":
            # Unrolled, the steps are the same numbers sooner on a CPU; a GPU has a kernel of its own.
            self.model = book_network(vocabulary_size, (recipe.units or ())[0], recipe.maxlen, unroll=on_cpu)
            loss, of_y = _book_loss(self.model, vocabulary_size), tf.TensorSpec([None], tf.int32)
        else:
            self.model, layers = stream_network(vocabulary_size, recipe.architecture, fastest_precision())
            loss = _stream_loss(layers, recipe, on_cpu)
        self.optimizer = _optimizer(recipe, steps)
        self.optimizer.build(self.model.trainable_variables)
        weights = self.model.trainable_variables if recipe.averaging else []
        self.averages = [_average(weight) for weight in weights]
        if self._crew.count == 1:
            self._compiled = tf.function(lambda x, y: self._step(loss, x, y), input_signature=[of_x, of_y])
        else:
            share = lambda x, y: self._step(loss, x, y)  # noqa: E731
            self._compiled = tf.function(lambda x, y: self._crew.strategy.run(share, args=(x, y)))

    def step(self, x: NDArray[np.int32], y: NDArray[np.int32]) -> float:
        """Learn a batch, int32 x and y; return its mean loss before that, in nats a character."""
        return self._crew.learn(self._compiled, x, y)

    @property
    def tensors(self) -> Tensors:
        """What is kept of the network: its weights, or their moving average."""
        if not self.averages:
            return tensors_of(self.model)
        return dict(zip(names_of(self.model), (average.numpy() for average in self.averages), strict=True))

    @property
    def state(self) -> tuple[Tensors, list[NDArray]]:
        """All that a later step depends on: the weights by name, and everything else in its own order."""
        others = [*self.optimizer.variables, *self.averages]
        return tensors_of(self.model), [variable.numpy() for variable in others]

    def restore(self, weights: Tensors, others: list[NDArray]) -> None:
        """Put back what `state` gave.

        Raises:
            ValueError, KeyError: it was another network's.
        """
        set_tensors(self.model, weights)
        for variable, value in zip([*self.optimizer.variables, *self.averages], others, strict=True):
            variable.assign(value)

    def _step(self, loss, x, y):
        with tf.GradientTape() as tape:
            value = loss(x, y, self.optimizer.iterations)
        weights = self.model.trainable_variables
        gradients = mean_over_replicas([tf.convert_to_tensor(one) for one in tape.gradient(value, weights)])
        if self.recipe.clip_norm is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.recipe.clip_norm)
        # Keras adds up what the others apply; here all apply the same.
        self.optimizer.apply([one / self._crew.count for one in gradients], weights)
        (value,) = mean_over_replicas([value])
        # At first the average may stay behind only little, or it would long remember the beginning.
        done = tf.cast(self.optimizer.iterations, tf.float32)
        stays = tf.minimum(self.recipe.averaging or 0.0, done / (done + 9.0))
        for average, weight in zip(self.averages, weights, strict=bool(self.averages)):
            average.assign(stays * average + (1.0 - stays) * weight)
        return value


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    rate = recipe.learning_rate
    if recipe.schedule == "cosine":
        warmup = min(recipe.warmup_steps or 0, steps // 2)
        rate = keras.optimizers.schedules.CosineDecay(
            recipe.learning_rate / 100, max(1, steps - warmup), warmup_target=recipe.learning_rate, warmup_steps=warmup
        )
    if recipe.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate)
    return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)


def _average(weight: keras.Variable) -> tf.Variable:
    first = tf.VariableAggregation.ONLY_FIRST_REPLICA  # all make the same
    return tf.Variable(tf.convert_to_tensor(weight.value), trainable=False, aggregation=first)


def _book_loss(model: keras.Model, characters: int):
    loss_of = keras.losses.CategoricalCrossentropy()
    return lambda x, y, _: loss_of(tf.one_hot(y, characters), model(tf.one_hot(x, characters), training=True))


def _stream_loss(layers: Layers, recipe: Recipe, on_cpu: bool):
    along = _along_on_cpu if on_cpu else lambda layer, x: layer(x)

    def loss(x, y, iteration):
        drop = _Dropout(recipe.dropout, recipe.random_seed, iteration)
        logits = logits_of(layers, recipe.architecture, x, drop, along)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))

    return loss


class _Dropout:
    """Leaves numbers out by dice that follow from the random seed and the step alone, so that a run can go on.

    Source: Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
    """

    def __init__(self, rate: float, random_seed: int, iteration) -> None:
        self._rate = rate
        self._seed = [tf.constant(random_seed, tf.int64), tf.cast(iteration, tf.int64) * 1000]
        self._place = 0

    def __call__(self, x):
        if not self._rate:
            return x
        self._place += 1
        seed = tf.stack([self._seed[0], self._seed[1] + self._place])
        context = tf.distribute.get_replica_context()
        shares = context.num_replicas_in_sync
        if shares == 1:
            return tf.nn.experimental.stateless_dropout(x, self._rate, seed)
        # The dice of the whole batch, of which this share takes its own, so that sharing changes nothing.
        shape = tf.shape(x)
        whole = tf.concat([[shape[0] * shares], shape[1:]], axis=0)
        kept = tf.nn.experimental.stateless_dropout(tf.ones(whole), self._rate, seed)
        return x * kept[context.replica_id_in_sync_group :: shares]


def _along_on_cpu(layer: keras.Layer, x):
    """(batch, T, below) -> (batch, T, H), as the layer itself gives it, sooner (benchmarks/training_layers.py)."""
    return _walk_on_cpu(layer, x) if isinstance(layer, keras.layers.LSTM) else _convolve_on_cpu(layer, x)


def _walk_on_cpu(layer: keras.layers.LSTM, x):
    """(batch, T, below) -> (batch, T, H), as the layer itself gives it, sooner."""
    cell, shape = layer.cell, tf.shape(x)
    by_time = tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, x.shape[-1]])
    inputs = tf.reshape(tf.matmul(by_time, cell.kernel) + cell.bias, [shape[1], shape[0], 4 * layer.units])
    return tf.transpose(lstm_sequence(inputs, cell.recurrent_kernel.value), [1, 0, 2])


def _convolve_on_cpu(layer: keras.layers.Conv1D, x):
    """The characters that one place sees stand side by side, so that the convolution is a single product."""
    (width,), (dilation,) = layer.kernel_size, layer.dilation_rate
    reach, length = (width - 1) * dilation, tf.shape(x)[1]
    padded = tf.pad(x, [[0, 0], [reach, 0], [0, 0]])
    seen = tf.concat([padded[:, start : start + length] for start in range(0, reach + 1, dilation)], axis=-1)
    kernel = tf.reshape(layer.kernel.value, [width * x.shape[-1], -1])
    flat = tf.matmul(tf.reshape(seen, [-1, width * x.shape[-1]]), kernel) + layer.bias
    return tf.reshape(flat, [tf.shape(x)[0], length, layer.filters])
