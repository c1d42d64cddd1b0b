"""The Train page: a viewer's own text, a network that learns it, and what becomes of the network."""

import math

import streamlit as st

from charlstm.corpus import CorpusError
from charlstm.ui import words
from charlstm.ui.lesson import MOST_EPOCHS, can_train, epochs_for, present_lesson, start
from charlstm.ui.lesson_view import outcome, progress, say
from charlstm.ui.models import book
from charlstm.ui.own_networks import networks
from charlstm.ui.own_text import LARGEST_TEXT, LONGEST_PASTE, OwnText, read_text
from charlstm.ui.refusal import refuse
from charlstm.ui.trainer import TRAINER, memory_is_watched

BEAT = 1.0  # seconds between two looks at a training
EXAMPLE_LENGTH = 200_000  # characters
USUAL_EPOCHS = 10


def page() -> None:
    """Draw the page."""
    session = st.session_state
    if "model" in session:
        session.network_to_choose = session.pop("model")  # a field that is not drawn forgets its choice
    st.markdown(words.TRAIN_INTRODUCTION)
    if can_train():
        text, plan = st.columns([3, 2], gap="medium")
        with text:
            _text()
        with plan:
            _plan()
        if session.get("train_said"):
            refuse(session.train_said)
        taken = TRAINER.present
        outcome()
        st.fragment(run_every=BEAT if taken else None)(progress)(taken)
    else:
        st.info(words.NO_TENSORFLOW)
    networks()


def _text() -> None:
    """Where the text comes from, and what is read of it."""
    session = st.session_state
    sources = dict(words.SOURCES)
    if _example() is None:
        del sources["example"]
    if session.get("train_source") not in sources:
        before = session.get("train_source_before")
        session.train_source = before if before in sources else "paste"
    chosen = st.segmented_control(
        words.TRAIN_TEXT,
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
        refuse(words.cannot_learn(str(error)))
        return
    st.text(words.text_read(text.characters, text.different, text.left_out))
    if text.repeats:
        st.text(words.REPEATS)


def _pasted() -> tuple[bytes | None, str]:
    session = st.session_state
    session.setdefault("train_paste", session.get("train_paste_before", ""))
    pasted = st.text_area(
        words.PASTE,
        session.train_paste or "",
        key="train_paste",
        height=170,
        max_chars=LONGEST_PASTE,
        placeholder=words.PASTE_PLACEHOLDER,
    )
    session.train_paste_before = pasted
    return (pasted or "").encode("utf-8", "replace") or None, words.PASTED


def _uploaded() -> tuple[bytes | None, str]:
    """What was uploaded last stays while other pages are looked at, where the browser's field forgets it."""
    session = st.session_state
    label = words.UPLOAD.format(megabytes=LARGEST_TEXT // 1_000_000)
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
    st.text(words.EXAMPLE.format(characters=EXAMPLE_LENGTH))
    return (text[:EXAMPLE_LENGTH].encode() if text else None), words.EXAMPLE_NAME


def _example() -> str | None:
    try:
        return book("nietzsche")
    except (CorpusError, OSError):
        return None


def _read(content: bytes, title: str) -> OwnText:
    """Read a text once, and not again with each run of the script."""
    session = st.session_state
    key = hash((content, title))
    if session.get("train_read", (None,))[0] != key:
        session.train_read = (key, read_text(content, title, words.PASTED_NAME if title == words.PASTED else ""))
    return session.train_read[1]


def _plan() -> None:
    """Which network, how often it reads the text, and Start and Stop."""
    session = st.session_state
    text: OwnText | None = session.train_text
    session.setdefault("train_recipe", session.get("train_recipe_before", next(iter(words.RECIPES))))
    recipe = st.radio(
        words.RECIPE,
        list(words.RECIPES),
        list(words.RECIPES).index(session.train_recipe),
        key="train_recipe",
        format_func=words.RECIPES.get,
        captions=list(words.RECIPES_EXPLAINED.values()),
    )
    session.train_recipe_before = recipe
    advised = epochs_for(recipe, text.characters) if text else USUAL_EPOCHS
    epochs = st.number_input(words.EPOCHS, 1, MOST_EPOCHS, advised, key=f"train_epochs-{advised}")
    lesson = present_lesson()
    mine = lesson is not None and lesson.training.running
    begin, end = st.columns(2)
    begin.button(
        words.START,
        key="train_start",
        type="primary",
        icon=":material/school:",
        width="stretch",
        disabled=text is None or TRAINER.present is not None,
        help=words.START_HELP,
        on_click=_start,
        args=(text, recipe, epochs),
    )
    end.button(
        words.STOP,
        key="train_stop",
        icon=":material/stop:",
        width="stretch",
        disabled=not mine or (lesson is not None and lesson.training.stopping),
        help=words.STOP_LEARNING_HELP,
        on_click=_stop,
    )
    if not memory_is_watched():
        st.caption(words.NOT_LIMITED)


def _start(text: OwnText | None, recipe: str, epochs: int) -> None:
    if text is not None:
        say(start(text, recipe, epochs))


def _stop() -> None:
    lesson = present_lesson()
    if lesson is not None:
        lesson.training.stop()
