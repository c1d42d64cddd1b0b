"""The Compare page: the same seed text and the same dice at several temperatures, side by side."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from charlstm.sampling import Filters
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.charts.cumulative import cumulative
from charlstm.ui.controls import buttons
from charlstm.ui.knobs import Knobs
from charlstm.ui.lanes_choice import NUMBERS, LanesChoice, bars_table, lanes_table
from charlstm.ui.lanes_player import FEWEST, MOST, LanesPlayer
from charlstm.ui.lanes_view import Figure, column_temperatures, lanes_view
from charlstm.ui.models import chosen_model, network_of
from charlstm.ui.pace import AS_FAST_AS_POSSIBLE
from charlstm.ui.real_words import english_coverage, real_words
from charlstm.ui.repeats import LONGEST, RUNS, Circumstances, Repeats
from charlstm.ui.seed import seed_field, seed_text
from charlstm.ui.text_view import MESSAGES

PREFIX = "compare_"
KNOBS = Knobs(PREFIX)
COLUMNS = 4
VIEW = "compare_lanes"  # the key of the columns
TICK = 0.33  # seconds between two redraws of a run; the view lets the characters appear one by one meanwhile
WORKING_TICK = 0.125  # the same where there is always work to do, at full speed or for the many runs


@dataclass
class Comparison:
    """What one viewer has on this page.

    Attributes:
        model: what writes.
        player: the texts.
        run: another number means other texts.
        sent: how many characters the run had at each of the last messages to the view.
        looks_ahead: whether the chart shows the next choice, where no position is selected.
        seen: the temperatures of the columns and the filters, as they last were.
    """

    model: Model
    player: LanesPlayer
    run: int
    sent: deque[int] = field(default_factory=lambda: deque(maxlen=MESSAGES))
    looks_ahead: bool = True
    seen: tuple[list[float], Filters] | None = None


def page() -> None:
    """Draw the page."""
    model = chosen_model()
    if model is None:
        return
    st.markdown(words.COMPARE_INTRODUCTION)
    seed_field(model, PREFIX)
    comparison = _comparison(model)
    player = comparison.player
    repeats = _repeats(model)
    with st.container(key="compare_controls", horizontal=True, gap="small", vertical_alignment="center"):
        buttons(player, generate=_generate, stop=_stop, step=_step, go_on=_continue, clear=_clear, prefix=PREFIX)
        _repeats_button(repeats)
        with st.popover(words.SETTINGS, icon=":material/tune:"):
            KNOBS.show(model)
            st.number_input(words.COLUMNS, FEWEST, MOST, COLUMNS, key="compare_columns")
            st.toggle(words.INDEPENDENT_DICE, key="compare_independent")
            st.caption(words.INDEPENDENT_DICE_HELP)
            KNOBS.show_filters(model)
    comparison.sent.clear()  # a whole run of the script may mount the views anew: they get everything
    working = repeats is not None and repeats.sweeper.running
    interval = WORKING_TICK if working or KNOBS.speed == AS_FAST_AS_POSSIBLE else KNOBS.interval(TICK)
    st.fragment(run_every=interval if player.running or working else None)(_stage)(interval, repeats)
    st.toggle(words.TABLE, key="compare_table")
    st.caption(words.CUMULATIVE_EXPLAINED)
    st.caption(words.about_real_words(english_coverage(model)))


def _dice(columns: int) -> tuple[int, ...]:
    """Return the random seed of each column."""
    apart = 1 if st.session_state.get("compare_independent") else 0
    return tuple(KNOBS.random_seed + apart * column for column in range(columns))


def _comparison(model: Model) -> Comparison:
    """Return this viewer's texts, made anew or changed where the knobs ask for it."""
    comparison: Comparison | None = st.session_state.get("comparison")
    columns = min(max(int(st.session_state.get("compare_columns", COLUMNS)), FEWEST), MOST)
    if comparison is None or not _may_stay(comparison, model, columns):
        return _begin(model, columns)
    network = network_of(model, KNOBS.epoch(model))
    if comparison.player.network is not network:
        comparison.player.change_network(network)
    return comparison


def _may_stay(comparison: Comparison, model: Model, columns: int) -> bool:
    """Return whether the texts can go on; a new seed text or new dice wait until those that are written are cleared."""
    player = comparison.player
    if comparison.model.folder != model.folder or player.vocabulary != model.vocabulary or player.lanes != columns:
        return False
    begun = bool(player.steps) or player.running
    return begun or (player.seed_text, player.random_seeds) == (seed_text(model, PREFIX), _dice(columns))


def _begin(model: Model, columns: int) -> Comparison:
    """Begin new texts, of which nothing is written yet."""
    network, known = network_of(model, KNOBS.epoch(model)), real_words(model)
    player = LanesPlayer(network, model.vocabulary, seed_text(model, PREFIX), _dice(columns), known)
    old: Comparison | None = st.session_state.get("comparison")
    comparison = Comparison(model, player, run=old.run + 1 if old else 0)
    st.session_state.comparison = comparison
    return comparison


