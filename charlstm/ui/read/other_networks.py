"""Other networks that read the same text, one after the other, and what it costs them."""

import math

import streamlit as st

from charlstm.evaluation.reading import TEMPERATURES, Reading, best_temperature
from charlstm.model_folder.store import Model
from charlstm.ui.read import sentences
from charlstm.ui.read.state import ReadState
from charlstm.ui.shared.models import network_of, network_titles, usable_models

CHOSEN = "read_other_networks"  # the session's key of the names of the chosen ones


def show_others(state: ReadState, model: Model) -> None:
    """Show the choice of networks that are compared with the page's, where there are others, and all their figures."""
    session, models = st.session_state, usable_models()[0]
    titles = {name: sentences.literally(title) for name, title in network_titles(models).items()}
    others = {one.folder.name: one for one in models if one.folder != model.folder}
    if not others:
        state.others = {}
        return
    st.header(sentences.OTHERS, anchor=False)
    # Streamlit forgets a widget that is not drawn.
    session[CHOSEN] = [name for name in session.get(CHOSEN, list(state.others)) if name in others]
    chosen = st.pills(
        sentences.OTHERS,
        list(others),
        selection_mode="multi",
        key=CHOSEN,
        format_func=titles.__getitem__,
        label_visibility="collapsed",
    )
    networks = {name: (network_of(others[name], others[name].manifest.best_epoch), others[name]) for name in chosen}
    state.compare_with({name: (network, one.vocabulary) for name, (network, one) in networks.items()})
    if state.others:
        readings = {model.folder.name: state.current, **state.others}
        rows = [_figures(titles[name], reading) for name, reading in readings.items()]
        st.table(rows, border="horizontal", hide_index=True)


def _figures(title: str, reading: Reading) -> dict[str, str]:
    """Return the cells of a network's row."""
    costs = reading.costs
    nats = float(costs[TEMPERATURES.index(1.0)])
    known = reading.read > 0
    return {
        sentences.NETWORK: title,
        sentences.BITS: f"{nats / math.log(2):.2f}" if known else "–",
        sentences.PERPLEXITY: sentences.perplexity(nats) if known else "–",
        sentences.BEST: sentences.best_cell(best_temperature(costs)),
        sentences.CHARACTERS: sentences.share_read(reading.read, len(reading.text)),
    }
