"""The Train page: a viewer's own text, a network that learns it, and what becomes of the network."""

import math

import streamlit as st

from charlstm.networks.ngrams import LARGEST_ORDER
from charlstm.playback.user_training.training_process import COUNTS, memory_is_watched
from charlstm.playback.user_training.training_slot import TRAINING_SLOT
from charlstm.playback.user_training.user_text import LARGEST_TEXT, LONGEST_PASTE, UserText, read_text
from charlstm.text.decoding import UTF_8, CorpusError
from charlstm.ui.components.address import page_address
from charlstm.ui.shared import stage
from charlstm.ui.shared.errors import show_error
from charlstm.ui.shared.models import corpus_text
from charlstm.ui.train import sentences
from charlstm.ui.train.encoding_choice import note_encodings, show_encoding_choice
from charlstm.ui.train.state import TrainState, train_state
from charlstm.ui.train.training_job import MOST_EPOCHS, can_train, epochs_for, start
from charlstm.ui.train.training_progress import show_outcome, show_progress
from charlstm.ui.train.user_networks import show_networks

TICK = 1.0  # seconds between two updates of the progress
EXAMPLE_LENGTH = 200_000  # characters
USUAL_EPOCHS = 10


def page() -> None:
    """Draw the page."""
    page_address("train")  # so that the next page is one that is opened, with the network that was chosen
    stage.heading(sentences.TITLE).markdown(sentences.TRAIN_INTRODUCTION)
    running, job = TRAINING_SLOT.current, train_state().job
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
    session, state = st.session_state, train_state()
    sources = dict(sentences.SOURCES)
    if _example() is None:
        del sources["example"]
    if session.get("train_source") not in sources:
        session.train_source = state.source if state.source in sources else "paste"
    chosen = st.segmented_control(
        sentences.TRAIN_TEXT,
        list(sources),
        default=session.train_source,
        key="train_source",
        format_func=lambda name: sources[name],
        required=True,
    )
    state.source = chosen or "paste"
    {"paste": _show_paste, "upload": _show_upload, "example": _show_example}[state.source]()
    text, reason = _chosen_text(state)
    state.text = text
    if text is None:
        if reason not in (sentences.NO_TEXT, sentences.NOT_CONVERTED) and state.refusal[0] != reason:
            show_error(reason)
        return
    st.text(sentences.text_read(text.characters, text.different, text.left_out))
    if text.lowered.capitals:
        _show_case(text)
    if text.repeats_itself:
        st.text(sentences.REPEATS)


def _chosen_text(state: TrainState) -> tuple[UserText | None, str]:
    """Return the text as the fields have it now, or None and why it cannot be learned."""
    session = st.session_state
    source = session.get("train_source") or "paste"
    content: bytes | None
    if source == "upload":
        content, title = state.uploaded
    elif source == "example":
        example = _example()
        content, title = (example[:EXAMPLE_LENGTH].encode() if example else None), sentences.EXAMPLE_NAME
    else:
        content = (session.get("train_paste") or "").encode("utf-8", "replace") or None
        title = sentences.PASTED
    if content is None:
        return None, sentences.NO_TEXT
    if source == "upload" and state.encodings and not state.encoding:
        return None, sentences.NOT_CONVERTED
    try:
        return _read(state, content, title), ""
    except CorpusError as error:
        return None, sentences.cannot_learn(str(error))


def _show_case(text: UserText) -> None:
    """Show the choice between capitals and lower case, where a text has capitals, and what it does."""
    session, state = st.session_state, train_state()
    session.setdefault("train_case", state.case)
    with st.container(key="train_capitals", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            sentences.CAPITALS,
            list(sentences.CASES),
            key="train_case",
            format_func=lambda case: sentences.CASES[case],
            required=True,
            label_visibility="collapsed",
            width="content",
        )
        st.text(sentences.capitals(*text.lowered, kept=text.case == "keep"), width="content")


def _show_paste() -> None:
    session, state = st.session_state, train_state()
    session.setdefault("train_paste", state.pasted)
    pasted = st.text_area(
        sentences.PASTE,
        session.train_paste or "",
        key="train_paste",
        height=170,
        max_chars=LONGEST_PASTE,
        placeholder=sentences.PASTE_PLACEHOLDER,
    )
    state.pasted = pasted


