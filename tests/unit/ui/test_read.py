"""The parts of the Read page: what its view is sent, and the table of its curve."""

import numpy as np
import pytest

from charlstm.corpora.passages import index_passages
from charlstm.evaluation.reading import TEMPERATURES, Reading, best_temperature
from charlstm.model_folder.store import open_model
from charlstm.ui.charts.costs import costs_table
from charlstm.ui.read import sentences
from charlstm.ui.read.read_view import COPIED, Edit, ViewMessage, view_data
from charlstm.ui.read.state import ReadState
from tests.unit.compression.conftest import random_network

TEXT = "ab ba aab bab "


@pytest.fixture
def state(model_folder):
    """A page whose text is read, and whose view has it all."""
    model = open_model(model_folder)
    state = ReadState(typed=TEXT, selects_costliest=False)
    state.read_with(model.network(), model.vocabulary, model.passages)
    state.current.advance()
    state.sent.base, state.sent.characters = state.version, len(TEXT)
    return state


def data(state):
    sent = state.sent
    message = ViewMessage(
        version=state.version,
        base=sent.base,
        start=sent.characters,
        number=state.edits,
        field=None,
        words=sentences.VIEW,
        place=None,
        moves=0,
        choice=None,
        copied=state.copied,
        goes_on=state.goes_on,
    )
    return view_data(state.current, message)


def test_message_has_only_what_is_new(state):
    """After an edit, what follows the first change; when all was received, nothing."""
    assert (data(state)["text"], data(state)["words"]) == ("", None)
    state.edit(TEXT + "ab")
    state.current.advance()
    assert (data(state)["start"], data(state)["text"]) == (len(TEXT), "ab")
    state.edit(TEXT[:5] + "b" + TEXT[6:])
    state.current.advance()
    message = data(state)
    assert (message["start"], message["text"]) == (5, "b" + TEXT[6:])
    assert len(message["classes"]) == len(message["tenths"]) == len(TEXT) - 5


def test_copied_passages_are_marked(state):
    """When the last character of one comes, all of its characters are sent anew, with their marks."""
    learned = "a passage of more than thirty characters, which it has learned"
    network, vocabulary = random_network("".join(sorted(set(learned))), 1, 1)
    state.read_with(network, vocabulary, index_passages(learned))
    for characters, sent_from, copied in ((29, 0, 0), (30, 0, 30), (40, 30, 40)):
        state.edit(learned[3 : 3 + characters])
        state.current.advance()
        message = data(state)
        assert message["start"] == sent_from
        assert [kind >= str(COPIED) for kind in message["classes"]] == [bool(copied)] * (characters - sent_from)
        assert state.copied.sum() == copied
        state.sent.base, state.sent.characters = state.version, state.current.read


def test_edit_of_characters_outside_of_the_basic_plane():
    """Places are counted in characters."""
    assert Edit(0, 1, 2, "é").applied_to("a😀b") == "aéb"


def test_same_network_does_not_read_again(state, model_folder):
    """Another one begins anew, with all for the view to get."""
    reading = state.reading
    state.read_with(reading.network, reading.vocabulary, None)
    assert state.reading is reading
    model = open_model(model_folder)
    state.read_with(model.network(0), model.vocabulary, None)
    assert state.reading is not reading
    assert state.sent.characters == 0


def test_other_networks_follow_the_text(state, model_folder):
    """They read what is new, after the page's network, and are forgotten when they are no longer chosen."""
    model = open_model(model_folder)
    state.compare_with({"early": (model.network(0), model.vocabulary)})
    assert state.goes_on
    while state.goes_on:
        state.advance()
    state.edit(TEXT + "ab")
    while state.goes_on:
        state.advance()
    expected = Reading(model.network(0), model.vocabulary, TEXT + "ab")
    expected.advance()
    np.testing.assert_allclose(state.others["early"].bits, expected.bits)
    state.compare_with({})
    assert not state.others


def test_curve_is_that_of_the_costs(state):
    """In bits, as far as twice the least cost, with the best temperature among its points."""
    costs = state.current.costs
    rows = costs_table(costs, 0.7).to_pylist()
    best = best_temperature(costs)
    assert [row["temperature"] for row in rows if row["best"]] == [best]
    least = costs.min() / np.log(2)
    for row in rows:
        assert row["bits"] == costs[TEMPERATURES.index(row["temperature"])] / np.log(2)
        assert row["bits"] <= 2 * least + 1e-6
        assert row["known"] == 0.7


def test_text_without_a_curve_has_an_empty_table():
    """Before anything is read, and where it is impossible."""
    for costs in (np.full(len(TEMPERATURES), np.nan), np.full(len(TEMPERATURES), np.inf)):
        assert costs_table(costs, 0.5).num_rows == 0


@pytest.mark.parametrize(
    ("temperature", "bits", "told"),
    [
        (0.0, np.inf, "At temperature 0 it is impossible: not all are top choices."),
        (0.0, 0.0, "At temperature 0: 0 bits, as all are top choices"),
        (0.5, np.inf, "At temperature 0.50 it is impossible."),
        (1.2, 2.345, "At temperature 1.20: 2.35 bits"),
    ],
)
def test_cost_at_a_temperature_is_told(temperature, bits, told):
    """Also where it is infinite."""
    assert sentences.cost_at(temperature, bits) == told
