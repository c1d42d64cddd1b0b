"""The QR code of a link: what is drawn is what the standard says, as long as a phone far away can read it."""

import re

import segno
from hypothesis import given
from hypothesis import strategies as st

from charlstm.ui.components.qr_code import LARGEST_VERSION, LONGEST_SHOWN, middle_left_out, qr_code

links = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=400)


def modules(code):
    """Return the rows of a code's modules, drawn from its path."""
    drawn = [[0] * code.size for _ in range(code.size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", code.path):
        for column in range(int(x), int(x) + int(width)):
            drawn[int(y)][column] += 1
    return drawn


@given(links)
def test_path_has_the_modules_of_the_code(link):
    """Each dark one once, and four light ones around them."""
    expected = [list(row) for row in segno.make_qr(link, error="l").matrix_iter(border=4)]
    assert modules(qr_code(link)) == expected


def test_code_too_fine_for_a_phone_far_away_is_none():
    """The longest link that fits is one of the largest version."""
    longest = qr_code("a" * 1273)
    assert longest
    assert longest.size == 17 + 4 * LARGEST_VERSION + 8
    assert qr_code("a" * 1274) is None
    assert qr_code("a" * 5000) is None  # more than any code holds


@given(st.text(max_size=200))
def test_shown_link_keeps_its_ends(link):
    """It is never longer than the line, and a short one is whole."""
    shown = middle_left_out(link)
    assert len(shown) <= LONGEST_SHOWN
    if len(link) <= LONGEST_SHOWN:
        assert shown == link
    else:
        start, _, end = shown.partition("…") if "…" not in link else (shown[:40], "", shown[41:])
        assert link.startswith(start)
        assert link.endswith(end)
        assert len(start) + len(end) == LONGEST_SHOWN - 1
