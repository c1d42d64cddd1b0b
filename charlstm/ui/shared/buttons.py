"""The row of buttons of a page that writes."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import streamlit as st


class Control(NamedTuple):
    """One button."""

    label: str
    key: str
    shortcut: str
    enabled: bool
    explanation: str
    action: Callable[[], None]


def buttons(controls: Iterable[Control], prefix: str = "") -> None:
    """Draw them in their order, the first as the main one; `prefix` is that of their keys."""
    kind: Literal["primary", "secondary"] = "primary"
    for control in controls:
        st.button(
            control.label,
            key=f"{prefix}{control.key}",
            type=kind,
            shortcut=control.shortcut,
            disabled=not control.enabled,
            help=control.explanation,
            on_click=control.action,
        )
        kind = "secondary"
