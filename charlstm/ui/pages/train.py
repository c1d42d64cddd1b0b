"""The Train page: a viewer's own text, a network that learns it, and what becomes of the network."""

import math
import re
from collections.abc import Callable

import streamlit as st

from charlstm.corpus import CorpusError
from charlstm.manifest import ModelError
from charlstm.model_zip import LARGEST_ZIP, zip_bytes
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.belongings import belongings, own_models
from charlstm.ui.charts.epochs import losses_spec, progress_table
from charlstm.ui.lesson import MOST_EPOCHS, Lesson, can_train, epochs_for, go_on, present_lesson, start
from charlstm.ui.models import book, usable_models
from charlstm.ui.own_text import LARGEST_TEXT, LONGEST_PASTE, OwnText, read_text
from charlstm.ui.text_view import still_text
from charlstm.ui.trainer import TRAINER, Training, memory_is_watched

BEAT = 1.0  # seconds between two looks at a training
EXAMPLE_LENGTH = 200_000  # characters


def page() -> None:
    """Draw the page."""
    session = st.session_state
    if "model" in session:
        session.model = session.model  # a choice whose field is not drawn would be forgotten
    st.markdown(words.TRAIN_INTRODUCTION)
    if can_train():
        text, plan = st.columns([3, 2], gap="medium")
        with text:
            _text()
        with plan:
            _plan()
        if session.get("train_said"):
            _refuse(session.train_said)
        taken = TRAINER.present
        st.fragment(run_every=BEAT if taken else None)(_progress)(taken)
        _outcome()
    else:
        st.info(words.NO_TENSORFLOW)
    _networks()


def _refuse(sentence: str) -> None:
    """Show a sentence that may quote what a viewer sent."""
    st.error(re.sub(r"([\\*_{}\[\]()#+!|<>~$:])", r"\\\1", sentence))


def _text() -> None:
    """Where the text comes from, and what is read of it."""
    session = st.session_state
    sources = dict(words.SOURCES)
    if _example() is None:
        del sources["example"]
    session.setdefault("train_source", session.get("train_source_before", "paste"))
    chosen = st.segmented_control(
        words.TRAIN_TEXT, list(sources), key="train_source", format_func=lambda name: sources[name], required=True
    )
    session.train_source_before = chosen
    content, title = {"paste": _pasted, "upload": _uploaded, "example": _of_example}[chosen or "paste"]()
    session.train_text = None
    if content is None:
        return
    try:
        text = session.train_text = _read(content, title)
    except CorpusError as error:
        _refuse(words.cannot_learn(str(error)))
        return
    st.text(words.text_read(text.characters, text.different, text.left_out))
    if text.repeats:
        st.text(words.REPEATS)


