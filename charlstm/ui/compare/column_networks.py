"""The network of each column of Compare: the chosen one for all columns, or one for each."""

from collections.abc import Sequence

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.store import Model
from charlstm.playback.comparison import FEWEST_ROWS, MOST_ROWS
from charlstm.ui.compare import sentences
from charlstm.ui.compare.state import (
    SETTINGS,
    column_count,
    compare_state,
    current_temperatures,
    current_texts,
    several_networks,
    view_key,
)
from charlstm.ui.components.batch_view import column_networks
from charlstm.ui.components.temperature_slider import DEFAULT
from charlstm.ui.shared.models import is_books


def models_of_columns(chosen: Model, models: Sequence[Model]) -> list[Model]:
    """Return the model of each column.

    Where each column has one of its own, the columns begin with those of the address; else with the
    chosen one, then that of the book's recipe, then the others, and then the first again.
    """
    if not several_networks() or len(models) < 2:
        return [chosen] * column_count()
    others = [model for model in models if model.folder != chosen.folder]
    others.sort(key=lambda model: not is_books(model))
    by_name = {model.folder.name: model for model in [chosen, *others]}
    named = compare_state().networks
    in_turn = [*by_name] * MOST_ROWS
    starts = [
        named[column] if column < len(named) and named[column] in by_name else in_turn[column]
        for column in range(column_count())
    ]
    return [by_name[name] for name in column_networks(view_key(), starts, by_name)]


def show_network_switch(models: Sequence[Model]) -> None:
    """Show the switch to a network for each column, where there are several networks."""
    state = compare_state()
    if len(models) < 2:
        state.several = False
        return
    key = SETTINGS.key("several")
    st.toggle(sentences.SEVERAL_NETWORKS, state.several, key=key, on_change=_on_switch, args=(len(models),))
    st.caption(sentences.SEVERAL_NETWORKS_HELP)


def _on_switch(networks: int) -> None:
    """Set the columns' temperatures to those that suit what is compared, where nothing is written yet.

    Networks are compared at one temperature. Both ways of comparing come back as they were left.
    """
    state, texts = compare_state(), current_texts()
    player = texts.player
    if player.steps or player.running:
        return
    same = [DEFAULT] * min(max(networks, FEWEST_ROWS), len(BOOK_TEMPERATURES))
    state.left[not several_networks()] = current_temperatures(len(player.rows))
    if not several_networks():
        state.networks = [model.folder.name for model in texts.models]
    state.temperatures = state.left.get(several_networks(), same if several_networks() else list(BOOK_TEMPERATURES))
    state.version += 1
