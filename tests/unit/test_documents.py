"""What the documents name is there: modules, files and links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "charlstm"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROOMS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", ARCHITECTURE.split("## Rooms")[1].split("\n## ")[0], re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(document):
    """Those that lead to another file of the project."""
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_a_document_names_are_there(document):
    """Named from the root, the package, a room or a page's folder."""
    named = re.findall(r"`([\w/]+\.(?:py|toml))`", document.read_text(encoding="utf-8"))
    bases = [ROOT, PACKAGE, *PACKAGE.iterdir(), *(PACKAGE / "ui").iterdir()]
    assert [name for name in named if not any((base / name).exists() for base in bases)] == []


def test_architecture_names_every_room():
    """And no room that there is not."""
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert set(ROOMS) == rooms


@pytest.mark.parametrize("room", ROOMS)
def test_architecture_names_modules_that_there_are(room):
    """Each word in code letters of a room's line is one of its modules or folders."""
    named = re.findall(r"`([a-z_]+)/?`", ROOMS[room])
    assert [name for name in named if not list((PACKAGE / room).rglob(f"{name}*"))] == []
