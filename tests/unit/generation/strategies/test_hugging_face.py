"""Penalties and filters beside Hugging Face's processors, whose results hugging_face.py has kept."""

import json
from pathlib import Path

import numpy as np
import pytest

from charlstm.generation.context import RunContext
from charlstm.generation.draws import UniformDrawsOfBatch
from charlstm.generation.filters import Filters
from charlstm.generation.sampling import sampling_probs

DISTRIBUTIONS = json.loads(Path(__file__).with_name("hugging_face.json").read_text())["distributions"]
CHARACTERS = "abcdefghijklmn"


def filters_of(name, value):
    """Return ours; a penalty of theirs sees the whole text."""
    if name == "temperature":
        return Filters(top_p=1.0)
    if name == "ban":
        return Filters(ban="".join(CHARACTERS[id_] for id_ in value))
    if name == "bias":
        return Filters(bias=tuple((CHARACTERS[int(id_)], bias) for id_, bias in value.items()))
    if name == "repetition_penalty":
        return Filters(repetition_penalty=value, penalty_window=1000)
    return Filters(**{name: value})


@pytest.mark.parametrize(
    ("distribution", "case"),
    [
        pytest.param(one, case, id=f"{case['name']}-{case['value']}-{number}")
        for number, one in enumerate(DISTRIBUTIONS)
        for case in one["results"]
    ],
)
def test_result_is_that_of_hugging_face(distribution, case):
    """A batch of three texts."""
    probs, filters = np.array(distribution["probs"]), filters_of(case["name"], case["value"])
    context = RunContext(distribution["texts"], UniformDrawsOfBatch([1, 2, 3]), len(CHARACTERS), CHARACTERS)
    temperature = case["value"] if case["name"] == "temperature" else 1.0
    found = sampling_probs(probs, temperature, filters, context.of(0, filters))
    np.testing.assert_allclose(found, case["result"], rtol=1e-9, atol=1e-15)
