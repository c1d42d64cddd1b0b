"""The Write page: a seed text, a temperature, the text as it grows, and the choice behind each character."""

import streamlit as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.generation.sampling import entropy, ranking
from charlstm.model_folder.store import Model
from charlstm.playback import slow_motion
from charlstm.playback.focus import FocusedChoice, focused_choice, settings_of
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.choice import NUMBER_COLUMNS, figures_table
from charlstm.playback.tables.frames import Shown, alphabet, frame, streaming_frames
from charlstm.ui.charts.next_character.chart import next_character_spec
from charlstm.ui.components.address import Address, page_address
from charlstm.ui.components.save_picture import save_picture
from charlstm.ui.components.temperature_slider import reported_temperature, temperature_slider
from charlstm.ui.components.text_view import TIMES_SENT, Choices, Pacing, text_events, text_view
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings, stage
from charlstm.ui.shared.buttons import Control, buttons, clear_control, shortcuts, writing_controls
from charlstm.ui.shared.models import chosen_model, largest_vocabulary, source_of
from charlstm.ui.shared.seed_field import folded, more_seeds, seed_text
from charlstm.ui.write import sentences, sharing, write_state

TEXT = "text"  # the key of the text view
OPEN_CHOICE = 2.0  # bits
FURTHEST_OPEN_CHOICE = 400  # characters that are written at once in search of one


def page() -> None:
    """Draw the page."""
    session = st.session_state
    sharing.show_opened_run()
    address = page_address("write")
    session.table = session.get("table", False)  # Streamlit forgets a widget that is not drawn
    heading = stage.heading(sentences.TITLE)
    with st.container(key="seed_row", horizontal=True, vertical_alignment="top"):
        field = st.container(key="seed_field")
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:", key="settings") as settings_box:
            model = chosen_model(address.text("model", ""))
        if model is None:
            return
        if session.get("write_address") is not address:
            settings.write.open_address(address, model)
            session.write_address = address  # last, because Streamlit may end a run of the script at any access to it
        settings.write.follow(model)
        heading.markdown(sentences.introduction(model.manifest.title))
        with field:
            seed_text(model, address)
        player = _player(model, address)
        with settings_box:
            more_seeds(model)
            settings.write.show(model)
            settings.write.show_filters(model)
        with stage.more() as menu:
            if menu.open:
                _show_more(player)
        sharing.show_code()
    session.sent.clear()  # a whole run of the script may mount the views anew, and then they need everything
    session.address_updates_left = TIMES_SENT
    with st.container(key="stage"):
        st.fragment(_show_run)(model)
        with st.container(key="next_character"):
            st.vega_lite_chart(
                None,
                next_character_spec(largest_vocabulary(), st.context.theme.type == "dark"),
                key="rows",
                height="stretch",
                alt=shared_sentences.CHART_ALT,
                on_select=_pick_bar,
                selection_mode="pick",
            )
    if session.table:
        _show_table(player)


def _player(model: Model, address: Address) -> Player:
    """Return this viewer's player, created or changed as the settings require it."""
    source = source_of(model, settings.write.epoch(model))
    start = folded(model), settings.write.whole("random_seed")
    player = write_state.player()
    if player is None:
        player = Player([source], start[0], [start[1]])
        length = address.whole("run", 0, LONGEST_RUN, 0)  # of the run in the address, if any
        player.play(length, settings.write.first_characters())
        write_state.replace(player)
        if length:
            write_state.focus().move_to("last")
        return player
    nothing_written = not player.steps and not player.running
    if nothing_written and (player.seed_text, player.random_seeds[0]) != start:
        player = Player([source], start[0], [start[1]])
        write_state.replace(player)
    elif player.sources[0].network is not source.network:
        player.change_networks([source])
    return player


def _show_buttons(player: Player) -> None:
    history, idle = write_state.history(), not (player.running or player.full)
    buttons(
        [
            *writing_controls(player, _generate, _step, _continue),
            Control(sentences.SLOW_MOTION, "slow_motion", "M", idle, sentences.SLOW_HELP, _slow_motion),
        ]
    )
    shortcuts(
        [
            clear_control(player, _clear),
            Control(sentences.UNDO, "undo", "Z", bool(history.past), sentences.UNDO_HELP, write_state.undo),
            Control(sentences.REDO, "redo", "Y", bool(history.future), sentences.REDO_HELP, write_state.redo),
        ]
    )


def _show_more(player: Player) -> None:
    """Show what is needed now and then: sharing, the runs before, the text as a file, the figures."""
    history = write_state.history()
    with st.container(horizontal=True, key="more_runs"):
        for label, key, enabled, action in (
            (sentences.UNDO, "more_undo", bool(history.past), write_state.undo),
            (sentences.REDO, "more_redo", bool(history.future), write_state.redo),
            (shared_sentences.CLEAR, "more_clear", bool(player.steps), _clear),
        ):
            st.button(label, key=key, disabled=not enabled, on_click=action)
    sharing.show_sharing(player)
    save_picture("next_character", "charlstm-next-character")
    st.toggle(shared_sentences.TABLE, key="table")


def _play(player: Player, length: int) -> None:
    player.play(length, settings.write.first_characters())
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


def _slow_motion_back() -> None:
    focus = write_state.focus()
    if focus.stage not in (None, Stage.APPENDED):  # what is appended stays
        focus.move_to("next", slow_motion.previous_stage(focus.stage))


