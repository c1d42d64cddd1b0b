"""The Compare page: texts with the same seed text and uniform draws at several temperatures or for several networks."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from charlstm.generation.loop import BatchStep
from charlstm.model_folder.store import Model
from charlstm.playback.batch_player import FEWEST_ROWS, MOST_ROWS, BatchPlayer
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE
from charlstm.playback.sweeps.repeated_runs import LONGEST_REPEATED_RUN, RUNS, Column, RepeatedRuns, RunConditions
from charlstm.playback.tables.animation import animated_table, sample_evenly
from charlstm.playback.tables.batch_choice import NUMBER_COLUMNS, BatchChoice, bars_table, batch_figures_table
from charlstm.text.word_list import english_coverage
from charlstm.ui.charts.cumulative import FRAMES_PER_SECOND, cumulative_spec
from charlstm.ui.compare import sentences
from charlstm.ui.compare.column_networks import models_of_columns, open_networks, show_network_switch
from charlstm.ui.compare.compare_state import (
    PREFIX,
    SETTINGS,
    TICK,
    CompareState,
    address_of,
    begin_texts,
    compare_state,
    current_temperatures,
    known_seed_text,
    open_address,
    several_networks,
    versioned,
    view_key,
)
from charlstm.ui.components.address import page_address
from charlstm.ui.components.batch_view import Figure, Networks, batch_view, column_networks
from charlstm.ui.components.text_view import TIMES_SENT
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.buttons import Control, buttons, clear_control, writing_controls
from charlstm.ui.shared.models import chosen_model, usable_models
from charlstm.ui.shared.seed_field import more_seeds, seed_text

WORKING_TICK = 0.125  # seconds between two messages at full speed, and while repeated runs are written


def page() -> None:
    """Draw the page."""
    address, session = page_address("compare"), st.session_state
    models, _ = usable_models()
    is_new = session.get("compare_address") is not address
    if is_new:
        open_networks(address, [model.folder.name for model in models])
    model = chosen_model(address.text("model", ""), disabled=several_networks())
    if model is None:
        return
    if is_new:
        open_address(address, model)
        session.compare_address = address  # last, because Streamlit may end a run of the script at any access to it
    st.markdown(sentences.COMPARE_NETWORKS_INTRODUCTION if several_networks() else sentences.COMPARE_INTRODUCTION)
    writing = models_of_columns(model, models)
    seed_text(model, address, PREFIX, list({one.folder: one for one in writing}.values()))
    more_seeds(model, PREFIX)
    state = compare_state(writing, [one.folder.name for one in models] if several_networks() else [])
    repeated_runs = _repeated_runs(state)
    with st.container(key="compare_controls", horizontal=True, gap="small", vertical_alignment="center"):
        _show_buttons(state.player, repeated_runs)
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:"):
            _show_settings(model, models)
    state.sent.clear()  # a whole run of the script may mount the views anew, and then they need everything
    state.address_updates_left = TIMES_SENT
    working = repeated_runs is not None and repeated_runs.sweep.running
    at_once = working or SETTINGS.whole("speed") == AS_FAST_AS_POSSIBLE
    interval = WORKING_TICK if at_once else SETTINGS.interval(TICK)
    ticks = interval if state.player.running or working else None
    st.fragment(run_every=ticks)(_show_texts)(model, interval, repeated_runs)
    st.toggle(shared_sentences.TABLE, key="compare_table")
    if several_networks():
        st.caption(sentences.CUMULATIVE_OF_NETWORKS_EXPLAINED)
        coverages = {one.folder.name: english_coverage(one.words) for one in writing}
        st.caption(sentences.about_real_words_of_each(coverages))
    else:
        st.caption(sentences.CUMULATIVE_EXPLAINED)
        st.caption(sentences.about_real_words(english_coverage(model.words)))


def _show_settings(model: Model, models: Sequence[Model]) -> None:
    session = st.session_state
    SETTINGS.show(model, several_networks())
    key = versioned(SETTINGS.key("columns"))
    st.number_input(sentences.COLUMNS, FEWEST_ROWS, MOST_ROWS, len(session.compare_start), key=key)
    show_network_switch(models)
    st.toggle(sentences.INDEPENDENT_DRAWS, session.compare_independent_start, key=SETTINGS.key("independent"))
    st.caption(sentences.INDEPENDENT_DRAWS_HELP)
    SETTINGS.show_filters(model)


def _show_buttons(player: BatchPlayer, repeated_runs: RepeatedRuns | None) -> None:
    explanation = sentences.RUNS_OF_EACH_HELP
    if repeated_runs and repeated_runs.sweep.running:
        runs = Control(shared_sentences.CANCEL, "cancel", "M", True, explanation, repeated_runs.sweep.cancel)
    else:
        label = sentences.RUNS_OF_EACH.format(runs=RUNS)
        runs = Control(label, "repeat", "M", True, explanation, _repeat)
    buttons([*writing_controls(player, _generate, _step, _continue), clear_control(player, _clear), runs], PREFIX)


def _conditions(state: CompareState) -> RunConditions:
    length = min(max(SETTINGS.whole("length"), 1), LONGEST_REPEATED_RUN)
    networks = zip(state.models, state.player.sources, strict=True)
    return RunConditions(
        frozenset((str(model.folder), source.epoch) for model, source in networks),
        known_seed_text(state.models),
        length,
        SETTINGS.whole("random_seed"),
        SETTINGS.filters(),
    )


def _repeated_runs(state: CompareState) -> RepeatedRuns | None:
    """Return the repeated runs under the current conditions, if there are any; others are cancelled."""
    session = st.session_state
    repeated_runs: RepeatedRuns | None = session.get("compare_repeated_runs")
    if repeated_runs is not None and repeated_runs.conditions != _conditions(state):
        repeated_runs.sweep.cancel()
        session.compare_repeated_runs = repeated_runs = None
    return repeated_runs


def _repeat() -> None:
    state: CompareState = st.session_state.compare_state
    player = state.player
    real_words = [model.real_words for model in state.models]
    columns = map(Column, player.sources, real_words, current_temperatures(player.batch_size))
    st.session_state.compare_repeated_runs = RepeatedRuns.begin(list(columns), _conditions(state))


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    state: CompareState = st.session_state.compare_state
    state.player.play(SETTINGS.whole("length"), SETTINGS.first_characters(TICK))
    state.shows_next = False


def _step() -> None:
    state: CompareState = st.session_state.compare_state
    state.player.step(current_temperatures(state.player.batch_size), SETTINGS.filters())
    state.shows_next = False


def _clear() -> None:
    old: CompareState = st.session_state.compare_state
    begin_texts(old.models, old.offered)


def _show_texts(model: Model, interval: float, repeated_runs: RepeatedRuns | None) -> None:
    """Show the columns and the chart; drawn anew at each tick and each touch of them."""
    state: CompareState = st.session_state.compare_state
    player = state.player
    networks = _networks(state)
    if networks and networks.chosen != [one.folder.name for one in state.models]:
        st.rerun()  # what is outside of this fragment depends on the networks, too
    was_running, was_working = player.running, repeated_runs is not None and repeated_runs.sweep.running
    temperatures, filters = current_temperatures(player.batch_size), SETTINGS.filters()
    state.set_in_force(temperatures, filters)
    new = player.advance(SETTINGS.whole("speed"), temperatures, filters)
    if repeated_runs:
        repeated_runs.sweep.advance()
    figures = _figures(player, temperatures, repeated_runs)
    arguments = (player, temperatures, figures, str(state.run), state.sent, interval)
    selected = batch_view(*arguments, key=view_key(), networks=networks)
    state.sent.append(len(player.steps))
    with st.container():  # also while it is empty, so that the chart does not move
        if player.full and not player.running:
            st.caption(sentences.BATCH_IS_FULL.format(longest=player.pace.longest))
        if repeated_runs and repeated_runs.sweep.running:
            st.progress(repeated_runs.sweep.share, sentences.repeating(RUNS, repeated_runs.conditions.length))
    _show_chart(state, selected, player.steps[-max(new, 1) :], interval)
    # The address changes only with the settings, so while the texts grow, a few updates are enough.
    state.address_updates_left -= 1
    if state.address_updates_left >= 0 or not player.running:
        page_address("compare").show(address_of(state, model), key="compare_address_bar")
    if (was_running and not player.running) or (was_working and repeated_runs and not repeated_runs.sweep.running):
        st.rerun()  # only a whole run of the script can stop the timer


def _networks(state: CompareState) -> Networks | None:
    """Return the networks that are chosen in the columns, where each has one of its own."""
    if not state.offered:
        return None
    current = [model.folder.name for model in state.models]
    return Networks(column_networks(view_key(), current, state.offered), state.offered)


def _figures(player: BatchPlayer, temperatures: list[float], repeated_runs: RepeatedRuns | None) -> list[list[Figure]]:
    """Return the figures below each column."""
    entropy, likeliest = player.mean_entropy.tolist(), player.likeliest_share.tolist()
    columns = []
    for column, word_counter in enumerate(player.word_counters):
        values = {
            "real_words": word_counter.real_share,
            "distinct_words": word_counter.distinct_share,
            "entropy": entropy[column],
            "likeliest": likeliest[column],
        }
        figures = []
        for name, value in values.items():
            network, temperature = player.sources[column].network, temperatures[column]
            spread = repeated_runs.spread_of(network, temperature, name) if repeated_runs else None
            figures.append(Figure(*sentences.compared_figure(name, value, spread, RUNS)))
        divergence = player.divergences[column]
        figures.append(Figure(sentences.DIVERGES_AT, sentences.diverges_at(column, divergence), place=divergence))
        columns.append(figures)
    return columns


def _show_chart(state: CompareState, selected: int | None, new: Sequence[BatchStep], interval: float) -> None:
    """Show the selected position, or else the last or the next one; while the texts grow, an animation of `new`."""
    player = state.player
    position = selected if selected is not None else len(player.steps) - 1
    if selected is None and (state.shows_next or not player.steps):
        position = len(player.steps)
        choices = [_next_choice(state)]
        st.text(sentences.COMPARED_NEXT)
    elif selected is None and player.running:
        steps = sample_evenly(new, interval, FRAMES_PER_SECOND)
        choices = [BatchChoice.of(step, _names(player, position)) for step in steps]
        st.text(sentences.comparing(choices[0].same_u))
    else:
        choices = [BatchChoice.of(player.steps[position], _names(player, position))]
        st.text(sentences.compared(position + 1, choices[0].same_u))
    vocabulary = player.vocabulary_of(position)
    table = animated_table([bars_table(choice, vocabulary, frame) for frame, choice in enumerate(choices)])
    spec = cumulative_spec(player.batch_size, st.context.theme.type == "dark")
    st.vega_lite_chart(table, spec, key="cumulative", alt=sentences.CUMULATIVE_ALT)
    if st.session_state.get("compare_table"):
        formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBER_COLUMNS}
        st.dataframe(batch_figures_table(choices[-1], vocabulary), hide_index=True, column_config=formats)


def _next_choice(state: CompareState) -> BatchChoice:
    player = state.player
    temperatures, filters = state.in_force or (current_temperatures(player.batch_size), SETTINGS.filters())
    names = _names(player, len(player.steps))
    return BatchChoice.of_next(player.raw, player.u, np.array(temperatures), filters, names)


def _names(player: BatchPlayer, position: int) -> tuple[str, ...]:
    """Return the names of the networks that wrote, or will write, at a position; none where one writes all columns."""
    names = tuple(source.model for source in player.sources_of(position))
    return names if len(set(names)) > 1 else ()
