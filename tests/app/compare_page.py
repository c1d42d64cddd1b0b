"""The Compare page as a test without a browser drives it, and reads what it is told."""

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
    return app.session_state["comparison"].player


def columns(app):
    """What the columns were last told."""
    components = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(content for content in components if "texts" in content)


def step(app, times):
    for _ in range(times):
        app.button(key="compare_step").click().run()
