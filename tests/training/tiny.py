"""A text and a recipe so small that an epoch takes a second."""

from dataclasses import replace

import numpy as np

from charlstm.training.recipes import RECIPES

_WORDS = "of and to in that is it the as not be for which".split()
TEXT = " ".join(np.random.default_rng(1).choice(_WORDS, 2000))[:5000]
TINY = replace(RECIPES["book"], units=8, maxlen=10, epochs=2, batch_size=64, sample_length=20, when_diverging="stop")
