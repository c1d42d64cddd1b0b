"""Sharing a run: by its address, or as a file that is saved and opened."""

from itertools import chain

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charlstm.generation.filters import Filters
from charlstm.generation.run import NetworkSource, Run, check_models, first_difference, replay, whole_runs
from charlstm.generation.run_file import LARGEST_FILE, parse_run, run_bytes
from charlstm.model_folder.store import Model
from charlstm.playback.player import Player
from charlstm.ui.components.address import UNCHANGED, copy_link, forget_kept, kept_by_browser, page_address, shortened
from charlstm.ui.components.qr_code import show_qr_code
from charlstm.ui.components.temperature_slider import HIGHEST
from charlstm.ui.shared import settings
from charlstm.ui.shared.models import source_of, usable_models
from charlstm.ui.shared.seed_field import first_seed, hold
from charlstm.ui.shared.settings import strategies
from charlstm.ui.shared.user_models import models_of_user
from charlstm.ui.write import sentences
from charlstm.ui.write.state import WriteState

FILE_NAME, TEXT_NAME = "charlstm-run.json", "charlstm.txt"
PROGRESS_INTERVAL = 100  # characters
KEPT_EVERY = 150  # characters
LONGEST_TAKEN_OVER = 10_000  # characters; a longer run takes too long to be written again without being asked for


def show_sharing(state: WriteState) -> None:
    """Show the ways to share a run, and to open a shared one."""
    player = state.player
    st.caption(sentences.SHARE_HELP)
    _show_link(player)
    st.button(sentences.SHOW_CODE, key="ask_for_code", on_click=_ask_for_code, args=(state,), width="stretch")
    st.download_button(
        sentences.SAVE_RUN,
        data=lambda: run_bytes(player.run()),
        file_name=FILE_NAME,
        mime="application/json",
        on_click="ignore",
        disabled=not player.steps,
        key="save_run",
        width="stretch",
    )
    st.download_button(
        sentences.SAVE_TEXT,
        data=lambda: player.seed_text + player.texts[0],
        file_name=TEXT_NAME,
        mime="text/plain",
        on_click="ignore",
        disabled=not player.steps,
        key="save_text",
        width="stretch",
    )
    megabytes = LARGEST_FILE // 1_000_000
    file = st.file_uploader(sentences.OPEN_RUN, "json", key=f"open-{state.uploader_version}", max_upload_size=megabytes)
    if file is not None:
        state.uploader_version += 1  # at once: any other click ends the opening, and leaves the page as it was
        _open(state, file.getvalue(), st.progress(0.0, sentences.WRITING_AGAIN))
        st.rerun()
    if state.open_message:
        st.text(state.open_message)


def _ask_for_code(state: WriteState) -> None:
    state.code_asked_for = True
    st.session_state.more = False  # the menu would lie above the code


def show_code(state: WriteState) -> None:
    """Show the address as a QR code, where the menu was asked for it."""
    if state.code_asked_for:
        state.code_asked_for = False
        st.dialog(sentences.SCAN, width="large")(show_qr_code)("code_of_link")


def _show_link(player: Player) -> None:
    """Show the button that copies the link, what the link cannot bring, and why."""
    reason = _reason_against_a_link(player) if player.steps else ""
    label = sentences.LINK_TO_TEXT if player.steps and not reason else sentences.LINK_TO_SETTINGS
    copy_link(label, sentences.LINK_COPIED, key="copy_link")
    if reason:
        st.caption(sentences.link_cannot(reason))
    kept = shortened(player.seed_text)
    if kept != player.seed_text:
        st.caption(sentences.seed_too_long(len(kept), _is_equivalent(kept, player)))
    names = {player.sources[0].model, *(one.model for one in player.run().settings)}
    for model in models_of_user():
        if model.folder.name in names:
            st.caption(sentences.own_network(model.manifest.title))


def _is_equivalent(kept: str, player: Player) -> bool:
    """Return whether the network writes the same after the end of the seed text as after all of it."""
    network = player.sources[0].network
    return kept == player.seed_text or (not network.stateful and len(kept) >= network.window)


def _reason_against_a_link(player: Player) -> str:
    """Return why an address cannot hold all that determines this text; empty where it can."""
    run = player.run()
    first = run.settings[0]
    if run.picked:
        return sentences.PICKED
    if len(run.settings) > 1:
        return sentences.CHANGED
    if first.temperature > HIGHEST:
        return sentences.TOO_HOT
    values = strategies.values_of(first.filters)
    if any(shortened(values[name]) != values[name] for name in strategies.TEXTS):
        return sentences.OUT_OF_RANGE
    if not _is_within_reach(first.filters, player) or run.random_seed > settings.LARGEST_RANDOM_SEED:
        return sentences.OUT_OF_RANGE
    return "" if _is_equivalent(shortened(run.seed_text), player) else sentences.SEED_TOO_LONG


def _is_within_reach(filters: Filters, player: Player) -> bool:
    """Return whether the page's settings can be just these."""
    return strategies.filters_of(strategies.values_of(filters), player.vocabulary_of(0).characters) == filters


