"""A folder of texts: which of its files are read, and which are not."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ENDING = ".txt"


class FolderContent(NamedTuple):
    """What is in a folder, sorted by name; only `texts` are read."""

    texts: list[Path]
    folders: list[Path]
    others: list[Path]
    hidden: list[Path]

    def describe_read(self, most: int | None = None) -> str:
        """Return which files are read, for a message.

        Args:
            most: how many names to list; None for all.
        """
        return f"read: {_listed(self.texts, 'file', 'files', most)}"

    def describe_unread(self, most: int | None = None) -> str:
        """Return what is not read, or an empty text where all is; see `describe_read`."""
        kinds = (
            (self.folders, "folder with all in it", "folders with all in them"),
            (self.others, f"file other than {ENDING}", f"files other than {ENDING}"),
            (self.hidden, "hidden", "hidden"),
        )
        listed = [_listed(paths, one, several, most) for paths, one, several in kinds if paths]
        return f"not read: {'; '.join(listed)}" if listed else ""


def folder_content(folder: Path) -> FolderContent:
    """Return what is in a folder.

    Raises:
        OSError: it cannot be read.
    """
    content = FolderContent([], [], [], [])
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            content.hidden.append(path)
        elif path.is_dir():
            content.folders.append(path)
        elif path.suffix.lower() == ENDING and path.is_file():
            content.texts.append(path)
        else:
            content.others.append(path)
    return content


def _listed(paths: Sequence[Path], one: str, several: str, most: int | None) -> str:
    names = [path.name if path.name.isprintable() else repr(path.name) for path in paths[:most]]
    more = [f"and {len(paths) - len(names):,} more"] if len(paths) > len(names) else []
    return f"{len(paths):,} {one if len(paths) == 1 else several} ({', '.join([*names, *more])})"
