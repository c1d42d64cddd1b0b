"""The Write page: a seed text, a temperature, the text as it grows, and the choice behind each character."""

from collections import deque
from typing import Literal

import streamlit as st

from charlstm import corpus as corpora
from charlstm.sampling import NO_FILTERS, Filters, cut, reweight
from charlstm.store import Model
from charlstm.ui import charts, words
from charlstm.ui.choice import Choice, columns_table, figures_table, rows_table, visible
from charlstm.ui.models import book, chosen_model, network_of
from charlstm.ui.player import AS_FAST_AS_POSSIBLE, LONGEST_RUN, Player
from charlstm.ui.temperature_slider import temperature_slider
from charlstm.ui.text_view import MESSAGES, text_view

SPEEDS = (1, 2, 4, 10, 20, 30, 60, 120, AS_FAST_AS_POSSIBLE)
READABLE_SPEED = 4  # characters a second up to which the sorted rows can be followed
DEFAULTS = {"speed": 30, "length": 400, "random_seed": 1}
LONGEST = 10_000
LONGEST_SEED = 200_000
TICK = 0.125  # seconds between two redraws of a run; most of what a tick costs is Streamlit's own

# What the chart shows: the next choice, the last one taken, or that of a clicked character.
View = Literal["next", "last"] | int


def page() -> None:
    """Draw the page."""
    model = chosen_model()
    if model is None:
        return
    st.markdown(words.INTRODUCTION)
    st.session_state.setdefault("seed_text", words.DEFAULT_SEED)
    _seed_text(model)
    player = _player(model)
    st.session_state.by_frequency = tuple(map(model.vocabulary.ids.get, model.manifest.characters_by_frequency))
    with st.container(key="controls", horizontal=True, gap="small", vertical_alignment="center"):
        _buttons(player)
        with st.popover(words.SETTINGS, icon=":material/tune:"):
            _settings(model)
    st.session_state.sent.clear()  # a whole run of the script may mount the views anew: they get everything
    interval = _interval(_knob("speed"))
    st.fragment(run_every=interval if player.running else None)(_stage)(interval)
    st.toggle(words.TABLE, key="table")


def _knob(name: str) -> int:
    """Return the present value of a knob, also before its widget has been drawn for the first time."""
    return max(0, int(st.session_state.get(name, DEFAULTS[name])))


def _filters() -> Filters:
    """Return the filters in force; a knob at its end lets all pass."""
    session = st.session_state
    shares = {name: min(max(session.get(name, 1.0), 0.01), 1.0) for name in ("top_p", "typical_p")}
    return Filters(
        top_k=max(session.get("top_k", 0), 0) or None,
        min_p=min(max(session.get("min_p", 0.0), 0.0), 1.0) or None,
        **{name: share if share < 1.0 else None for name, share in shares.items()},
    )


def _epoch(model: Model) -> int:
    epoch = st.session_state.get("epoch")
    return epoch if epoch in model.manifest.epochs else model.manifest.best_epoch


def _seed_text(model: Model) -> None:
    """The field, what it cannot keep, and other ways to fill it."""
    field, others = st.columns([3, 2], gap="medium")
    with field:
        st.text_area(
            words.SEED_TEXT,
            key="seed_text",
            height=96,
            max_chars=LONGEST_SEED,
            placeholder=words.SEED_PLACEHOLDER,
        )
        dropped = model.vocabulary.fold(st.session_state.seed_text or "").dropped
        if dropped:
            st.text(words.dropped_characters(dropped))
    with others, st.container(key="seeds", gap="small"):
        st.pills(
            words.MORE_SEEDS, list(words.SEEDS), key="seed_name", on_change=_use_seed, label_visibility="collapsed"
        )
        _excerpt(model)


def _use_seed() -> None:
    name = st.session_state.seed_name
    if name is not None:
        st.session_state.seed_text = words.SEEDS[name]
        st.session_state.seed_name = None


def _excerpt(model: Model) -> None:
    name = model.manifest.corpus.get("name", "")
    try:
        text = book(name)
    except (corpora.CorpusError, OSError):
        text = None
    if text is not None:
        last = max(1, len(text) - model.manifest.window)
        arguments = (text, model.manifest.window)
        st.slider(words.EXCERPT, 0, last, key="excerpt", on_change=_use_excerpt, args=arguments)
    elif name in corpora.NAMED and st.button(words.FETCH, help=words.FETCH_HELP, key="fetch"):
        try:
            with st.spinner(words.FETCH):
                corpora.fetch(name)
        except (corpora.CorpusError, OSError):
            st.error(words.FETCHED_FAILED)
            return
        st.rerun()


