"""The address bar without a browser."""

import json


def shown_address(app):
    """Return what the page would put into the address bar."""
    components = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    values = next(content["values"] for content in components if "values" in content)
    return {name: value for name, value in values.items() if value is not None}
