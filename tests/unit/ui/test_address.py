"""The values of an address: always such that the page can use them."""

import math
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from charlstm.ui.components.address import LONGEST_QUOTED, LONGEST_TEXT, Address, shortened

EPOCHS = (0, 1, 3, 20)
numbers = st.one_of(
    st.text(max_size=8),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["1e999", "-inf", "nan", "9" * 5000, "٣", "1_000", "0x10", ""]),
)


@given(numbers)
def test_numbers_are_always_in_their_range(value):
    """Others are clamped, and what is no number is the default."""
    address = Address("page", {"number": value})
    assert 0.0 <= address.number("number", 0.0, 2.0, 0.5) <= 2.0
    assert address.whole("number", 1, 10, 4) in range(1, 11)
    assert address.nearest("number", EPOCHS, 20) in EPOCHS


def test_numbers_in_their_range_do_not_change():
    """Outside it is the nearer end; without a value the default."""
    address = Address("page", {"temperature": "0.51", "length": "99999999999", "epoch": "-5", "speed": "abc"})
    assert address.number("temperature", 0.0, 2.0, 0.5) == 0.51
    assert address.whole("length", 1, 10_000, 400) == 10_000
    assert address.nearest("epoch", EPOCHS, 20) == 0
    assert address.whole("speed", 0, 120, 30) == 30
    assert address.number("none", 0.0, 2.0, 0.5) == 0.5
    assert not math.isnan(Address("page", {"x": "nan"}).number("x", 0.0, 2.0, 0.5))


@given(st.text(max_size=3 * LONGEST_TEXT))
def test_text_that_is_too_long_is_kept_from_its_end(text):
    """As much as fits; a short one is kept whole."""
    kept = shortened(text)
    assert text.endswith(kept)
    assert len(kept) <= LONGEST_TEXT
    assert len(quote(kept)) <= LONGEST_QUOTED
    if len(text) <= LONGEST_TEXT and len(quote(text)) <= LONGEST_QUOTED:
        assert kept == text
