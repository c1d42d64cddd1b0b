"""The Write page: a seed text, a temperature, the text as it grows, and the choice behind each character."""

import streamlit as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.model_folder.store import Model
from charlstm.playback import slow_motion
from charlstm.playback.focus import focused_choice
from charlstm.playback.player import Player
from charlstm.playback.tables.choice import NUMBER_COLUMNS, figures_table
from charlstm.ui.charts.next_character.chart import next_character_spec
from charlstm.ui.components.address import Address, page_address
from charlstm.ui.components.save_picture import save_picture
from charlstm.ui.components.text_view import TIMES_SENT
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings, stage, style
from charlstm.ui.shared.buttons import show_letters_switch
from charlstm.ui.shared.models import chosen_model, largest_vocabulary, source_of
from charlstm.ui.shared.reset import show_reset
from charlstm.ui.shared.seed_field import folded, more_seeds, seed_text
from charlstm.ui.write import actions, sentences, sharing, tour
from charlstm.ui.write.run_view import show_run
from charlstm.ui.write.state import WriteState, write_state


def page() -> None:
    """Draw the page."""
    session, state = st.session_state, write_state()
    sharing.take_over(state)
    sharing.show_opened_run(state)
    address = page_address("write")
    session.table = session.get("table", False)  # Streamlit forgets a widget that is not drawn
    heading = stage.heading(sentences.TITLE)
    with st.container(key="seed_row", horizontal=True, vertical_alignment="top"):
        field = st.container(key="seed_field")
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:", key="settings") as settings_box:
            model = chosen_model(address)
        if model is None:
            return
        if state.address is not address:
            settings.write.open_address(address, model)
            state.open_address(address)  # last: Streamlit may end a run of the script at any access
        settings.write.follow(model)
        heading.markdown(sentences.introduction(model.manifest.title))
        with field:
            seed_text(model, address)
        _update_run(state, model, address)
        with settings_box:
            more_seeds(model)
            settings.write.show(model)
            settings.write.show_filters(model.vocabulary)
            show_letters_switch()
        with stage.more() as menu:
            if menu.open:
                _show_more(state)
        sharing.show_code(state)
    state.sent.clear()  # a whole run of the script may mount the views anew, and then they need everything
    state.address_updates_left = TIMES_SENT
    tour.offer(state, address)
    with st.container(key="stage"):
        st.fragment(show_run)(model)
        with st.container(key="next_character"):
            st.vega_lite_chart(
                None,
                next_character_spec(largest_vocabulary(), style.is_dark()),
                key="rows",
                height="stretch",
                alt=shared_sentences.CHART_ALT,
                on_select=actions.answer_rows,
                selection_mode=["pick", "switch"],
            )
    if session.table:
        _show_table(state)


def _update_run(state: WriteState, model: Model, address: Address) -> None:
    """Create this viewer's run, or change it as the settings require it."""
    source = source_of(model, settings.write.epoch(model))
    start = folded(model), settings.write.whole("random_seed")
    player = state.current
    if player is None:
        player = Player([source], start[0], [start[1]])
        length = address.whole("run", 0, LONGEST_RUN, 0)  # of the run in the address, if any
        player.play(length, settings.write.first_characters())
        state.replace(player)
        if length:
            state.focus.move_to("last")
        return
    nothing_written = not player.steps and not player.running
    if nothing_written and (player.seed_text, player.random_seeds[0]) != start:
        state.replace(Player([source], start[0], [start[1]]))
    elif player.sources[0].network is not source.network:
        player.change_networks([source])


def _show_more(state: WriteState) -> None:
    """Show what is needed now and then: the runs before, sharing, the text as a file, the figures."""
    history = state.history
    with st.container(horizontal=True, key="more_runs"):
        for label, key, enabled, action in (
            (sentences.UNDO, "more_undo", bool(history.past), state.undo),
            (sentences.REDO, "more_redo", bool(history.future), state.redo),
            (shared_sentences.CLEAR, "more_clear", bool(state.player.steps), actions.clear),
        ):
            st.button(label, key=key, disabled=not enabled, on_click=action)
    sharing.show_sharing(state)
    save_picture("next_character", "charlstm-next-character", shared_sentences.SAVE_CHART)
    st.toggle(shared_sentences.TABLE, key="table")
    st.button(sentences.TAKE_TOUR, key="take_tour", on_click=tour.start)
    show_reset()


def _show_table(state: WriteState) -> None:
    """Show the figures of the choice in focus."""
    focused = focused_choice(state.focus, state.player, *state.settings)
    table = figures_table(focused.choice, state.player.vocabulary_of(focused.step.position))
    formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBER_COLUMNS}
    st.dataframe(slow_motion.hide_unknown(table, focused.stage), hide_index=True, column_config=formats)
