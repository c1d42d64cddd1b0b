"""Two buttons under a chart that save it, as the browser shows it, as PNG or SVG."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "charlstm_save_picture",
    html='<div class="save"></div>',
    css=(HERE / "save_picture.css").read_text(encoding="utf-8"),
    js=(HERE / "save_picture.js").read_text(encoding="utf-8"),
)


def save_picture(container_key: str, name: str) -> None:
    """Show the buttons for the first chart of a keyed container; `name` is that of the file, without suffix."""
    _component(key=f"{container_key}-save", data={"container": container_key, "name": name})
