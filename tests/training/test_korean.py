"""Korean, from the text to what is written: learned as whole syllables, however the file writes them."""

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
from tests.training.tiny import TINY_DEEP

PARTS = (
    "나는 그는 우리는 학생은 친구는".split(),
    "오늘 천천히 다시 함께 조용히".split(),
    "책을 노래를 글을 시를 편지를".split(),
    "읽는다. 쓴다. 좋아한다. 찾았다. 듣는다.".split(),
)
SEED = "우리는 오늘 "


class Silent(loop.Listener):
    """A listener that shows nothing."""


def sentences(count):
    dice = np.random.default_rng(1)
    return "\n".join(" ".join(dice.choice(part) for part in PARTS) for _ in range(count))


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A model of a text that writes its syllables in parts, and its corpus."""
    folder = tmp_path_factory.mktemp("korean")
    path = folder / "text.txt"
    path.write_text(unicodedata.normalize("NFD", sentences(400)), encoding="utf-8")
    recipe = replace(TINY_DEEP, least_count=2, sample_seed_text=SEED, units=(24,), epochs=2, learning_rate=0.02)
    corpus = load_corpus(str(path))
    loop.train(corpus, recipe, folder / "model", Silent())
    return store.open_model(folder / "model"), corpus


def test_a_character_is_a_whole_syllable(learned):
    """The vocabulary is the text's syllables, nothing is left out, and the words of the text are real."""
    model, _ = learned
    assert set(model.vocabulary.characters) == set(sentences(400))
    assert model.manifest.corpus["left_out_characters"] == 0
    assert all(word in model.words for word in ("나는", "책을", "읽는다"))
    assert model.history[-1].held_out_loss < model.history[0].held_out_loss - 1


def test_samples_go_on_from_a_korean_seed_text(learned):
    """Each kept whole."""
    assert {sample.seed_text for sample in learned[0].samples} == {SEED}


def test_a_seed_text_is_read_the_same_in_parts_or_whole(learned):
    """As it comes from any keyboard, and what is written is whole again."""
    vocabulary = learned[0].vocabulary
    in_parts = vocabulary.fold(unicodedata.normalize("NFD", SEED))
    assert (in_parts.text, in_parts.dropped) == (SEED, {})
    steps = generate(learned[0].network(), vocabulary.encode(in_parts.text), 0.5, 60, 1)
    text = vocabulary.decode([step.character_id for step in steps])
    assert text == unicodedata.normalize("NFC", text)


def test_it_is_evaluated_as_any_other(learned):
    """Its loss, and its real words: those of its own book."""
    model, corpus = learned
    (loss,) = protocol.losses(model.network(), model.vocabulary, corpus).values()
    assert loss == pytest.approx(model.manifest.held_out_loss, abs=1e-3)
    runs = protocol.corpus_ngrams(model.vocabulary, corpus)
    known = english() | model.words
    found = protocol.writing(model.network(), model.vocabulary, known, runs, 0.5, 2, 200)
    assert 0.3 < found.real_words <= 1.0
