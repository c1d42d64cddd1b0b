"""The command line, run in an empty folder."""

import sys

import pytest

from charlstm.cli import app


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command line in an empty folder; returns its exit code, output and errors."""
    working_folder = tmp_path / "here"
    working_folder.mkdir()
    monkeypatch.chdir(working_folder)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["charlstm", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            app.main()
        return end.value.code, *capsys.readouterr()

    return run
