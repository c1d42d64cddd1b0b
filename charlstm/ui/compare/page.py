"""The Compare page: the same seed text and the same dice at several temperatures or for several networks."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from charlstm.generation.loop import BatchStep
from charlstm.generation.sampling import Filters
from charlstm.model_folder.store import Model
from charlstm.playback.batch_player import FEWEST, MOST, BatchPlayer
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE
from charlstm.playback.real_words import english_coverage, real_words
from charlstm.playback.sweeps.repeated_runs import LONGEST, RUNS, Column, RepeatedRuns, RunConditions
from charlstm.playback.tables import animation
from charlstm.playback.tables.batch_choice import NUMBERS, BatchChoice, bars_table, batch_figures_table
from charlstm.ui.charts.cumulative import FRAMES_A_SECOND, cumulative
from charlstm.ui.compare import sentences
from charlstm.ui.compare.column_networks import models_of_columns, network_choice, open_networks
from charlstm.ui.compare.compare_state import (
    KNOBS,
    PREFIX,
    TICK,
    CompareState,
    address_of,
    begin_texts,
    compare_state,
    current_temperatures,
    known_seed_text,
    open_address,
    several,
    turned,
    view,
)
from charlstm.ui.components.address import opened
from charlstm.ui.components.batch_view import Figure, Networks, column_networks, lanes_view
from charlstm.ui.components.text_view import MESSAGES
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.buttons import Control, buttons
from charlstm.ui.shared.models import chosen_model, usable_models
from charlstm.ui.shared.seed_field import seed_text

WORKING_TICK = 0.125  # seconds between two messages where there is always work: at full speed, and for the many runs


def page() -> None:
    """Draw the page."""
    address, session = opened("compare"), st.session_state
    models, _ = usable_models()
    is_new = session.get("compare_address") is not address
    if is_new:
        open_networks(address, [model.folder.name for model in models])
    model = chosen_model(address.text("model", ""), at_rest=several())
    if model is None:
        return
    if is_new:
        open_address(address, model)
        session.compare_address = address  # last, because Streamlit may end a run at any touch of the session
    st.markdown(sentences.COMPARE_NETWORKS_INTRODUCTION if several() else sentences.COMPARE_INTRODUCTION)
    writing = models_of_columns(model, models)
    seed_text(model, address, PREFIX, list({one.folder: one for one in writing}.values()))
    comparison = compare_state(writing, [one.folder.name for one in models] if several() else [])
    repeats = _repeats(comparison)
    with st.container(key="compare_controls", horizontal=True, gap="small", vertical_alignment="center"):
        _buttons(comparison.player, repeats)
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:"):
            _settings(model, models)
    comparison.sent.clear()  # a whole run of the script may mount the views anew: they get everything
    comparison.to_say = MESSAGES
    working = repeats is not None and repeats.sweeper.running
    at_once = working or KNOBS.whole("speed") == AS_FAST_AS_POSSIBLE
    interval = WORKING_TICK if at_once else KNOBS.interval(TICK)
    st.fragment(run_every=interval if comparison.player.running or working else None)(_stage)(model, interval, repeats)
    st.toggle(shared_sentences.TABLE, key="compare_table")
    if several():
        st.caption(sentences.CUMULATIVE_OF_NETWORKS_EXPLAINED)
        st.caption(sentences.about_real_words_of_each({one.folder.name: english_coverage(one) for one in writing}))
    else:
        st.caption(sentences.CUMULATIVE_EXPLAINED)
        st.caption(sentences.about_real_words(english_coverage(model)))


def _settings(model: Model, models: Sequence[Model]) -> None:
    session = st.session_state
    KNOBS.settings(model, several())
    st.number_input(sentences.COLUMNS, FEWEST, MOST, len(session.compare_start), key=turned(KNOBS.key("columns")))
    network_choice(models)
    st.toggle(sentences.INDEPENDENT_DICE, session.compare_independent_start, key=KNOBS.key("independent"))
    st.caption(sentences.INDEPENDENT_DICE_HELP)
    KNOBS.strategies(model)


def _buttons(player: BatchPlayer, repeats: RepeatedRuns | None) -> None:
    written, idle = bool(player.steps), not (player.running or player.full)
    if repeats and repeats.sweeper.running:
        runs = Control(
            shared_sentences.CANCEL, "cancel", "M", True, sentences.RUNS_OF_EACH_HELP, repeats.sweeper.cancel
        )
    else:
        label = sentences.RUNS_OF_EACH.format(runs=RUNS)
        runs = Control(label, "repeat", "M", True, sentences.RUNS_OF_EACH_HELP, _repeat)
    buttons(
        [
            Control(shared_sentences.GENERATE, "generate", "G", True, shared_sentences.GENERATE_HELP, _generate),
            Control(shared_sentences.STOP, "stop", "S", player.running, shared_sentences.STOP_HELP, player.stop),
            Control(shared_sentences.STEP, "step", "N", idle, shared_sentences.STEP_HELP, _step),
            Control(
                shared_sentences.CONTINUE, "continue", "O", idle and written, shared_sentences.CONTINUE_HELP, _continue
            ),
            Control(shared_sentences.CLEAR, "clear", "X", written, shared_sentences.CLEAR_HELP, _clear),
            runs,
        ],
        PREFIX,
    )


def _circumstances(comparison: CompareState) -> RunConditions:
    length = min(max(KNOBS.whole("length"), 1), LONGEST)
    models = comparison.models
    networks = zip(models, comparison.player.sources, strict=True)
    return RunConditions(
        frozenset((str(model.folder), source.epoch) for model, source in networks),
        known_seed_text(models),
        length,
        KNOBS.whole("random_seed"),
        KNOBS.filters(),
    )


def _repeats(comparison: CompareState) -> RepeatedRuns | None:
    """Return the many runs, if there are any under the present circumstances; others end here."""
    session = st.session_state
    repeats: RepeatedRuns | None = session.get("compare_repeats")
    if repeats is not None and repeats.circumstances != _circumstances(comparison):
        repeats.sweeper.cancel()
        session.compare_repeats = repeats = None
    return repeats


def _repeat() -> None:
    comparison: CompareState = st.session_state.comparison
    player = comparison.player
    known = [real_words(model) for model in comparison.models]
    each = map(Column, player.sources, known, current_temperatures(player.lanes))
    st.session_state.compare_repeats = RepeatedRuns.begin(list(each), _circumstances(comparison))


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    comparison: CompareState = st.session_state.comparison
    comparison.player.play(KNOBS.whole("length"), KNOBS.first(TICK))
    comparison.looks_ahead = False


def _step() -> None:
    comparison: CompareState = st.session_state.comparison
    player = comparison.player
    player.step(current_temperatures(player.lanes), KNOBS.filters())
    comparison.looks_ahead = False


def _clear() -> None:
    old: CompareState = st.session_state.comparison
    begin_texts(old.models, old.offered)


def _stage(model: Model, interval: float, repeats: RepeatedRuns | None) -> None:
    """What moves: the columns and the chart. Redrawn at each tick and each touch of them."""
    comparison: CompareState = st.session_state.comparison
    player = comparison.player
    networks = _networks(comparison)
    if networks and networks.chosen != [one.folder.name for one in comparison.models]:
        st.rerun()  # what is outside of this depends on them, too
    was_running, was_working = player.running, repeats is not None and repeats.sweeper.running
    temperatures, filters = current_temperatures(player.lanes), KNOBS.filters()
    comparison.see(temperatures, filters)
    new = player.advance(KNOBS.whole("speed"), temperatures, filters)
    if repeats:
        repeats.sweeper.advance()
    figures = _figures(player, temperatures, repeats)
    arguments = (player, temperatures, figures, str(comparison.run), comparison.sent, interval)
    selected = lanes_view(*arguments, key=view(), networks=networks)
    comparison.sent.append(len(player.steps))
    with st.container():  # also while it is empty, so that the chart keeps its place
        if player.full and not player.running:
            st.caption(sentences.BATCH_IS_FULL.format(longest=player.pace.longest))
        if repeats and repeats.sweeper.running:
            st.progress(repeats.sweeper.share, sentences.repeating(RUNS, repeats.circumstances.length))
    _chart(comparison, selected, np.array(temperatures), filters, player.steps[-max(new, 1) :], interval)
    # Nothing that the address says changes of itself, so while writing it is said for a few ticks only.
    comparison.to_say -= 1
    if comparison.to_say >= 0 or not player.running:
        opened("compare").show(address_of(comparison, model), key="compare_address_bar")
    if (was_running and not player.running) or (was_working and repeats and not repeats.sweeper.running):
        st.rerun()  # only a whole run of the script can put the timer to rest


def _networks(comparison: CompareState) -> Networks | None:
    """Return the networks of the columns as they are chosen now, where each has one of its own."""
    if not comparison.offered:
        return None
    present = [model.folder.name for model in comparison.models]
    return Networks(column_networks(view(), present, comparison.offered), comparison.offered)


def _figures(player: BatchPlayer, temperatures: list[float], repeats: RepeatedRuns | None) -> list[list[Figure]]:
    """Return what stands below each column."""
    entropy, likeliest = player.mean_entropy.tolist(), player.likeliest_share.tolist()
    lanes = []
    for lane, word_counter in enumerate(player.word_counters):
        values = {
            "real_words": word_counter.real_share,
            "distinct_words": word_counter.distinct_share,
            "entropy": entropy[lane],
            "likeliest": likeliest[lane],
        }
        network = player.sources[lane].network
        spreads = {name: repeats.spread_of(network, temperatures[lane], name) if repeats else None for name in values}
        first_divergence = player.divergences[lane]
        lanes.append(
            [
                *(Figure(*sentences.compared_figure(name, values[name], spreads[name], RUNS)) for name in values),
                Figure(sentences.DIVERGES_AT, sentences.diverges_at(lane, first_divergence), place=first_divergence),
            ]
        )
    return lanes


def _chart(
    comparison: CompareState,
    selected: int | None,
    temperatures: NDArray[np.float64],
    filters: Filters,
    new: Sequence[BatchStep],
    interval: float,
) -> None:
    """The position that is selected, else the last one, or the next before it is drawn; while writing, `new` ones."""
    player = comparison.player
    place = selected if selected is not None else len(player.steps) - 1
    if selected is None and (comparison.looks_ahead or not player.steps):
        place = len(player.steps)
        choices = [BatchChoice.ahead(player.raw, player.u, temperatures, filters, _names(player, place))]
        st.text(sentences.COMPARED_AHEAD)
    elif selected is None and player.running:
        steps = animation.spread_over(new, interval, FRAMES_A_SECOND)
        choices = [BatchChoice.of(step, _names(player, place)) for step in steps]
        st.text(sentences.comparing(choices[0].same_dice))
    else:
        choices = [BatchChoice.of(player.steps[place], _names(player, place))]
        st.text(sentences.compared(place + 1, choices[0].same_dice))
    vocabulary = player.vocabulary_of(place)
    tables = [bars_table(one, vocabulary, frame) for frame, one in enumerate(choices)]
    spec = cumulative(player.lanes, st.context.theme.type == "dark")
    st.vega_lite_chart(animation.message(tables), spec, key="cumulative", alt=sentences.CUMULATIVE_ALT)
    if st.session_state.get("compare_table"):
        formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBERS}
        st.dataframe(batch_figures_table(choices[-1], vocabulary), hide_index=True, column_config=formats)


def _names(player: BatchPlayer, place: int) -> tuple[str, ...]:
    """Return the names of the networks that wrote, or will write, at a position; none where it is the same in all."""
    names = tuple(source.model for source in player.sources_of(place))
    return names if len(set(names)) > 1 else ()
