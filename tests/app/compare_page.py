"""The Compare page without a browser: how a test drives it, and reads the message to its component."""

import json

from streamlit.testing.v1 import AppTest


def open_compare(seed, address):
    """Open the page with these values in its address; where there are none, with a seed text in the field."""

    def script():
        from charlstm.ui.compare import page as compare

        compare.page()

    app = AppTest.from_function(script, default_timeout=60)
    app.query_params.update(address)
    app.run()
    return app if address else app.text_area(key="compare_seed_text").set_value(seed).run()


def player(app):
    return app.session_state["compare_state"].texts.player


def columns(app):
    """Return the last message to the component of the columns."""
    components = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(content for content in components if "texts" in content)


def step(app, times):
    for _ in range(times):
        app.button(key="compare_step").click().run()


def write_repeated_runs(app):
    """Press the button of the repeated runs, and let them end."""
    app.button(key="compare_repeat").click().run()
    for _ in range(100):
        if not app.session_state["compare_state"].repeated_runs.sweep.running:
            return app
        app.run()
    raise AssertionError("the repeated runs did not end")


def write_to_the_end(app):
    """Let the texts grow to the end of the run."""
    for _ in range(100):
        if not player(app).running:
            return app
        app.run()
    raise AssertionError("the texts did not end")
