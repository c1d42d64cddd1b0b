"""Every example of the documentation runs, and gives what it says."""

import doctest
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WITH_EXAMPLES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    for path in (ROOT / "charlstm").rglob("*.py")
    if "training/" not in path.as_posix() and ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_of_docstrings_run(module):
    """In every module that needs no TensorFlow."""
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted
    assert not result.failed


def test_examples_of_the_readme_run(tmp_path, monkeypatch, capsys):
    """The lines that write a text in a notebook, and the one that draws its last choice."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
    assert capsys.readouterr().out.strip()
    assert "mark" in names["chart"].to_dict()
