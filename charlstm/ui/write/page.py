"""The Write page: a seed text, a temperature, the text as it grows, and the choice behind each character."""

import streamlit as st

from charlstm.generation.loop import Step
from charlstm.generation.run_file import LONGEST_RUN
from charlstm.model_folder.store import Model
from charlstm.playback import slow_motion
from charlstm.playback.focus import FocusedChoice, focused_choice, settings_of
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.animation import animated_table, sample_evenly
from charlstm.playback.tables.choice import NUMBER_COLUMNS, Choice, columns_table, figures_table, rows_table
from charlstm.ui.charts.choice import choice_spec
from charlstm.ui.charts.columns import FRAMES_PER_SECOND
from charlstm.ui.components.address import Address, page_address
from charlstm.ui.components.temperature_slider import temperature_slider
from charlstm.ui.components.text_view import TIMES_SENT, text_view
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings
from charlstm.ui.shared.buttons import Control, buttons, clear_control, writing_controls
from charlstm.ui.shared.models import chosen_model, source_of
from charlstm.ui.shared.seed_field import folded, seed_text
from charlstm.ui.write import sentences, sharing, write_state

READABLE_SPEED = 4  # characters a second up to which the sorted rows can be followed
SLOW_TICK = 0.125  # seconds between two messages of a run; most of the work of a tick is Streamlit's own
FAST_TICK = 0.75  # the same at higher speeds and at full speed (0), where the views animate what one message brings


def page() -> None:
    """Draw the page."""
    session = st.session_state
    sharing.show_opened_run()
    address = page_address("write")
    model = chosen_model(address.text("model", ""))
    if model is None:
        return
    if session.get("write_address") is not address:
        settings.write.open_address(address, model)
        session.write_address = address  # last, because Streamlit may end a run of the script at any access to it
    st.markdown(sentences.INTRODUCTION)
    seed_text(model, address)
    player = _player(model, address)
    order = tuple(map(model.vocabulary.ids.get, model.manifest.characters_by_frequency))
    session.setdefault("by_frequency", {})[model.folder.name] = order
    with st.container(key="controls", horizontal=True, gap="small", vertical_alignment="center"):
        _show_buttons(player)
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:"):
            settings.write.show(model)
            settings.write.show_filters(model)
        with st.popover(sentences.SHARE, icon=":material/share:"):
            sharing.show_sharing(player)
    session.sent.clear()  # a whole run of the script may mount the views anew, and then they need everything
    session.address_updates_left = TIMES_SENT
    interval = settings.write.interval(_shortest_tick())
    st.fragment(run_every=interval if player.running else None)(_show_run)(model, interval, _state_of_buttons())
    st.toggle(shared_sentences.TABLE, key="table")


def _shortest_tick() -> float:
    return SLOW_TICK if settings.write.whole("speed") <= READABLE_SPEED else FAST_TICK


def _player(model: Model, address: Address) -> Player:
    """Return this viewer's player, created or changed as the settings require it."""
    source = source_of(model, settings.write.epoch(model))
    start = folded(model), settings.write.whole("random_seed")
    player = write_state.player()
    if player is None:
        player = Player(source, *start)
        length = address.whole("run", 0, LONGEST_RUN, 0)  # of the run in the address, if any
        player.play(length, settings.write.first_characters(_shortest_tick()))
        write_state.replace(player)
        if length:
            write_state.focus().move_to("last")
        return player
    nothing_written = not player.steps and not player.running
    if nothing_written and (player.seed_text, player.random_seed) != start:
        player = Player(source, *start)
        write_state.replace(player)
    elif player.source.network is not source.network:
        player.change_network(source)
    return player


def _state_of_buttons() -> tuple[int, bool, bool, bool]:
    """Return what the buttons depend on: when it changes, they must be drawn again."""
    player: Player = st.session_state.player
    return st.session_state.run_number, player.running, player.running or bool(player.steps), player.full


def _show_buttons(player: Player) -> None:
    history, idle = write_state.history(), not (player.running or player.full)
    controls = [
        *writing_controls(player, _generate, _step, _continue),
        Control(sentences.SLOW_MOTION, "slow_motion", "M", idle, sentences.SLOW_HELP, _slow_motion),
        clear_control(player, _clear),
        Control(sentences.UNDO, "undo", "Z", bool(history.past), sentences.UNDO_HELP, write_state.undo),
    ]
    if history.future:  # last, so that no other button moves
        controls.append(Control(sentences.REDO, "redo", "Y", True, sentences.REDO_HELP, write_state.redo))
    buttons(controls)


def _play(player: Player, length: int) -> None:
    player.play(length, settings.write.first_characters(_shortest_tick()))
    write_state.focus().move_to("last")


def _generate() -> None:
    player: Player = st.session_state.player
    if player.original is None:
        _clear()
    else:
        write_state.replace(player.restart_branch())
    _continue()


def _continue() -> None:
    _play(st.session_state.player, settings.write.whole("length"))


def _step() -> None:
    st.session_state.player.step(*write_state.current_settings())
    write_state.focus().move_to("last")


def _slow_motion() -> None:
    focus = write_state.focus()
    if focus.stage is Stage.DRAW:
        st.session_state.player.step(*write_state.current_settings())
    focus.move_to("next", slow_motion.next_stage(focus.stage))


def _clear() -> None:
    old: Player = st.session_state.player
    text = old.source.vocabulary.fold(st.session_state.seed_text or "").text
    write_state.replace(Player(old.source, text, settings.write.whole("random_seed")))


