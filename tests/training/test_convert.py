"""Keras weights and the tensors of a model folder are the same numbers under the same names."""

import numpy as np
import pytest

from charlstm.training.keras_weights import set_tensors, tensors_of
from charlstm.training.networks import book_network


@pytest.fixture(scope="module")
def network():
    return book_network(vocabulary_size=5, units=3, maxlen=4, unroll=False)


def test_tensors_carry_the_names_of_keras_layers(network):
    """Each tensor is the variable of that name of the layer of that name."""
    tensors = tensors_of(network)
    for layer in network.layers:
        for variable in layer.weights:
            np.testing.assert_array_equal(tensors[f"{layer.name}/{variable.name}"], variable.numpy())
    assert len(tensors) == len(network.weights)


def test_set_tensors_brings_back_what_tensors_of_gave(network):
    """A network whose weights were set, in half precision too, gives the same probabilities."""
    windows = np.eye(5, dtype=np.float32)[np.random.default_rng(1).integers(0, 5, (6, 4))]
    kept = {name: tensor.astype(np.float16) for name, tensor in tensors_of(network).items()}
    other = book_network(vocabulary_size=5, units=3, maxlen=4, unroll=True)
    assert np.abs(other(windows).numpy() - network(windows).numpy()).max() > 1e-3
    set_tensors(other, kept)
    np.testing.assert_allclose(other(windows).numpy(), network(windows).numpy(), atol=1e-3)


def test_set_tensors_refuses_another_shape(network):
    """Tensors of another network do not fit."""
    with pytest.raises(ValueError, match="shape"):
        set_tensors(network, tensors_of(book_network(5, 4, 4, unroll=False)))
