"""The Compare page: texts with the same seed text and uniform draws at several temperatures or for several networks."""

from collections.abc import Sequence

import streamlit as st

from charlstm.model_folder.store import Model
from charlstm.networks.parallel import union
from charlstm.playback.comparison import FEWEST_ROWS, MOST_ROWS
from charlstm.playback.pace import AS_FAST_AS_POSSIBLE
from charlstm.playback.player import Player
from charlstm.playback.sweeps.repeated_runs import LONGEST_REPEATED_RUN, RUNS, Column, RepeatedRuns, RunConditions
from charlstm.playback.tables.batch_focus import FocusedChoices, InForce, Tick, focused_choices
from charlstm.playback.tables.choice import NUMBER_COLUMNS, columns_figures_table
from charlstm.playback.tables.frames import alphabet, columns_frame
from charlstm.text.word_list import english_coverage
from charlstm.ui.charts.next_character.columns import columns_spec
from charlstm.ui.compare import sentences
from charlstm.ui.compare.column_networks import models_of_columns, show_network_switch
from charlstm.ui.compare.compare_address import address_of, open_address, open_networks
from charlstm.ui.compare.state import (
    PREFIX,
    SETTINGS,
    Texts,
    begin_texts,
    compare_state,
    current_filters,
    current_temperatures,
    current_texts,
    known_seed_text,
    several_networks,
    update_texts,
    versioned,
    view_key,
)
from charlstm.ui.components.address import page_address
from charlstm.ui.components.batch_view import Figure, Networks, batch_view, column_networks, selected_position
from charlstm.ui.components.text_view import TIMES_SENT, Choices, Pacing
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import stage, style
from charlstm.ui.shared.buttons import Control, buttons, clear_control, shortcuts, show_letters_switch, writing_controls
from charlstm.ui.shared.models import chosen_model, network_titles, usable_models
from charlstm.ui.shared.reset import show_reset
from charlstm.ui.shared.seed_field import more_seeds, seed_text

WORKING_TICK = 0.125  # seconds between two messages at full speed, and while repeated runs are written


def page() -> None:
    """Draw the page."""
    address, session = page_address("compare"), st.session_state
    session.compare_table = session.get("compare_table", False)  # Streamlit forgets a widget that is not drawn
    models, _ = usable_models()
    is_new = compare_state().address is not address
    if is_new:
        open_networks(address, [model.folder.name for model in models])
    heading = stage.heading(sentences.TITLE)
    with st.container(key="compare_seed_row", horizontal=True, vertical_alignment="top"):
        field = st.container(key="compare_seed_field")
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:", key="settings") as settings_box:
            model = chosen_model(address, disabled=several_networks())
        if model is None:
            return
        if is_new:
            open_address(address, model)
            compare_state().open_address(address)  # last: Streamlit may end a run of the script at any access
        writing = models_of_columns(model, models)
        introduction = sentences.introduction(None if several_networks() else model.manifest.title)
        heading.markdown(sentences.END_OF_TOUR if compare_state().ends_tour else introduction)
        compare_state().ends_tour = False
        with field:
            seed_text(model, address, PREFIX, list({one.folder: one for one in writing}.values()))
        with settings_box:
            more_seeds(model, PREFIX)
            _show_settings(model, models)
        texts = update_texts(writing, network_titles(models))
        with stage.more() as menu:
            if menu.open:
                _show_more(texts)
    texts.sent.clear()  # a whole run of the script may mount the views anew, and then they need everything
    texts.address_updates_left = TIMES_SENT
    with st.container(key="compare_stage"):
        st.fragment(_show_texts)(model)
        with st.container(key="next_character_compare"):
            spec = columns_spec(len(union([one.vocabulary for one in models])), style.is_dark())
            st.vega_lite_chart(None, spec, key="columns_chart", height="stretch", alt=sentences.COLUMNS_ALT)
    if several_networks():
        st.caption(sentences.COMPARE_NETWORKS_INTRODUCTION)
        st.caption(sentences.COLUMNS_OF_NETWORKS_EXPLAINED)
        coverages = {one.folder.name: english_coverage(one.words) for one in writing}
        st.caption(sentences.about_real_words_of_each(coverages))
    else:
        st.caption(sentences.COMPARE_INTRODUCTION)
        st.caption(sentences.COLUMNS_EXPLAINED)
        st.caption(sentences.about_real_words(english_coverage(model.words)))


