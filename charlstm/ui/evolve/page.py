"""The Evolve page: a network as it learns, from noise to words."""

import numpy as np
import streamlit as st

from charlstm.generation.loop import generate
from charlstm.generation.sampling import Probs, ranking, reweight
from charlstm.model_folder.store import Model
from charlstm.networks.architecture import NgramCounts
from charlstm.playback.tables.choice import TOLD, display_symbol, quoted_end
from charlstm.ui.charts.epochs import losses_spec, losses_table, through_spec, through_table
from charlstm.ui.components.address import page_address, shortened
from charlstm.ui.components.keyboard import shortcut
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, temperature_slider
from charlstm.ui.components.text_view import still_text, tints
from charlstm.ui.evolve import sentences
from charlstm.ui.evolve.state import EvolveState, evolve_state
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import stage, style
from charlstm.ui.shared.models import is_books, network_of, usable_models
from charlstm.ui.shared.seed_field import random_seed_field, seed_line, show_dropped

SECONDS_PER_EPOCH = 1.2  # while the page plays
LENGTH = 400  # characters that each epoch writes
SHOWN_OF_SEED = 12  # characters of the seed text over the chart


def page() -> None:
    """Draw the page."""
    address = page_address("evolve", own=("epoch",))  # it begins at the first one, whichever another page shows
    sentence, field, model = stage.head(sentences.TITLE, "evolve", address)
    if model is None:
        return
    counts = isinstance(model.manifest.architecture, NgramCounts)
    sentence.markdown(sentences.introduction(model.manifest.title, counts))
    several_weights = len(model.manifest.epochs) > 1
    several = len(_epochs_with_content(model)) > 1
    with field:
        if several_weights:
            seed_line(model, address, "evolve_seed")
            show_dropped(st.session_state.evolve_seed, [model])
        elif several:
            _say_what_is_kept(model, sentences.weights_of_one(model.manifest.best_epoch))
        else:
            _say_what_is_kept(model, sentences.one_epoch(model.manifest.title, model.manifest.best_epoch))
    playing = evolve_state().playing
    with st.container(key=f"evolve_stage{'' if several_weights else '_of_one'}"):
        with st.container(key="evolve_play_place"):
            label, icon = (
                (sentences.PAUSE, ":material/pause:") if playing else (sentences.PLAY, ":material/play_arrow:")
            )
            if several:
                st.button(
                    label,
                    key="evolve_play",
                    icon=icon,
                    type="primary",
                    shortcut=shortcut("P"),
                    on_click=_toggle,
                    args=(model,),
                )
        st.fragment(run_every=SECONDS_PER_EPOCH if playing and several else None)(_show_epochs)(model)


def _say_what_is_kept(model: Model, sentence: str) -> None:
    """Say why something of a network cannot be shown, and offer one that has it."""
    with st.container(key="evolve_kept", horizontal=True, vertical_alignment="center"):
        st.text(sentence)
        other = _model_of_many_epochs(model)
        if other is not None:
            label = sentences.WATCH_BOOKS if is_books(other) else sentences.show_other(other.manifest.title)
            st.button(label, key="evolve_other", type="primary", on_click=_choose, args=(other.folder.name,))


def _model_of_many_epochs(model: Model) -> Model | None:
    """Return another network that keeps the weights of several epochs: the book's, or that with most."""
    others = [one for one in usable_models()[0] if one.folder != model.folder and len(one.manifest.epochs) > 1]
    return max(others, key=lambda one: (is_books(one), len(one.manifest.epochs)), default=None)


def _choose(name: str) -> None:
    st.session_state.network_to_choose = name


def _toggle(model: Model) -> None:
    session, state = st.session_state, evolve_state()
    state.playing, state.drawn, state.chosen = not state.playing, False, False
    epochs = _epochs_with_content(model)
    if state.playing and session.get("evolve_epoch") == epochs[-1]:
        session.evolve_epoch = epochs[0]


def _epochs_with_content(model: Model) -> tuple[int, ...]:
    """Return the epochs that have kept weights or samples."""
    return tuple(sorted({*model.manifest.epochs, *(sample.epoch for sample in model.samples)}))


