"""Calibration: the temperature that text which was never learned tells, and the folder that is made with it."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from scipy.optimize import minimize_scalar

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.evaluation.calibration import calibrate, fit_temperature
from charlstm.evaluation.metrics import held_out_loss
from charlstm.generation.loop import generate
from charlstm.model_folder import store
from charlstm.model_folder.manifest import ModelError
from charlstm.networks.architecture import GatedConvolutions, LstmLayers

TEXT = "a bab ab baba ab ba abab\n" * 8
CHARACTERS = 5


def network_of(kind, seed, times=1.0):
    """A random network whose logits are `times` as large."""
    architecture = GatedConvolutions(6, 2, (1, 2)) if kind == "conv" else LstmLayers((6,))
    generator = np.random.default_rng(seed)
    shapes = architecture.tensor_shapes(CHARACTERS)
    tensors = {name: generator.normal(0.0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}
    tensors |= {name: tensors[name] * np.float32(times) for name in ("dense/kernel", "dense/bias")}
    return architecture.network(tensors, "window" if kind == "window" else "carried", 4)


def text_of(network, seed, length=300, temperature=1.0):
    """What the network itself writes at a temperature."""
    return np.array([step.character_id for step in generate(network, [], temperature, length, seed)])


kinds = st.sampled_from(["window", "carried", "conv"])


@settings(max_examples=8)
@given(kinds, st.integers(0, 100), st.sampled_from([0.85, 1.0, 1.3]))
def test_the_temperature_is_where_the_loss_is_least(kind, seed, wrote_at):
    """Against SciPy's minimum of the loss of a network whose logits are divided."""
    ids = text_of(network_of(kind, seed), seed, temperature=wrote_at)
    found = fit_temperature(network_of(kind, seed), [ids])

    def loss(temperature):
        return held_out_loss(network_of(kind, seed, 1 / temperature), [ids])

    least = minimize_scalar(loss, bounds=(0.7, 1.6), method="bounded")
    assert found.after == pytest.approx(least.fun, abs=1e-4)
    assert found.temperature == pytest.approx(least.x, abs=0.011)
    assert found.before == pytest.approx(loss(1.0), abs=1e-6)
    assert found.after <= found.before


@pytest.mark.parametrize("kind", ["window", "carried", "conv"])
def test_a_network_that_is_surer_of_itself_is_softened_as_much(kind):
    """Of its own writing each network is as sure as it is right, whatever was done to its logits."""
    ids = text_of(network_of(kind, 3), 1, length=1500)
    right, surer = (fit_temperature(network_of(kind, 3, times), [ids]).temperature for times in (1.0, 1.25))
    assert right == pytest.approx(1.0, abs=0.15)
    assert surer == pytest.approx(1.25 * right, abs=0.02)


@pytest.mark.parametrize("ids", [[], [1]])
def test_nothing_to_score_is_a_sentence(ids):
    """A text of no length tells nothing."""
    with pytest.raises(ValueError, match="too short"):
        fit_temperature(network_of("carried", 1), [np.array(ids, int)])


def test_the_calibrated_network_has_a_folder_of_its_own(model_folder, tmp_path):
    """The best epoch alone, as good as was found, its samples written again; the rest as it was."""
    before, corpus, into = (
        store.open_model(model_folder),
        InMemoryCorpus("one", (TEXT,), ""),
        tmp_path / "new" / "calibrated",
    )
    found = calibrate(before, corpus, into)
    after = store.open_model(into)
    assert (after.manifest.name, after.manifest.epochs, after.manifest.best_epoch) == ("calibrated", (2,), 2)
    for name in ("history.csv", "words.txt"):
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


def test_calibrating_again_changes_nothing_more(model_folder, tmp_path):
    """What is calibrated is at 1, and both temperatures multiplied are on record."""
    corpus, twice = InMemoryCorpus("one", (TEXT,), ""), tmp_path / "twice"
    first = calibrate(store.open_model(model_folder), corpus, tmp_path / "once")
    second = calibrate(store.open_model(tmp_path / "once"), corpus, twice)
    assert second.temperature == pytest.approx(1.0, abs=0.02) or first.temperature in (0.7, 1.6)
    on_record = store.open_model(twice).manifest.recipe["calibrated"]
    assert on_record == pytest.approx(first.temperature * second.temperature)


def test_a_folder_that_holds_something_is_left_alone(model_folder, tmp_path):
    """Nothing already made is lost, the model itself least of all."""
    model, corpus = store.open_model(model_folder), InMemoryCorpus("one", (TEXT,), "")
    other = shutil.copytree(model_folder, tmp_path / "other")
    (tmp_path / "file").write_text("mine")
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for into in (model_folder, other, tmp_path / "file"):
        with pytest.raises(ModelError, match="is not empty"):
            calibrate(model, corpus, into)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files
