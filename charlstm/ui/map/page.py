"""The Map page: every temperature at once, for one choice and for whole texts."""

import numpy as np
import pyarrow as pa
import streamlit as st

from charlstm.evaluation.sweep import as_csv, sweep
from charlstm.generation.sampling import Probs, ranking, reweight
from charlstm.model_folder.store import Model
from charlstm.networks.network import Network
from charlstm.playback.real_words import english_coverage, real_words
from charlstm.playback.sweeps.sliced_sweep import SlicedSweep
from charlstm.playback.tables import animation
from charlstm.playback.tables.choice import Choice, columns_table, figures_table, visible
from charlstm.ui import charts
from charlstm.ui.charts.sweeps import Kind, sweep_spec, sweep_table
from charlstm.ui.charts.temperature_map import ALPHABET, SLICE, alphabet_spec, alphabet_table, slice_table
from charlstm.ui.components.address import fitting, opened
from charlstm.ui.components.save_picture import save_picture
from charlstm.ui.components.temperature_slider import DEFAULT, HIGHEST, LOWEST, temperature_slider
from charlstm.ui.map import sentences
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.models import chosen_model, network_of

TEMPERATURES = tuple(tenth / 10 for tenth in range(21))
RUNS, LENGTH = 16, 400
TICK = 0.125  # seconds between two slices of a sweep
LONGEST_SEED = 2000
LARGEST_RANDOM_SEED = 2**31 - 1

Settings = tuple[Network, str, int]  # the seed text and the random seed of a sweep


def page() -> None:
    """Draw the page."""
    address = opened("map")
    model = chosen_model(address.text("model", ""))
    if model is None:
        return
    session = st.session_state
    st.markdown(sentences.MAP_INTRODUCTION)
    session.setdefault("map_seed", address.text("seed", sentences.MAP_SEED)[:LONGEST_SEED])
    session.setdefault("map_random_seed", address.whole("random_seed", 0, LARGEST_RANDOM_SEED, 1))
    start, empty = session.map_seed, shared_sentences.SEED_PLACEHOLDER
    st.text_input(shared_sentences.SEED_TEXT, start, key="map_seed", max_chars=LONGEST_SEED, placeholder=empty)
    folded = model.vocabulary.fold(session.map_seed or "")
    if folded.dropped:
        st.text(shared_sentences.dropped_characters(folded.dropped))
    network = network_of(model, model.manifest.best_epoch)
    raw = network.probs(network.prefill(model.vocabulary.encode(folded.text)))
    st.fragment(_choice)(model, folded.text, raw, alphabet_table(raw, model.vocabulary))
    st.markdown(f"#### {sentences.TEXTS}")
    st.markdown(sentences.texts_explained(len(TEMPERATURES), RUNS, LENGTH, english_coverage(model)))
    with st.container(key="map_controls", horizontal=True, vertical_alignment="bottom"):
        start = session.map_random_seed
        st.number_input(shared_sentences.RANDOM_SEED, 0, LARGEST_RANDOM_SEED, start, key="map_random_seed", width=180)
        sweeper = _sweeper(model, folded.text)
        _button(model, folded.text, sweeper)
    said = {"seed": fitting(session.map_seed or ""), "random_seed": session.map_random_seed, "model": model.folder.name}
    address.show(said, key="map_address")
    running = sweeper is not None and sweeper.running
    st.fragment(run_every=TICK if running else None)(_texts)(model, sweeper)


