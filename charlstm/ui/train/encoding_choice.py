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
    st.session_state.pop("train_encoding", None)


def show_encoding_choice() -> None:
    """Show the encodings that the uploaded file may be in, if any, with a preview and a button that converts it."""
    state = train_state()
    content, title = state.uploaded
    if content is None or not state.encodings:
        return
    if state.encoding:
        with st.container(key="train_converted", horizontal=True, vertical_alignment="center"):
            st.text(sentences.converted(title, state.encoding), width="content")
            st.button(sentences.CONVERT_OTHERWISE, key="train_convert_otherwise", on_click=_forget)
        return
    st.text(sentences.not_utf8(title))
    choice, convert = st.columns([3, 1], vertical_alignment="bottom")
    picked = choice.selectbox(
        sentences.ENCODING,
        state.encodings,
        key="train_encoding",
        format_func=sentences.encoding,
        label_visibility="collapsed",
    )
    convert.button(
        sentences.CONVERT,
        key="train_convert",
        help=sentences.CONVERT_HELP,
        width="stretch",
        on_click=_convert,
        args=(picked,),
    )
    st.text(preview(content, picked))


def _convert(encoding: str) -> None:
    train_state().encoding = encoding


def _forget() -> None:
    train_state().encoding = ""
