"""What the book says the temperature does, on the committed network with fixed dice."""

import numpy as np
import pytest

from charlstm.evaluation.sweep import sweep
from charlstm.model_folder.store import open_model
from charlstm.text import word_list
from tests import golden

BOOKS = (0.2, 0.5, 1.0, 1.2)
RUNS, LENGTH = 6, 400


@pytest.fixture(scope="module")
def figures():
    model = open_model(golden.MODEL)
    known = word_list.english() | model.words
    steps = sweep(model.network(), model.vocabulary, golden.SEED_TEXT, BOOKS, RUNS, LENGTH, golden.RANDOM_SEED, known)
    return [found for _, found in steps][-1]


def test_low_temperature_repeats_itself_in_real_words(figures):
    """At 0.2 nearly every word is real, and much of the text has stood there before."""
    assert figures.real_words[0].min() > 0.93
    assert np.median(figures.repetition[0]) > 0.2
    assert np.median(figures.distinct_words[0]) < 0.5


def test_high_temperature_invents_words_and_repeats_nothing(figures):
    """At 1.2 every third or fourth word is invented, and next to nothing is said twice."""
    assert 0.5 < np.median(figures.real_words[3]) < 0.8
    assert np.median(figures.repetition[3]) == 0.0
    assert np.median(figures.distinct_words[3]) > 0.7


def test_each_of_the_books_temperatures_is_more_surprising_than_the_one_before(figures):
    """Entropy, surprise and distinct words rise with the temperature; real words and likeliest choices fall."""
    for rising in (figures.entropy, figures.own_loss, figures.distinct_words, -figures.real_words, -figures.likeliest):
        medians = np.median(rising, axis=1)
        assert (np.diff(medians) > 0).all()