def _show_epochs(model: Model) -> None:
    """Show the chosen epoch: its samples, the losses, one character through the epochs, and two epochs afresh."""
    session, state, epochs = st.session_state, evolve_state(), _epochs_with_content(model)
    several_weights = len(model.manifest.epochs) > 1
    if session.get("evolve_epoch") not in epochs:
        session.evolve_epoch = page_address("evolve").nearest("epoch", epochs, epochs[0])
    if state.playing:
        # The first run of the fragment after Play shows the current epoch; each one after it the next.
        if state.drawn:
            session.evolve_epoch = epochs[min(epochs.index(session.evolve_epoch) + 1, len(epochs) - 1)]
        state.drawn = True
    epoch: int = session.evolve_epoch
    with st.container(key="evolve_epoch_place"):
        if len(epochs) > 1:
            epoch = st.select_slider(
                shared_sentences.EPOCH, epochs, epoch, key="evolve_epoch", on_change=_note_that_chosen, args=(state,)
            )
    temperature = DEFAULT
    with st.container(key="evolve_temperature_place"):
        if several_weights:
            start = page_address("evolve").number("temperature", LOWEST, HIGHEST, DEFAULT)
            temperature = temperature_slider("evolve_temperature", start)
    _show_samples(model, epoch)
    with st.container(key="evolve_losses"):
        table = losses_table(model.history, epoch)
        st.vega_lite_chart(
            table, losses_spec(style.is_dark()), key="losses", height="stretch", alt=sentences.LOSSES_ALT
        )
    # An epoch that the viewer has not chosen is only where the page begins, or how far it has played.
    values: dict[str, str | float | None] = {"epoch": epoch, "model": model.folder.name}
    hold = ("epoch", "model") if state.chosen else ("model",)
    page_address("evolve").show(values, key="evolve_epoch_address", hold=hold)
    with st.container(key="evolve_through"):
        if several_weights:
            _show_through(model, epoch, temperature)
    if several_weights:
        with st.container(key="evolve_again"):
            _compare_epochs(model, temperature)
    if state.playing and epoch == epochs[-1]:
        state.playing = False
        st.rerun()


def _note_that_chosen(state: EvolveState) -> None:
    state.chosen = True


def _show_samples(model: Model, epoch: int) -> None:
    """Show what the network wrote after an epoch, and say when, and how well it predicted then."""
    figures = model.figures(epoch)
    samples = [sample for sample in model.samples if sample.epoch == epoch]
    with st.container(key="evolve_said"):
        st.text(sentences.recorded(epoch, bool(samples), None if figures is None else figures.held_out_loss))
    with st.container(key="evolve_samples"):
        if not samples:
            st.text(sentences.NO_SAMPLES)
        for sample in samples:
            with st.container(key=f"evolve_sample-{sample.temperature}"):
                label = shared_sentences.sample_label(sample.temperature)
                st.text(label)
                seed_text = shared_sentences.seed_end(sample.seed_text)
                still_text(label, seed_text, sample.text, "", key=f"sample-{sample.temperature}")


def _show_through(model: Model, epoch: int, temperature: float) -> None:
    """Show the next character after the seed text at a temperature, through all epochs."""
    session, epochs = st.session_state, model.manifest.epochs
    seed_text = model.vocabulary.fold(session.evolve_seed).text
    probs = np.array([reweight(row, temperature) for row in _through(model, str(model.folder), epochs, seed_text)])
    shown = min(epochs, key=lambda one: abs(one - epoch))
    row = probs[epochs.index(shown)]
    likeliest = [(display_symbol(model.vocabulary.characters[id_]), float(row[id_])) for id_ in ranking(row)[:TOLD]]
    st.text(sentences.through_epochs(quoted_end(seed_text[-SHOWN_OF_SEED:]), temperature, shown, likeliest))
    table = through_table(epochs, probs, model.vocabulary, shown)
    st.vega_lite_chart(table, through_spec(style.is_dark()), key="through", height="stretch", alt=sentences.THROUGH_ALT)


def _compare_epochs(model: Model, temperature: float) -> None:
    """Show the texts of two epochs with the same seed text."""
    session, address, epochs = st.session_state, page_address("evolve"), model.manifest.epochs
    seed_text = model.vocabulary.fold(session.evolve_seed).text
    st.header(sentences.WRITE_AGAIN, anchor=False)
    first, second, seed = st.columns([3, 3, 2], vertical_alignment="bottom")
    with seed:
        random_seed = random_seed_field(address, "evolve_random_seed")
    seed_value = shortened(session.evolve_seed)
    values: dict[str, str | float | None] = {"seed": seed_value, "random_seed": random_seed, "temperature": temperature}
    places: list[tuple[str, int]] = []
    for column, name, label, default in (
        (first, "first", sentences.ONE_EPOCH, epochs[min(1, len(epochs) - 1)]),
        (second, "second", sentences.OTHER_EPOCH, model.manifest.best_epoch),
    ):
        key, first_epoch = f"evolve_{name}", address.nearest(name, epochs, default)
        with column:
            epoch = st.select_slider(label, epochs, first_epoch, key=key)
        values[name] = epoch
        places.append((key, epoch))
    for column, (key, epoch) in zip(st.columns(2), places, strict=True):
        with column:
            text, text_tints = _written(model, str(model.folder), epoch, seed_text, temperature, random_seed)
            still_text(sentences.written_at(epoch), seed_text, text, text_tints, key=f"{key}-text")
    address.show(values, key="evolve_afresh_address")


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
