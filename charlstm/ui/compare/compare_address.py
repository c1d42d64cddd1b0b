"""The address of a viewer's Compare page: what it is opened with, and what it says then."""

from collections.abc import Mapping, Sequence

import streamlit as st

from charlstm.generation.sampling import BOOK_TEMPERATURES
from charlstm.model_folder.store import Model
from charlstm.playback.comparison import FEWEST_ROWS, MOST_ROWS
from charlstm.playback.player import MOST_CHARACTERS
from charlstm.ui.compare.state import (
    SETTINGS,
    Texts,
    compare_state,
    current_filters,
    independent_draws,
    several_networks,
    start_temperatures,
)
from charlstm.ui.components.address import Address, shortened
from charlstm.ui.components.temperature_slider import DEFAULT, clamped
from charlstm.ui.shared import settings
from charlstm.ui.shared.seed_field import first_seed
from charlstm.ui.shared.settings import strategies


def open_networks(address: Address, offered: Sequence[str]) -> None:
    """Set the first networks of the columns to those that an address names; names that are not offered are ignored."""
    named = address.text("models", "").split(",")[:MOST_ROWS]
    state = compare_state()
    state.networks = [name if name in offered else "" for name in named]
    state.several = any(state.networks) and len(offered) > 1


def open_address(address: Address, model: Model) -> None:
    """Set the page's first values to those of an address; after `open_networks`."""
    SETTINGS.open_address(address, model)
    state = compare_state()
    texts = [text for text in address.text("temperatures", "").split(",")[:MOST_ROWS] if text]
    temperatures = [clamped(_number(text)) for text in texts]
    columns = max(FEWEST_ROWS, len(state.networks))
    default = [DEFAULT] * columns if several_networks() else list(BOOK_TEMPERATURES)
    state.temperatures = temperatures if len(temperatures) >= FEWEST_ROWS else default
    state.independent = bool(address.whole("independent", 0, 1, 0))
    state.length = address.whole("run", 0, MOST_CHARACTERS // FEWEST_ROWS, 0)


def address_of(texts: Texts, model: Model) -> Mapping[str, str | float | None]:
    """Return the values of the address: the texts where they fit, else the seed text in the field and the settings.

    Args:
        texts: of the page.
        model: the chosen one.
    """
    values = _current_values(texts, model)
    player = texts.player
    written = player.goal if player.running else len(player.steps)
    if written and texts.unchanged:
        independent = int(player.random_seeds[0] != player.random_seeds[1])
        of_run = {"run": written, "random_seed": player.random_seeds[0], "independent": independent}
        return values | of_run | {"seed": shortened(player.seed_text), "model": model.folder.name}
    defaults: dict[str, str | float | None] = {
        **settings.DEFAULTS,
        "epoch": model.manifest.best_epoch,
        "models": None,
        "temperatures": None if several_networks() else _joined(BOOK_TEMPERATURES),
        "independent": 0,
        "seed": first_seed(texts.models[0]),
        "run": 0,
    }
    changed = {name: None if value == defaults[name] else value for name, value in values.items()}
    return changed | {"model": model.folder.name if "model" in st.session_state else None}


def _current_values(texts: Texts, model: Model) -> dict[str, str | float | None]:
    default = start_temperatures()[: len(texts.player.rows)], current_filters(texts.player)
    temperatures, filters = texts.in_force or default
    return {
        **{name: SETTINGS.value(name) for name in ("speed", "length", "random_seed")},
        **strategies.values_of(filters),
        "epoch": SETTINGS.epoch(model),
        "models": ",".join(model.folder.name for model in texts.models) if several_networks() else None,
        "temperatures": _joined(temperatures),
        "independent": int(independent_draws()),
        "seed": shortened(st.session_state.compare_seed_text or ""),
        "run": 0,
    }


def _joined(temperatures: Sequence[float]) -> str:
    return ",".join(f"{temperature:.15g}" for temperature in temperatures)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