def _show_more(texts: Texts) -> None:
    st.button(shared_sentences.CLEAR, key="compare_more_clear", disabled=not texts.player.steps, on_click=_clear)
    st.toggle(shared_sentences.TABLE, key="compare_table")
    show_reset()


def _show_settings(model: Model, models: Sequence[Model]) -> None:
    state = compare_state()
    SETTINGS.show(model, several_networks())
    key = versioned(SETTINGS.key("columns"))
    st.number_input(sentences.COLUMNS, FEWEST_ROWS, MOST_ROWS, len(state.temperatures), key=key)
    show_network_switch(models)
    st.toggle(sentences.INDEPENDENT_DRAWS, state.independent, key=SETTINGS.key("independent"))
    st.caption(sentences.INDEPENDENT_DRAWS_HELP)
    SETTINGS.show_filters(union([one.vocabulary for one in models_of_columns(model, models)]))
    show_letters_switch()


def _show_buttons(player: Player, repeated_runs: RepeatedRuns | None) -> None:
    explanation = sentences.RUNS_OF_EACH_HELP
    if repeated_runs and repeated_runs.sweep.running:
        runs = Control(shared_sentences.CANCEL, "cancel", "M", True, explanation, repeated_runs.sweep.cancel)
    else:
        label = sentences.RUNS_OF_EACH.format(runs=RUNS)
        runs = Control(label, "repeat", "M", True, explanation, _repeat)
    buttons([*writing_controls(player, _generate, _step, _continue), runs], PREFIX)
    shortcuts([clear_control(player, _clear)], PREFIX)


def _conditions(texts: Texts) -> RunConditions:
    length = min(max(SETTINGS.whole("length"), 1), LONGEST_REPEATED_RUN)
    networks = zip(texts.models, texts.player.sources, strict=True)
    return RunConditions(
        frozenset((str(model.folder), source.epoch) for model, source in networks),
        known_seed_text(texts.models),
        length,
        SETTINGS.whole("random_seed"),
        current_filters(texts.player),
    )


def _repeated_runs(texts: Texts) -> RepeatedRuns | None:
    """Return the repeated runs under the current conditions, if there are any; others are cancelled."""
    state = compare_state()
    if state.repeated_runs is not None and state.repeated_runs.conditions != _conditions(texts):
        state.repeated_runs.sweep.cancel()
        state.repeated_runs = None
    return state.repeated_runs


def _repeat() -> None:
    texts = current_texts()
    player = texts.player
    real_words = [model.real_words for model in texts.models]
    columns = map(Column, player.sources, real_words, current_temperatures(len(player.rows)))
    compare_state().repeated_runs = RepeatedRuns.begin(list(columns), _conditions(texts))


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    texts = current_texts()
    texts.player.play(SETTINGS.whole("length"), SETTINGS.first_characters())
    texts.shows_next = False


def _step() -> None:
    texts = current_texts()
    texts.player.step(current_temperatures(len(texts.player.rows)), current_filters(texts.player))
    texts.shows_next = False


def _clear() -> None:
    old = current_texts()
    begin_texts(old.models, old.titles)


