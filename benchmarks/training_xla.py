"""Learning on a CPU: a step that XLA compiled, against the same step without; why training does not ask for XLA."""

import os

from benchmarks.measure import Claim, report, seconds, times_as_fast

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from charlstm.recipes.recipe import find_recipe
from charlstm.training.distributed import local_replicas
from charlstm.training.learner import Learner

CHARACTERS, ROUNDS = 57, 3


def measure() -> list[Claim]:
    recipe = find_recipe("conv")
    shape = (recipe.batch_size or 0, recipe.maxlen or 0)
    x, y = np.random.default_rng(1).integers(CHARACTERS, size=(2, *shape)).astype(np.int32)
    usual, compiled = (Learner(recipe, CHARACTERS, 1000, local_replicas()) for _ in range(2))
    fixed = tf.TensorSpec(shape, tf.int32)
    compiled._compiled_step = tf.function(
        compiled._compiled_step.python_function, input_signature=[fixed, fixed], jit_compile=True
    )
    usual.train_on_batch(x, y)
    compiling = seconds(lambda: compiled.train_on_batch(x, y))
    steps = (lambda: compiled.train_on_batch(x, y), 1), {"without": (lambda: usual.train_on_batch(x, y), 1)}
    return [
        Claim(
            "learning on a CPU, convolutions: with XLA against without", times_as_fast(*steps, ROUNDS)["without"], None
        ),
        Claim("compiling such a step with XLA, and making it once", compiling, None, unit="s"),
    ]


if __name__ == "__main__":
    report(measure)
