"""The network of each column of Compare: the chosen one for all columns, or one for each."""

from collections.abc import Sequence

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.store import Model
from charlstm.playback.comparison import FEWEST_ROWS, MOST_ROWS
from charlstm.ui.compare import sentences
from charlstm.ui.compare.compare_state import (
    SETTINGS,
    CompareState,
    column_count,
    current_temperatures,
    several_networks,
    view_key,
)
from charlstm.ui.components.address import Address
from charlstm.ui.components.batch_view import column_networks
from charlstm.ui.components.temperature_slider import DEFAULT

BOOKS_RECIPE = "book"


def open_networks(address: Address, offered: Sequence[str]) -> None:
    """Set the first networks of the columns to those that an address names; names that are not offered are ignored."""
    named = address.text("models", "").split(",")[:MOST_ROWS]
    known = [name if name in offered else "" for name in named]
    st.session_state.compare_networks_start = known
    st.session_state.compare_several_start = any(known) and len(offered) > 1


def models_of_columns(chosen: Model, models: Sequence[Model]) -> list[Model]:
    """Return the model of each column.

    Where each column has one of its own, the columns begin with those of the address; else with the
    chosen one, then that of the book's recipe, then the others, and then the first again.
    """
    if not several_networks() or len(models) < 2:
        return [chosen] * column_count()
    others = [model for model in models if model.folder != chosen.folder]
    others.sort(key=lambda model: model.manifest.recipe.get("name") != BOOKS_RECIPE)
    by_name = {model.folder.name: model for model in [chosen, *others]}
    named = st.session_state.compare_networks_start
    in_turn = [*by_name] * MOST_ROWS
    starts = [
        named[column] if column < len(named) and named[column] in by_name else in_turn[column]
        for column in range(column_count())
    ]
    return [by_name[name] for name in column_networks(view_key(), starts, by_name)]


def show_network_switch(models: Sequence[Model]) -> None:
    """Show the switch to a network for each column, where there are several networks."""
    session = st.session_state
    if len(models) < 2:
        session.compare_several_start = False
        return
    start, key = session.compare_several_start, SETTINGS.key("several")
    st.toggle(sentences.SEVERAL_NETWORKS, start, key=key, on_change=_on_switch, args=(len(models),))
    st.caption(sentences.SEVERAL_NETWORKS_HELP)


def _on_switch(networks: int) -> None:
    """Set the columns' temperatures to those that suit what is compared, where nothing is written yet.

    Networks are compared at one temperature. Both ways of comparing come back as they were left.
    """
    session = st.session_state
    state: CompareState = session.compare_state
    if state.player.steps or state.player.running:
        return
    same = [DEFAULT] * min(max(networks, FEWEST_ROWS), len(BOOK_TEMPERATURES))
    left = session.setdefault("compare_temperatures_left", {})  # by whether there are several networks
    left[not several_networks()] = current_temperatures(len(state.player.rows))
    if not several_networks():
        session.compare_networks_start = [model.folder.name for model in state.models]
    session.compare_start = left.get(several_networks(), same if several_networks() else list(BOOK_TEMPERATURES))
    session.compare_view_version = session.get("compare_view_version", 0) + 1
