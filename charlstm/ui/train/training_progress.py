"""How a training goes, on the page: how far it is, its losses and samples, why it ended, and what may become of it."""

import streamlit as st

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.zip_file import zip_bytes
from charlstm.playback.user_training.training_process import TRAINING_SLOT, TrainingProcess
from charlstm.ui.charts.epochs import losses_spec, progress_table
from charlstm.ui.components.text_view import still_text
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.errors import refuse
from charlstm.ui.train import sentences
from charlstm.ui.train.training_job import TrainingJob, current_job, go_on
from charlstm.ui.train.user_networks import download_button, keep


def progress(taken: TrainingProcess | None) -> None:
    """How the training goes that runs, or went that ran last; drawn anew at every beat."""
    lesson = current_job()
    if taken is not None and not taken.running:
        st.rerun()  # it has just ended, which the whole page shows
    if taken is not None and lesson is not None and taken is lesson.training:
        _told(taken)
    elif taken is not None:
        st.info(sentences.somebody(taken.epoch, taken.epochs, taken.seconds_left(), taken.longest_left()))
    if lesson is not None:
        _learned(lesson)


def _told(training: TrainingProcess) -> None:
    if training.stopping:
        st.progress(_share(training), sentences.STOPPING)
    elif not training.points:
        st.progress(0.0, sentences.BEGINNING)
    else:
        loss = training.points[-1].loss
        place = training.epoch, training.epochs, training.done, training.total
        st.progress(_share(training), sentences.learning(*place, loss, training.seconds_left()))


def _share(training: TrainingProcess) -> float:
    return min(1.0, training.points[-1].epoch / training.epochs) if training.points else 0.0


def _learned(lesson: TrainingJob) -> None:
    """The losses so far, and what it wrote after the last epoch that is finished."""
    try:
        history = lesson.history()
        epoch = history[-1].epoch if history else 0
        samples = lesson.samples(epoch)
    except (ModelError, OSError):
        return  # the folder has been taken away
    if not history:
        return
    table = progress_table(lesson.points, history, epoch)
    st.vega_lite_chart(table, losses_spec(), key="train_losses", alt=sentences.PROGRESS_ALT)
    st.markdown(f"#### {sentences.LATEST_SAMPLES.format(epoch=epoch)}")
    for column, sample in zip(st.columns(len(samples) or 1), samples, strict=False):
        with column:
            label = shared_sentences.sample_label(sample.temperature)
            st.markdown(f"**{label}**")
            still_text(label, sample.seed_text, sample.text, "", key=f"train-sample-{sample.temperature}")


def outcome() -> None:
    """Why it ended, and what may become of it."""
    lesson = current_job()
    if lesson is None or lesson.training.running:
        return
    training, ending = lesson.training, lesson.training.ending or "failed"
    try:
        model = lesson.model()
    except ModelError as error:
        refuse(sentences.cannot_open_network(str(error)))
        return
    limits = training.limits
    limit = sentences.memory_limit(limits.memory) if ending == "memory" else sentences.duration(limits.seconds)
    finished = model.history[-1].epoch if model and model.history else None
    said = training.error.replace(str(lesson.order.folder), lesson.order.folder.name)
    sentence = sentences.ended(ending, finished, limit, said)
    if model is None:
        refuse(sentence)
        return
    best = sentences.best_epoch(model.manifest.best_epoch, model.manifest.held_out_loss)
    (refuse if ending in ("failed", "memory") else st.success)(f"{sentence} {best}")
    use, download, on = st.columns(3)
    use.button(
        sentences.USE,
        key="train_use",
        type="primary",
        icon=":material/check:",
        width="stretch",
        help=sentences.USE_HELP,
        on_click=lambda: keep(lambda: zip_bytes(model)),
    )
    with download:
        download_button(model, "train_download")
    unfinished = ending not in ("done", "failed") and finished is not None and finished < training.epochs
    if unfinished and TRAINING_SLOT.present is None:
        on.button(
            sentences.GO_ON,
            key="train_go_on",
            icon=":material/play_arrow:",
            width="stretch",
            help=sentences.GO_ON_HELP,
            on_click=lambda: say(go_on(lesson)),
        )


def say(sentence: str) -> None:
    """Have the page say why a training does not begin; nothing where it does."""
    st.session_state.train_said = sentence
