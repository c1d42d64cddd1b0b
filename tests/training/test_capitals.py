"""A text with capitals, from the corpus to what the network writes: they are learned, scored and found like all."""

import math
from dataclasses import replace

import numpy as np
import pytest

from charlstm.corpora.corpus import load_corpus
from charlstm.corpora.passages import copied_passages
from charlstm.evaluation import calibration, protocol
from charlstm.model_folder import store
from charlstm.recipes.recipe import find_recipe
from charlstm.text.character_mapping import TextEncoder
from charlstm.training import loop
from tests.training.tiny import TINY_DEEP, Recorder

NAMES = "ROMEO JULIET NURSE TYBALT BENVOLIO".split()
WORDS = "The And Night fair is not dark O sweet Love stay here".split()


def play(speeches):
    """A play of several speakers, with as many capitals as such a text has."""
    generator = np.random.default_rng(1)
    return "".join(f"{generator.choice(NAMES)}:\n{' '.join(generator.choice(WORDS, 5))}!\n\n" for _ in range(speeches))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of the play, and its corpus."""
    folder = tmp_path_factory.mktemp("play")
    path = folder / "play.txt"
    path.write_text(play(400))
    recipe = replace(TINY_DEEP, case="keep", least_count=1, units=(32,), learning_rate=0.02)
    recipe = replace(recipe, sample_seed_text="ROMEO:\nThe ", sample_length=200)
    corpus = load_corpus(str(path), recipe.case)
    loop.train(corpus, recipe, folder / "model", Recorder())
    return store.open_model(folder / "model"), corpus


def test_capitals_are_learned_and_written(trained):
    """The vocabulary is that of the text, and the samples have capitals in them."""
    model, _ = trained
    assert set(model.vocabulary.characters) == set(play(400))
    assert model.vocabulary.case == "keep"
    assert model.manifest.recipe["case"] == "keep"
    assert model.history[-1].held_out_loss < model.history[0].held_out_loss - 1
    written = [sample for sample in model.samples if sample.epoch == 3]
    assert len(written) == 4
    for sample in written:
        assert sample.seed_text == "ROMEO:\nThe "
        assert sample.text != sample.text.lower()


def test_evaluation_reads_capitals(trained):
    """The held-out loss is that of the training, and words are real whatever their capitals."""
    model, corpus = trained
    (loss,) = protocol.held_out_loss_by_file(model.network(), model.vocabulary, corpus).values()
    assert loss == pytest.approx(model.manifest.held_out_loss, abs=1e-3)
    assert protocol.held_out_word_shares(model.vocabulary, corpus, model.words)[0] == 1.0
    assert all(word in model.words for word in ("romeo", "Romeo", "ROMEO", "night", "Night"))


def test_copied_passages_are_those_with_the_same_capitals(trained):
    """In the index that the training makes."""
    model, _ = trained
    text = play(400)[300:400]
    assert copied_passages(model.passages, model.vocabulary.fold(text).text) == [(0, 100)]
    assert copied_passages(model.passages, text.lower()) == []


def test_calibration_takes_capitals(trained, tmp_path):
    model, corpus = trained
    found = calibration.calibrate(model, corpus, tmp_path / "calibrated")
    assert math.isfinite(found.after)
    assert found.after <= found.before
    assert store.open_model(tmp_path / "calibrated").manifest.recipe["case"] == "keep"


def test_lower_case_is_what_recipes_have_made_of_it(trained):
    """The vocabulary without a case has no capitals, and a network of it reads them as small letters."""
    assert find_recipe("book").case == "lower"
    small = TextEncoder.of_counts({"a": 3, "b": 2}, "none", 1)
    assert small.vocabulary.case == "lower"
    assert small.fold("AB") == "ab"
