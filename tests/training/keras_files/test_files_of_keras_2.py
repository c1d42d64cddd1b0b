"""Files of Keras 2 give what Keras 2 gave."""

from pathlib import Path

import numpy as np
import pytest

from charlstm.training.keras_files.exporting import export_keras
from charlstm.training.keras_files.importing import import_keras

FOLDER = Path(__file__).parent / "of_keras_2"
EXPECTED = dict(np.load(FOLDER / "expected.npz"))
IDS = EXPECTED.pop("ids")
# What Keras 3 cannot run itself, and so is compared with the equations in float64.
BY_EQUATIONS = ("cudnn", "hard-sigmoid", "time-major")


@pytest.mark.parametrize("name", EXPECTED)
def test_network_of_keras_2_gives_what_it_gave(tmp_path, characters, name):
    """Within 1e-5; and it is exported to a file of Keras 3 that gives the same."""
    mine = import_keras(FOLDER / name, characters, tmp_path / "mine")
    assert bool(mine.proof.why_not_keras) == name.startswith(BY_EQUATIONS)
    assert_gives(mine.model.network(), EXPECTED[name])
    export_keras(mine.model, None, tmp_path / "again.keras")
    again = import_keras(tmp_path / "again.keras", characters, tmp_path / "again")
    assert not again.proof.why_not_keras
    assert_gives(again.model.network(), EXPECTED[name])


def assert_gives(network, expected):
    for ids, given in zip(IDS, expected, strict=True):
        probs = given[-1] if given.ndim == 2 else given
        if not np.isclose(probs.sum(), 1.0, atol=1e-4):
            probs = np.exp(probs) / np.exp(probs).sum()
        np.testing.assert_allclose(network.probs(network.prefill(ids)), probs, atol=1e-5)
