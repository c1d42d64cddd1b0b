"""The Write page: a seed text, a temperature, the text as it grows, and the choice behind each character."""

import streamlit as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.model_folder.store import Model
from charlstm.playback import slow_motion
from charlstm.playback.focus import in_force, shown
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables import animation
from charlstm.playback.tables.choice import Choice, columns_table, figures_table, rows_table
from charlstm.ui import charts
from charlstm.ui.components.address import Address, opened
from charlstm.ui.components.temperature_slider import temperature_slider
from charlstm.ui.components.text_view import MESSAGES, text_view
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings
from charlstm.ui.shared.buttons import Control, buttons
from charlstm.ui.shared.models import chosen_model, source_of
from charlstm.ui.shared.seed_field import folded, seed_text
from charlstm.ui.write import sentences, sharing, write_state

READABLE_SPEED = 4  # characters a second up to which the sorted rows can be followed
TICK = 0.125  # seconds between two messages of a run; most of what a tick costs is Streamlit's own
RARER_TICK = 0.75  # the same where the views play what one message brings; but full speed, which is 0, always has work


def page() -> None:
    """Draw the page."""
    session = st.session_state
    sharing.take_over()
    address = opened("write")
    model = chosen_model(address.text("model", ""))
    if model is None:
        return
    if session.get("write_address") is not address:
        settings.write.begin(address, model)
        session.write_address = address  # last, because Streamlit may end a run at any touch of the session
    st.markdown(sentences.INTRODUCTION)
    seed_text(model, address)
    player = _player(model, address)
    order = tuple(map(model.vocabulary.ids.get, model.manifest.characters_by_frequency))
    session.setdefault("by_frequency", {})[model.folder.name] = order
    with st.container(key="controls", horizontal=True, gap="small", vertical_alignment="center"):
        _buttons(player)
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:"):
            settings.write.settings(model)
            settings.write.strategies(model)
        with st.popover(sentences.SHARE, icon=":material/share:"):
            sharing.share(player)
    session.sent.clear()  # a whole run of the script may mount the views anew: they get everything
    session.to_say = MESSAGES
    interval = settings.write.interval(_tick())
    st.fragment(run_every=interval if player.running else None)(_stage)(model, interval, _state())
    st.toggle(shared_sentences.TABLE, key="table")


def _tick() -> float:
    return TICK if settings.write.whole("speed") <= READABLE_SPEED else RARER_TICK


def _player(model: Model, address: Address) -> Player:
    """Return this viewer's player, made anew or changed where the knobs ask for it."""
    source = source_of(model, settings.write.epoch(model))
    wanted = folded(model), settings.write.whole("random_seed")
    player = write_state.player()
    if player is None:
        player = Player(source, *wanted)
        length = address.whole("run", 0, LONGEST_RUN, 0)  # the address says that a run was made
        player.play(length, settings.write.first(_tick()))
        write_state.replace(player)
        if length:
            write_state.look().to("last")
        return player
    nothing_written = not player.steps and not player.running
    if nothing_written and (player.seed_text, player.random_seed) != wanted:
        player = Player(source, *wanted)
        write_state.replace(player)
    elif player.source.network is not source.network:
        player.change_network(source)
    return player


def _state() -> tuple[int, bool, bool, bool]:
    """Return what the buttons depend on: when it changes, they must be drawn again."""
    player: Player = st.session_state.player
    return st.session_state.run, player.running, player.running or bool(player.steps), player.full


def _buttons(player: Player) -> None:
    written, idle = bool(player.steps), not (player.running or player.full)
    history = write_state.history()
    # What stands here only at times stands last, so that nothing else changes its place.
    redo = [Control(sentences.REDO, "redo", "Y", True, sentences.REDO_HELP, write_state.redo)] if history.future else []
    buttons(
        [
            Control(shared_sentences.GENERATE, "generate", "G", True, shared_sentences.GENERATE_HELP, _generate),
            Control(shared_sentences.STOP, "stop", "S", player.running, shared_sentences.STOP_HELP, player.stop),
            Control(shared_sentences.STEP, "step", "N", idle, shared_sentences.STEP_HELP, _step),
            Control(
                shared_sentences.CONTINUE, "continue", "O", idle and written, shared_sentences.CONTINUE_HELP, _continue
            ),
            Control(sentences.SLOW_MOTION, "slow_motion", "M", idle, sentences.SLOW_HELP, _slow_motion),
            Control(shared_sentences.CLEAR, "clear", "X", written, shared_sentences.CLEAR_HELP, _clear),
            Control(sentences.UNDO, "undo", "Z", bool(history.past), sentences.UNDO_HELP, write_state.undo),
            *redo,
        ]
    )


def _play(player: Player, length: int) -> None:
    player.play(length, settings.write.first(_tick()))
    write_state.look().to("last")


def _generate() -> None:
    player: Player = st.session_state.player
    if player.beside is None:
        _clear()
    else:
        write_state.replace(player.restart_branch())
    _continue()


def _continue() -> None:
    _play(st.session_state.player, settings.write.whole("length"))


def _step() -> None:
    st.session_state.player.step(*st.session_state.shown_knobs)
    write_state.look().to("last")


