"""The buttons of a page that writes, with their keys: Generate, Stop, Step, Continue, Clear."""

from collections.abc import Callable, Sized
from typing import Protocol

import streamlit as st

from charlstm.ui import words


class Written(Protocol):
    """What the buttons need to know of a run."""

    @property
    def steps(self) -> Sized:
        """What was written."""

    @property
    def running(self) -> bool:
        """Whether characters come with time."""

    @property
    def full(self) -> bool:
        """Whether the run is as long as may be."""


def buttons(
    run: Written,
    *,
    generate: Callable[[], None],
    stop: Callable[[], None],
    step: Callable[[], None],
    go_on: Callable[[], None],
    clear: Callable[[], None],
    prefix: str = "",
) -> None:
    """Draw them in a row, each enabled while it has something to do; `prefix` is that of their keys."""
    idle, begun = not run.running, bool(run.steps)
    for name, label, shortcut, enabled, explained, action in (
        ("generate", words.GENERATE, "G", True, words.GENERATE_HELP, generate),
        ("stop", words.STOP, "S", run.running, words.STOP_HELP, stop),
        ("step", words.STEP, "N", idle and not run.full, words.STEP_HELP, step),
        ("continue", words.CONTINUE, "O", idle and begun and not run.full, words.CONTINUE_HELP, go_on),
        ("clear", words.CLEAR, "X", begun, words.CLEAR_HELP, clear),
    ):
        st.button(
            label,
            key=f"{prefix}{name}",
            type="primary" if name == "generate" else "secondary",
            shortcut=shortcut,
            disabled=not enabled,
            help=explained,
            on_click=action,
        )
