"""The Train page: a viewer's own text, a network that learns it, and what becomes of the network."""

import math

import streamlit as st

from charlstm.playback.user_training.training_process import TRAINING_SLOT, memory_is_watched
from charlstm.playback.user_training.user_text import LARGEST_TEXT, LONGEST_PASTE, UserText, read_text
from charlstm.text.decoding import CorpusError
from charlstm.ui.shared import stage
from charlstm.ui.shared.errors import show_error
from charlstm.ui.shared.models import corpus_text
from charlstm.ui.train import sentences
from charlstm.ui.train.training_job import MOST_EPOCHS, can_train, current_job, epochs_for, start
from charlstm.ui.train.training_progress import show_outcome, show_progress
from charlstm.ui.train.user_networks import show_networks

TICK = 1.0  # seconds between two updates of the progress
EXAMPLE_LENGTH = 200_000  # characters
USUAL_EPOCHS = 10


def page() -> None:
    """Draw the page."""
    session = st.session_state
    if "model" in session:
        session.network_to_choose = session.pop("model")  # Streamlit forgets a widget that is not drawn
    stage.heading(sentences.TITLE).markdown(sentences.TRAIN_INTRODUCTION)
    if can_train():
        running, job = TRAINING_SLOT.current, current_job()
        learning = job is not None and job.process.running
        with st.container(key="train_stage"):
            with st.container(key="train_outcome"):
                show_outcome()
            st.fragment(run_every=TICK if running else None)(show_progress)(running)
        if learning:
            with st.expander(sentences.NEXT_TEXT, expanded=False):
                _show_setup()
        else:
            with st.container(key="train_setup"):
                _show_setup()
    else:
        st.info(sentences.NO_TENSORFLOW)
    with st.container(key="train_own"):
        show_networks()


def _show_setup() -> None:
    """Show what is chosen before a training: the text, and the plan."""
    text, plan = st.columns([3, 2], gap="medium")
    with text:
        _show_text()
    with plan:
        _show_plan()


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
    {"paste": _show_paste, "upload": _show_upload, "example": _show_example}[chosen or "paste"]()
    text, reason = _chosen_text()
    session.train_text = text
    if text is None:
        if reason != sentences.NO_TEXT and session.get("train_message") != reason:
            show_error(reason)
        return
    st.text(sentences.text_read(text.characters, text.different, text.left_out))
    if text.repeats_itself:
        st.text(sentences.REPEATS)


def _chosen_text() -> tuple[UserText | None, str]:
    """Return the text as the fields have it now, or None and why it cannot be learned."""
    session = st.session_state
    source = session.get("train_source") or "paste"
    content: bytes | None
    if source == "upload":
        content, title = session.get("train_uploaded", (None, ""))
    elif source == "example":
        example = _example()
        content, title = (example[:EXAMPLE_LENGTH].encode() if example else None), sentences.EXAMPLE_NAME
    else:
        content = (session.get("train_paste") or "").encode("utf-8", "replace") or None
        title = sentences.PASTED
    if content is None:
        return None, sentences.NO_TEXT
    try:
        return _read(content, title), ""
    except CorpusError as error:
        return None, sentences.cannot_learn(str(error))


def _show_paste() -> None:
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


def _show_upload() -> None:
    """Show the uploader; the last file is kept while another page is shown, when the uploader forgets it."""
    session = st.session_state
    label = sentences.UPLOAD.format(megabytes=LARGEST_TEXT // 1_000_000)
    st.file_uploader(
        label, key="train_upload", on_change=_take_upload, max_upload_size=math.ceil(LARGEST_TEXT / 1_000_000)
    )
    content, title = session.get("train_uploaded", (None, ""))
    if content is not None and session.get("train_upload") is None:
        st.text(title)


def _take_upload() -> None:
    session = st.session_state
    file = session.train_upload
    session.train_uploaded = (None, "") if file is None else (file.getvalue(), _title(file.name))


def _title(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:80] or "the file"


def _show_example() -> None:
    st.text(sentences.EXAMPLE.format(characters=EXAMPLE_LENGTH))


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
    st.number_input(sentences.EPOCHS, 1, MOST_EPOCHS, _epochs(advised), key=f"train_epochs-{advised}")
    session.train_advised = advised
    with st.container(key="train_begin", horizontal=True, vertical_alignment="center"):
        st.button(
            sentences.START,
            key="train_start",
            type="primary",
            icon=":material/school:",
            disabled=TRAINING_SLOT.current is not None,
            help=sentences.START_HELP,
            on_click=_start,
        )
    reason = session.get("train_message")
    if reason and session.get("train_message_about") == _content_key():
        show_error(reason)
    if not memory_is_watched():
        st.caption(sentences.NOT_LIMITED)


def _epochs(advised: int) -> int:
    """Return the epochs that the viewer has set, or else the advised ones."""
    session = st.session_state
    before = session.get("train_advised", advised)
    chosen = session.get(f"train_epochs-{before}", before)
    return advised if chosen == before else chosen


def _start() -> None:
    """Begin to learn the text that the field has now: it may have been typed in the moment before the click."""
    session = st.session_state
    text, reason = _chosen_text()
    if text is not None:
        recipe = session.train_recipe
        reason = start(text, recipe, _epochs(epochs_for(recipe, text.characters)))
    session.train_message, session.train_message_about = reason, _content_key()


def _content_key() -> int:
    """Return what tells one text from another."""
    session = st.session_state
    return hash((session.get("train_source"), session.get("train_paste"), session.get("train_uploaded")))
