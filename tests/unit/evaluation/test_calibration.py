"""Temperature scaling: the temperature that minimises the held-out loss, and the model folder made with it."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from scipy.optimize import minimize_scalar

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.corpora.passages import index_passages
from charlstm.evaluation.calibration import calibrate, fit_temperature
from charlstm.evaluation.metrics import held_out_loss
from charlstm.generation.loop import generate
from charlstm.model_folder import store
from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.passage_index import write_passages
from charlstm.networks.architecture import GatedConvolutions, LstmLayers

TEXT = "a bab ab baba ab ba abab\n" * 8
CHARACTERS = 5


def network_of(kind, seed, times=1.0):
    """A random network whose logits are multiplied by `times`."""
    architecture = GatedConvolutions(6, 2, (1, 2)) if kind == "conv" else LstmLayers((6,))
    generator = np.random.default_rng(seed)
    shapes = architecture.tensor_shapes(CHARACTERS)
    tensors = {name: generator.normal(0.0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}
    tensors |= {name: tensors[name] * np.float32(times) for name in ("dense/kernel", "dense/bias")}
    return architecture.network(tensors, "window" if kind == "window" else "carried", 4)


def text_of(network, seed, length=300, temperature=1.0):
    """The ids of a text that the network generates at a temperature."""
    return np.array([step.character_id for step in generate(network, [], temperature, length, seed)])


kinds = st.sampled_from(["window", "carried", "conv"])


@settings(max_examples=8)
@given(kinds, st.integers(0, 100), st.sampled_from([0.85, 1.0, 1.3]))
def test_fitted_temperature_minimises_the_loss(kind, seed, temperature):
    """Compared with SciPy's minimum of the loss of a network whose logits are divided."""
    ids = text_of(network_of(kind, seed), seed, temperature=temperature)
    found = fit_temperature(network_of(kind, seed), [ids])

    def loss(divisor):
        return held_out_loss(network_of(kind, seed, 1 / divisor), [ids])

    least = minimize_scalar(loss, bounds=(0.7, 1.6), method="bounded")
    assert found.after == pytest.approx(least.fun, abs=1e-4)
    assert found.temperature == pytest.approx(least.x, abs=0.011)
    assert found.before == pytest.approx(loss(1.0), abs=1e-6)
    assert found.after <= found.before


@pytest.mark.parametrize("kind", ["window", "carried", "conv"])
def test_fitted_temperature_undoes_a_scaling_of_the_logits(kind):
    """A network is calibrated on text that it generated itself; larger logits need a higher temperature."""
    ids = text_of(network_of(kind, 3), 1, length=900)
    calibrated, overconfident = (
        fit_temperature(network_of(kind, 3, times), [ids]).temperature for times in (1.0, 1.25)
    )
    assert calibrated == pytest.approx(1.0, abs=0.15)
    assert overconfident == pytest.approx(1.25 * calibrated, abs=0.02)


@pytest.mark.parametrize("ids", [[], [1]])
def test_fit_temperature_rejects_a_text_too_short_to_score(ids):
    """No character, or no character after the first."""
    with pytest.raises(ValueError, match="too short"):
        fit_temperature(network_of("carried", 1), [np.array(ids, int)])


def test_calibrate_writes_a_model_folder_of_the_best_epoch(model_folder, tmp_path):
    """With the loss that was found, regenerated samples, and the same history, words and index."""
    write_passages(model_folder, index_passages(TEXT))
    before, corpus = store.open_model(model_folder), InMemoryCorpus("one", (TEXT,), "")
    into = tmp_path / "new" / "calibrated"
    found = calibrate(before, corpus, into)
    after = store.open_model(into)
    assert (after.manifest.name, after.manifest.epochs, after.manifest.best_epoch) == ("calibrated", (2,), 2)
    for name in ("history.csv", "words.txt", "passages.safetensors"):
        assert (into / name).read_bytes() == (model_folder / name).read_bytes()
    ids = after.vocabulary.encode(TEXT[-(len(TEXT) // 10) :])
    assert held_out_loss(after.network(), [ids]) == pytest.approx(after.manifest.held_out_loss, abs=1e-3)
    assert after.manifest.held_out_loss == pytest.approx(found.after, abs=1e-6)
    assert {one.dtype for one in load_file(into / "epoch-002.safetensors").values()} == {np.dtype(np.float16)}
    assert after.manifest.recipe == {**before.manifest.recipe, "calibrated": found.temperature}
    for sample, old in zip(after.samples, before.samples, strict=True):
        seed_ids = after.vocabulary.encode(old.seed_text)
        steps = generate(after.network(), seed_ids, old.temperature, len(old.text), old.random_seed)
        assert sample.text == after.vocabulary.decode(step.character_id for step in steps)


def test_calibrating_a_calibrated_network_changes_nothing(model_folder, tmp_path):
    """Its temperature is 1, and the product of both temperatures is in the manifest."""
    corpus, twice = InMemoryCorpus("one", (TEXT,), ""), tmp_path / "twice"
    first = calibrate(store.open_model(model_folder), corpus, tmp_path / "once")
    second = calibrate(store.open_model(tmp_path / "once"), corpus, twice)
    assert second.temperature == pytest.approx(1.0, abs=0.02) or first.temperature in (0.7, 1.6)
    recorded = store.open_model(twice).manifest.recipe["calibrated"]
    assert recorded == pytest.approx(first.temperature * second.temperature)


def test_calibrate_overwrites_no_folder_that_is_not_empty(model_folder, tmp_path):
    """The model itself, another model, or a file."""
    model, corpus = store.open_model(model_folder), InMemoryCorpus("one", (TEXT,), "")
    other = shutil.copytree(model_folder, tmp_path / "other")
    (tmp_path / "file").write_text("mine")
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for into in (model_folder, other, tmp_path / "file"):
        with pytest.raises(ModelError, match="is not empty"):
            calibrate(model, corpus, into)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
