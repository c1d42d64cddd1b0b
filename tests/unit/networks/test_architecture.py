"""Architectures: their records, and what cannot be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.networks.architecture import GatedConvolutions, LstmLayers, architecture_of, record_of

layers = st.builds(LstmLayers, st.lists(st.integers(1, 2000), min_size=1, max_size=5).map(tuple))
convolutions = st.builds(
    GatedConvolutions,
    st.integers(1, 2000),
    st.integers(1, 9),
    st.lists(st.integers(1, 999), min_size=1, max_size=9).map(tuple),
)


@given(layers | convolutions)
def test_a_record_tells_of_the_same_architecture(architecture):
    """What is written to a model folder is read back."""
    assert architecture_of(record_of(architecture)) == architecture


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=5)
    | st.dictionaries(
        st.sampled_from(["kind", "units", "channels", "width", "dilations", "x"]),
        st.sampled_from(["lstm", "convolutions"]) | st.lists(st.integers(-1, 3) | st.none()) | st.integers(-1, 3),
    )
)
def test_any_other_record_is_refused_in_a_sentence(record):
    """No record raises anything but a ValueError."""
    try:
        architecture = architecture_of(record)
    except ValueError as error:
        assert len(str(error)) < 200
    else:
        assert record_of(architecture) == record


def test_convolutions_see_as_far_as_their_dilations_reach():
    """Width 3 and dilations 1 to 32: 127 characters, the present one included."""
    assert GatedConvolutions(8, 3, (1, 2, 4, 8, 16, 32)).sees == 127


def test_convolutions_cannot_be_asked_by_windows():
    """They carry what they have seen."""
    architecture = GatedConvolutions(2, 2, (1,))
    with pytest.raises(ValueError, match="must be 'carried'"):
        architecture.network({}, "window", 3)


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ((128,), "one LSTM of 128 units"),
        ((512, 512), "2 LSTM layers of 512 units"),
        ((64, 32), "2 LSTM layers of 64, 32 units"),
    ],
)
def test_layers_of_one_size_are_told_once(units, told):
    """What a person reads in the choice of a network."""
    assert str(LstmLayers(units)) == told