def _pasted() -> tuple[bytes | None, str]:
    session = st.session_state
    session.setdefault("train_paste", session.get("train_paste_before", ""))
    pasted = st.text_area(
        words.PASTE, key="train_paste", height=170, max_chars=LONGEST_PASTE, placeholder=words.PASTE_PLACEHOLDER
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
        session.train_read = (key, read_text(content, title))
    return session.train_read[1]


def _plan() -> None:
    """Which network, how often it reads the text, and Start and Stop."""
    session = st.session_state
    text: OwnText | None = session.train_text
    session.setdefault("train_recipe", session.get("train_recipe_before", next(iter(words.RECIPES))))
    recipe = st.radio(
        words.RECIPE,
        list(words.RECIPES),
        key="train_recipe",
        format_func=words.RECIPES.get,
        captions=list(words.RECIPES_EXPLAINED.values()),
    )
    session.train_recipe_before = recipe
    advised = epochs_for(recipe, text.characters if text else 0)
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
        _say(start(text, recipe, epochs))


def _stop() -> None:
    lesson = present_lesson()
    if lesson is not None:
        lesson.training.stop()


def _say(sentence: str) -> None:
    st.session_state.train_said = sentence


def _progress(taken: Training | None) -> None:
    """How the training goes that runs, or went that ran last; drawn anew at every beat."""
    lesson = present_lesson()
    mine = lesson is not None and (taken is None or lesson.training is taken)
    if taken is not None and not taken.running:
        st.rerun()  # it has just ended, which the whole page shows
    if lesson is None or not mine:
        if taken is not None:
            st.info(words.somebody(taken.epoch, taken.epochs, taken.seconds_left(), taken.longest_left()))
        return
    _told(lesson.training)
    _learned(lesson)


def _told(training: Training) -> None:
    if not training.running:
        return
    if training.stopping:
        st.progress(_share(training), words.STOPPING)
    elif not training.total:
        st.progress(0.0, words.BEGINNING)
    else:
        loss = training.points[-1].loss
        place = training.epoch, training.epochs, training.done, training.total
        st.progress(_share(training), words.learning(*place, loss, training.seconds_left()))


def _share(training: Training) -> float:
    return min(1.0, training.points[-1].epoch / training.epochs) if training.points else 0.0


def _learned(lesson: Lesson) -> None:
    """The losses so far, and what it wrote after the last epoch that is finished."""
    try:
        history = lesson.history()
        epoch = history[-1].epoch if history else 0
        samples = lesson.samples(epoch)
    except (ModelError, OSError):
        return  # the folder has been taken away
    if not history:
        return
    table = progress_table(lesson.training.points, history, epoch)
    st.vega_lite_chart(table, losses_spec(), key="train_losses", alt=words.PROGRESS_ALT)
    st.markdown(f"#### {words.LATEST_SAMPLES.format(epoch=epoch)}")
    for column, sample in zip(st.columns(len(samples) or 1), samples, strict=False):
        with column:
            label = words.sample_label(sample.temperature)
            st.markdown(f"**{label}**")
            still_text(label, sample.seed_text, sample.text, "", key=f"train-sample-{sample.temperature}")


def _outcome() -> None:
    """Why it ended, and what may become of it."""
    lesson = present_lesson()
    if lesson is None or lesson.training.running:
        return
    training, ending = lesson.training, lesson.training.ending or "failed"
    try:
        model = lesson.model()
    except ModelError as error:
        _refuse(words.cannot_open_network(str(error)))
        return
    limits = training.limits
    limit = words.memory_limit(limits.memory) if ending == "memory" else words.duration(limits.seconds)
    finished = model.history[-1].epoch if model and model.history else None
    sentence = words.ended(ending, finished, limit, training.error)
    (_refuse if ending in ("failed", "memory") else st.success)(sentence)
    if model is None:
        return
    st.text(words.best_so_far(model.manifest.best_epoch, model.manifest.held_out_loss))
    use, download, on = st.columns(3)
    use.button(
        words.USE,
        key="train_use",
        type="primary",
        icon=":material/check:",
        width="stretch",
        help=words.USE_HELP,
        on_click=lambda: _keep(lambda: zip_bytes(model)),
    )
    with download:
        _download(model, "train_download")
    unfinished = ending not in ("done", "failed") and finished is not None and finished < training.epochs
    if unfinished and TRAINER.present is None:
        on.button(
            words.GO_ON,
            key="train_go_on",
            icon=":material/play_arrow:",
            width="stretch",
            help=words.GO_ON_HELP,
            on_click=lambda: _say(go_on(lesson)),
        )


def _download(model: Model, key: str) -> None:
    st.download_button(
        words.DOWNLOAD,
        data=lambda: zip_bytes(model),
        file_name=f"{model.folder.name}.zip",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
        help=words.DOWNLOAD_HELP,
        key=key,
    )


def _keep(content_of: Callable[[], bytes]) -> None:
    """Keep a network for this session, and choose it on all pages."""
    session = st.session_state
    session.train_kept = session.train_not_kept = ""
    try:
        taken = {model.folder.name for model in usable_models()[0]}
        model = belongings().keep(content_of(), taken)
    except (ModelError, OSError) as error:
        session.train_not_kept = words.cannot_open_network(str(error))
        return
    session.model = model.folder.name
    session.train_kept = words.kept(model.folder.name)


def _networks() -> None:
    """The networks of this session: to be downloaded, forgotten, or opened from a zip."""
    session = st.session_state
    st.markdown(f"#### {words.OWN_NETWORKS}")
    st.caption(words.OWN_NETWORKS_HELP)
    if session.get("train_kept"):
        st.success(session.train_kept)
    for model in own_models():
        name, manifest = model.folder.name, model.manifest
        said, download, forget = st.columns([3, 1, 1], vertical_alignment="center")
        said.text(words.own_network(name, str(manifest.architecture), manifest.held_out_loss))
        with download:
            _download(model, f"own_download-{name}")
        forget.button(
            words.FORGET, key=f"own_forget-{name}", icon=":material/delete:", width="stretch",
            on_click=_forget, args=(name,),
        )  # fmt: skip
    turn = session.setdefault("own_turn", 0)  # another uploader after each file, so that it is empty again
    megabytes = LARGEST_ZIP // 1_000_000
    label = words.OPEN_NETWORK.format(megabytes=megabytes)
    file = st.file_uploader(label, "zip", key=f"own-{turn}", max_upload_size=megabytes)
    if file is not None:
        session.own_turn += 1
        _keep(file.getvalue)
        st.rerun()
    if session.get("train_not_kept"):
        _refuse(session.train_not_kept)


def _forget(name: str) -> None:
    session = st.session_state
    belongings().forget(name)
    session.train_kept = ""
    if session.get("model") == name:
        del session.model
