"""The whole app on the folder that holds the small model, without a browser."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def report():
    """Run an app as if one of its components had reported an event; returns the message to it in this run, if any."""

    def report_(app, key, event, value):
        def component():
            return next((one.proto for one in app.get("bidi_component") if one.proto.id.endswith(f"-{key}")), None)

        states = app._tree.get_widget_states()
        widget = states.widgets.add()
        widget.id = f"$$STREAMLIT_INTERNAL_KEY_{component().id}__events"
        widget.json_trigger_value = json.dumps([{"event": event, "value": value}])
        app._run(states)
        shown = component()
        return shown and json.loads(shown.json)

    return report_


@pytest.fixture
def open_app(model_folder, monkeypatch, tmp_path):
    """Open the app at an address with these values."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))

    def open_(**query):
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
        app.query_params.update(query)
        return app.run()

    return open_
