"""The Write page: a seed text, a temperature, the text as it grows, and the choice behind each character."""

from collections import deque
from typing import Literal

import streamlit as st

from charlstm.sampling import NO_FILTERS, cut, reweight
from charlstm.store import Model
from charlstm.ui import charts, words
from charlstm.ui.choice import Choice, columns_table, figures_table, rows_table, visible
from charlstm.ui.controls import buttons
from charlstm.ui.knobs import Knobs
from charlstm.ui.models import chosen_model, network_of
from charlstm.ui.player import LONGEST_RUN, Player
from charlstm.ui.seed import seed_field
from charlstm.ui.temperature_slider import temperature_slider
from charlstm.ui.text_view import MESSAGES, text_view

KNOBS = Knobs()
READABLE_SPEED = 4  # characters a second up to which the sorted rows can be followed
TICK = 0.125  # seconds between two redraws of a run; most of what a tick costs is Streamlit's own

# What the chart shows: the next choice, the last one taken, or that of a clicked character.
View = Literal["next", "last"] | int


def page() -> None:
    """Draw the page."""
    model = chosen_model()
    if model is None:
        return
    st.markdown(words.INTRODUCTION)
    seed_field(model)
    player = _player(model)
    st.session_state.by_frequency = tuple(map(model.vocabulary.ids.get, model.manifest.characters_by_frequency))
    with st.container(key="controls", horizontal=True, gap="small", vertical_alignment="center"):
        buttons(player, generate=_generate, stop=_stop, step=_step, go_on=_continue, clear=_clear)
        with st.popover(words.SETTINGS, icon=":material/tune:"):
            KNOBS.show(model)
            KNOBS.show_filters(model)
    st.session_state.sent.clear()  # a whole run of the script may mount the views anew: they get everything
    interval = KNOBS.interval(TICK)
    st.fragment(run_every=interval if player.running else None)(_stage)(interval)
    st.toggle(words.TABLE, key="table")


def _player(model: Model) -> Player:
    """Return this viewer's player, made anew or changed where the knobs ask for it."""
    session = st.session_state
    network = network_of(model, KNOBS.epoch(model))
    player: Player | None = session.get("player")
    seed_text = model.vocabulary.fold(session.seed_text or "").text
    if player is None or player.vocabulary != model.vocabulary:
        return _new_player(Player(network, model.vocabulary, seed_text, KNOBS.random_seed))
    nothing_written = not player.steps and not player.running
    if nothing_written and (player.seed_text, player.random_seed) != (seed_text, KNOBS.random_seed):
        return _new_player(Player(network, model.vocabulary, seed_text, KNOBS.random_seed))
    if player.network is not network:
        player.change_network(network)
    return player


def _new_player(player: Player) -> Player:
    session = st.session_state
    session.player = player
    session.run = session.get("run", 0) + 1
    session.sent = deque(maxlen=MESSAGES)
    session.view = "next"
    return player


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    st.session_state.player.play(KNOBS.length)
    st.session_state.view = "last"


def _stop() -> None:
    st.session_state.player.stop()


def _step() -> None:
    st.session_state.player.step(st.session_state.shown_temperature, KNOBS.filters)
    st.session_state.view = "last"


def _clear() -> None:
    session = st.session_state
    old: Player = session.player
    seed_text = old.vocabulary.fold(session.seed_text or "").text
    _new_player(Player(old.network, old.vocabulary, seed_text, KNOBS.random_seed))


def _stage(interval: float) -> None:
    """What moves: the slider, the text and the chart. Redrawn at each tick and each touch of them."""
    session = st.session_state
    player: Player = session.player
    temperature = temperature_slider("temperature")
    was_running = player.running
    player.advance(KNOBS.speed, temperature, KNOBS.filters)
    if not was_running and temperature != session.get("shown_temperature", temperature):
        session.view = "next"
    session.shown_temperature = temperature
    events = text_view(player, str(session.run), session.sent, interval, key="text")
    session.sent.append(len(player.steps))
    if events.selected is not None:
        session.view = events.selected if events.selected >= 0 else ("last" if player.running else "next")
    if events.lost:
        session.sent.clear()
        st.rerun(scope="fragment")
    if player.full and not player.running:
        st.caption(words.RUN_IS_FULL.format(longest=LONGEST_RUN))
    _chart(player, temperature)
    if was_running and not player.running:
        st.rerun()  # only a whole run of the script can put the timer to rest


def _chart(player: Player, temperature: float) -> None:
    session = st.session_state
    choice, told = _choice(player, session.view, temperature)
    st.text(told)
    arguments = (len(player.vocabulary), st.context.theme.type == "dark")
    streaming = player.running and session.view == "last" and not 0 < KNOBS.speed <= READABLE_SPEED
    if streaming:
        table = columns_table(choice, player.vocabulary, session.by_frequency)
        st.vega_lite_chart(table, charts.spec("columns", *arguments), key="columns", alt=words.CHART_ALT)
    else:
        token = f"{session.run}:{len(player.steps)}"
        st.vega_lite_chart(
            rows_table(choice, player.vocabulary, token),
            charts.spec("rows", *arguments),
            key="rows",
            alt=words.CHART_ALT,
            on_select=_pick,
            selection_mode="pick",
        )
    if session.get("table"):
        st.dataframe(
            figures_table(choice, player.vocabulary),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.6f")
                for name in ("raw", "reweighted", "die from", "die to")
            },
        )


def _choice(player: Player, view: View, temperature: float) -> tuple[Choice, str]:
    """Return what the chart shows, and its heading."""
    if view == "last" and player.steps:
        view = len(player.steps) - 1
    if isinstance(view, int) and view < len(player.steps):
        step = player.steps[view]
        character = visible(player.vocabulary.characters[step.character_id])
        return Choice.of(step), words.taken(view + 1, character, step.picked)
    raw = player.raw
    text = (player.seed_text[-24:] + player.generated[-24:])[-24:]
    shown = "".join(visible(character) for character in text)
    filters = KNOBS.filters
    reweighted = cut(raw, reweight(raw, temperature), filters)
    return Choice(raw, reweighted, temperature, filtered=filters != NO_FILTERS), words.ahead(shown)


def _pick() -> None:
    """Append the character whose bar was clicked, if the click was about the present text."""
    session = st.session_state
    player: Player = session.player
    picked = session.rows.selection.get("pick", [])
    for point in picked[:1]:
        run, position, character_id = str(point.get("token", "::")).split(":")
        if (run, position) != (str(session.run), str(len(player.steps))) or player.running:
            return
        if character_id.isdigit() and int(character_id) < len(player.vocabulary):
            player.pick(int(character_id), session.shown_temperature, KNOBS.filters)
            session.view = "next"
