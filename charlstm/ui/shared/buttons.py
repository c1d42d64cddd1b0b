"""The row of buttons of a page that writes."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import streamlit as st

from charlstm.playback.player import Player
from charlstm.ui.components.keyboard import letters_switch, shortcut
from charlstm.ui.shared import sentences


class Control(NamedTuple):
    """One button."""

    label: str
    key: str
    shortcut: str
    enabled: bool
    explanation: str
    action: Callable[[], None]


def writing_controls(
    player: Player, generate: Callable[[], None], step: Callable[[], None], go_on: Callable[[], None]
) -> list[Control]:
    """Return Generate, Stop, Step and Continue, with the actions of Generate, Step and Continue."""
    written, idle = bool(player.steps), not (player.running or player.full)
    return [
        Control(sentences.GENERATE, "generate", "G", True, sentences.GENERATE_HELP, generate),
        Control(sentences.STOP, "stop", "S", player.running, sentences.STOP_HELP, player.stop),
        Control(sentences.STEP, "step", "N", idle, sentences.STEP_HELP, step),
        Control(sentences.CONTINUE, "continue", "O", idle and written, sentences.CONTINUE_HELP, go_on),
    ]


def clear_control(player: Player, clear: Callable[[], None]) -> Control:
    """Return Clear."""
    return Control(sentences.CLEAR, "clear", "X", bool(player.steps), sentences.CLEAR_HELP, clear)


def buttons(controls: Iterable[Control], prefix: str = "") -> None:
    """Draw buttons in their order, the first as the main one; `prefix` is that of their keys."""
    kind: Literal["primary", "secondary"] = "primary"
    for control in controls:
        st.button(
            control.label,
            key=f"{prefix}{control.key}",
            type=kind,
            shortcut=shortcut(control.shortcut),
            disabled=not control.enabled,
            help=control.explanation,
            on_click=control.action,
        )
        kind = "secondary"


def show_letters_switch() -> None:
    """Show the switch for the letters that press buttons, which holds on all pages."""
    letters_switch(sentences.LETTERS, sentences.LETTERS_HELP)


def shortcuts(controls: Iterable[Control], prefix: str = "") -> None:
    """Draw buttons that only their keys press; each is also somewhere in a menu. `prefix` is that of their keys."""
    with st.container(key="hidden-shortcuts"):
        for control in controls:
            st.button(
                control.label,
                key=f"{prefix}{control.key}",
                shortcut=shortcut(control.shortcut),
                disabled=not control.enabled,
                on_click=control.action,
            )
