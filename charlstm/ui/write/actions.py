"""What a viewer can do with the text of the Write page."""

from typing import Any

import streamlit as st

from charlstm.generation.run_file import LONGEST_RUN
from charlstm.generation.sampling import entropy, ranking
from charlstm.playback import slow_motion
from charlstm.playback.focus import focused_choice
from charlstm.playback.player import Player
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables.frames import OPEN_CHOICE
from charlstm.ui.components.text_view import text_events
from charlstm.ui.shared import settings
from charlstm.ui.write.state import WriteState, write_state

TEXT = "text"  # the key of the text view
FURTHEST_OPEN_CHOICE = 400  # characters that are written at once in search of one


def generate() -> None:
    """Write from the seed text on; a branch of this seed text and these random numbers, from its own beginning on."""
    state = write_state()
    if state.player.original is None or seed_has_changed(state) or _random_seed_has_changed(state):
        clear()
    else:
        state.replace(state.player.restart_branch())
    go_on()


def seed_has_changed(state: WriteState) -> bool:
    """Return whether the field has another seed text than the text that was written."""
    player = state.player
    typed = player.sources[0].vocabulary.fold(st.session_state.get("seed_text") or "").text
    return bool(player.steps) and not player.running and typed != player.seed_text


def _random_seed_has_changed(state: WriteState) -> bool:
    known = min(state.player.random_seeds[0], settings.LARGEST_RANDOM_SEED)  # the field has no larger one
    return settings.write.whole("random_seed") != known


def go_on() -> None:
    """Write on."""
    play(write_state(), settings.write.whole("length"))


def play(state: WriteState, length: int) -> None:
    """Write so many more characters."""
    state.player.play(length, settings.write.first_characters())
    state.focus.move_to("last")


def step() -> None:
    """Write one character."""
    state = write_state()
    state.player.step(*state.settings)
    state.focus.move_to("last")


def clear() -> None:
    """Begin again with the seed text in the field."""
    state = write_state()
    old = state.player
    text = old.sources[0].vocabulary.fold(st.session_state.seed_text or "").text
    state.replace(Player(old.sources, text, [settings.write.whole("random_seed")]))


def next_stage() -> None:
    """Show one more stage of the next choice."""
    state = write_state()
    if state.focus.stage is Stage.DRAW:
        state.player.step(*state.settings)
    state.focus.move_to("next", slow_motion.next_stage(state.focus.stage))


def previous_stage() -> None:
    """Show one stage less; what is appended stays."""
    focus = write_state().focus
    if focus.stage not in (None, Stage.APPENDED):
        focus.move_to("next", slow_motion.previous_stage(focus.stage))


def branch() -> None:
    """Branch the run at the position that is shown, and write on."""
    state = write_state()
    position = state.focus.past_position(state.player)
    if position is None or state.player.running:
        return
    other = state.player.branch(position)
    other.step(*state.settings)  # the choice that is shown, by the network of that position
    state.replace(other)
    play(state, settings.write.whole("length") - 1)


def answer_text_view(state: WriteState) -> None:
    """Do what the viewer asked for in the text view."""
    player, focus = state.player, state.focus
    events = text_events(player, focus, TEXT)
    if events.selected is not None:
        focus.selections_seen = events.selections
        focus.select(events.selected if events.selected >= 0 else ("last" if player.running else "next"))
    if events.next_open:
        player.stop()
        _write_to_open_choice(state)
    if player.running:
        return
    if events.presenter:
        (next_stage if events.presenter > 0 else previous_stage)()
    if events.picked is not None:
        shown = focused_choice(focus, player, *state.settings).step
        order = ranking(shown.raw)
        if events.picked < len(order):
            _take(state, shown.position, int(order[events.picked]))


def answer_rows() -> None:
    """Take the character whose row was clicked in the chart, or with Shift switch it off, or on again."""
    state = write_state()
    selected = st.session_state.rows.selection
    clicked = tuple(_token(selected, name) for name in ("pick", "switch"))
    (picked, switched), state.rows_clicked = (
        tuple(now if now != before else "" for now, before in zip(clicked, state.rows_clicked, strict=True)),
        clicked,
    )
    for token, answer in ((picked, _pick), (switched, _switch)):
        run, *place = token.split(":")
        if run == str(state.run_number) and len(place) >= 2 and all(map(str.isdecimal, place)):
            answer(state, int(place[0]), int(place[1]))


def _token(selected: Any, name: str) -> str:
    points = selected.get(name, [])[:1]
    return str(points[0].get("token" if name == "pick" else "switch", "")) if points else ""


def _pick(state: WriteState, position: int, character_id: int) -> None:
    if not state.player.running:
        _take(state, position, character_id)


def _switch(state: WriteState, position: int, character_id: int) -> None:
    vocabulary = state.player.vocabulary_of(position)
    if character_id < len(vocabulary):
        if position < len(state.player.steps) and not state.player.running:
            state.focus.select(position)  # what it would be without the character, instead of the next choice
        model = state.player.sources[0].model
        settings.write.switch_character(vocabulary.characters[character_id], vocabulary, model)


def _write_to_open_choice(state: WriteState) -> None:
    """Write on until the next choice is an open one, and show it."""
    player = state.player
    for _ in range(FURTHEST_OPEN_CHOICE):
        if player.full:
            break
        player.step(*state.settings)
        if entropy(player.next_steps(*state.settings)[0].raw) >= OPEN_CHOICE:
            break
    state.focus.move_to("next")


def _take(state: WriteState, position: int, character_id: int) -> None:
    player, stage = state.player, state.focus.stage
    written = len(player.steps)
    if position > written or position >= LONGEST_RUN or character_id >= len(player.vocabulary_of(position)):
        return
    in_force = state.settings
    if position < written:
        past = player.steps[position]
        if past.character_id == character_id:
            return  # nothing changes
        if not state.focus.what_if:
            in_force = past.temperature, past.filters
    other = player.branch(position)
    other.pick({0: character_id}, *in_force)
    state.replace(other)
    state.focus.move_to("next", None if stage is None else Stage.APPENDED)