def _use_excerpt(text: str, length: int) -> None:
    st.session_state.seed_text = corpora.excerpt(text, st.session_state.excerpt, length)


def _settings(model: Model) -> None:
    """The knobs that are folded away.

    Their first values are given to the widgets and not through the session's state: a widget that
    is still folded away would miss those.
    """
    epochs, best = list(model.manifest.epochs), model.manifest.best_epoch
    st.caption(words.SETTINGS_HELP)
    st.select_slider(words.SPEED, SPEEDS, DEFAULTS["speed"], format_func=words.speed, key="speed")
    st.number_input(words.LENGTH, 1, LONGEST, DEFAULTS["length"], step=100, key="length")
    st.number_input(words.RANDOM_SEED, 0, 2**31 - 1, DEFAULTS["random_seed"], step=1, key="random_seed")
    if len(epochs) > 1:
        st.select_slider(words.EPOCH, epochs, best, key="epoch")
    figures = model.figures(_epoch(model))
    if figures is not None:
        st.caption(words.epoch_figures(figures.epoch, figures.held_out_loss, figures.epoch == best))
    with st.expander(words.STRATEGIES):
        st.caption(words.STRATEGIES_HELP)
        st.slider(words.TOP_K, 0, len(model.vocabulary), 0, key="top_k")
        st.slider(words.TOP_P, 0.01, 1.0, 1.0, 0.01, key="top_p")
        st.slider(words.MIN_P, 0.0, 1.0, 0.0, 0.01, key="min_p")
        st.slider(words.TYPICAL_P, 0.01, 1.0, 1.0, 0.01, key="typical_p")


def _player(model: Model) -> Player:
    """Return this viewer's player, made anew or changed where the knobs ask for it."""
    session = st.session_state
    network = network_of(model, _epoch(model))
    player: Player | None = session.get("player")
    seed_text = model.vocabulary.fold(session.seed_text or "").text
    if player is None or player.vocabulary != model.vocabulary:
        return _new_player(Player(network, model.vocabulary, seed_text, _knob("random_seed")))
    nothing_written = not player.steps and not player.running
    if nothing_written and (player.seed_text, player.random_seed) != (seed_text, _knob("random_seed")):
        return _new_player(Player(network, model.vocabulary, seed_text, _knob("random_seed")))
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


def _buttons(player: Player) -> None:
    running, full = player.running, player.full
    st.button(
        words.GENERATE, key="generate", type="primary", shortcut="G", help=words.GENERATE_HELP, on_click=_generate
    )
    st.button(words.STOP, key="stop", shortcut="S", disabled=not running, help=words.STOP_HELP, on_click=_stop)
    st.button(words.STEP, key="step", shortcut="N", disabled=running or full, help=words.STEP_HELP, on_click=_step)
    st.button(
        words.CONTINUE,
        key="continue",
        shortcut="O",
        disabled=running or full or not player.steps,
        help=words.CONTINUE_HELP,
        on_click=_continue,
    )
    st.button(words.CLEAR, key="clear", shortcut="X", disabled=not player.steps, help=words.CLEAR_HELP, on_click=_clear)


def _generate() -> None:
    _clear()
    _continue()


def _continue() -> None:
    st.session_state.player.play(_knob("length"))
    st.session_state.view = "last"


def _stop() -> None:
    st.session_state.player.stop()


def _step() -> None:
    st.session_state.player.step(st.session_state.shown_temperature, _filters())
    st.session_state.view = "last"


def _clear() -> None:
    session = st.session_state
    old: Player = session.player
    seed_text = old.vocabulary.fold(session.seed_text or "").text
    _new_player(Player(old.network, old.vocabulary, seed_text, _knob("random_seed")))


def _interval(speed: int) -> float:
    """Return the seconds between two ticks: no more often than characters come, nor than the eye needs."""
    return TICK if speed == AS_FAST_AS_POSSIBLE else min(0.5, max(TICK, 1 / speed))


def _stage(interval: float) -> None:
    """What moves: the slider, the text and the chart. Redrawn at each tick and each touch of them."""
    session = st.session_state
    player: Player = session.player
    temperature = temperature_slider("temperature")
    was_running = player.running
    player.advance(_knob("speed"), temperature, _filters())
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
    streaming = player.running and session.view == "last" and not 0 < _knob("speed") <= READABLE_SPEED
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
    filters = _filters()
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
            player.pick(int(character_id), session.shown_temperature, _filters())
            session.view = "next"
