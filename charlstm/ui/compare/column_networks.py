"""Which network writes each column of Compare: the chosen one all of them, or each column has one of its own."""

from collections.abc import Sequence

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.store import Model
from charlstm.playback.batch_player import FEWEST, MOST
from charlstm.ui.compare import sentences
from charlstm.ui.compare.compare_state import KNOBS, CompareState, columns, current_temperatures, several, view
from charlstm.ui.components.address import Address
from charlstm.ui.components.batch_view import column_networks
from charlstm.ui.components.temperature_slider import DEFAULT

BOOKS_RECIPE = "book"


def open_networks(address: Address, offered: Sequence[str]) -> None:
    """Let the columns begin with the networks that an address names; a name that is not offered is passed over."""
    told = address.text("models", "").split(",")[:MOST]
    known = [name if name in offered else "" for name in told]
    st.session_state.compare_networks_start = known
    st.session_state.compare_several_start = any(known) and len(offered) > 1


def models_of_columns(chosen: Model, models: Sequence[Model]) -> list[Model]:
    """Return what writes each column.

    Where each has a network of its own, that is at first the chosen one, then the book's, then the
    others, and from the first again.
    """
    if not several() or len(models) < 2:
        return [chosen] * columns()
    others = [model for model in models if model.folder != chosen.folder]
    others.sort(key=lambda model: model.manifest.recipe.get("name") != BOOKS_RECIPE)
    by_name = {model.folder.name: model for model in [chosen, *others]}
    told = st.session_state.compare_networks_start
    names = [*by_name] * MOST
    starts = [
        told[column] if column < len(told) and told[column] in by_name else names[column] for column in range(columns())
    ]
    return [by_name[name] for name in column_networks(view(), starts, by_name)]


def network_choice(models: Sequence[Model]) -> None:
    """Show whether each column has a network of its own, where there are several networks."""
    session = st.session_state
    if len(models) < 2:
        session.compare_several_start = False
        return
    start, key = session.compare_several_start, KNOBS.key("several")
    st.toggle(sentences.SEVERAL_NETWORKS, start, key=key, on_change=_turned_over, args=(len(models),))
    st.caption(sentences.SEVERAL_NETWORKS_HELP)


def _turned_over(networks: int) -> None:
    """Let the columns begin at temperatures that show what is compared, where nothing is written yet.

    Networks differ in nothing else at one temperature; and each way of comparing comes back as it was left.
    """
    session = st.session_state
    comparison: CompareState = session.comparison
    if comparison.player.steps or comparison.player.running:
        return
    first = [DEFAULT] * min(max(networks, FEWEST), len(BOOK_TEMPERATURES)) if several() else list(BOOK_TEMPERATURES)
    left = session.setdefault("compare_left_at", {})
    left[not several()] = current_temperatures(comparison.player.lanes)
    if not several():
        session.compare_networks_start = [model.folder.name for model in comparison.models]
    session.compare_start = left.get(several(), first)
    session.compare_view_turn = session.get("compare_view_turn", 0) + 1
