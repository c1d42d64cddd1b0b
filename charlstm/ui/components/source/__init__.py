"""The source of the components: it is sent to the browser with a page, and not with each message to a component."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
SHARED = HERE.parent / "shared"


class Source(TypedDict):
    """What a component is made of besides its HTML."""

    css: str
    js: str


_sources: dict[str, Source] = {}
_bring = st.components.v2.component(
    "charlstm_source", html="<span></span>", js=(HERE / "source.js").read_text(encoding="utf-8")
)


def component(folder: Path, html: str, *shared: str) -> "ComponentRenderer":
    """Register a component, and return what draws it, on a page that calls `bring_sources`.

    Args:
        folder: of the component, after which it and its .css and .js are named.
        html: that it begins with.
        shared: names of files of SHARED that it needs.
    """
    _sources[folder.name] = component_source(folder, *shared)
    placeholder = (HERE / "placeholder.js").read_text(encoding="utf-8").replace("NAME", folder.name)
    return st.components.v2.component(f"charlstm_{folder.name}", html=html, js=_without_comments(placeholder))


def bring_sources() -> None:
    """Bring the browser what all components are made of; on every page, once in a run of the script."""
    with st.container(key="hidden-source"):
        _bring(key="source", data=_sources)


def component_source(folder: Path, *shared: str) -> Source:
    """Return the style sheet and the JavaScript of a component, each one text.

    Args:
        folder: of the component, after which its .css and .js are named.
        shared: names of files of SHARED that it needs; they come first.
    """
    paths = [*(SHARED / name for name in shared), folder / folder.name]
    return {"css": _joined(paths, ".css"), "js": _joined(paths, ".js")}


def _joined(paths: list[Path], suffix: str) -> str:
    files = [file for path in paths if (file := path.with_suffix(suffix)).is_file()]
    return "\n".join(_without_comments(file.read_text(encoding="utf-8")) for file in files)


def _without_comments(source: str) -> str:
    """Return a source without comments and indentation, which nobody reads in a browser."""
    lines = [line.strip() for line in source.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//") and not _is_css_comment(line))


def _is_css_comment(line: str) -> bool:
    return line.startswith("/*") and line.endswith("*/")
