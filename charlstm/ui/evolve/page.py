"""The Evolve page: a network as it learns, from noise to words."""

import numpy as np
import streamlit as st

from charlstm.generation.loop import generate
from charlstm.generation.sampling import Probs
from charlstm.model_folder.store import Model
from charlstm.ui.charts.epochs import losses_spec, losses_table, through_spec, through_table
from charlstm.ui.components.address import Address, fitting, opened
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, temperature_slider
from charlstm.ui.components.text_view import still_text, tints
from charlstm.ui.evolve import sentences
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.models import chosen_model, network_of
from charlstm.ui.shared.settings import LARGEST_RANDOM_SEED

BEAT = 1.2  # seconds an epoch stays while the page plays
LENGTH = 400  # characters written afresh
LONGEST_SEED = 2000
SEED = "the more a man wishes to be free, the more he is th"


def page() -> None:
    """Draw the page."""
    address = opened("evolve")
    model = chosen_model(address.text("model", ""))
    if model is None:
        return
    session = st.session_state
    st.markdown(sentences.EVOLVE_INTRODUCTION)
    playing = session.setdefault("evolve_playing", False)
    label, icon = (sentences.PAUSE, ":material/pause:") if playing else (sentences.PLAY, ":material/play_arrow:")
    st.button(label, key="evolve_play", icon=icon, type="primary", shortcut="P", on_click=_toggle, args=(model,))
    st.fragment(run_every=BEAT if playing else None)(_learned)(model)
    if len(model.manifest.epochs) > 1:  # of one alone there is nothing to compare
        _seed_and_dice(address)
        st.fragment(_afresh)(model)


def _seed_and_dice(address: Address) -> None:
    """What both texts that are written afresh have in common."""
    session = st.session_state
    st.markdown(f"#### {sentences.AFRESH}")
    session.setdefault("evolve_seed", address.text("seed", SEED)[:LONGEST_SEED])
    session.setdefault("evolve_random_seed", address.whole("random_seed", 0, LARGEST_RANDOM_SEED, 1))
    seed, dice = st.columns([4, 1], vertical_alignment="bottom")
    seed.text_input(shared_sentences.SEED_TEXT, session.evolve_seed, key="evolve_seed", max_chars=LONGEST_SEED)
    start = session.evolve_random_seed
    dice.number_input(shared_sentences.RANDOM_SEED, 0, LARGEST_RANDOM_SEED, start, key="evolve_random_seed")


def _toggle(model: Model) -> None:
    session = st.session_state
    session.evolve_playing = not session.evolve_playing
    session.evolve_beat = False
    epochs = _told_of(model)
    if session.evolve_playing and session.get("evolve_epoch") == epochs[-1]:
        session.evolve_epoch = epochs[0]


def _told_of(model: Model) -> tuple[int, ...]:
    """Return the epochs that there is something to show of: kept weights, or samples."""
    return tuple(sorted({*model.manifest.epochs, *(sample.epoch for sample in model.samples)}))


def _learned(model: Model) -> None:
    """The epoch, the losses with its place on them, and what it wrote."""
    session, epochs = st.session_state, _told_of(model)
    if session.get("evolve_epoch") not in epochs:
        session.evolve_epoch = opened("evolve").nearest("epoch", epochs, epochs[0])
    if session.evolve_playing:
        # The first drawing after Play is the present epoch's; each beat after it takes the next.
        if session.evolve_beat:
            session.evolve_epoch = epochs[min(epochs.index(session.evolve_epoch) + 1, len(epochs) - 1)]
        session.evolve_beat = True
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
            st.markdown(f"**{shared_sentences.sample_label(sample.temperature)}**")
            label = shared_sentences.sample_label(sample.temperature)
            still_text(label, sample.seed_text, sample.text, "", key=f"sample-{sample.temperature}")
    opened("evolve").show({"epoch": epoch, "model": model.folder.name}, key="evolve_epoch_address")
    if session.evolve_playing and epoch == epochs[-1]:
        session.evolve_playing = False
        st.rerun()


def _afresh(model: Model) -> None:
    """Two epochs side by side on one seed text, and its next character through all of them."""
    session, address, epochs = st.session_state, opened("evolve"), model.manifest.epochs
    folded = model.vocabulary.fold(session.evolve_seed)
    if folded.dropped:
        st.text(shared_sentences.dropped_characters(folded.dropped))
    start = address.number("temperature", LOWEST, HIGHEST, DEFAULT)
    temperature = temperature_slider("evolve_temperature", start)
    said = {"seed": fitting(session.evolve_seed), "random_seed": session.evolve_random_seed, "temperature": temperature}
    first, second = st.columns(2)
    for column, name, label, default in (
        (first, "first", shared_sentences.EPOCH, epochs[min(1, len(epochs) - 1)]),
        (second, "second", sentences.OTHER_EPOCH, model.manifest.best_epoch),
    ):
        key, began = f"evolve_{name}", address.nearest(name, epochs, default)
        with column:
            epoch = st.select_slider(label, epochs, began, key=key) if len(epochs) > 1 else began
            said[name] = epoch
            text, colours = _written(
                model, str(model.folder), epoch, folded.text, temperature, session.evolve_random_seed
            )
            still_text(sentences.written_at(epoch), folded.text, text, colours, key=f"{key}-text")
    address.show(said, key="evolve_afresh_address")
    st.markdown(f"#### {sentences.THROUGH_EPOCHS}")
    raw = _through(model, str(model.folder), epochs, folded.text)
    table = through_table(epochs, raw, model.vocabulary, session.get("evolve_first", epochs[0]))
    st.vega_lite_chart(table, through_spec(), key="through", alt=sentences.THROUGH_ALT)


@st.cache_data(max_entries=200, show_spinner=False)
def _written(
    _model: Model, folder: str, epoch: int, seed_text: str, temperature: float, random_seed: int
) -> tuple[str, str]:
    """Return what an epoch writes, and the tint of each character."""
    del folder  # with the other arguments, the key of the cache
    vocabulary = _model.vocabulary
    steps = list(generate(network_of(_model, epoch), vocabulary.encode(seed_text), temperature, LENGTH, random_seed))
    return vocabulary.decode(step.character_id for step in steps), tints(steps)


@st.cache_data(max_entries=50, show_spinner=False)
def _through(_model: Model, folder: str, epochs: tuple[int, ...], seed_text: str) -> Probs:
    """Return the raw probs of the next character after a text at each epoch, float64 (epochs, V)."""
    del folder
    ids = _model.vocabulary.encode(seed_text)
    networks = (network_of(_model, epoch) for epoch in epochs)
    return np.array([network.probs(network.prefill(ids)) for network in networks])
