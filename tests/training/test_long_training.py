"""A text that stays on the disk is learned as any other: stopped, gone on with, and ended with the same files."""

import pytest

from charlstm.corpora import corpus, on_disk
from charlstm.evaluation import protocol
from charlstm.model_folder import store
from charlstm.training import loop
from charlstm.training.data import pools
from tests.training.test_loop import Silent, Stopping
from tests.training.tiny import TEXT, TINY_DEEP


@pytest.fixture
def text(tmp_path, monkeypatch):
    """A corpus of many small blocks in several pools, in two files, with a character that its sample has not."""
    for name, value in {"BLOCK": 400, "REACH": 40, "PLACE_CHARACTERS": 60, "PLACES": 4, "SAMPLED_BLOCKS": 6}.items():
        monkeypatch.setattr(on_disk, name, value)
    monkeypatch.setattr(pools, "BLOCKS", 5)
    monkeypatch.setattr(corpus, "IN_MEMORY", 1000)
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    (folder / "two.txt").write_text(TEXT[500:700] + "한 " + TEXT[2000:4500], encoding="utf-8")
    return corpus.load(str(folder))


def test_a_stopped_run_on_a_long_text_ends_with_the_files_of_an_unbroken_one(text, tmp_path):
    """What was left out included, which is counted as it comes."""
    recipe = TINY_DEEP.with_changes(epochs="2", averaging="none", least_count="2")
    with pytest.raises(KeyboardInterrupt):
        loop.train(text, recipe, tmp_path / "stopped" / "tiny", Stopping(2))
    loop.train(text, recipe, tmp_path / "stopped" / "tiny", Silent())
    loop.train(text, recipe, tmp_path / "unbroken" / "tiny", Silent())
    stopped, unbroken = (store.open_model(tmp_path / name / "tiny") for name in ("stopped", "unbroken"))
    assert stopped.manifest == unbroken.manifest
    assert stopped.samples == unbroken.samples
    assert [one.held_out_loss for one in stopped.history] == [one.held_out_loss for one in unbroken.history]
    assert unbroken.history[-1].held_out_loss < unbroken.history[0].held_out_loss
    told = unbroken.manifest.corpus
    assert told["left_out_characters"] == 1
    assert told["training_characters"] + told["held_out_characters"] == text.characters
    assert protocol.losses(unbroken.network(), unbroken.vocabulary, text).keys() == {"one.txt", "two.txt"}
