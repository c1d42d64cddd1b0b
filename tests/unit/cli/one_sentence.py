"""The form of every refusal of the command line."""

from pathlib import Path


def assert_one_sentence(result, told):
    """Check for exit code 2, one line on standard error that says `told`, and an empty output and folder."""
    code, output, errors = result
    assert (code, output) == (2, "")
    assert errors.startswith("charlstm: ")
    assert errors.count("\n") == 1
    assert told in errors
    assert list(Path.cwd().iterdir()) == []
