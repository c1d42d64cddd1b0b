"""Two buttons under a chart that save it, as the browser shows it, as PNG or SVG."""

from pathlib import Path

from charlstm.ui.components.source import component

HERE = Path(__file__).parent

_component = component(HERE, '<div class="save"></div>', "focus")


def save_picture(container_key: str, name: str, label: str) -> None:
    """Show the buttons for the first chart of a keyed container; `name` is that of the file, without suffix."""
    _component(key=f"{container_key}-save", data={"container": container_key, "name": name, "label": label})
