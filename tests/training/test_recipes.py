"""Recipes: the book's own numbers, and which corpora they can learn."""

import pytest

from charlstm.corpus import Corpus
from charlstm.training.recipes import RECIPES, TrainingError, check_corpus, find_recipe
from charlstm.vocabulary import Vocabulary


def test_book_recipe_has_the_numbers_of_the_book():
    """Units, window, step, batch and learning rate are those of listings 8.2 to 8.8."""
    book = find_recipe("book")
    assert (book.units, book.maxlen, book.step, book.batch_size, book.learning_rate) == (128, 60, 3, 128, 0.01)
    assert (book.epochs, book.when_diverging) == (59, "continue")


def test_book_recipe_starts_its_samples_with_a_whole_window():
    """The seed text of the samples fills a window, and the book's alphabet has all of its characters."""
    book = find_recipe("book")
    assert len(book.sample_seed_text) >= book.maxlen
    alphabet = Vocabulary(tuple("\n ,abcdefghijklmnopqrstuvwxyz"))
    assert alphabet.fold(book.sample_seed_text).text == book.sample_seed_text


def test_find_recipe_names_those_there_are():
    """A recipe that does not exist is one sentence with those that do."""
    with pytest.raises(TrainingError, match="there is no recipe 'cake'; known: book"):
        find_recipe("cake")


def test_with_changes_leaves_what_is_none():
    """Only what was given is changed."""
    changed = RECIPES["book"].with_changes(epochs=2, learning_rate=None)
    assert (changed.epochs, changed.learning_rate) == (2, 0.01)
    assert RECIPES["book"].epochs == 59


@pytest.mark.parametrize(("characters", "enough"), [(609, False), (610, True)])
def test_check_corpus_asks_for_a_held_out_text_longer_than_a_window(characters, enough):
    """The sentence names the least number of characters that would do, and that number does."""
    corpus = Corpus("short", ("ab" * 400)[:characters], "")
    if enough:
        check_corpus(corpus, RECIPES["book"])
    else:
        with pytest.raises(TrainingError, match=r"has 609 characters; .* so give it at least 610$"):
            check_corpus(corpus, RECIPES["book"])
