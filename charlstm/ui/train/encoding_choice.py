"""The choice of the encoding of a file that is not UTF-8, with a preview; it is converted when that is asked for."""

import streamlit as st

from charlstm.playback.user_training.user_text import LARGEST_TEXT, preview
from charlstm.text.decoding import is_utf8
from charlstm.text.encodings import possible_encodings
from charlstm.ui.train import sentences
from charlstm.ui.train.state import TrainState, train_state


def note_encodings(state: TrainState) -> None:
    """Find out which encodings an uploaded file may be in; none where it is UTF-8, too large, or no text."""
    content, _ = state.uploaded
    unread = content is not None and len(content) <= LARGEST_TEXT and not is_utf8(content)
    state.encodings, state.encoding = tuple(possible_encodings(content)) if content and unread else (), ""


def show_encoding_choice() -> None:
    """Show the encodings that the uploaded file may be in, if any, with a preview and a button that converts it."""
    state = train_state()
    content, title = state.uploaded
    if content is None or not state.encodings:
        return
    chosen = state.encoding or state.encodings[0]
    st.text(sentences.not_utf8(title, chosen, bool(state.encoding)))
    choice, convert = st.columns([3, 1], vertical_alignment="bottom")
    picked = choice.selectbox(
        sentences.ENCODING,
        state.encodings,
        state.encodings.index(chosen),
        key=f"train_encoding-{hash(content)}",
        format_func=sentences.encoding,
    )
    convert.button(
        sentences.CONVERT,
        key="train_convert",
        help=sentences.CONVERT_HELP,
        width="stretch",
        disabled=picked == state.encoding,
        on_click=_convert,
        args=(picked,),
    )
    st.text(preview(content, picked))


def _convert(encoding: str) -> None:
    train_state().encoding = encoding