def _circumstances(model: Model) -> Circumstances:
    length = min(max(KNOBS.length, 1), LONGEST)
    arguments = (seed_text(model, PREFIX), length, KNOBS.random_seed, KNOBS.filters)
    return Circumstances(str(model.folder), KNOBS.epoch(model), *arguments)


def _repeats(model: Model) -> Repeats | None:
    """Return the many runs, if there are any under the present circumstances; others end here."""
    session = st.session_state
    repeats: Repeats | None = session.get("compare_repeats")
    if repeats is not None and repeats.circumstances != _circumstances(model):
        repeats.sweeper.cancel()
        session.compare_repeats = repeats = None
    return repeats


def _repeats_button(repeats: Repeats | None) -> None:
    if repeats and repeats.sweeper.running:
        st.button(words.CANCEL, key="compare_cancel", shortcut="M", on_click=repeats.sweeper.cancel)
    else:
        label = words.RUNS_OF_EACH.format(runs=RUNS)
        st.button(label, key="compare_repeat", shortcut="M", help=words.RUNS_OF_EACH_HELP, on_click=_repeat)


def _repeat() -> None:
    comparison: Comparison = st.session_state.comparison
    model, player = comparison.model, comparison.player
    arguments = (player.network, model.vocabulary, real_words(model), _circumstances(model))
    st.session_state.compare_repeats = Repeats.begin(*arguments, column_temperatures(VIEW, player.lanes))


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    comparison: Comparison = st.session_state.comparison
    comparison.player.play(KNOBS.length)
    comparison.looks_ahead = False


def _stop() -> None:
    st.session_state.comparison.player.stop()


def _step() -> None:
    comparison: Comparison = st.session_state.comparison
    player = comparison.player
    player.step(column_temperatures(VIEW, player.lanes), KNOBS.filters)
    comparison.looks_ahead = False


def _clear() -> None:
    old: Comparison = st.session_state.comparison
    _begin(old.model, old.player.lanes)


def _stage(interval: float, repeats: Repeats | None) -> None:
    """What moves: the columns and the chart. Redrawn at each tick and each touch of them."""
    comparison: Comparison = st.session_state.comparison
    player = comparison.player
    was_running, was_working = player.running, repeats is not None and repeats.sweeper.running
    temperatures, filters = column_temperatures(VIEW, player.lanes), KNOBS.filters
    player.advance(KNOBS.speed, temperatures, filters)
    if not was_running and comparison.seen not in (None, (temperatures, filters)):
        comparison.looks_ahead = True
    comparison.seen = (temperatures, filters)
    if repeats:
        repeats.sweeper.advance()
    events = lanes_view(
        player, _figures(player, temperatures, repeats), str(comparison.run), comparison.sent, interval, key=VIEW
    )
    comparison.sent.append(len(player.steps))
    if events.lost:
        comparison.sent.clear()
        st.rerun(scope="fragment")
    with st.container():  # also while it is empty, so that the chart keeps its place
        if player.full and not player.running:
            st.caption(words.LANES_ARE_FULL.format(longest=player.pace.longest))
        if repeats and repeats.sweeper.running:
            st.progress(repeats.sweeper.share, words.repeating(RUNS, repeats.circumstances.length))
    _chart(comparison, events.selected, np.array(temperatures), filters)
    if (was_running and not player.running) or (was_working and repeats and not repeats.sweeper.running):
        st.rerun()  # only a whole run of the script can put the timer to rest


def _figures(player: LanesPlayer, temperatures: list[float], repeats: Repeats | None) -> list[list[Figure]]:
    """Return what stands below each column."""
    entropy, likeliest = player.mean_entropy.tolist(), player.likeliest_share.tolist()
    lanes = []
    for lane, tally in enumerate(player.tallies):
        values = {
            "real_words": tally.real_share,
            "distinct_words": tally.distinct_share,
            "entropy": entropy[lane],
            "likeliest": likeliest[lane],
        }
        spreads = {name: repeats.spread_at(temperatures[lane], name) if repeats else None for name in values}
        parting = player.partings[lane]
        lanes.append(
            [
                *(Figure(*words.compared_figure(name, values[name], spreads[name], RUNS)) for name in values),
                Figure(words.PARTS_AT, words.parts_at(lane, parting), place=parting),
            ]
        )
    return lanes


def _chart(comparison: Comparison, selected: int | None, temperatures: NDArray[np.float64], filters: Filters) -> None:
    """The position that is selected, else the last one, or the next before it is drawn."""
    player = comparison.player
    place = selected if selected is not None else len(player.steps) - 1
    if selected is None and (comparison.looks_ahead or not player.steps):
        choice = LanesChoice.ahead(player.raw, player.u, temperatures, filters)
        st.text(words.COMPARED_AHEAD)
    else:
        choice = LanesChoice.of(player.steps[place])
        st.text(words.compared(place + 1, choice.same_dice))
    spec = cumulative(player.lanes, st.context.theme.type == "dark")
    st.vega_lite_chart(bars_table(choice, player.vocabulary), spec, key="cumulative", alt=words.CUMULATIVE_ALT)
    if st.session_state.get("compare_table"):
        formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBERS}
        st.dataframe(lanes_table(choice, player.vocabulary), hide_index=True, column_config=formats)
