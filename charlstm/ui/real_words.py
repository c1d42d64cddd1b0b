"""Which words count as real on the page: those of the English list, and those of the text a network learned."""

import math

import streamlit as st

from charlstm.lexicon import Lexicon, coverage, english
from charlstm.store import Model
from charlstm.ui import words


def real_words(model: Model) -> Lexicon:
    """Return the words that are real for a model."""
    return english() | model.words


def about_real_words(model: Model) -> str:
    """Say what counts as a real word, and how many of the learned text's words the English list has."""
    share = _coverage(model.words, str(model.folder), model.manifest.corpus.get("sha256", ""))
    return words.about_real_words(None if math.isnan(share) else share)


@st.cache_data(max_entries=50, show_spinner=False)
def _coverage(_words: Lexicon, folder: str, corpus: str) -> float:
    del folder, corpus  # the key of the cache
    return coverage(_words, english())
