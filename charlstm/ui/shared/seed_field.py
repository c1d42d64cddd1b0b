"""The fields of the seed text and of the random seed, the characters that are left out, and other ways to fill it."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from charlstm.corpora import corpus as corpora
from charlstm.corpora import named
from charlstm.generation.run_file import LONGEST_SEED
from charlstm.model_folder.store import Model
from charlstm.recipes.sample_seed import could_be_of
from charlstm.ui.components.address import Address
from charlstm.ui.shared import sentences
from charlstm.ui.shared.models import corpus_text
from charlstm.ui.shared.settings import DEFAULTS, LARGEST_RANDOM_SEED

HELD = "held_seed_text"  # the session's key of the seed text that holds on all pages
LONGEST_LINE = 2_000  # characters of a seed text in one line
COMMONEST_WORDS = 8  # that a network begins with of which nothing else is known


def seed_text(model: Model, address: Address, prefix: str = "", readers: Sequence[Model] = ()) -> None:
    """Show the field of a page that writes, which is one line high until it is used.

    It begins with the text that was chosen last, on any page, or else with that of the page's address, or one that the
    network can read.

    Args:
        model: the chosen one.
        address: of the page.
        prefix: of the keys.
        readers: the models that read the text, where that is not the chosen model alone.
    """
    session, key = st.session_state, f"{prefix}seed_text"
    _begin(key, address, first_seed((readers or [model])[0]), LONGEST_SEED)
    st.text_area(
        sentences.SEED_TEXT,
        session[key] or "",
        key=key,
        height=68,
        max_chars=LONGEST_SEED,
        placeholder=sentences.SEED_PLACEHOLDER,
        label_visibility="collapsed",
        on_change=lambda: hold(session[key] or ""),
    )
    show_dropped(session[key] or "", readers or [model])


def first_seed(model: Model) -> str:
    """Return the seed text that the fields have until a viewer chooses one: the default one, or one of the network's.

    The network's is that of its samples, or else the commonest words of its text.
    """
    default, vocabulary = sentences.DEFAULT_SEED, model.vocabulary
    own = next((sample.seed_text for sample in model.samples if sample.seed_text.strip()), "")
    if could_be_of(vocabulary, model.words, default) or not (own or vocabulary.fold(default).dropped):
        return default
    commonest = sorted(model.words.counts(), key=lambda counted: -counted[1])[:COMMONEST_WORDS]
    return own or "".join(f"{word} " for word, _ in commonest)


def _begin(key: str, address: Address, default: str, longest: int, in_one_line: bool = False) -> None:
    """Set the first text of a field; as long as no viewer has chosen another, it changes with the network."""
    session, last = st.session_state, f"{key}_begun"
    if in_one_line:
        default = default.replace("\n", " ")
    if key not in session:
        start = session.get(HELD, address.text("seed", default))
        session[key] = start.replace("\n", " ")[:longest] if in_one_line else start[-longest:]
    if HELD not in session and session[key] == session.get(last):
        session[key] = default
    session[last] = default


def hold(text: str) -> None:
    """Keep a seed text that the viewer has chosen, for all pages."""
    st.session_state[HELD] = text


def forget_seed_text() -> None:
    """Put the first seed text back into the fields of the pages that write."""
    session = st.session_state
    session.pop(HELD, None)
    for key in ("seed_text", "compare_seed_text"):
        if key in session:
            session[key] = session[f"{key}_begun"] = sentences.DEFAULT_SEED


def more_seeds(model: Model, prefix: str = "") -> None:
    """Show other texts that fill the field of a page that writes."""
    st.caption(sentences.MORE_SEEDS)
    with st.container(key=f"{prefix}seeds", horizontal=True, gap="small"):
        for name in sentences.SEEDS:
            st.button(name, key=f"{prefix}seed-{name}", on_click=_use_seed, args=(prefix, name))
    _excerpt(model, prefix)


def seed_line(model: Model, address: Address, key: str, placeholder: str | None = None) -> str:
    """Show a field of one line for the seed text, which begins as that of `seed_text`, and return its text."""
    session = st.session_state
    _begin(key, address, first_seed(model), LONGEST_LINE, in_one_line=True)
    start = session[key]
    st.text_input(
        sentences.SEED_TEXT,
        start,
        key=key,
        max_chars=LONGEST_LINE,
        placeholder=placeholder,
        label_visibility="collapsed",
        on_change=lambda: hold(session[key] or ""),
    )
    return session[key] or ""


def random_seed_field(address: Address, key: str, width: int | Literal["stretch"] = "stretch") -> int:
    """Show a field for the random seed, which begins with that of the address, and return its number."""
    session = st.session_state
    default = int(DEFAULTS["random_seed"])
    session.setdefault(key, address.whole("random_seed", 0, LARGEST_RANDOM_SEED, default))
    return st.number_input(sentences.RANDOM_SEED, 0, LARGEST_RANDOM_SEED, session[key], key=key, width=width)


def show_dropped(text: str, readers: Sequence[Model]) -> None:
    """Show which characters of a seed text the models cannot read, if any."""
    dropped: dict[str, int] = {}
    for reader in readers:
        dropped |= reader.vocabulary.fold(text).dropped
    if dropped:
        st.text(sentences.dropped_characters(dropped, len(readers)))


def folded(model: Model, prefix: str = "") -> str:
    """Return the seed text in the field, as far as the network can read it."""
    return model.vocabulary.fold(st.session_state[f"{prefix}seed_text"] or "").text


def _use_seed(prefix: str, name: str) -> None:
    st.session_state[f"{prefix}seed_text"] = sentences.SEEDS[name]
    hold(sentences.SEEDS[name])


def _book_of(model: Model) -> str:
    """Return the name of a corpus that the network learned, alone or among others; empty where none is known."""
    names = [model.manifest.corpus.get("name", "")]
    names += [text.removesuffix(".txt") for text in (model.report.held_out if model.report else ())]
    return next((name for name in names if name in named.NAMED), "")


def _excerpt(model: Model, prefix: str) -> None:
    name = _book_of(model)
    try:
        text = corpus_text(name, model.vocabulary.case)
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
    excerpt = corpora.excerpt(text, session[f"{prefix}excerpt"], length)
    session[f"{prefix}seed_text"] = excerpt
    hold(excerpt)
