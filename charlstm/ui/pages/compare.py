"""The Compare page: the same seed text and the same dice at several temperatures, side by side."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from charlstm.sampling import Filters
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.address import opened
from charlstm.ui.charts.cumulative import cumulative
from charlstm.ui.comparison import KNOBS, PREFIX, Comparison, address_of, columns, dice, open_address, starts
from charlstm.ui.controls import Control, buttons
from charlstm.ui.lanes_choice import NUMBERS, LanesChoice, bars_table, lanes_table
from charlstm.ui.lanes_player import FEWEST, MOST, LanesPlayer
from charlstm.ui.lanes_view import Figure, column_temperatures, lanes_view
from charlstm.ui.models import chosen_model, source_of
from charlstm.ui.pace import AS_FAST_AS_POSSIBLE
from charlstm.ui.real_words import english_coverage, real_words
from charlstm.ui.repeats import LONGEST, RUNS, Circumstances, Repeats
from charlstm.ui.seed import folded, seed_text
from charlstm.ui.text_view import MESSAGES

VIEW = "compare_lanes"  # the key of the columns
TICK = 0.33  # seconds between two redraws of a run; the view lets the characters appear one by one meanwhile
WORKING_TICK = 0.125  # the same where there is always work to do, at full speed or for the many runs


def page() -> None:
    """Draw the page."""
    address, session = opened("compare"), st.session_state
    model = chosen_model(address.text("model", ""))
    if model is None:
        return
    if session.get("compare_address") is not address:
        open_address(address, model)
        session.compare_address = address  # last, because Streamlit may end a run at any touch of the session
    st.markdown(words.COMPARE_INTRODUCTION)
    seed_text(model, address, PREFIX)
    comparison = _comparison(model)
    repeats = _repeats(model)
    with st.container(key="compare_controls", horizontal=True, gap="small", vertical_alignment="center"):
        _buttons(comparison.player, repeats)
        with st.popover(words.SETTINGS, icon=":material/tune:"):
            _settings(model)
    comparison.sent.clear()  # a whole run of the script may mount the views anew: they get everything
    comparison.to_say = MESSAGES
    working = repeats is not None and repeats.sweeper.running
    at_once = working or KNOBS.whole("speed") == AS_FAST_AS_POSSIBLE
    interval = WORKING_TICK if at_once else KNOBS.interval(TICK)
    st.fragment(run_every=interval if comparison.player.running or working else None)(_stage)(interval, repeats)
    st.toggle(words.TABLE, key="compare_table")
    st.caption(words.CUMULATIVE_EXPLAINED)
    st.caption(words.about_real_words(english_coverage(model)))


def _settings(model: Model) -> None:
    session = st.session_state
    KNOBS.settings(model)
    st.number_input(words.COLUMNS, FEWEST, MOST, len(session.compare_start), key=KNOBS.key("columns"))
    st.toggle(words.INDEPENDENT_DICE, session.compare_independent_start, key=KNOBS.key("independent"))
    st.caption(words.INDEPENDENT_DICE_HELP)
    KNOBS.strategies(model)


def _buttons(player: LanesPlayer, repeats: Repeats | None) -> None:
    written, idle = bool(player.steps), not (player.running or player.full)
    if repeats and repeats.sweeper.running:
        runs = Control(words.CANCEL, "cancel", "M", True, words.RUNS_OF_EACH_HELP, repeats.sweeper.cancel)
    else:
        label = words.RUNS_OF_EACH.format(runs=RUNS)
        runs = Control(label, "repeat", "M", True, words.RUNS_OF_EACH_HELP, _repeat)
    buttons(
        [
            Control(words.GENERATE, "generate", "G", True, words.GENERATE_HELP, _generate),
            Control(words.STOP, "stop", "S", player.running, words.STOP_HELP, player.stop),
            Control(words.STEP, "step", "N", idle, words.STEP_HELP, _step),
            Control(words.CONTINUE, "continue", "O", idle and written, words.CONTINUE_HELP, _continue),
            Control(words.CLEAR, "clear", "X", written, words.CLEAR_HELP, _clear),
            runs,
        ],
        PREFIX,
    )


def _comparison(model: Model) -> Comparison:
    """Return this viewer's texts, made anew or changed where the knobs ask for it."""
    comparison: Comparison | None = st.session_state.get("comparison")
    if comparison is None:
        length = st.session_state.compare_run_start
        comparison = _begin(model)
        if length:  # the address says that texts were written
            comparison.player.play(length)
            comparison.looks_ahead = False
        return comparison
    if not _may_stay(comparison, model):
        return _begin(model)
    source = source_of(model, KNOBS.epoch(model))
    if comparison.player.source.network is not source.network:
        comparison.player.change_network(source, real_words(model))
        comparison.model = model
        comparison.steady = comparison.steady and not comparison.player.steps
    return comparison


