"""The weights of Keras models by their names in a model folder, and the precision of a network."""

import numpy as np
import pytest
import tensorflow as tf

from charlstm.training.networks import book_network, fastest_dtype_policy, get_tensors, set_tensors


@pytest.fixture(scope="module")
def network():
    return book_network(vocabulary_size=5, units=3, maxlen=4, unroll=False)


def test_tensors_have_the_names_of_keras_layers(network):
    """Each is the weight of that name of the layer of that name."""
    tensors = get_tensors(network)
    for layer in network.layers:
        for variable in layer.weights:
            np.testing.assert_array_equal(tensors[f"{layer.name}/{variable.name}"], variable.numpy())
    assert len(tensors) == len(network.weights)


def test_set_tensors_restores_the_tensors_of_a_network(network):
    """From float16 too: another network then gives the same probabilities."""
    windows = np.eye(5, dtype=np.float32)[np.random.default_rng(1).integers(0, 5, (6, 4))]
    stored = {name: tensor.astype(np.float16) for name, tensor in get_tensors(network).items()}
    other = book_network(vocabulary_size=5, units=3, maxlen=4, unroll=True)
    assert np.abs(other(windows).numpy() - network(windows).numpy()).max() > 1e-3
    set_tensors(other, stored)
    np.testing.assert_allclose(other(windows).numpy(), network(windows).numpy(), atol=1e-3)


def test_set_tensors_refuses_another_shape(network):
    """That of another network."""
    with pytest.raises(ValueError, match="shape"):
        set_tensors(network, get_tensors(book_network(5, 4, 4, unroll=False)))


@pytest.mark.parametrize(
    ("capabilities", "policy"),
    [([], "float32"), ([(7, 5)], "float32"), ([(9, 0), (7, 5)], "float32"), ([(8, 0), (9, 0)], "mixed_bfloat16")],
)
def test_dtype_policy_suits_all_gpus_here(monkeypatch, capabilities, policy):
    """One that is slow in bfloat16 holds the others to float32, as all compute the same."""
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: capabilities)
    details = lambda gpu: {"compute_capability": gpu}  # noqa: E731
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details)
    assert fastest_dtype_policy() == policy
