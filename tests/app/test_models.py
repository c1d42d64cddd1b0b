"""Which networks the page offers, and which it begins with."""

import json
import shutil

import pytest

from charlstm import store
from charlstm.report import Report
from charlstm.ui.models import usable_models


@pytest.mark.parametrize(
    ("losses", "names"), [((1.4, 1.1), ["b", "a"]), ((1.1, 1.4), ["a", "b"]), ((None, 1.2), ["b", "a"])]
)
def test_the_best_network_is_the_first(model_folder, tmp_path, monkeypatch, losses, names):
    """By the loss on the text that all are compared on; where that is not known, by the folder's own, here 1.25."""
    for name, loss in zip("ab", losses, strict=True):
        folder = shutil.copytree(model_folder, tmp_path / "zoo" / name)
        if loss is not None:
            store.write_report(folder, Report(2, {"nietzsche.txt": loss}, 900.0, 0, 0, ()))
    monkeypatch.setenv("CHARLSTM_MODELS", str(tmp_path / "zoo"))
    assert [model.folder.name for model in usable_models()[0]] == names


def test_a_network_whose_loss_is_not_known_is_the_last(model_folder, tmp_path, monkeypatch):
    """As one from elsewhere, which was never scored."""
    for name in "ab":
        shutil.copytree(model_folder, tmp_path / "zoo" / name)
    manifest = tmp_path / "zoo" / "a" / "model.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"held_out_loss": None}))
    monkeypatch.setenv("CHARLSTM_MODELS", str(tmp_path / "zoo"))
    assert [model.folder.name for model in usable_models()[0]] == ["b", "a"]
