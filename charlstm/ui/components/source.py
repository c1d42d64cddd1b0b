"""The source of a component: its own JavaScript and style sheet, after what several components share."""

from pathlib import Path
from typing import TypedDict

SHARED = Path(__file__).parent / "shared"


class Source(TypedDict):
    """What a component is made of besides its HTML, as arguments of `st.components.v2.component`."""

    css: str
    js: str


def component_source(folder: Path, *shared: str) -> Source:
    """Return the style sheet and the JavaScript of a component, each one text.

    Args:
        folder: of the component, after which its .css and .js are named.
        shared: names of files of SHARED that it needs; they come first.
    """
    css = [path for name in shared if (path := SHARED / f"{name}.css").is_file()]
    js = [path for name in shared if (path := SHARED / f"{name}.js").is_file()]
    own = folder / folder.name
    return {"css": _joined([*css, own.with_suffix(".css")]), "js": _joined([*js, own.with_suffix(".js")])}


def _joined(paths: list[Path]) -> str:
    """Return the files as one text, without comments and indentation: a component is sent with each message to it."""
    lines = [line.strip() for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//") and not _is_css_comment(line))


def _is_css_comment(line: str) -> bool:
    return line.startswith("/*") and line.endswith("*/")
