"""A text and a recipe so small that an epoch takes a second."""

from dataclasses import replace

import numpy as np

from charlstm.recipes.recipe import find_recipe

_WORDS = "of and to in that is it the as not be for which".split()
TEXT = " ".join(np.random.default_rng(1).choice(_WORDS, 2000))[:5000]
TINY = replace(
    find_recipe("book"), units=(8,), maxlen=10, epochs=2, batch_size=64, sample_length=20, when_diverging="stop"
)
_FEWER = {"maxlen": 10, "batch_size": 16, "epochs": 3, "sample_length": 20, "warmup_steps": 5, "learning_rate": 0.01}
TINY_DEEP = replace(find_recipe("deep"), units=(8, 6), dropout=0.2, **_FEWER)
TINY_CONV = replace(find_recipe("conv"), channels=6, dilations=(1, 2), **_FEWER)
