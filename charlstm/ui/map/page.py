"""The Map page: every temperature at once, for one choice and for whole texts."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import streamlit as st

from charlstm.evaluation.sweep import SweepFigures, as_csv, spread
from charlstm.evaluation.sweep import sweep as sweep_steps
from charlstm.generation.filters import NO_FILTERS
from charlstm.generation.sampling import BOOK_TEMPERATURES, Probs, reweight
from charlstm.model_folder.store import Model
from charlstm.networks.network import Network
from charlstm.playback.slow_motion import Stage
from charlstm.playback.sweeps.sliced_sweep import SlicedSweep
from charlstm.playback.tables.choice import Choice, figures_table, likeliest_in_words, quoted_end
from charlstm.playback.tables.frames import Shown, alphabet, frame
from charlstm.text.word_list import english_coverage
from charlstm.ui.charts.next_character.chart import next_character_spec
from charlstm.ui.charts.sweeps import Kind, sweep_spec, sweep_table
from charlstm.ui.charts.temperature_map import ALPHABET, SLICE, alphabet_spec, alphabet_table, slice_table
from charlstm.ui.components.address import page_address, shortened
from charlstm.ui.components.keyboard import shortcut
from charlstm.ui.components.save_picture import save_picture
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, reported_temperature, temperature_slider
from charlstm.ui.map import sentences
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import stage, style
from charlstm.ui.shared.models import largest_vocabulary, network_of
from charlstm.ui.shared.seed_field import random_seed_field, seed_line, show_dropped

TEMPERATURES = tuple(tenth / 10 for tenth in range(21))
RUNS, LENGTH = 16, 400
SLIDER = "map_temperature"  # its key
TICK = 0.125  # seconds between two slices of a sweep


class SweepSettings(NamedTuple):
    """What determines the sweep of a viewer."""

    network: Network
    seed_text: str
    random_seed: int


def page() -> None:
    """Draw the page."""
    address = page_address("map")
    sentence, field, model = stage.head(sentences.TITLE, "map", address)
    if model is None:
        return
    sentence.markdown(sentences.introduction(model.manifest.title))
    with field:
        typed = seed_line(model, address, "map_seed", shared_sentences.SEED_PLACEHOLDER)
        show_dropped(typed, [model])
    seed_text = model.vocabulary.fold(typed).text
    network = network_of(model, model.manifest.best_epoch)
    raw = network.probs(network.prefill(model.vocabulary.encode(seed_text)))
    with st.container(key="map_stage"):
        st.fragment(_show_choice)(model, seed_text, raw, alphabet_table(raw, model.vocabulary))
    _show_table(model, raw)
    st.header(sentences.TEXTS, anchor=False)
    st.markdown(sentences.texts_explained(len(TEMPERATURES), RUNS, LENGTH, english_coverage(model.words)))
    with st.container(key="map_controls", horizontal=True, vertical_alignment="bottom"):
        random_seed = random_seed_field(address, "map_random_seed", width=180)
        settings = SweepSettings(network, seed_text, random_seed)
        sweep = _current_sweep(settings)
        _show_button(model, settings, sweep)
    address.show({"seed": shortened(typed), "random_seed": random_seed, "model": model.folder.name}, key="map_address")
    running = sweep is not None and sweep.running
    st.fragment(run_every=TICK if running else None)(_show_sweep)(model, sweep)


def _show_choice(model: Model, seed_text: str, raw: Probs, bands: pa.Table) -> None:
    """Show the choice at every temperature, and at that of the slider."""
    address = page_address("map")
    start = address.number("temperature", LOWEST, HIGHEST, DEFAULT)
    temperature = reported_temperature(SLIDER, start)
    choice = Choice(raw, reweight(raw, temperature), temperature)
    shown = Shown(0, Stage.REWEIGHTED, NO_FILTERS, picked=False)
    with st.container(key="map_slider"):
        view = {"alphabet": alphabet(model.vocabulary), **frame(choice, shown, "map", temperature)}
        temperature_slider(
            SLIDER, start, choice=view, picture="map_alphabet", said=likeliest_in_words(choice, model.vocabulary)
        )
    address.show({"temperature": temperature}, key="map_temperature_address")
    dark = style.is_dark()
    tables = {ALPHABET: bands, SLICE: slice_table(raw, temperature)}
    with st.container(key="map_alphabet"):
        st.text(sentences.alphabet_heading(quoted_end(seed_text)))
        spec = alphabet_spec(len(model.vocabulary), dark)
        st.vega_lite_chart(
            None,
            {**spec, "datasets": tables},
            key="alphabet",
            height="stretch",
            alt=sentences.ALPHABET_ALT,
        )
        save_picture("map_alphabet", f"charlstm-{model.folder.name}-alphabet", shared_sentences.SAVE_CHART)
    with st.container(key="next_character_map"):
        spec = next_character_spec(largest_vocabulary(), dark)
        st.vega_lite_chart(None, spec, key="slice", height="stretch", alt=shared_sentences.CHART_ALT)
        save_picture("next_character_map", f"charlstm-{model.folder.name}-slice", shared_sentences.SAVE_CHART)


def _show_table(model: Model, raw: Probs) -> None:
    """Show the figures of the choice at the temperature of the slider."""
    if st.toggle(shared_sentences.TABLE, key="map_table"):
        temperature = reported_temperature(SLIDER, page_address("map").number("temperature", LOWEST, HIGHEST, DEFAULT))
        choice = Choice(raw, reweight(raw, temperature), temperature)
        st.dataframe(figures_table(choice, model.vocabulary), hide_index=True)


def _current_sweep(settings: SweepSettings) -> SlicedSweep | None:
    """Return this viewer's sweep with the current settings; others are cancelled, unless they are finished."""
    sweeps: dict[SweepSettings, SlicedSweep] = st.session_state.setdefault("map_sweeps", {})
    for other in [key for key, sweep in sweeps.items() if key != settings and sweep.share < 1.0]:
        sweeps.pop(other).cancel()
    return sweeps.get(settings)


