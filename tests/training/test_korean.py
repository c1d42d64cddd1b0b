"""Korean, from the corpus to the generated text: whole syllables, whether the file has them composed or not."""

import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from charlstm.corpora.corpus import load_corpus
from charlstm.evaluation import protocol
from charlstm.generation.loop import generate
from charlstm.model_folder import store
from charlstm.text.word_list import english
from charlstm.training import loop
from tests.training.tiny import TINY_DEEP, Recorder

WORDS = (
    "나는 그는 우리는 학생은 친구는".split(),
    "오늘 천천히 다시 함께 조용히".split(),
    "책을 노래를 글을 시를 편지를".split(),
    "읽는다. 쓴다. 좋아한다. 찾았다. 듣는다.".split(),
)
SEED = "우리는 오늘 "


def sentences(count):
    generator = np.random.default_rng(1)
    return "\n".join(" ".join(generator.choice(words) for words in WORDS) for _ in range(count))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model of a text with decomposed syllables, and its corpus."""
    folder = tmp_path_factory.mktemp("korean")
    path = folder / "text.txt"
    path.write_text(unicodedata.normalize("NFD", sentences(400)), encoding="utf-8")
    recipe = replace(TINY_DEEP, least_count=2, sample_seed_text=SEED, units=(24,), epochs=2, learning_rate=0.02)
    corpus = load_corpus(str(path))
    loop.train(corpus, recipe, folder / "model", Recorder())
    return store.open_model(folder / "model"), corpus


def test_vocabulary_is_of_whole_syllables(trained):
    """Nothing is dropped, and the words of the text are real words."""
    model, _ = trained
    assert set(model.vocabulary.characters) == set(sentences(400))
    assert model.manifest.corpus["left_out_characters"] == 0
    assert all(word in model.words for word in ("나는", "책을", "읽는다"))
    assert model.history[-1].held_out_loss < model.history[0].held_out_loss - 1


def test_samples_have_the_korean_seed_text(trained):
    """With whole syllables."""
    assert {sample.seed_text for sample in trained[0].samples} == {SEED}


def test_decomposed_seed_text_is_composed(trained):
    """And so is the generated text."""
    vocabulary = trained[0].vocabulary
    folded = vocabulary.fold(unicodedata.normalize("NFD", SEED))
    assert (folded.text, folded.dropped) == (SEED, {})
    steps = generate(trained[0].network(), vocabulary.encode(folded.text), 0.5, 60, 1)
    text = vocabulary.decode([step.character_id for step in steps])
    assert text == unicodedata.normalize("NFC", text)


def test_evaluation_knows_the_words_of_the_corpus(trained):
    """Its held-out loss is that of the training."""
    model, corpus = trained
    (loss,) = protocol.held_out_loss_by_file(model.network(), model.vocabulary, corpus).values()
    assert loss == pytest.approx(model.manifest.held_out_loss, abs=1e-3)
    runs = protocol.corpus_ngrams(model.vocabulary, corpus)
    known = english() | model.words
    found = protocol.text_statistics(model.network(), model.vocabulary, known, runs, 0.5, 2, 200)
    assert 0.3 < found.real_words <= 1.0
