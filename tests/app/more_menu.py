"""The menu More without a browser."""


def open_more(app):
    """Open the menu; only then is there anything in it."""
    app.session_state["more"] = True
    return app.run()


def close_more(app):
    app.session_state["more"] = False
    return app.run()
