"""A network of counts, of a random text."""

import numpy as np

from charlstm.networks.architecture import NgramCounts
from charlstm.networks.ngrams import NgramCounter


def random_counts(characters, seed=1, order=4):
    """Return the network of the counts of 200 characters."""
    ids = np.random.default_rng(seed).integers(characters, size=200)
    counter = NgramCounter([ids], characters, 1)
    for _ in range(order):
        counter.count_longer()
    return NgramCounts(counter.kept).network(counter.tensors, "carried", 1)