def _clear() -> None:
    old: Player = st.session_state.player
    text = old.sources[0].vocabulary.fold(st.session_state.seed_text or "").text
    write_state.replace(Player(old.sources, text, [settings.write.whole("random_seed")]))


def _show_run(model: Model) -> None:
    """Show buttons, temperature and text; drawn anew whenever the text view asks, and at each touch of them."""
    session, focus = st.session_state, write_state.focus()
    player: Player = session.player
    key, start = settings.write.key("temperature"), settings.write.start("temperature")
    current = reported_temperature(key, start), settings.write.filters()
    changed = session.get("current_settings", current) != current
    session.current_settings = current
    if changed and not player.running and focus.stage is None:
        if focus.past_position(player) is None:
            focus.move_to("next")
        else:
            focus.what_if = True
    _answer_events()
    player = session.player  # the viewer may have branched it
    new = player.advance(settings.write.whole("speed"), *current)
    focused = focused_choice(focus, player, *current)
    streaming = new if focus.at == "last" and focus.stage is None else 0
    with st.container(key="controls"):
        with st.container(key="buttons", horizontal=True, gap="small"):
            _show_buttons(player)
        temperature_slider(key, start, writing=player.running)
    with st.container(key="text_place"):
        pacing = Pacing(settings.write.tick(), settings.write.value("speed"))
        choices = _choices(player, focused, streaming, current[0])
        text_view(player, str(session.run_number), session.sent, pacing, focus, choices, key=TEXT)
        session.sent.append(len(player.steps))
    with st.container(key="said", horizontal=True, vertical_alignment="center"):
        _say(player, focused, bool(streaming) and player.running)
    with st.container(key="code"):
        if focus.stage is not None:
            st.code(slow_motion.BOOKS_CODE[focus.stage], language="python")
    # The address changes only with the settings, so while a run goes on, a few updates are enough.
    session.address_updates_left = TIMES_SENT if changed else session.address_updates_left - 1
    if session.address_updates_left > 0 or not player.running:
        page_address("write").show(sharing.address_of(model, player, *current), key="address")


def _answer_events() -> None:
    """Do what the viewer asked for in the text view."""
    player, focus = st.session_state.player, write_state.focus()
    events = text_events(player, focus, TEXT)
    if events.selected is not None:
        focus.selections_seen = events.selections
        focus.select(events.selected if events.selected >= 0 else ("last" if player.running else "next"))
    if player.running:
        return
    if events.presenter:
        (_slow_motion if events.presenter > 0 else _slow_motion_back)()
    if events.next_open:
        _write_to_open_choice(player)
    if events.picked is not None:
        step = focused_choice(focus, player, *write_state.current_settings()).step
        order = ranking(step.raw)
        if events.picked < len(order):
            _take(player, step.position, int(order[events.picked]), focus.stage)


def _write_to_open_choice(player: Player) -> None:
    """Write on until the next choice is an open one, and show it."""
    for _ in range(FURTHEST_OPEN_CHOICE):
        if player.full:
            break
        player.step(*write_state.current_settings())
        if entropy(player.next_steps(*write_state.current_settings())[0].raw) >= OPEN_CHOICE:
            break
    write_state.focus().move_to("next")


def _choices(player: Player, focused: FocusedChoice, new: int, slider: float) -> Choices:
    """Return the choice in focus for the chart; or while a text streams, the `new` ones of this tick."""
    run, step = str(st.session_state.run_number), focused.step
    symbols = alphabet(player.vocabulary_of(step.position))
    if new:
        rate = settings.write.value("speed")
        frames = streaming_frames(player.steps[-new:], new / rate if rate else settings.write.tick(), run, slider)
        return {"alphabet": symbols, "frames": frames, "streaming": True}
    shown = Shown(step.position, focused.stage, step.filters, step.picked and focused.stage is Stage.APPENDED)
    return {"alphabet": symbols, "frames": [frame(focused.choice, shown, run, slider)], "streaming": False}


def _say(player: Player, focused: FocusedChoice, streaming: bool) -> None:
    """Describe the choice that the chart shows, and offer to branch the run there."""
    if player.full and not player.running:
        st.text(sentences.RUN_IS_FULL.format(longest=LONGEST_RUN))
    elif streaming:
        st.text(sentences.streaming(settings_of(player, player.steps[-1])))
    elif _seed_has_changed(player):
        st.text(f"{focused.description}. {sentences.NEW_SEED}")
    else:
        st.text(focused.description)
    if write_state.focus().past_position(player) is not None and not player.running:
        st.button(sentences.BRANCH, key="branch", shortcut="B", help=sentences.BRANCH_HELP, on_click=_branch)


def _seed_has_changed(player: Player) -> bool:
    """Return whether the field has another seed text than the text that was written."""
    typed = player.sources[0].vocabulary.fold(st.session_state.get("seed_text") or "").text
    return bool(player.steps) and not player.running and typed != player.seed_text


def _show_table(player: Player) -> None:
    """Show the figures of the choice in focus."""
    focused = focused_choice(write_state.focus(), player, *write_state.current_settings())
    table = figures_table(focused.choice, player.vocabulary_of(focused.step.position))
    formats = {name: st.column_config.NumberColumn(format="%.6f") for name in NUMBER_COLUMNS}
    st.dataframe(slow_motion.hide_unknown(table, focused.stage), hide_index=True, column_config=formats)


def _pick_bar() -> None:
    """Take the character whose row was clicked, at the position that was shown."""
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
    branch.pick({0: character_id}, *in_force)
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
