"""The stage of the Write page: the buttons, the temperature, the text as it grows, and what is said of its choices."""

import math

import numpy as np
import streamlit as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.model_folder.store import Model
from charlstm.playback import sentences as playback_sentences
from charlstm.playback import slow_motion
from charlstm.playback.focus import FocusedChoice, focused_choice, settings_of
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.choice import likeliest_in_words
from charlstm.playback.tables.frames import Shown, alphabet, frame, streaming_frames
from charlstm.ui.components.address import UNCHANGED, page_address
from charlstm.ui.components.keyboard import shortcut
from charlstm.ui.components.temperature_slider import reported_temperature, temperature_slider
from charlstm.ui.components.text_view import TIMES_SENT, Choices, Pacing, text_view
from charlstm.ui.shared import settings
from charlstm.ui.shared.buttons import Control, buttons, clear_control, shortcuts, writing_controls
from charlstm.ui.write import actions, sentences, sharing, tour
from charlstm.ui.write.state import WriteState, write_state


def show_run(model: Model) -> None:
    """Show the stage; drawn anew whenever the text view asks, and at each touch of a control."""
    state = write_state()
    key, start = settings.write.key("temperature"), settings.write.start("temperature")
    changed = _note_settings(state, reported_temperature(key, start))
    actions.answer_text_view(state)
    tour.answer(state)
    player = state.player  # the viewer may have branched it
    new = player.advance(settings.write.whole("speed"), *state.settings)
    focused = focused_choice(state.focus, player, *state.settings)
    streaming = new if state.focus.at == "last" and state.focus.stage is None else 0
    with st.container(key="tour"):
        tour.show(state)
    with st.container(key="controls"):
        with st.container(key="buttons", horizontal=True, gap="small"):
            _show_buttons(state)
        temperature_slider(key, start, writing=player.running)
    with st.container(key="text_place"):
        pacing = Pacing(settings.write.tick(), settings.write.value("speed"))
        choices = _choices(state, focused, streaming)
        text_view(player, str(state.run_number), state.sent, pacing, state.focus, choices, key=actions.TEXT)
        state.sent.append(len(player.steps))
    with st.container(key="said", horizontal=True, vertical_alignment="center"):
        _say(state, model, focused, bool(streaming) and player.running)
    with st.container(key="code"):
        if state.focus.stage is not None:
            st.code(slow_motion.BOOKS_CODE[state.focus.stage], language="python")
    # The address changes only with the settings, so while a run goes on, a few updates are enough.
    state.address_updates_left = TIMES_SENT if changed else state.address_updates_left - 1
    kept = sharing.run_to_keep(state)
    if state.address_updates_left > 0 or not player.running or kept is not UNCHANGED:
        values = sharing.address_of(model, player, *state.settings)
        page_address("write").show(values, key="address", kept=kept)


def _note_settings(state: WriteState, temperature: float) -> bool:
    """Take over the temperature and the filters as they are now, and return whether they have changed."""
    now = temperature, settings.write.filters(state.player.vocabulary_of(len(state.player.steps)))
    changed = state.in_force not in (None, now)
    state.in_force = now
    focus, player = state.focus, state.player
    if changed and not player.running:
        appended = focus.stage is Stage.APPENDED and bool(player.steps)
        if appended or focus.past_position(player) is not None:
            focus.what_if = True
        elif focus.stage is None:
            focus.move_to("next")
    return changed


def _show_buttons(state: WriteState) -> None:
    player, history = state.player, state.history
    idle = not (player.running or player.full)
    buttons(
        [
            *writing_controls(player, actions.generate, actions.step, actions.go_on),
            Control(sentences.SLOW_MOTION, "slow_motion", "M", idle, sentences.SLOW_HELP, actions.next_stage),
        ]
    )
    shortcuts(
        [
            clear_control(player, actions.clear),
            Control(sentences.UNDO, "undo", "Z", bool(history.past), sentences.UNDO_HELP, state.undo),
            Control(sentences.REDO, "redo", "Y", bool(history.future), sentences.REDO_HELP, state.redo),
        ]
    )


def _choices(state: WriteState, focused: FocusedChoice, new: int) -> Choices:
    """Return the choice in focus for the chart; or while a text streams, the `new` ones of this message."""
    player, run, step, slider = state.player, str(state.run_number), focused.step, state.settings[0]
    symbols = alphabet(player.vocabulary_of(step.position))
    if new:
        rate = settings.write.value("speed")
        frames = streaming_frames(player.steps[-new:], new / rate if rate else settings.write.tick(), run, slider)
        return {"alphabet": symbols, "frames": frames, "streaming": True, "said": ""}
    picked, what_if = step.picked and focused.stage is Stage.APPENDED, state.focus.what_if
    shown = Shown(step.position, focused.stage, step.filters, picked, what_if=what_if, context=step.context)
    slow = state.focus.stage is not None  # then the sentence above the chart tells all
    return {
        "alphabet": symbols,
        "frames": [frame(focused.choice, shown, run, slider)],
        "streaming": False,
        "said": "" if slow else likeliest_in_words(focused.choice, player.vocabulary_of(step.position)),
    }


def _say(state: WriteState, model: Model, focused: FocusedChoice, streaming: bool) -> None:
    """Describe the choice that the chart shows, and offer to branch the run there."""
    player = state.player
    if player.full and not player.running:
        st.text(sentences.RUN_IS_FULL.format(longest=LONGEST_RUN))
    elif streaming:
        st.text(sentences.streaming(settings_of(player, player.steps[-1])))
    elif actions.seed_has_changed(state):
        st.text(f"{focused.description}. {sentences.NEW_SEED}")
    else:
        found = focused.step.found and bool(player.steps) and player.steps[-1].found and state.focus.stage is None
        st.text(f"{focused.description}. {_cost_of_search(player, model)}" if found else focused.description)
    if state.focus.past_position(player) is not None and not player.running:
        letter = shortcut("B")
        st.button(sentences.BRANCH, key="branch", shortcut=letter, help=sentences.BRANCH_HELP, on_click=actions.branch)


def _cost_of_search(player: Player, model: Model) -> str:
    """Return a sentence about how likely the text of beam search is, and what people wrote."""
    bits = -float(np.mean(np.log2([step.raw[step.character_id] for step in player.steps if step.found])))
    return playback_sentences.cost_of_search(bits, model.manifest.held_out_loss / math.log(2))
