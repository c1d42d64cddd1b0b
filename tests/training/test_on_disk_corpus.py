"""Training on a corpus that stays on the disk."""

import pytest

from charlstm.corpora import corpus, on_disk
from charlstm.evaluation import protocol
from charlstm.model_folder import store
from charlstm.training import loop
from charlstm.training.data import pools
from tests.training.tiny import TEXT, TINY_DEEP, Interrupting, Recorder


@pytest.fixture
def text(tmp_path, monkeypatch):
    """A corpus of many small blocks in several pools, in two files, with a character that its sample lacks."""
    for name, value in {
        "BLOCK_BYTES": 400,
        "BOUNDARY_BYTES": 40,
        "EVALUATED_CHARACTERS": 60,
        "EVALUATED_COUNT": 4,
        "SAMPLED_BLOCKS": 6,
    }.items():
        monkeypatch.setattr(on_disk, name, value)
    monkeypatch.setattr(pools, "BLOCKS", 5)
    monkeypatch.setattr(corpus, "MAX_IN_MEMORY_BYTES", 1000)
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    (folder / "two.txt").write_text(TEXT[500:700] + "한 " + TEXT[2000:4500], encoding="utf-8")
    return corpus.load_corpus(str(folder))


def test_interrupted_run_ends_as_an_uninterrupted_one(text, tmp_path):
    """The dropped characters included, which are counted in each epoch."""
    recipe = TINY_DEEP.with_changes(epochs="2", averaging="none", least_count="2")
    with pytest.raises(KeyboardInterrupt):
        loop.train(text, recipe, tmp_path / "interrupted" / "tiny", Interrupting(2))
    loop.train(text, recipe, tmp_path / "interrupted" / "tiny", Recorder())
    loop.train(text, recipe, tmp_path / "uninterrupted" / "tiny", Recorder())
    resumed, uninterrupted = (store.open_model(tmp_path / name / "tiny") for name in ("interrupted", "uninterrupted"))
    assert resumed.manifest == uninterrupted.manifest
    assert resumed.samples == uninterrupted.samples
    assert [one.held_out_loss for one in resumed.history] == [one.held_out_loss for one in uninterrupted.history]
    assert resumed.history[-1].held_out_loss < resumed.history[0].held_out_loss
    record = resumed.manifest.corpus
    assert record["left_out_characters"] == 1
    assert record["training_characters"] + record["held_out_characters"] == text.characters
    losses = protocol.held_out_loss_by_file(resumed.network(), resumed.vocabulary, text)
    assert losses.keys() == {"one.txt", "two.txt"}
