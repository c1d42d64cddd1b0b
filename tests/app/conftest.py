"""The whole app on the folder that holds the small model, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def open_app(model_folder, monkeypatch, tmp_path):
    """Open the app, as somebody who follows an address with these values does."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))

    def open_(**query):
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
        app.query_params.update(query)
        return app.run()

    return open_
