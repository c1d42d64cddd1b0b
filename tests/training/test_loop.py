"""The training loop: what a run leaves in its folder, and what ends it."""

import math
from dataclasses import replace

import pytest

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.corpora.passages import copied_passages
from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder import store
from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.recipes.recipe import TrainingError
from charlstm.text.word_list import WordList
from charlstm.training import loop
from tests.training.tiny import CORPUS, TEXT, TINY, TINY_DEEP, Recorder


def test_train_writes_a_whole_model_folder(finished_run):
    """It opens, with every epoch, its figures, its samples, the recipe and the corpus."""
    model = store.open_model(finished_run(TINY)[0])
    assert model.manifest.epochs == (0, 1, 2)
    assert model.manifest.recipe == TINY.as_dict()
    assert model.manifest.corpus == {
        "name": "small.txt",
        "sha256": "hash of the text",
        "training_characters": 4500,
        "held_out_characters": 500,
        "left_out_characters": 0,
    }
    assert [figures.epoch for figures in model.history] == [0, 1, 2]
    assert math.isnan(model.history[0].train_loss)
    assert model.history[2].held_out_loss < model.history[1].held_out_loss < model.history[0].held_out_loss
    assert model.manifest.best_epoch == 2
    assert model.manifest.held_out_loss == model.history[2].held_out_loss
    assert model.manifest.characters_by_frequency[0] == " "
    assert model.words == WordList.of_text(TEXT)
    assert model.passages is not None
    assert copied_passages(model.passages, TEXT[4000:5000])[0] == (0, 500)  # the rest is held out


def test_samples_of_all_epochs_have_one_seed_text_and_random_seed(finished_run):
    """And each epoch has one at each of the book's temperatures."""
    samples = store.open_model(finished_run(TINY)[0]).samples
    assert [(sample.epoch, sample.temperature) for sample in samples] == [
        (epoch, temperature) for epoch in (0, 1, 2) for temperature in BOOK_TEMPERATURES
    ]
    assert len({(sample.seed_text, sample.random_seed) for sample in samples}) == 1
    assert {len(sample.text) for sample in samples} == {TINY.sample_length}


def test_callback_gets_each_batch_and_epoch(finished_run):
    """With the mean loss so far, and the figures of each epoch."""
    recorder = finished_run(TINY)[1]
    of_first = [done for epoch, done, _, _ in recorder.batches if epoch == 1]
    total = recorder.batches[0][2]
    assert of_first == list(range(1, total + 1))
    assert total == -(-len(range(0, 4500 - 10, 3)) // 64)
    assert recorder.batches[total - 1][3] == pytest.approx(recorder.epochs[1].train_loss)
    assert [figures.epoch for figures in recorder.epochs] == [0, 1, 2]


def test_keep_best_leaves_the_weights_of_the_best_epoch_alone(finished_run):
    """All figures and samples stay."""
    model = store.open_model(finished_run(TINY_DEEP)[0])
    best = min(model.history, key=lambda figures: figures.held_out_loss)
    assert model.manifest.epochs == (best.epoch,) == (model.manifest.best_epoch,)
    assert [path.name for path in model.folder.glob("epoch-*")] == [epoch_file(best.epoch)]
    assert len(model.history) == TINY_DEEP.last_epoch + 1
    assert model.manifest.context == "carried"


def test_patience_stops_a_run_that_no_longer_improves(tmp_path):
    """With a learning rate that ruins the network, `patience` epochs after the best one; for good."""
    ruinous = replace(TINY_DEEP, learning_rate=50.0, schedule="constant", warmup_steps=None, epochs=40, patience=2)
    loop.train(CORPUS, ruinous, tmp_path / "tiny", Recorder())
    model = store.open_model(tmp_path / "tiny")
    assert model.history[-1].epoch == model.manifest.best_epoch + 2 < 40
    recorder = Recorder()
    loop.train(CORPUS, ruinous, tmp_path / "tiny", recorder)
    assert recorder.batches == []


def test_diverging_run_stops_and_keeps_the_last_good_epoch(tmp_path):
    """With an absurd learning rate the loss becomes infinite or NaN."""
    absurd = replace(TINY, learning_rate=1e38)
    recorder = Recorder()
    with pytest.raises(
        TrainingError, match=r"became (nan|inf) in epoch 1.*; epoch 0 is kept in .*tiny, but nothing was"
    ):
        loop.train(CORPUS, absurd, tmp_path / "tiny", recorder)
    assert store.open_model(tmp_path / "tiny").manifest.epochs == (0,)
    assert len(recorder.batches) < 10  # at once, not at the end of the epoch


def test_diverging_run_goes_on_where_the_recipe_says_so(tmp_path):
    """The history keeps the NaN, the folder no weights that are not finite."""
    absurd = replace(TINY, learning_rate=1e38, when_diverging="continue")
    loop.train(CORPUS, absurd, tmp_path / "tiny", Recorder())
    model = store.open_model(tmp_path / "tiny")
    assert [figures.epoch for figures in model.history] == [0, 1, 2]
    assert math.isnan(model.history[2].train_loss)
    assert (model.manifest.epochs, model.manifest.best_epoch) == ((0,), 0)


def test_dropped_characters_are_counted(tmp_path):
    """The vocabulary has neither rare characters nor typographic quotes, and the manifest counts what was dropped."""
    text = TEXT + "“ß ☃" + TEXT
    recipe = replace(TINY_DEEP, least_count=2, epochs=1)
    loop.train(InMemoryCorpus("folded", (text,), "hash"), recipe, tmp_path / "tiny", Recorder())
    manifest = store.open_model(tmp_path / "tiny").manifest
    assert not set("“ß☃") & set(manifest.vocabulary)
    assert manifest.corpus["left_out_characters"] == 2  # the quote, whose plain counterpart is as rare, and the snowman


def test_name_of_the_model_fits_on_one_line(tmp_path):
    """Whatever the folder is called, the model opens."""
    loop.train(CORPUS, replace(TINY, epochs=1), tmp_path / "a\nb", Recorder())
    assert store.open_model(tmp_path / "a\nb").manifest.name == "a_b"


@pytest.mark.parametrize("title", [None, "Mine, 8 units"])
def test_title_of_the_recipe_is_the_networks(tmp_path, title):
    """And where the recipe has none, none is given."""
    loop.train(CORPUS, replace(TINY, epochs=1, title=title), tmp_path / "tiny", Recorder())
    assert store.open_model(tmp_path / "tiny").manifest.given_title == title
