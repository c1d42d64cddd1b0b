"""The seed text on the Write page: the field, what it cannot keep, and other ways to fill it."""

import streamlit as st

from charlstm import corpus as corpora
from charlstm.run_file import LONGEST_SEED
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.models import book


def seed_text(model: Model) -> None:
    """Show the field and what else fills it; its text is `st.session_state.seed_text`."""
    field, others = st.columns([3, 2], gap="medium")
    with field:
        st.text_area(
            words.SEED_TEXT,
            key="seed_text",
            height=96,
            max_chars=LONGEST_SEED,
            placeholder=words.SEED_PLACEHOLDER,
        )
        dropped = model.vocabulary.fold(st.session_state.seed_text or "").dropped
        if dropped:
            st.text(words.dropped_characters(dropped))
    with others, st.container(key="seeds", gap="small"):
        st.pills(
            words.MORE_SEEDS, list(words.SEEDS), key="seed_name", on_change=_use_seed, label_visibility="collapsed"
        )
        _excerpt(model)


def folded(model: Model) -> str:
    """Return what the network can read of the seed text in the field."""
    return model.vocabulary.fold(st.session_state.seed_text or "").text


def _use_seed() -> None:
    name = st.session_state.seed_name
    if name is not None:
        st.session_state.seed_text = words.SEEDS[name]
        st.session_state.seed_name = None


def _excerpt(model: Model) -> None:
    name = model.manifest.corpus.get("name", "")
    try:
        text = book(name)
    except (corpora.CorpusError, OSError):
        text = None
    if text is not None:
        last = max(1, len(text) - model.manifest.window)
        arguments = (text, model.manifest.window)
        st.slider(words.EXCERPT, 0, last, key="excerpt", on_change=_use_excerpt, args=arguments)
    elif name in corpora.NAMED and st.button(words.FETCH, help=words.FETCH_HELP, key="fetch"):
        try:
            with st.spinner(words.FETCH):
                corpora.fetch(name)
        except (corpora.CorpusError, OSError):
            st.error(words.FETCHED_FAILED)
            return
        st.rerun()


def _use_excerpt(text: str, length: int) -> None:
    st.session_state.seed_text = corpora.excerpt(text, st.session_state.excerpt, length)