def _show_texts(model: Model) -> None:
    """Show buttons, columns and the chart; drawn anew whenever the columns ask, and at each touch of them."""
    texts = current_texts()
    player, repeated_runs = texts.player, _repeated_runs(texts)
    networks = _networks(texts)
    if networks and networks.chosen != [one.folder.name for one in texts.models]:
        st.rerun()  # what is outside of this fragment depends on the networks, too
    temperatures, filters = current_temperatures(len(player.rows)), current_filters(player)
    texts.set_in_force(temperatures, filters)
    new = player.advance(SETTINGS.whole("speed"), temperatures, filters)
    working = False
    if repeated_runs:
        repeated_runs.sweep.advance()
        working = repeated_runs.sweep.running
    at_once = working or SETTINGS.whole("speed") == AS_FAST_AS_POSSIBLE
    pacing = Pacing(WORKING_TICK if at_once else SETTINGS.tick(), SETTINGS.value("speed"))
    selected = selected_position(view_key(), str(texts.run), len(player.steps))
    moment, finished = (texts.run, len(player.steps), selected), False
    if repeated_runs:
        finished = not working and repeated_runs.sweep.share == 1.0
        if working:  # until the viewer does something else, the page then says where their figures are
            compare_state().runs_ended_at = moment
    tick, in_force = Tick(new, pacing.tick), InForce(temperatures, filters)
    focused = focused_choices(player, texts.comparison.parting, selected, texts.shows_next, tick, in_force)
    with st.container(key="compare_controls", horizontal=True, gap="small"):
        _show_buttons(player, repeated_runs)
    columns = st.container(key=f"compare_view_{len(player.rows)}")
    with st.container(key="compare_said"):
        if repeated_runs and working:
            st.progress(repeated_runs.sweep.share, sentences.repeating(RUNS, repeated_runs.conditions.length))
        elif player.full and not player.running:
            st.text(sentences.BATCH_IS_FULL.format(longest=player.longest))
        elif finished and compare_state().runs_ended_at == moment:
            st.text(sentences.RUNS_ARE_BELOW.format(runs=RUNS))
        else:
            st.text(sentences.about_choices(focused))
    with st.container(key="compare_figures"):
        if finished:
            st.caption(sentences.RUNS_EXPLAINED.format(runs=RUNS))
        if st.session_state.compare_table:
            formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBER_COLUMNS}
            names = _network_names(texts, focused.positions[-1])
            table = columns_figures_table(focused.choices[-1], names, player.vocabulary_of(focused.positions[-1]))
            st.dataframe(table, hide_index=True, column_config=formats)
    # The address changes only with the settings, so while the texts grow, a few updates are enough.
    texts.address_updates_left -= 1
    if texts.address_updates_left >= 0 or not player.running:
        page_address("compare").show(address_of(texts, model), key="compare_address_bar")
    with columns:  # the last to answer, so that no question of theirs cuts off the rest
        figures = _figures(texts, temperatures, repeated_runs)
        batch_view(
            player,
            texts.comparison,
            temperatures,
            figures,
            _choices(texts, focused, temperatures),
            str(texts.run),
            texts.sent,
            pacing,
            goes_on=player.running or working,
            key=view_key(),
            networks=networks,
        )
    texts.sent.append(len(player.steps))


def _choices(texts: Texts, focused: FocusedChoices, sliders: Sequence[float]) -> Choices:
    """Return the choices in focus for the chart; those that stream may be rounded, but for the last one."""
    streaming, last = focused.kind == "streaming", focused.positions[-1]
    frames = [
        columns_frame(
            choices,
            position,
            sliders,
            _network_names(texts, position),
            follows=focused.kind in ("shared", "last", "next"),
            what_if=focused.what_if,
            rounded=streaming and position != last,
        )
        for position, choices in zip(focused.positions, focused.choices, strict=True)
    ]
    vocabulary, names = texts.player.vocabulary_of(last), _network_names(texts, last)
    said = sentences.columns_in_words(focused.choices[-1], focused.what_if, names, alphabet(vocabulary))
    return {"alphabet": alphabet(vocabulary), "frames": frames, "streaming": streaming, "said": said}


def _network_names(texts: Texts, position: int) -> list[str]:
    """Return the title of each text's network at a position; none where one writes them all."""
    names = [source.model for source in texts.player.sources_of(position)]
    return [texts.titles.get(name, name) for name in names] if len(set(names)) > 1 else []


def _networks(texts: Texts) -> Networks | None:
    """Return the networks that are chosen in the columns, where each has one of its own."""
    if not texts.several:
        return None
    current = [model.folder.name for model in texts.models]
    return Networks(column_networks(view_key(), current, texts.titles), texts.titles)


def _figures(texts: Texts, temperatures: Sequence[float], repeated_runs: RepeatedRuns | None) -> list[list[Figure]]:
    """Return the figures below each column."""
    player, comparison = texts.player, texts.comparison
    entropy, likeliest = comparison.mean_entropy.tolist(), comparison.likeliest_share.tolist()
    columns = []
    for column, word_counter in enumerate(comparison.word_counters):
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
        divergence = comparison.divergences[column]
        figures.append(Figure(sentences.DIVERGES_AT, sentences.diverges_at(column, divergence), place=divergence))
        columns.append(figures)
    return columns
