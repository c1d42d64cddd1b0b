"""The tints of the text."""

import numpy as np

from charlstm.ui.components.text_view import TINTS, tint


def test_tint_rises_with_surprisal():
    """The less probable a character, the stronger its tint."""
    levels = tint(np.linspace(1, 0, 200)).tolist()
    assert levels == sorted(levels)
    assert set(levels) == set(range(len(TINTS) + 1))
