"""The temperature that a browser reports."""

import pytest

from charlstm.ui.components.temperature_slider import clamped


@pytest.mark.parametrize(
    ("reported", "value"),
    [(0.7, 0.7), (-1, 0.0), (9e99, 2.0), (float("nan"), 0.5), ("1", 0.5), (None, 0.5), ({}, 0.5), (True, 0.5)],
)
def test_temperature_from_a_browser_is_always_in_range(reported, value):
    """Out of range is clamped; no number is the default."""
    assert clamped(reported) == value
