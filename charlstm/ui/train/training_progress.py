"""A training on the page: its progress, its losses and samples, why it ended, and what can be done with the model."""

from collections.abc import Sequence

import streamlit as st

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.training_records import EpochFigures
from charlstm.model_folder.zip_file import zip_bytes
from charlstm.playback.user_training.training_process import COUNTS, TrainingProcess
from charlstm.playback.user_training.training_slot import TRAINING_SLOT
from charlstm.ui.charts.epochs import losses_spec, progress_table
from charlstm.ui.components.text_view import still_text
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import style
from charlstm.ui.shared.errors import show_error
from charlstm.ui.train import sentences
from charlstm.ui.train.state import train_state
from charlstm.ui.train.training_job import TrainingJob, resume
from charlstm.ui.train.user_networks import download_button, keep, show_kept


def show_progress(process: TrainingProcess | None) -> None:
    """Show the progress of the server's current training, if any, and the results of this session's last one."""
    job = train_state().job
    if process is not None and not process.running:
        st.rerun()  # it has just ended, which the whole page shows
    if process is not None and job is not None and process is job.process:
        _show_own(process, job.request.recipe == COUNTS)
    elif process is not None:
        st.info(sentences.somebody(process.epoch, process.epochs, process.seconds_left(), process.longest_left()))
    if job is not None:
        _show_results(job)


def _show_own(process: TrainingProcess, counts: bool) -> None:
    """Show the progress beside Stop."""
    with st.container(key="train_running", horizontal=True, vertical_alignment="center"):
        if process.stopping:
            st.progress(_share(process), sentences.STOPPING)
        elif counts:
            st.progress(_share(process), sentences.COUNTING)
        elif not process.points:
            st.progress(0.0, sentences.BEGINNING)
        else:
            loss = process.points[-1].loss
            batches = process.epoch, process.epochs, process.done, process.total
            st.progress(_share(process), sentences.learning(*batches, loss, process.seconds_left()))
        st.button(
            shared_sentences.STOP,
            key="train_stop",
            icon=":material/stop:",
            disabled=process.stopping,
            help=sentences.STOP_LEARNING_HELP,
            on_click=process.stop,
        )


def _share(process: TrainingProcess) -> float:
    return min(1.0, process.points[-1].epoch / process.epochs) if process.points else 0.0


def _shown_epoch(history: Sequence[EpochFigures], counts: bool) -> int:
    """Return the last epoch, or the best one of counts, which are done as soon as they are seen."""
    if not history:
        return 0
    return (min(history, key=lambda line: line.held_out_loss) if counts else history[-1]).epoch


def _show_results(job: TrainingJob) -> None:
    """Show the losses so far, and the samples after the last finished epoch."""
    try:
        history, counts = job.history(), job.request.recipe == COUNTS
        epoch = _shown_epoch(history, counts)
        samples = job.samples(epoch)
    except (ModelError, OSError):
        history = ()  # the folder is not there yet, or has been removed
    if not history:
        if job.process.running:
            with st.container(key="train_waiting"):  # keeps the space of the results
                st.text("")
        return
    with st.container(key="train_results"):
        with st.container(key="train_losses_place"):
            table = progress_table(job.points, history, epoch)
            st.vega_lite_chart(
                table, losses_spec(style.is_dark()), key="train_losses", height="stretch", alt=sentences.PROGRESS_ALT
            )
        with st.container(key="train_samples"):
            heading = sentences.SAMPLES_OF_COUNTS if counts else sentences.LATEST_SAMPLES
            st.header(heading.format(epoch=epoch), anchor=False)
            with st.container(key="train_four"):
                for sample in samples:
                    label = shared_sentences.sample_label(sample.temperature)
                    with st.container(key=f"train_sample_of-{sample.temperature}"):
                        st.text(label)
                        key = f"train-sample-{sample.temperature}"
                        still_text(label, shared_sentences.seed_end(sample.seed_text), sample.text, "", key=key)


def show_outcome() -> None:
    """Show why this session's last training ended, and what can be done with the model."""
    job = train_state().job
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
    best = model.manifest.best_epoch, model.manifest.held_out_loss
    if job.request.recipe == COUNTS and ending == "done":
        st.success(sentences.counted(*best))
    else:
        (show_error if ending in ("failed", "memory") else st.success)(f"{sentence} {sentences.best_epoch(*best)}")
    with st.container(key="train_ended", horizontal=True, vertical_alignment="center"):
        st.button(
            sentences.USE,
            key="train_use",
            type="primary",
            icon=":material/check:",
            help=sentences.USE_HELP,
            on_click=lambda: keep(lambda: zip_bytes(model), "train_use"),
        )
        download_button(model, "train_download", "content")
        unfinished = ending not in ("done", "failed") and finished is not None and finished < process.epochs
        if unfinished and TRAINING_SLOT.current is None:
            st.button(
                sentences.GO_ON,
                key="train_go_on",
                icon=":material/play_arrow:",
                help=sentences.GO_ON_HELP,
                on_click=_go_on,
                args=(job,),
            )
        show_kept("train_use")
    if train_state().not_resumed:
        show_error(train_state().not_resumed)


def _go_on(job: TrainingJob) -> None:
    state, resumed = train_state(), resume(job)
    if isinstance(resumed, str):
        state.not_resumed = resumed
    else:
        state.job, state.not_resumed = resumed, ""
