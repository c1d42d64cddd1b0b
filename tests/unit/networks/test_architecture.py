"""Architectures: reading and writing their records, and their descriptions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.model_folder.schema import TITLE
from charlstm.networks.architecture import GatedConvolutions, GruLayers, LstmLayers, architecture_of, record_of

units = st.lists(st.integers(1, 2000), min_size=1, max_size=5).map(tuple)
layers = st.builds(LstmLayers, units) | st.builds(GruLayers, units)
convolutions = st.builds(
    GatedConvolutions,
    st.integers(1, 2000),
    st.integers(1, 9),
    st.lists(st.integers(1, 999), min_size=1, max_size=9).map(tuple),
)


@given(layers | convolutions)
def test_architecture_of_reads_what_record_of_writes(architecture):
    """The record of a model folder gives the same architecture again."""
    assert architecture_of(record_of(architecture)) == architecture


@given(
    st.dictionaries(
        st.sampled_from(["kind", "units", "channels", "width", "dilations", "layers", "x"]),
        st.sampled_from(["lstm", "gru", "convolutions", "layers"])
        | st.lists(st.integers(-1, 3) | st.none())
        | st.integers(-1, 3),
    )
)
def test_architecture_of_refuses_any_other_record_with_a_value_error(record):
    """No record raises anything else, and the message is short."""
    try:
        architecture = architecture_of(record)
    except ValueError as error:
        assert len(str(error)) < 200
    else:
        assert record_of(architecture) == record


def test_receptive_field_is_the_sum_of_the_dilations():
    """Width 3 and dilations 1 to 32: 127 characters, the current one included."""
    assert GatedConvolutions(8, 3, (1, 2, 4, 8, 16, 32)).receptive_field == 127


def test_convolutions_refuse_the_window_context():
    """They are stateful."""
    architecture = GatedConvolutions(2, 2, (1,))
    with pytest.raises(ValueError, match="must be 'carried'"):
        architecture.network({}, "window", 3)


@pytest.mark.parametrize(
    ("units", "description"),
    [
        ((128,), "one LSTM of 128 units"),
        ((512, 512), "2 LSTM layers of 512 units"),
        ((64, 32), "2 LSTM layers of 64, 32 units"),
    ],
)
def test_description_names_a_common_size_once(units, description):
    """What a person reads in the choice of a network."""
    assert str(LstmLayers(units)) == description


@pytest.mark.parametrize(
    ("architecture", "title"),
    [
        (LstmLayers((128,)), "LSTM, 128 units"),
        (LstmLayers((512, 512, 512)), "LSTM, 3 × 512 units"),
        (LstmLayers((64, 32)), "LSTM, 2 layers"),
        (GruLayers((256, 256)), "GRU, 2 × 256 units"),
        (GatedConvolutions(256, 3, (1, 2, 4, 8, 16, 32)), "Convolutions, 6 × 256"),
    ],
)
def test_title_tells_kind_and_size(architecture, title):
    """What a network is called that was given no other title."""
    assert architecture.title == title


@given(layers | convolutions)
def test_title_can_be_a_given_one(architecture):
    """It is short, and keeps the rule for titles."""
    TITLE(architecture.title, "title")
