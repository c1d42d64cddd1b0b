"""What the view "Nothing left to learn" shows: the three curves, what each network writes, and what that shows."""

import streamlit as st

from charlstm.model_folder.store import Model
from charlstm.ui.charts.bit_losses import bit_losses_spec, bit_losses_table
from charlstm.ui.components.temperature_slider import temperature_slider
from charlstm.ui.components.text_view import still_text
from charlstm.ui.read import sentences
from charlstm.ui.read.address import show_address
from charlstm.ui.read.bits.state import LENGTH, Codes
from charlstm.ui.read.experiment import sentences as experiment_sentences
from charlstm.ui.read.experiment.state import NAMES, bit_models
from charlstm.ui.read.experiment.state import TEMPERATURE as WRITTEN_AT
from charlstm.ui.read.state import ReadState
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings, style

TEMPERATURE = 1.0  # at which the text is coded
CODED_BY = "nietzsche-all"  # the network whose code the third one has learned


def show_experiment(state: ReadState, model: Model) -> None:
    """Show the stage."""
    models, reading, experiment = bit_models(), state.current, state.experiment
    text = reading.text[:LENGTH]
    if not text:
        experiment.continued = []
    elif experiment.codes is None or not experiment.codes.is_of(reading.network, TEMPERATURE, text):
        experiment.write(models, Codes(reading.network, reading.vocabulary, TEMPERATURE, text))
    else:
        experiment.write(models, experiment.codes)
    key, start = settings.read.key("temperature"), settings.read.start("temperature")
    with st.container(key="hidden-read_slider"):  # Streamlit forgets a widget that is not drawn
        show_address(model, temperature_slider(key, start))
    titles = dict(zip(NAMES, (sentences.ASCII, sentences.GZIP, experiment_sentences.CODED), strict=True))
    with st.container(key="experiment_told"):
        st.markdown(experiment_sentences.experiment(None if model.folder.name == CODED_BY else model.manifest.title))
    with st.container(key="experiment_losses"):
        table = bit_losses_table({titles[name]: models[name].history for name in NAMES})
        st.vega_lite_chart(
            table,
            bit_losses_spec(style.is_dark()),
            key="bit_losses",
            height="stretch",
            alt=experiment_sentences.LOSSES_ALT,
        )
    with st.container(key="experiment_written"):
        if not text:
            st.text(sentences.NOTHING_KNOWN if reading.dropped else sentences.NOTHING)
            return
        with st.container(key="experiment_again", horizontal=True, vertical_alignment="center"):
            st.text(experiment_sentences.continued(WRITTEN_AT))
            st.button(experiment_sentences.AGAIN, key="experiment_write", on_click=experiment.again)
        for name, written in zip(NAMES, experiment.continued, strict=True):
            loss, count = models[name].manifest.held_out_loss, len(written.bits)
            about = {
                "ascii": experiment_sentences.wrote_ascii(count),
                "gzip": experiment_sentences.wrote_gzip(count, written.broken, bool(written.text)),
                "network": experiment_sentences.wrote_code(count),
            }
            st.markdown(experiment_sentences.writes(titles[name], loss, about[name]))
            still_text(titles[name], shared_sentences.seed_end(written.given), written.text, "", key=f"bits-{name}")
