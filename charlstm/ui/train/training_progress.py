"""A training on the page: its progress, its losses and samples, why it ended, and what can be done with the model."""

import streamlit as st

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.zip_file import zip_bytes
from charlstm.playback.user_training.training_process import TRAINING_SLOT, TrainingProcess
from charlstm.ui.charts.epochs import losses_spec, progress_table
from charlstm.ui.components.text_view import still_text
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.errors import show_error
from charlstm.ui.train import sentences
from charlstm.ui.train.training_job import TrainingJob, current_job, resume
from charlstm.ui.train.user_networks import download_button, keep


def show_progress(process: TrainingProcess | None) -> None:
    """Show the progress of the server's current training, if any, and the results of this session's last one."""
    job = current_job()
    if process is not None and not process.running:
        st.rerun()  # it has just ended, which the whole page shows
    if process is not None and job is not None and process is job.process:
        _show_own(process)
    elif process is not None:
        st.info(sentences.somebody(process.epoch, process.epochs, process.seconds_left(), process.longest_left()))
    if job is not None:
        _show_results(job)


def _show_own(process: TrainingProcess) -> None:
    if process.stopping:
        st.progress(_share(process), sentences.STOPPING)
    elif not process.points:
        st.progress(0.0, sentences.BEGINNING)
    else:
        loss = process.points[-1].loss
        batches = process.epoch, process.epochs, process.done, process.total
        st.progress(_share(process), sentences.learning(*batches, loss, process.seconds_left()))


def _share(process: TrainingProcess) -> float:
    return min(1.0, process.points[-1].epoch / process.epochs) if process.points else 0.0


def _show_results(job: TrainingJob) -> None:
    """Show the losses so far, and the samples after the last finished epoch."""
    try:
        history = job.history()
        epoch = history[-1].epoch if history else 0
        samples = job.samples(epoch)
    except (ModelError, OSError):
        return  # the folder has been removed
    if not history:
        return
    table = progress_table(job.points, history, epoch)
    st.vega_lite_chart(table, losses_spec(), key="train_losses", alt=sentences.PROGRESS_ALT)
    st.markdown(f"#### {sentences.LATEST_SAMPLES.format(epoch=epoch)}")
    for column, sample in zip(st.columns(len(samples) or 1), samples, strict=False):
        with column:
            label = shared_sentences.sample_label(sample.temperature)
            st.markdown(f"**{label}**")
            still_text(label, sample.seed_text, sample.text, "", key=f"train-sample-{sample.temperature}")


def show_outcome() -> None:
    """Show why this session's last training ended, and what can be done with the model."""
    job = current_job()
    if job is None or job.process.running:
        return
    process, ending = job.process, job.process.ending or "failed"
    try:
        model = job.model()
    except ModelError as error:
        show_error(sentences.cannot_open_network(str(error)))
        return
    limits = process.limits
    limit = sentences.memory_limit(limits.memory) if ending == "memory" else sentences.duration(limits.seconds)
    finished = model.history[-1].epoch if model and model.history else None
    error_message = process.error.replace(str(job.request.folder), job.request.folder.name)
    sentence = sentences.ended(ending, finished, limit, error_message)
    if model is None:
        show_error(sentence)
        return
    best = sentences.best_epoch(model.manifest.best_epoch, model.manifest.held_out_loss)
    (show_error if ending in ("failed", "memory") else st.success)(f"{sentence} {best}")
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
    unfinished = ending not in ("done", "failed") and finished is not None and finished < process.epochs
    if unfinished and TRAINING_SLOT.current is None:
        on.button(
            sentences.GO_ON,
            key="train_go_on",
            icon=":material/play_arrow:",
            width="stretch",
            help=sentences.GO_ON_HELP,
            on_click=lambda: set_message(resume(job)),
        )


def set_message(sentence: str) -> None:
    """Set the sentence in which the page shows why a training does not begin; empty where it does."""
    st.session_state.train_message = sentence
