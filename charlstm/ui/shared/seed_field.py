"""The seed text of a page that writes: the field, what it cannot keep, and other ways to fill it."""

from collections.abc import Sequence

import streamlit as st

from charlstm.corpora import corpus as corpora
from charlstm.corpora import named
from charlstm.generation.run_file import LONGEST_SEED
from charlstm.model_folder.store import Model
from charlstm.ui.components.address import Address
from charlstm.ui.shared import sentences
from charlstm.ui.shared.models import book


def seed_text(model: Model, address: Address, prefix: str = "", readers: Sequence[Model] = ()) -> None:
    """Show the field and what else fills it.

    The field begins with the page's address, or with what it held when this page was left.

    Args:
        model: the chosen one.
        address: the page's.
        prefix: of the keys.
        readers: what reads the text, where that is not the chosen model alone.
    """
    session, key = st.session_state, f"{prefix}seed_text"
    before = session.get(f"{key}_before", address.text("seed", sentences.DEFAULT_SEED)[-LONGEST_SEED:])
    session.setdefault(key, before)
    field, others = st.columns([3, 2], gap="medium")
    with field:
        st.text_area(
            sentences.SEED_TEXT,
            session[key] or "",
            key=key,
            height=96,
            max_chars=LONGEST_SEED,
            placeholder=sentences.SEED_PLACEHOLDER,
        )
        _tell_dropped(session[key] or "", readers or [model])
    with others, st.container(key=f"{prefix}seeds", gap="small"):
        st.pills(
            sentences.MORE_SEEDS,
            list(sentences.SEEDS),
            key=f"{prefix}seed_name",
            on_change=_use_seed,
            args=(prefix,),
            label_visibility="collapsed",
        )
        _excerpt(model, prefix)
    session[f"{key}_before"] = session[key]


def _tell_dropped(text: str, readers: Sequence[Model]) -> None:
    dropped: dict[str, int] = {}
    for reader in readers:
        dropped |= reader.vocabulary.fold(text).dropped
    if dropped:
        st.text(sentences.dropped_characters(dropped, len(readers)))


def folded(model: Model, prefix: str = "") -> str:
    """Return what the network can read of the seed text in the field."""
    return model.vocabulary.fold(st.session_state[f"{prefix}seed_text"] or "").text


def _use_seed(prefix: str) -> None:
    session = st.session_state
    name = session[f"{prefix}seed_name"]
    if name is not None:
        session[f"{prefix}seed_text"] = sentences.SEEDS[name]
        session[f"{prefix}seed_name"] = None


def _book_of(model: Model) -> str:
    """Return the named corpus that the network learned, alone or among others; nothing where none is known."""
    names = [model.manifest.corpus.get("name", "")]
    names += [text.removesuffix(".txt") for text in (model.report.held_out if model.report else ())]
    return next((name for name in names if name in named.NAMED), "")


def _excerpt(model: Model, prefix: str) -> None:
    name = _book_of(model)
    try:
        text = book(name)
    except (corpora.CorpusError, OSError):
        text = None
    if text is not None:
        last = max(1, len(text) - model.manifest.window)
        arguments = (text, model.manifest.window, prefix)
        st.slider(sentences.EXCERPT, 0, last, key=f"{prefix}excerpt", on_change=_use_excerpt, args=arguments)
    elif name in named.NAMED and st.button(sentences.FETCH, help=sentences.FETCH_HELP, key=f"{prefix}fetch"):
        try:
            with st.spinner(sentences.FETCH):
                named.fetch(name)
        except (corpora.CorpusError, OSError):
            st.error(sentences.FETCHED_FAILED)
            return
        st.rerun()


def _use_excerpt(text: str, length: int, prefix: str) -> None:
    session = st.session_state
    session[f"{prefix}seed_text"] = corpora.excerpt(text, session[f"{prefix}excerpt"], length)