def _show_button(model: Model, settings: SweepSettings, sweep: SlicedSweep | None) -> None:
    if sweep is not None and sweep.running:
        st.button(
            shared_sentences.CANCEL,
            key="map_cancel",
            icon=":material/stop:",
            shortcut=shortcut("S"),
            on_click=sweep.cancel,
        )
    else:
        arguments = (model, settings)
        st.button(
            sentences.SWEEP, key="map_sweep", type="primary", shortcut=shortcut("G"), on_click=_begin, args=arguments
        )


def _begin(model: Model, settings: SweepSettings) -> None:
    # The field may have changed in the same moment as the button was pressed.
    settings = settings._replace(random_seed=int(st.session_state.map_random_seed))
    network, seed_text, random_seed = settings
    steps = sweep_steps(network, model.vocabulary, seed_text, TEMPERATURES, RUNS, LENGTH, random_seed, model.real_words)
    st.session_state.map_sweeps[settings] = SlicedSweep(steps)


def _show_sweep(model: Model, sweep: SlicedSweep | None) -> None:
    """Show the curves of the sweep; drawn anew after each slice of the work."""
    if sweep is None:
        st.text(sentences.NOT_SWEPT)
        return
    was_running = sweep.running
    sweep.advance()
    if was_running and not sweep.running:
        st.rerun()  # only a whole run of the script can stop the timer
    if sweep.share < 1.0:
        st.progress(sweep.share, sentences.swept(sweep.share, sweep.running))
    figures = sweep.figures
    if figures is None or np.isnan(figures.entropy).all():
        return
    _show_curves(model, figures, "shares")
    medians = dict(zip(figures.temperatures, spread(figures.real_words)[1], strict=True))
    told = {one: medians[one] for one in BOOK_TEMPERATURES if np.isfinite(medians.get(one, np.nan))}
    if told:
        st.text(sentences.medians(told))
    kinds: tuple[Kind, Kind] = ("entropy", "own_loss")
    for column, kind in zip(st.columns(2), kinds, strict=True):
        with column:
            _show_curves(model, figures, kind)
    if not sweep.running:
        content = as_csv(figures)
        name = f"charlstm-{model.folder.name}-sweep.csv"
        st.download_button(sentences.CSV, content, name, "text/csv", key="map_csv", on_click="ignore")


def _show_curves(model: Model, figures: SweepFigures, kind: Kind) -> None:
    reference = model.manifest.held_out_loss if kind == "own_loss" else None
    table = sweep_table(figures, kind, reference)
    with st.container(key=f"map_{kind}"):
        spec = sweep_spec(kind, TEMPERATURES[-1], style.is_dark())
        st.vega_lite_chart(table, spec, key=f"sweep_{kind}", alt=sentences.SWEEP_ALTS[kind])
        save_picture(
            f"map_{kind}", f"charlstm-{model.folder.name}-{kind.replace('_', '-')}", shared_sentences.SAVE_CHART
        )
