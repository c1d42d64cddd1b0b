"""What the package says it needs: as much as requirements.txt says, and no more and no less than its rooms import."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "charlstm"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
EXTRA_OF_ROOM = {"ui": "app", "playback": "app", "training": "train"}
PACKAGE_OF_NAME = {"keras": "tensorflow", "tensorflow-cpu": "tensorflow"}


def imported_by_rooms_of(extra):
    """Return what the rooms of an extra import, or all other rooms for None; the standard library is left out."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if EXTRA_OF_ROOM.get(path.relative_to(PACKAGE).parts[0]) != extra:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module
                found.add(node.module.partition(".")[0])
    return {PACKAGE_OF_NAME.get(name, name) for name in found - sys.stdlib_module_names - {"charlstm"}}


def needed_by(lines):
    names = {Requirement(line).name for line in lines}
    return {PACKAGE_OF_NAME.get(name, name) for name in names}


def test_requirements_are_the_dependencies_and_all_extras():
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines())
    declared = {*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)}
    assert sorted(str(Requirement(line)) for line in lines if line) == sorted(str(Requirement(one)) for one in declared)


def test_dependencies_are_what_engine_and_command_line_import():
    """A package that another one happens to bring along may be gone with its next version."""
    assert imported_by_rooms_of(None) == needed_by(PROJECT["dependencies"])


@pytest.mark.parametrize("extra", EXTRAS)
def test_extra_is_what_its_room_imports_besides(extra):
    assert imported_by_rooms_of(extra) - needed_by(PROJECT["dependencies"]) == needed_by(EXTRAS[extra])
