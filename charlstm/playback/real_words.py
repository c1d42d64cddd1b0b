"""Which words count as real on the page: those of the English list, and those of the text a network learned."""

from functools import lru_cache

from charlstm.model_folder.store import Model
from charlstm.text.word_list import Lexicon, coverage, english


def real_words(model: Model) -> Lexicon:
    """Return the words that are real for a model."""
    return english() | model.words


def english_coverage(model: Model) -> float:
    """Return which share of a model's own words the English list alone knows; NaN where they are unknown."""
    return _coverage(model.words)


@lru_cache(maxsize=8)
def _coverage(words_of_text: Lexicon) -> float:
    return coverage(words_of_text, english())
