"""The seed text: the field, what the network cannot read of it, and other ways to fill it."""

import streamlit as st

from charlstm import corpus as corpora
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.models import book

LONGEST_SEED = 200_000


def seed_field(model: Model, prefix: str = "") -> None:
    """Draw the field, and beside it named seeds and an excerpt of the book; `prefix` is that of their keys."""
    st.session_state.setdefault(f"{prefix}seed_text", words.DEFAULT_SEED)
    field, others = st.columns([3, 2], gap="medium")
    with field:
        st.text_area(
            words.SEED_TEXT,
            key=f"{prefix}seed_text",
            height=96,
            max_chars=LONGEST_SEED,
            placeholder=words.SEED_PLACEHOLDER,
        )
        dropped = model.vocabulary.fold(st.session_state[f"{prefix}seed_text"] or "").dropped
        if dropped:
            st.text(words.dropped_characters(dropped))
    with others, st.container(key=f"{prefix}seeds", gap="small"):
        st.pills(
            words.MORE_SEEDS,
            list(words.SEEDS),
            key=f"{prefix}seed_name",
            on_change=_use_seed,
            args=(prefix,),
            label_visibility="collapsed",
        )
        _excerpt(model, prefix)


def seed_text(model: Model, prefix: str = "") -> str:
    """Return what the field holds, folded onto the characters that the network knows."""
    return model.vocabulary.fold(st.session_state[f"{prefix}seed_text"] or "").text


def _use_seed(prefix: str) -> None:
    session = st.session_state
    name = session[f"{prefix}seed_name"]
    if name is not None:
        session[f"{prefix}seed_text"] = words.SEEDS[name]
        session[f"{prefix}seed_name"] = None


def _excerpt(model: Model, prefix: str) -> None:
    name = model.manifest.corpus.get("name", "")
    try:
        text = book(name)
    except (corpora.CorpusError, OSError):
        text = None
    if text is not None:
        last = max(1, len(text) - model.manifest.window)
        arguments = (text, model.manifest.window, prefix)
        st.slider(words.EXCERPT, 0, last, key=f"{prefix}excerpt", on_change=_use_excerpt, args=arguments)
    elif name in corpora.NAMED and st.button(words.FETCH, help=words.FETCH_HELP, key=f"{prefix}fetch"):
        try:
            with st.spinner(words.FETCH):
                corpora.fetch(name)
        except (corpora.CorpusError, OSError):
            st.error(words.FETCHED_FAILED)
            return
        st.rerun()


def _use_excerpt(text: str, length: int, prefix: str) -> None:
    session = st.session_state
    session[f"{prefix}seed_text"] = corpora.excerpt(text, session[f"{prefix}excerpt"], length)
