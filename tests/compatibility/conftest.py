"""What these promises share: a page that offers the kept networks, and has no corpus."""

import pytest

from tests.compatibility import doors


@pytest.fixture(autouse=True)
def kept_networks(monkeypatch, tmp_path):
    """Let the page offer the networks of today, and let it find no text to learn from."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(doors.MODELS))
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))
