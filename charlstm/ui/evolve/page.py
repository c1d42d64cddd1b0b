"""The Evolve page: a network as it learns, from noise to words."""

import numpy as np
import streamlit as st

from charlstm.generation.loop import generate
from charlstm.generation.sampling import Probs
from charlstm.model_folder.store import Model
from charlstm.ui.charts.epochs import losses_spec, losses_table, through_spec, through_table
from charlstm.ui.components.address import Address, page_address, shortened
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, temperature_slider
from charlstm.ui.components.text_view import still_text, tints
from charlstm.ui.evolve import sentences
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.models import chosen_model, network_of
from charlstm.ui.shared.seed_field import random_seed_field, seed_line, show_dropped

SECONDS_PER_EPOCH = 1.2  # while the page plays
LENGTH = 400  # characters that each epoch writes
SEED = "the more a man wishes to be free, the more he is th"


def page() -> None:
    """Draw the page."""
    address = page_address("evolve")
    model = chosen_model(address.text("model", ""))
    if model is None:
        return
    session = st.session_state
    st.markdown(sentences.EVOLVE_INTRODUCTION)
    playing = session.setdefault("evolve_playing", False)
    label, icon = (sentences.PAUSE, ":material/pause:") if playing else (sentences.PLAY, ":material/play_arrow:")
    st.button(label, key="evolve_play", icon=icon, type="primary", shortcut="P", on_click=_toggle, args=(model,))
    st.fragment(run_every=SECONDS_PER_EPOCH if playing else None)(_show_epoch)(model)
    if len(model.manifest.epochs) > 1:
        _show_seed_fields(address)
        st.fragment(_compare_epochs)(model)


def _show_seed_fields(address: Address) -> None:
    st.markdown(f"#### {sentences.WRITE_AGAIN}")
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        seed_line(address, "evolve_seed", SEED)
    with right:
        random_seed_field(address, "evolve_random_seed")


def _toggle(model: Model) -> None:
    session = st.session_state
    session.evolve_playing = not session.evolve_playing
    session.evolve_epoch_drawn = False
    epochs = _epochs_with_content(model)
    if session.evolve_playing and session.get("evolve_epoch") == epochs[-1]:
        session.evolve_epoch = epochs[0]


def _epochs_with_content(model: Model) -> tuple[int, ...]:
    """Return the epochs that have kept weights or samples."""
    return tuple(sorted({*model.manifest.epochs, *(sample.epoch for sample in model.samples)}))


def _show_epoch(model: Model) -> None:
    """Show the chosen epoch, the losses with a mark at it, and its samples."""
    session, epochs = st.session_state, _epochs_with_content(model)
    if session.get("evolve_epoch") not in epochs:
        session.evolve_epoch = page_address("evolve").nearest("epoch", epochs, epochs[0])
    if session.evolve_playing:
        # The first run of the fragment after Play shows the current epoch; each one after it the next.
        if session.evolve_epoch_drawn:
            session.evolve_epoch = epochs[min(epochs.index(session.evolve_epoch) + 1, len(epochs) - 1)]
        session.evolve_epoch_drawn = True
    start = session.evolve_epoch
    epoch = (
        st.select_slider(shared_sentences.EPOCH, epochs, start, key="evolve_epoch") if len(epochs) > 1 else epochs[0]
    )
    figures = model.figures(epoch)
    if figures is not None:
        st.text(sentences.losses(figures.train_loss, figures.held_out_loss))
    table = losses_table(model.history, epoch)
    st.vega_lite_chart(table, losses_spec(), key="losses", alt=sentences.LOSSES_ALT)
    st.markdown(f"#### {sentences.SAMPLES}")
    samples = [sample for sample in model.samples if sample.epoch == epoch]
    if not samples:
        st.text(sentences.NO_SAMPLES)
    for column, sample in zip(st.columns(len(samples) or 1), samples, strict=False):
        with column:
            label = shared_sentences.sample_label(sample.temperature)
            st.markdown(f"**{label}**")
            still_text(label, sample.seed_text, sample.text, "", key=f"sample-{sample.temperature}")
    page_address("evolve").show({"epoch": epoch, "model": model.folder.name}, key="evolve_epoch_address")
    if session.evolve_playing and epoch == epochs[-1]:
        session.evolve_playing = False
        st.rerun()


def _compare_epochs(model: Model) -> None:
    """Show the texts of two epochs with the same seed text, and its next character through all epochs."""
    session, address, epochs = st.session_state, page_address("evolve"), model.manifest.epochs
    seed_text = model.vocabulary.fold(session.evolve_seed).text
    show_dropped(session.evolve_seed, [model])
    start = address.number("temperature", LOWEST, HIGHEST, DEFAULT)
    temperature = temperature_slider("evolve_temperature", start)
    random_seed = session.evolve_random_seed
    values = {"seed": shortened(session.evolve_seed), "random_seed": random_seed, "temperature": temperature}
    first, second = st.columns(2)
    for column, name, label, default in (
        (first, "first", shared_sentences.EPOCH, epochs[min(1, len(epochs) - 1)]),
        (second, "second", sentences.OTHER_EPOCH, model.manifest.best_epoch),
    ):
        key, first_epoch = f"evolve_{name}", address.nearest(name, epochs, default)
        with column:
            epoch = st.select_slider(label, epochs, first_epoch, key=key)
            values[name] = epoch
            text, text_tints = _written(model, str(model.folder), epoch, seed_text, temperature, random_seed)
            still_text(sentences.written_at(epoch), seed_text, text, text_tints, key=f"{key}-text")
    address.show(values, key="evolve_afresh_address")
    st.markdown(f"#### {sentences.THROUGH_EPOCHS}")
    raw = _through(model, str(model.folder), epochs, seed_text)
    table = through_table(epochs, raw, model.vocabulary, session.get("evolve_first", epochs[0]))
    st.vega_lite_chart(table, through_spec(), key="through", alt=sentences.THROUGH_ALT)


@st.cache_data(max_entries=200, show_spinner=False)
def _written(
    _model: Model, folder: str, epoch: int, seed_text: str, temperature: float, random_seed: int
) -> tuple[str, str]:
    """Return the text that an epoch writes, and its tints."""
    del folder  # with the other arguments, the key of the cache
    vocabulary = _model.vocabulary
    steps = list(generate(network_of(_model, epoch), vocabulary.encode(seed_text), temperature, LENGTH, random_seed))
    return vocabulary.decode(step.character_id for step in steps), tints(steps)


@st.cache_data(max_entries=50, show_spinner=False)
def _through(_model: Model, folder: str, epochs: tuple[int, ...], seed_text: str) -> Probs:
    """Return the raw probs of the next character after a seed text at each epoch, float64 (epochs, V)."""
    del folder
    ids = _model.vocabulary.encode(seed_text)
    networks = (network_of(_model, epoch) for epoch in epochs)
    return np.array([network.probs(network.prefill(ids)) for network in networks])
