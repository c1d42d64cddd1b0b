"""The Train page: a viewer's own text, a network that learns it, and what becomes of the network."""

import math

import streamlit as st

from charlstm.playback.user_training.training_process import TRAINING_SLOT, memory_is_watched
from charlstm.playback.user_training.user_text import LARGEST_TEXT, LONGEST_PASTE, UserText, read_text
from charlstm.text.decoding import CorpusError
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.errors import show_error
from charlstm.ui.shared.models import corpus_text
from charlstm.ui.train import sentences
from charlstm.ui.train.training_job import MOST_EPOCHS, can_train, current_job, epochs_for, start
from charlstm.ui.train.training_progress import set_message, show_outcome, show_progress
from charlstm.ui.train.user_networks import show_networks

TICK = 1.0  # seconds between two updates of the progress
EXAMPLE_LENGTH = 200_000  # characters
USUAL_EPOCHS = 10


def page() -> None:
    """Draw the page."""
    session = st.session_state
    if "model" in session:
        session.network_to_choose = session.pop("model")  # Streamlit forgets a widget that is not drawn
    st.markdown(sentences.TRAIN_INTRODUCTION)
    if can_train():
        text, plan = st.columns([3, 2], gap="medium")
        with text:
            _show_text()
        with plan:
            _show_plan()
        if session.get("train_message"):
            show_error(session.train_message)
        running = TRAINING_SLOT.current
        show_outcome()
        st.fragment(run_every=TICK if running else None)(show_progress)(running)
    else:
        st.info(sentences.NO_TENSORFLOW)
    show_networks()


def _show_text() -> None:
    """Show the choice of a text, and what a network would read of it."""
    session = st.session_state
    sources = dict(sentences.SOURCES)
    if _example() is None:
        del sources["example"]
    if session.get("train_source") not in sources:
        before = session.get("train_source_before")
        session.train_source = before if before in sources else "paste"
    chosen = st.segmented_control(
        sentences.TRAIN_TEXT,
        list(sources),
        default=session.train_source,
        key="train_source",
        format_func=lambda name: sources[name],
        required=True,
    )
    session.train_source_before = chosen
    content, title = {"paste": _pasted, "upload": _uploaded, "example": _of_example}[chosen or "paste"]()
    session.train_text = None
    if content is None:
        return
    try:
        text = session.train_text = _read(content, title)
    except CorpusError as error:
        show_error(sentences.cannot_learn(str(error)))
        return
    st.text(sentences.text_read(text.characters, text.different, text.left_out))
    if text.repeats_itself:
        st.text(sentences.REPEATS)


def _pasted() -> tuple[bytes | None, str]:
    session = st.session_state
    session.setdefault("train_paste", session.get("train_paste_before", ""))
    pasted = st.text_area(
        sentences.PASTE,
        session.train_paste or "",
        key="train_paste",
        height=170,
        max_chars=LONGEST_PASTE,
        placeholder=sentences.PASTE_PLACEHOLDER,
    )
    session.train_paste_before = pasted
    return (pasted or "").encode("utf-8", "replace") or None, sentences.PASTED


def _uploaded() -> tuple[bytes | None, str]:
    """Show the uploader; the last file is kept while another page is shown, when the uploader forgets it."""
    session = st.session_state
    label = sentences.UPLOAD.format(megabytes=LARGEST_TEXT // 1_000_000)
    st.file_uploader(
        label, key="train_upload", on_change=_take_upload, max_upload_size=math.ceil(LARGEST_TEXT / 1_000_000)
    )
    content, title = session.get("train_uploaded", (None, ""))
    if content is not None and session.get("train_upload") is None:
        st.text(title)
    return content, title


def _take_upload() -> None:
    session = st.session_state
    file = session.train_upload
    session.train_uploaded = (None, "") if file is None else (file.getvalue(), _title(file.name))


def _title(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:80] or "the file"


def _of_example() -> tuple[bytes | None, str]:
    text = _example()
    st.text(sentences.EXAMPLE.format(characters=EXAMPLE_LENGTH))
    return (text[:EXAMPLE_LENGTH].encode() if text else None), sentences.EXAMPLE_NAME


def _example() -> str | None:
    try:
        return corpus_text("nietzsche")
    except (CorpusError, OSError):
        return None


def _read(content: bytes, title: str) -> UserText:
    """Read a text once, and not again with each run of the script."""
    session = st.session_state
    key = hash((content, title))
    if session.get("train_read", (None,))[0] != key:
        session.train_read = (
            key,
            read_text(content, title, sentences.PASTED_NAME if title == sentences.PASTED else ""),
        )
    return session.train_read[1]


def _show_plan() -> None:
    """Show the choice of a network and of its epochs, and Start and Stop."""
    session = st.session_state
    text: UserText | None = session.train_text
    session.setdefault("train_recipe", session.get("train_recipe_before", next(iter(sentences.RECIPES))))
    recipe = st.radio(
        sentences.RECIPE,
        list(sentences.RECIPES),
        list(sentences.RECIPES).index(session.train_recipe),
        key="train_recipe",
        format_func=sentences.RECIPES.get,
        captions=list(sentences.RECIPES_EXPLAINED.values()),
    )
    session.train_recipe_before = recipe
    advised = epochs_for(recipe, text.characters) if text else USUAL_EPOCHS
    epochs = st.number_input(sentences.EPOCHS, 1, MOST_EPOCHS, advised, key=f"train_epochs-{advised}")
    job = current_job()
    stoppable = job is not None and job.process.running and not job.process.stopping
    begin, end = st.columns(2)
    begin.button(
        sentences.START,
        key="train_start",
        type="primary",
        icon=":material/school:",
        width="stretch",
        disabled=text is None or TRAINING_SLOT.current is not None,
        help=sentences.START_HELP,
        on_click=_start,
        args=(text, recipe, epochs),
    )
    end.button(
        shared_sentences.STOP,
        key="train_stop",
        icon=":material/stop:",
        width="stretch",
        disabled=not stoppable,
        help=sentences.STOP_LEARNING_HELP,
        on_click=_stop,
    )
    if not memory_is_watched():
        st.caption(sentences.NOT_LIMITED)


def _start(text: UserText | None, recipe: str, epochs: int) -> None:
    if text is not None:
        set_message(start(text, recipe, epochs))


def _stop() -> None:
    job = current_job()
    if job is not None:
        job.process.stop()