def _slow_motion() -> None:
    look = write_state.look()
    if look.stage is Stage.DIE:
        st.session_state.player.step(*st.session_state.shown_knobs)
    look.to("next", slow_motion.after(look.stage))


def _clear() -> None:
    old: Player = st.session_state.player
    text = old.source.vocabulary.fold(st.session_state.seed_text or "").text
    write_state.replace(Player(old.source, text, settings.write.whole("random_seed")))


def _stage(model: Model, interval: float, drawn_for: tuple[int, bool, bool, bool]) -> None:
    """What moves: the slider, the text and the chart. Redrawn at each tick and each touch of them."""
    session, look = st.session_state, write_state.look()
    if _state() != drawn_for:
        st.rerun()  # a click in here changed what is outside of it
    player: Player = session.player
    temperature = temperature_slider(settings.write.key("temperature"), settings.write.start("temperature"))
    turned_to = temperature, settings.write.filters()
    turned = session.get("shown_knobs", turned_to) != turned_to
    session.shown_knobs = turned_to
    new = player.advance(settings.write.whole("speed"), *turned_to)
    if turned and not player.running and look.stage is None:
        if look.past(player) is None:
            look.to("next")
        else:
            look.what_if = True
    events = text_view(player, str(session.run), session.sent, interval, look, key="text")
    session.sent.append(len(player.steps))
    if events.selected is not None:
        look.heard = events.selections
        look.follow(events.selected if events.selected >= 0 else ("last" if player.running else "next"))
    if player.full and not player.running:
        st.caption(sentences.RUN_IS_FULL.format(longest=LONGEST_RUN))
    _chart(player, new, interval)
    # Nothing that the address says changes of itself, so while writing it is said for a few ticks only.
    session.to_say = MESSAGES if turned else session.to_say - 1
    if session.to_say > 0 or not player.running:
        opened("write").show(sharing.address_of(model, player, *turned_to), key="address")
    if _state() != drawn_for:
        st.rerun()  # only a whole run of the script can put the timer to rest


def _chart(player: Player, new: int, interval: float) -> None:
    """The choice that is looked at; or while a text streams, some of the `new` ones of this tick."""
    session, look = st.session_state, write_state.look()
    view = shown(look, player, *session.shown_knobs)
    slow = 0 < settings.write.whole("speed") <= READABLE_SPEED
    streaming = player.running and bool(player.steps) and look.at == "last" and not slow
    with st.container(
        key="told" if look.stage is None else "told_slowly", horizontal=True, vertical_alignment="center"
    ):
        st.text(sentences.streaming(in_force(player, player.steps[-1])) if streaming else view.told)
        if look.past(player) is not None and not player.running:
            st.button(sentences.BRANCH, key="branch", shortcut="B", help=sentences.BRANCH_HELP, on_click=_branch)
    source = player.source_of(view.position)
    arguments = (len(source.vocabulary), st.context.theme.type == "dark")
    if streaming:
        steps = animation.spread_over(player.steps[-max(new, 1) :], interval, charts.FRAMES_A_SECOND)
        order = session.by_frequency[source.model]
        table = columns_table([Choice.of(step) for step in steps], source.vocabulary, order)
        st.vega_lite_chart(
            animation.message([table]),
            charts.spec("columns", *arguments),
            key="columns",
            alt=shared_sentences.CHART_ALT,
        )
    else:
        table = rows_table(view.choice, source.vocabulary, f"{session.run}:{view.position}")
        st.vega_lite_chart(
            slow_motion.known(table, view.stage),
            charts.spec("rows", *arguments),
            key="rows",
            alt=shared_sentences.CHART_ALT,
            on_select=_pick,
            selection_mode="pick",
        )
    if session.get("table"):
        st.dataframe(
            slow_motion.known(figures_table(view.choice, source.vocabulary), view.stage),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.6f")
                for name in ("raw", "reweighted", "die from", "die to")
            },
        )


def _pick() -> None:
    """Take the character whose bar was clicked, at the position that was shown: the run parts there."""
    session, look = st.session_state, write_state.look()
    player: Player = session.player
    for point in session.rows.selection.get("pick", [])[:1]:
        run, *place = str(point.get("token", "")).split(":")
        if run == str(session.run) and not player.running and len(place) == 2 and all(map(str.isdecimal, place)):
            _take(player, int(place[0]), int(place[1]), look.stage)


def _take(player: Player, position: int, character_id: int, stage: Stage | None) -> None:
    written = len(player.steps)
    if position > written or position >= LONGEST_RUN or character_id >= len(player.vocabulary_of(position)):
        return
    in_force = st.session_state.shown_knobs
    if position < written:
        past = player.steps[position]
        if past.character_id == character_id:
            return  # it was taken anyhow
        if not write_state.look().what_if:
            in_force = past.temperature, past.filters
    forked = player.fork(position)
    forked.pick(character_id, *in_force)
    write_state.replace(forked)
    write_state.look().to("next", None if stage is None else Stage.APPENDED)


def _branch() -> None:
    """Let the run part at the position that is shown, and write on."""
    player: Player = st.session_state.player
    position = write_state.look().past(player)
    if position is None or player.running:
        return
    forked = player.fork(position)
    forked.step(*st.session_state.shown_knobs)  # the one that was shown, by the network of that place
    write_state.replace(forked)
    _play(forked, settings.write.whole("length") - 1)