def _show_upload() -> None:
    """Show the uploader; the last file is kept while another page is shown, when the uploader forgets it."""
    label = sentences.UPLOAD.format(megabytes=LARGEST_TEXT // 1_000_000)
    st.file_uploader(
        label, key="train_upload", on_change=_take_upload, max_upload_size=math.ceil(LARGEST_TEXT / 1_000_000)
    )
    content, title = train_state().uploaded
    if content is not None and st.session_state.get("train_upload") is None:
        st.text(title)
    show_encoding_choice()


def _take_upload() -> None:
    file = st.session_state.train_upload
    state = train_state()
    state.uploaded = (None, "") if file is None else (file.getvalue(), _title(file.name))
    note_encodings(state)


def _title(name: str) -> str:
    return "".join(character for character in name if character.isprintable())[:80] or "the file"


def _show_example() -> None:
    st.text(sentences.EXAMPLE.format(characters=EXAMPLE_LENGTH))


def _example() -> str | None:
    try:
        return corpus_text("nietzsche", "keep")
    except (CorpusError, OSError):
        return None


def _read(state: TrainState, content: bytes, title: str) -> UserText:
    """Read a text once, and not again with each run of the script."""
    state.case = st.session_state.get("train_case") or state.case
    encoding = state.encoding if content is state.uploaded[0] and state.encoding else UTF_8
    key = hash((content, title, state.case, encoding))
    if state.read is None or state.read[0] != key:
        name = sentences.PASTED_NAME if title == sentences.PASTED else ""
        state.read = key, read_text(content, title, name, state.case, encoding)
    return state.read[1]


def _show_plan() -> None:
    """Show the choice of a network and of its epochs, and Start and Stop."""
    session, state = st.session_state, train_state()
    session.setdefault("train_recipe", state.recipe)
    recipes = list(sentences.RECIPES) if can_train() else [COUNTS]
    recipe = st.radio(
        sentences.RECIPE,
        recipes,
        recipes.index(session.train_recipe),
        key="train_recipe",
        format_func=sentences.RECIPES.get,
        captions=[sentences.RECIPES_EXPLAINED[one] for one in recipes],
    )
    state.recipe = recipe
    if recipe == COUNTS:
        st.number_input(sentences.ORDER, 1, LARGEST_ORDER, LARGEST_ORDER, key="train_order")
    else:
        advised = epochs_for(recipe, state.text.characters) if state.text else USUAL_EPOCHS
        st.number_input(sentences.EPOCHS, 1, MOST_EPOCHS, _epochs(state, advised), key=f"train_epochs-{advised}")
        state.advised = advised
    if not can_train():
        st.info(sentences.NO_TENSORFLOW)
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
    reason, about = state.refusal
    if reason and about == _content_key(state):
        show_error(reason)
    if not memory_is_watched():
        st.caption(sentences.NOT_LIMITED)


def _epochs(state: TrainState, advised: int) -> int:
    """Return the epochs that the viewer has set, or else the advised ones."""
    before = advised if state.advised is None else state.advised
    chosen = st.session_state.get(f"train_epochs-{before}", before)
    return advised if chosen == before else chosen


def _start() -> None:
    """Begin to learn the text that the field has now: it may have been typed in the moment before the click."""
    state = train_state()
    text, reason = _chosen_text(state)
    if text is not None:
        recipe, advised = st.session_state.train_recipe, epochs_for(st.session_state.train_recipe, text.characters)
        epochs = st.session_state.get("train_order", advised) if recipe == COUNTS else _epochs(state, advised)
        started = start(state.job, text, recipe, epochs)
        if isinstance(started, str):
            reason = started
        else:
            state.job = started
    state.refusal = reason, _content_key(state)


def _content_key(state: TrainState) -> int:
    """Return what tells one text from another."""
    session = st.session_state
    return hash((session.get("train_source"), session.get("train_paste"), state.uploaded, state.encoding))
