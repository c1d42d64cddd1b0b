"""The hash of a network."""

import dataclasses

import pytest

from charlstm.compression.network_hash import find_network, network_hash
from charlstm.model_folder.store import open_model


def test_each_kept_epoch_is_found_by_its_hash(model_folder):
    """With its name; and nothing is found by another hash."""
    model = open_model(model_folder)
    for epoch in (0, 2):
        found = find_network(model_folder.parent, network_hash(model.manifest, model.tensors(epoch)))
        assert found is not None
        state = found[0].initial_state()
        assert found[0].probs(state).tolist() == model.network(epoch).probs(state).tolist()
        assert found[1:] == (model.vocabulary, f"small, epoch {epoch}")
    assert find_network(model_folder.parent, "0" * 32) is None


@pytest.mark.parametrize("changed", [{"vocabulary": ("\n", " ", "a", "b", "c")}, {"context": "carried"}, {"window": 5}])
def test_what_changes_a_network_changes_its_hash(model_folder, changed):
    """Its name and its figures do not."""
    model = open_model(model_folder)
    hash_, tensors = network_hash(model.manifest, model.tensors()), model.tensors()
    assert network_hash(dataclasses.replace(model.manifest, **changed), tensors) != hash_
    assert network_hash(dataclasses.replace(model.manifest, name="other", held_out_loss=9.0), tensors) == hash_
    tensors["dense/bias"][0] += 1e-6
    assert network_hash(model.manifest, tensors) != hash_


def test_the_hash_of_a_network_stays(model_folder):
    """What was compressed by this version finds its network in the next."""
    model = open_model(model_folder)
    assert network_hash(model.manifest, {"a": model.tensors()["dense/bias"] * 0}) == "fe401810aec01f0b737f682fc35e99fc"