def _choice(model: Model, seed_text: str, raw: Probs, alphabet: pa.Table) -> None:
    """The alphabet against the temperature, and the slice at the slider's."""
    address = opened("map")
    temperature = temperature_slider("map_temperature", address.number("temperature", LOWEST, HIGHEST, DEFAULT))
    address.show({"temperature": temperature}, key="map_temperature_address")
    shown = "".join(visible(character) for character in seed_text[-24:])
    st.text(sentences.alphabet_heading(shown))
    dark = st.context.theme.type == "dark"
    tables = {ALPHABET: alphabet, SLICE: slice_table(raw, temperature)}
    with st.container(key="map_alphabet"):
        spec = alphabet_spec(len(model.vocabulary), dark)
        st.vega_lite_chart(None, {**spec, "datasets": tables}, key="alphabet", alt=sentences.ALPHABET_ALT)
        save_picture("map_alphabet", f"charlstm-{model.folder.name}-alphabet")
    choice = Choice(raw, reweight(raw, temperature), temperature)
    order = tuple(ranking(raw).tolist())
    with st.container(key="map_slice"):
        table = animation.message([columns_table([choice], model.vocabulary, order)])
        st.vega_lite_chart(table, charts.spec("columns", len(order), dark), key="slice", alt=shared_sentences.CHART_ALT)
        save_picture("map_slice", f"charlstm-{model.folder.name}-slice")
    if st.toggle(shared_sentences.TABLE, key="map_table"):
        st.dataframe(figures_table(choice, model.vocabulary), hide_index=True)


def _settings(model: Model, seed_text: str) -> Settings:
    network = network_of(model, model.manifest.best_epoch)
    return network, seed_text, int(st.session_state.get("map_random_seed", 1))


def _sweeper(model: Model, seed_text: str) -> SlicedSweep | None:
    """Return this viewer's sweep of the present settings; one of other settings ends here, unless it is finished."""
    session = st.session_state
    sweepers: dict[Settings, SlicedSweep] = session.setdefault("map_sweepers", {})
    settings = _settings(model, seed_text)
    for other in [key for key, sweeper in sweepers.items() if key != settings and sweeper.share < 1.0]:
        sweepers.pop(other).cancel()
    return sweepers.get(settings)


def _button(model: Model, seed_text: str, sweeper: SlicedSweep | None) -> None:
    if sweeper is not None and sweeper.running:
        st.button(
            shared_sentences.CANCEL, key="map_cancel", icon=":material/stop:", shortcut="S", on_click=sweeper.cancel
        )
    else:
        arguments = (model, seed_text)
        st.button(sentences.SWEEP, key="map_sweep", type="primary", shortcut="G", on_click=_begin, args=arguments)


def _begin(model: Model, seed_text: str) -> None:
    network, _, random_seed = settings = _settings(model, seed_text)
    known = real_words(model)
    steps = sweep(network, model.vocabulary, seed_text, TEMPERATURES, RUNS, LENGTH, random_seed, known)
    st.session_state.map_sweepers[settings] = SlicedSweep(steps)


def _texts(model: Model, sweeper: SlicedSweep | None) -> None:
    """The curves of the sweep as they grow. Redrawn at each slice of the work."""
    if sweeper is None:
        st.text(sentences.NOT_SWEPT)
        return
    was_running = sweeper.running
    sweeper.advance()
    if was_running and not sweeper.running:
        st.rerun()  # only a whole run of the script can put the timer to rest
    if sweeper.share < 1.0:
        st.progress(sweeper.share, sentences.swept(sweeper.share, sweeper.running))
    if sweeper.figures is None or np.isnan(sweeper.figures.entropy).all():
        return
    _curves(model, sweeper, "shares")
    kinds: tuple[Kind, Kind] = ("entropy", "own_loss")
    for column, kind in zip(st.columns(2), kinds, strict=True):
        with column:
            _curves(model, sweeper, kind)
    if not sweeper.running:
        content = as_csv(sweeper.figures)
        name = f"charlstm-{model.folder.name}-sweep.csv"
        st.download_button(sentences.CSV, content, name, "text/csv", key="map_csv", on_click="ignore")


def _curves(model: Model, sweeper: SlicedSweep, kind: Kind) -> None:
    assert sweeper.figures is not None
    reference = model.manifest.held_out_loss if kind == "own_loss" else None
    table = sweep_table(sweeper.figures, kind, reference)
    with st.container(key=f"map_{kind}"):
        spec = sweep_spec(kind, TEMPERATURES[-1])
        st.vega_lite_chart(table, spec, key=f"sweep_{kind}", alt=sentences.SWEEP_ALTS[kind])
        save_picture(f"map_{kind}", f"charlstm-{model.folder.name}-{kind.replace('_', '-')}")