def _show_run(model: Model, interval: float, buttons_drawn_for: tuple[int, bool, bool, bool]) -> None:
    """Show the temperature, the text and the chart; drawn anew at each tick and each touch of them."""
    session, focus = st.session_state, write_state.focus()
    if _state_of_buttons() != buttons_drawn_for:
        st.rerun()  # a click in this fragment changed what is outside of it
    player: Player = session.player
    temperature = temperature_slider(settings.write.key("temperature"), settings.write.start("temperature"))
    current = temperature, settings.write.filters()
    changed = session.get("current_settings", current) != current
    session.current_settings = current
    new = player.advance(settings.write.whole("speed"), *current)
    if changed and not player.running and focus.stage is None:
        if focus.past_position(player) is None:
            focus.move_to("next")
        else:
            focus.what_if = True
    events = text_view(player, str(session.run_number), session.sent, interval, focus, key="text")
    session.sent.append(len(player.steps))
    if events.selected is not None:
        focus.selections_seen = events.selections
        focus.select(events.selected if events.selected >= 0 else ("last" if player.running else "next"))
    if player.full and not player.running:
        st.caption(sentences.RUN_IS_FULL.format(longest=LONGEST_RUN))
    _show_choice(player, new, interval)
    # The address changes only with the settings, so while a run goes on, a few updates are enough.
    session.address_updates_left = TIMES_SENT if changed else session.address_updates_left - 1
    if session.address_updates_left > 0 or not player.running:
        page_address("write").show(sharing.address_of(model, player, *current), key="address")
    if _state_of_buttons() != buttons_drawn_for:
        st.rerun()  # only a whole run of the script can stop the timer


def _show_choice(player: Player, new: int, interval: float) -> None:
    """Show the choice in focus; or while a text streams, an animation of the `new` ones of this tick."""
    session, focus = st.session_state, write_state.focus()
    focused = focused_choice(focus, player, *write_state.current_settings())
    slow = 0 < settings.write.whole("speed") <= READABLE_SPEED
    streaming = player.running and bool(player.steps) and focus.at == "last" and not slow
    key = "description" if focus.stage is None else "slow_description"
    with st.container(key=key, horizontal=True, vertical_alignment="center"):
        in_force = settings_of(player, player.steps[-1]) if streaming else ""
        st.text(sentences.streaming(in_force) if streaming else focused.description)
        if focus.past_position(player) is not None and not player.running:
            st.button(sentences.BRANCH, key="branch", shortcut="B", help=sentences.BRANCH_HELP, on_click=_branch)
    if streaming:
        _show_columns(player, focused, sample_evenly(player.steps[-max(new, 1) :], interval, FRAMES_PER_SECOND))
    else:
        _show_rows(player, focused)
    if session.get("table"):
        table = figures_table(focused.choice, player.vocabulary_of(focused.position))
        formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBER_COLUMNS}
        st.dataframe(slow_motion.hide_unknown(table, focused.stage), hide_index=True, column_config=formats)


def _show_columns(player: Player, focused: FocusedChoice, steps: list[Step]) -> None:
    source = player.source_of(focused.position)
    order = st.session_state.by_frequency[source.model]
    table = columns_table([Choice.of(step) for step in steps], source.vocabulary, order)
    spec = choice_spec("columns", len(source.vocabulary), st.context.theme.type == "dark")
    st.vega_lite_chart(animated_table([table]), spec, key="columns", alt=shared_sentences.CHART_ALT)


def _show_rows(player: Player, focused: FocusedChoice) -> None:
    vocabulary = player.vocabulary_of(focused.position)
    table = rows_table(focused.choice, vocabulary, f"{st.session_state.run_number}:{focused.position}")
    st.vega_lite_chart(
        slow_motion.hide_unknown(table, focused.stage),
        choice_spec("rows", len(vocabulary), st.context.theme.type == "dark"),
        key="rows",
        alt=shared_sentences.CHART_ALT,
        on_select=_pick,
        selection_mode="pick",
    )


def _pick() -> None:
    """Take the character whose bar was clicked, at the position that was shown."""
    session, focus = st.session_state, write_state.focus()
    player: Player = session.player
    for point in session.rows.selection.get("pick", [])[:1]:
        run, *place = str(point.get("token", "")).split(":")
        if run == str(session.run_number) and not player.running and len(place) == 2 and all(map(str.isdecimal, place)):
            _take(player, int(place[0]), int(place[1]), focus.stage)


def _take(player: Player, position: int, character_id: int, stage: Stage | None) -> None:
    written = len(player.steps)
    if position > written or position >= LONGEST_RUN or character_id >= len(player.vocabulary_of(position)):
        return
    in_force = write_state.current_settings()
    if position < written:
        past = player.steps[position]
        if past.character_id == character_id:
            return  # nothing changes
        if not write_state.focus().what_if:
            in_force = past.temperature, past.filters
    branch = player.branch(position)
    branch.pick(character_id, *in_force)
    write_state.replace(branch)
    write_state.focus().move_to("next", None if stage is None else Stage.APPENDED)


def _branch() -> None:
    """Branch the run at the position that is shown, and write on."""
    player: Player = st.session_state.player
    position = write_state.focus().past_position(player)
    if position is None or player.running:
        return
    branch = player.branch(position)
    branch.step(*write_state.current_settings())  # the choice that is shown, by the network of that position
    write_state.replace(branch)
    _play(branch, settings.write.whole("length") - 1)
