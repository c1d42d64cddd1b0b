"""The tables and the axis of the chart of one choice at every temperature."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from charlstm.generation.sampling import ranking, reweight
from charlstm.text.vocabulary import Vocabulary
from charlstm.ui.charts import temperature_map
from charlstm.ui.components.temperature_slider import HIGHEST, SHARE_OF_PICTURE

VOCABULARY = Vocabulary(tuple("\n !abcdefghijklmnopqrstuvwxyz"))
weights = arrays(np.float64, len(VOCABULARY), elements=st.floats(1e-6, 1.0))


@given(weights)
def test_bands_are_the_intervals_at_each_temperature(weight):
    """In the order of the draw, from one character at 0 to all alike at infinity."""
    raw = weight / weight.sum()
    table = temperature_map.alphabet_table(raw, VOCABULARY).to_pydict()
    count = len(VOCABULARY)
    low, high = (np.reshape(table[name], (temperature_map.POINTS, count)) for name in ("low", "high"))
    order = ranking(raw)
    places = np.reshape(table["place"], (temperature_map.POINTS, count))[:, 0]
    for point, place in enumerate(places):
        probs = reweight(raw, temperature_map.temperature_at(float(place)))[order]
        np.testing.assert_allclose(high[point] - low[point], probs, atol=2e-6)
        np.testing.assert_allclose(high[point], np.cumsum(probs), atol=5e-6)
    assert high[0, 0] == pytest.approx(1.0)
    np.testing.assert_allclose(high[-1] - low[-1], 1 / count, atol=1e-6)
    assert (np.diff(high, axis=0) < 1e-6).all(), "no end moves up as the temperature rises"
    assert table["curve"][0] == pytest.approx(temperature_map.STRIP_BOTTOM)
    assert table["curve"][-1] == pytest.approx(temperature_map.STRIP_TOP)
    named = [rank for rank, is_named in zip(table["rank"], table["named"], strict=True) if is_named]
    assert len(named) == len(set(named))


@given(weights)
def test_slice_has_all_that_the_browser_needs(weight):
    """The probabilities from the likeliest on, and the temperature that the server knows."""
    raw = weight / weight.sum()
    table = temperature_map.slice_table(raw, 0.7).to_pydict()
    assert table["raw"] == raw[ranking(raw)].tolist()
    assert table["rank"] == list(range(len(raw)))
    assert set(table["known"]) == {0.7}


@given(st.floats(0.0, 1.0))
def test_axis_is_that_of_the_slider_up_to_its_end(position):
    """Linear there, so that the thumb stands over its temperature; and every place has one temperature."""
    temperature = temperature_map.temperature_at(position)
    assert temperature_map.place(temperature) == pytest.approx(position)
    if temperature <= HIGHEST:
        assert position == pytest.approx(SHARE_OF_PICTURE * temperature / HIGHEST)


@given(st.floats(0.0, 1e6))
def test_axis_has_zero_and_infinity_at_its_ends(temperature):
    """Every temperature has its place, the higher the further right."""
    assert temperature_map.place(0.0) == 0.0
    assert temperature_map.place(math.inf) == 1.0
    assert 0.0 <= temperature_map.place(temperature) < 1.0
    assert temperature_map.place(temperature) < temperature_map.place(temperature * 1.5 + 0.1)
