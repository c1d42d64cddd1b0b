"""Filters as they are kept in files and addresses: what is refused, and what comes back."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.generation.filters import (
    BEAM_LOOKAHEAD,
    DRY_ALLOWED_LENGTH,
    DRY_BASE,
    MIROSTAT_ETA,
    PENALTY_WINDOW,
    USUAL_ORDER,
    XTC_THRESHOLD,
    Filters,
    before_mirostat,
)

SHARES = st.floats(0.01, 1.0)
PARTS = {
    "penalty_window": ("frequency_penalty", PENALTY_WINDOW, st.integers(1, 1000)),
    "dry_base": ("dry_multiplier", DRY_BASE, st.floats(1, 10)),
    "dry_allowed_length": ("dry_multiplier", DRY_ALLOWED_LENGTH, st.integers(1, 100)),
    "mirostat_eta": ("mirostat_tau", MIROSTAT_ETA, SHARES),
    "xtc_threshold": ("xtc_probability", XTC_THRESHOLD, SHARES),
    "beam_lookahead": ("beam_width", BEAM_LOOKAHEAD, st.integers(0, 200)),
}
ALONE = {
    "top_k": st.integers(1, 50), "top_p": SHARES, "min_p": SHARES, "typical_p": SHARES,
    "top_n_sigma": st.floats(0, 100), "mirostat_tau": st.floats(0.01, 30), "xtc_probability": SHARES,
    "repetition_penalty": st.floats(0.1, 10), "frequency_penalty": st.floats(-10, 10),
    "presence_penalty": st.floats(-10, 10), "dry_multiplier": st.floats(0.01, 100), "beam_width": st.integers(1, 32),
    "ban": st.text(max_size=5),
    "bias": st.dictionaries(st.characters(), st.floats(-100, 100), max_size=4).map(lambda bias: tuple(bias.items())),
    "order": st.permutations(USUAL_ORDER).flatmap(lambda order: st.integers(0, 12).map(lambda end: tuple(order[:end]))),
}  # fmt: skip


@st.composite
def any_filters(draw):
    """Return filters of any fields."""
    values = draw(st.fixed_dictionaries({}, optional=ALONE))
    for name, (owner, _, value) in PARTS.items():
        if owner in values and draw(st.booleans()):
            values[name] = draw(value)
    return Filters(**values)


@given(any_filters())
def test_filters_come_back_from_json(filters):
    """Equal, and of the same hash: only what is set is written."""
    again = Filters.of(json.loads(json.dumps(filters.active())))
    assert again == filters
    assert hash(again) == hash(filters)


@given(any_filters())
def test_stages_are_what_is_set_and_the_temperature(filters):
    """In an order that begins with what was chosen, and keeps the usual one otherwise."""
    stages = filters.stages
    assert "temperature" in stages
    chosen = [name for name in filters.order if name in stages]
    assert list(stages[: len(chosen)]) == chosen
    rest = stages[len(chosen) :]
    assert list(rest) == [name for name in USUAL_ORDER if name in rest]
    switches = {"dry": "dry_multiplier", "mirostat": "mirostat_tau", "xtc": "xtc_probability"}
    for name in set(USUAL_ORDER) - {"temperature"}:
        assert (name in stages) == (getattr(filters, switches.get(name, name)) is not None)


@given(any_filters(), st.floats(0.01, 30))
def test_before_mirostat_is_what_acts_before_it(filters, tau):
    """With its own parts, ban and bias, and nothing that acts later but the temperature."""
    filters = Filters.of(filters.active() | {"mirostat_tau": tau})
    before = before_mirostat(filters)
    earlier = filters.stages[: filters.stages.index("mirostat")]
    assert [name for name in before.stages if name != "temperature"] == [
        name for name in earlier if name != "temperature"
    ]
    assert (before.ban, before.bias) == (filters.ban, filters.bias)
    assert before.active().items() <= filters.active().items()


@pytest.mark.parametrize("part", sorted(PARTS))
def test_part_has_a_usual_value_and_is_refused_alone(part):
    """The sentence names what it belongs to."""
    owner, usual, _ = PARTS[part]
    values: dict[str, Any] = {owner: 1}
    filters = Filters(**values)
    assert getattr(filters, part) == usual
    assert getattr(Filters(), part) is None
    with pytest.raises(ValueError, match=f"{part} is of no use without .*{owner}"):
        Filters.of({part: usual})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top_n_sigma", -0.1), ("top_n_sigma", 101), ("mirostat_tau", 0), ("mirostat_tau", 31),
        ("mirostat_tau", math.nan),
        ("xtc_probability", 1.1), ("repetition_penalty", 0), ("repetition_penalty", 11), ("frequency_penalty", -10.5),
        ("presence_penalty", math.inf), ("dry_multiplier", 0), ("dry_multiplier", 101), ("beam_width", 33),
        ("beam_width", 0), ("beam_width", 2.0), ("beam_width", True),
    ],
)  # fmt: skip
def test_value_out_of_range_is_refused_by_name(name, value):
    """And by its value."""
    with pytest.raises(ValueError, match=rf"{name} is {value!r}; it must be "):
        Filters(**{name: value})


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"frequency_penalty": 1, "penalty_window": 0}, "penalty_window is 0"),
        ({"dry_multiplier": 1, "dry_base": 0.9}, "dry_base is 0.9"),
        ({"dry_multiplier": 1, "dry_allowed_length": 101}, "dry_allowed_length is 101"),
        ({"mirostat_tau": 1, "mirostat_eta": 2}, "mirostat_eta is 2"),
        ({"xtc_probability": 1, "xtc_threshold": -1}, "xtc_threshold is -1"),
        ({"beam_width": 1, "beam_lookahead": 201}, "beam_lookahead is 201"),
        ({"bias": (("ab", 1.0),)}, "the bias of 'ab' is not of one character"),
        ({"bias": (("", 1.0),)}, "is not of one character"),
        ({"bias": (("a", 100.5),)}, "the bias of 'a' is 100.5; it must be from -100 to 100"),
        ({"bias": (("a", math.nan),)}, "the bias of 'a' is nan"),
        ({"bias": (("a", 1.0), ("a", 2.0))}, "more than once"),
        ({"order": ("top_k", "beam_width")}, "the order has 'beam_width', which is none of"),
        ({"order": ("top_k", "xtc", "top_k")}, "the order has a name more than once"),
    ],
)
def test_other_values_are_refused_in_one_sentence(values: dict[str, Any], part):
    """Parts, bias and order."""
    with pytest.raises(ValueError, match=part):
        Filters(**values)


def test_ban_and_bias_are_the_same_however_they_were_typed():
    """Sorted, each once; so a saved run says the same."""
    assert Filters(ban="baab") == Filters(ban="ab")
    assert Filters(bias=(("b", 1), ("a", 2))) == Filters(bias=(("a", 2.0), ("b", 1.0)))