def address_of(model: Model, player: Player, temperature: float, filters: Filters) -> dict[str, str | float | None]:
    """Return the values of the address: the run where it fits, else the seed text in the field and the settings."""
    run = player.run() if player.steps and not _reason_against_a_link(player) else None
    if run and player.running and (temperature, filters) != run.settings[0][3:5]:
        run = None  # the next step will be made with other settings
    values = {name: settings.write.value(name) for name in ("speed", "length")}
    values |= strategies.values_of(run.settings[0].filters if run else filters)
    if not run:
        values |= {
            "temperature": temperature,
            "random_seed": settings.write.value("random_seed"),
            "epoch": settings.write.epoch(model),
        }
    defaults = {**settings.DEFAULTS, "epoch": model.manifest.best_epoch}
    changed: dict[str, str | float] = {name: value for name, value in values.items() if value != defaults[name]}
    if run:
        changed |= _values_of_run(run, player)
    elif player.steps:  # what can be said of this text, said in full
        told = {name: values[name] for name in ("temperature", "random_seed", "epoch")}
        changed |= {**told, "seed": shortened(st.session_state.seed_text or ""), "model": model.folder.name}
    else:
        changed |= _values_of_field(model)
    return {name: changed.get(name) for name in (*defaults, "model", "seed", "run")}


def _values_of_run(run: Run, player: Player) -> dict[str, str | float]:
    """Return all that determines a run's text, so that the address stays valid when defaults change."""
    return {
        "model": run.settings[0].model,
        "epoch": run.settings[0].epoch,
        "seed": shortened(run.seed_text),
        "temperature": run.settings[0].temperature,
        "random_seed": run.random_seed,
        "run": player.goal if player.running else len(player.steps),
    }


def _values_of_field(model: Model) -> dict[str, str | float]:
    seed_text = st.session_state.seed_text or ""
    values: dict[str, str | float] = {}
    if seed_text != first_seed(model):
        values["seed"] = shortened(seed_text)
    if "model" in st.session_state:
        values["model"] = model.folder.name
    return values


def run_to_keep(state: WriteState) -> str | None:
    """Return what the browser keeps for a server that takes over: the run, where the address cannot say it.

    A run that goes on is kept again from time to time.
    """
    player = state.player
    now = state.run_number, len(player.steps)
    unchanged = state.address_updates_left <= 0 and state.looked_at[0] == now[0]
    if player.running and unchanged and now[1] - state.looked_at[1] < KEPT_EVERY:
        return UNCHANGED  # to look through a long run takes a moment
    state.looked_at = now
    if not player.steps or not _reason_against_a_link(player):
        changed, state.kept = state.kept is not None, None
        return None if changed else UNCHANGED
    if state.kept == now or (player.running and state.kept and now[1] - state.kept[1] < KEPT_EVERY):
        return UNCHANGED
    state.kept = now
    return run_bytes(player.run()).decode()


def take_over(state: WriteState) -> None:
    """Open the run that a browser has kept whose server has ended; without it, the address says what it can."""
    kept = kept_by_browser()
    if kept is None:
        return
    bar = st.empty()
    try:
        run = parse_run(kept.encode("utf-8", "replace"))
        if sum(len(one.text) for one in whole_runs(run)) <= LONGEST_TAKEN_OVER:
            state.opened = _replayed(run, bar.progress(0.0, sentences.WRITING_AGAIN))
            state.address = page_address("write")  # which says less, and is not opened besides
    except (ValueError, OSError):
        pass  # the address says what it can
    bar.empty()
    forget_kept()  # last, because Streamlit may end a run of the script at any access to its session


def show_opened_run(state: WriteState) -> None:
    """Put a run that was just opened on the page, with its last settings; before any widget is drawn."""
    session, player = st.session_state, state.opened
    if player is None:
        return
    run = player.run()
    last = run.settings[-1]
    session.seed_text = run.seed_text
    hold(run.seed_text)
    session.model = last.model
    state.in_force = None
    values = {"temperature": min(last.temperature, HIGHEST), "random_seed": run.random_seed, "epoch": last.epoch}
    settings.write.reset_to({**values, **strategies.values_of(last.filters)}, last.model)
    state.replace(player)
    state.focus.move_to("last")
    state.opened = None  # last, because Streamlit may end a run of the script at any access to its session


def _open(state: WriteState, content: bytes, bar: DeltaGenerator) -> None:
    """Replay a saved run; where that fails, show why and leave the page as it is."""
    state.open_message = ""
    try:
        run = parse_run(content)
        player = _replayed(run, bar)
    except (ValueError, OSError) as error:
        state.open_message = sentences.cannot_open(str(error))
        return
    state.opened = player
    if run.settings[-1].temperature > HIGHEST or not _is_within_reach(run.settings[-1].filters, player):
        state.open_message = sentences.BEYOND_SETTINGS
    for written, saved in zip(whole_runs(player.run()), whole_runs(run), strict=True):
        difference = first_difference(written.text, saved.text)
        if difference is not None:
            model = next(one.model for one in reversed(saved.settings) if one.position <= difference)
            state.open_message = sentences.writes_otherwise(model, difference)
            return


def _replayed(run: Run, bar: DeltaGenerator) -> Player:
    models = {model.folder.name: model for model in usable_models()[0]}
    check_models(run, models)

    def source(model: str, epoch: int) -> NetworkSource:
        return source_of(models[model], epoch)

    runs = whole_runs(run)
    total, steps = sum(len(one.text) for one in runs), []
    for _, step in chain.from_iterable(replay(one, source) for one in runs):
        steps.append(step)
        if len(steps) % PROGRESS_INTERVAL == 0:
            bar.progress(len(steps) / total, sentences.WRITING_AGAIN)
    player = Player([source(run.settings[0].model, run.settings[0].epoch)], run.seed_text, [run.random_seed])
    written = len(run.text)
    player.restore(steps[:written], run, source, steps[written:])
    return player