def _may_stay(comparison: Comparison, model: Model) -> bool:
    """Return whether the texts can go on; a new seed text or new dice wait until those that are written are cleared."""
    player = comparison.player
    if player.lanes != columns():
        return False
    begun = bool(player.steps) or player.running
    return begun or (player.seed_text, player.random_seeds) == (folded(model, PREFIX), dice())


def _begin(model: Model) -> Comparison:
    """Begin new texts, of which nothing is written yet."""
    player = LanesPlayer(source_of(model, KNOBS.epoch(model)), folded(model, PREFIX), dice(), real_words(model))
    old: Comparison | None = st.session_state.get("comparison")
    comparison = Comparison(model, player, run=old.run + 1 if old else 0)
    st.session_state.comparison = comparison
    return comparison


def _temperatures(player: LanesPlayer) -> list[float]:
    return column_temperatures(VIEW, starts()[: player.lanes])


def _circumstances(model: Model) -> Circumstances:
    length = min(max(KNOBS.whole("length"), 1), LONGEST)
    arguments = (folded(model, PREFIX), length, KNOBS.whole("random_seed"), KNOBS.filters())
    return Circumstances(str(model.folder), KNOBS.epoch(model), *arguments)


def _repeats(model: Model) -> Repeats | None:
    """Return the many runs, if there are any under the present circumstances; others end here."""
    session = st.session_state
    repeats: Repeats | None = session.get("compare_repeats")
    if repeats is not None and repeats.circumstances != _circumstances(model):
        repeats.sweeper.cancel()
        session.compare_repeats = repeats = None
    return repeats


def _repeat() -> None:
    comparison: Comparison = st.session_state.comparison
    model, player = comparison.model, comparison.player
    arguments = (player.source.network, model.vocabulary, real_words(model), _circumstances(model))
    st.session_state.compare_repeats = Repeats.begin(*arguments, _temperatures(player))


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    comparison: Comparison = st.session_state.comparison
    comparison.player.play(KNOBS.whole("length"))
    comparison.looks_ahead = False


def _step() -> None:
    comparison: Comparison = st.session_state.comparison
    player = comparison.player
    player.step(_temperatures(player), KNOBS.filters())
    comparison.looks_ahead = False


def _clear() -> None:
    old: Comparison = st.session_state.comparison
    _begin(old.model)


def _stage(interval: float, repeats: Repeats | None) -> None:
    """What moves: the columns and the chart. Redrawn at each tick and each touch of them."""
    comparison: Comparison = st.session_state.comparison
    player = comparison.player
    was_running, was_working = player.running, repeats is not None and repeats.sweeper.running
    temperatures, filters = _temperatures(player), KNOBS.filters()
    comparison.see(temperatures, filters)
    player.advance(KNOBS.whole("speed"), temperatures, filters)
    if repeats:
        repeats.sweeper.advance()
    figures = _figures(player, temperatures, repeats)
    selected = lanes_view(player, temperatures, figures, str(comparison.run), comparison.sent, interval, key=VIEW)
    comparison.sent.append(len(player.steps))
    with st.container():  # also while it is empty, so that the chart keeps its place
        if player.full and not player.running:
            st.caption(words.LANES_ARE_FULL.format(longest=player.pace.longest))
        if repeats and repeats.sweeper.running:
            st.progress(repeats.sweeper.share, words.repeating(RUNS, repeats.circumstances.length))
    _chart(comparison, selected, np.array(temperatures), filters)
    # Nothing that the address says changes of itself, so while writing it is said for a few ticks only.
    comparison.to_say -= 1
    if comparison.to_say >= 0 or not player.running:
        opened("compare").show(address_of(comparison), key="compare_address_bar")
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
        place = len(player.steps)
        choice = LanesChoice.ahead(player.raw, player.u, temperatures, filters)
        st.text(words.COMPARED_AHEAD)
    else:
        choice = LanesChoice.of(player.steps[place])
        st.text(words.compared(place + 1, choice.same_dice))
    vocabulary = player.vocabulary_of(place)
    spec = cumulative(player.lanes, st.context.theme.type == "dark")
    st.vega_lite_chart(bars_table(choice, vocabulary), spec, key="cumulative", alt=words.CUMULATIVE_ALT)
    if st.session_state.get("compare_table"):
        formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBERS}
        st.dataframe(lanes_table(choice, vocabulary), hide_index=True, column_config=formats)
