"""What each character of a text costs."""

import numpy as np
import pytest

from charlstm.compression.surprisals import surprisals
from charlstm.compression.text_coder import encode_text
from charlstm.evaluation.scoring import score_text
from tests.unit.compression.conftest import Known


def test_bits_are_those_of_the_scoring(network: Known):
    """In bits instead of nats, of the folded text; whole numbers change them by next to nothing."""
    found, scored = surprisals(*network, "Abc—def 한"), score_text(*network, "Abc—def 한")
    assert found.text == scored.text
    assert found.bits == pytest.approx(scored.surprisal / np.log(2), abs=1e-3)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
def test_their_sum_is_what_the_coded_text_has(network: Known, temperature):
    """But for the last words of the coder."""
    text = "a bad cab, a face.\n" * 30
    total = surprisals(*network, text, temperature).bits.sum()
    assert total < 32 * len(encode_text(*network, text, temperature)) < 1.005 * total + 96


def test_the_intervals_lie_within_the_one_before(network: Known):
    """Those of all characters in a place fill it."""
    found = [surprisals(*network, character) for character in network[1].characters]
    ends = [float(one.low[0] + one.width[0]) for one in found]
    assert [float(one.low[0]) for one in found] == [0.0, *ends[:-1]]
    assert ends[-1] == 1.0


def test_an_empty_text_costs_nothing(network: Known):
    """And has no characters."""
    assert surprisals(*network, "").bits.tolist() == []
