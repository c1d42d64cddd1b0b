"""A run's file: what was written is read, and whatever is wrong with it is one sentence."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.generation.run import Knobs, Run
from charlstm.generation.run_file import LARGEST_FILE, LONGEST_RUN, RunError, parse_run, read_run, run_bytes
from charlstm.generation.sampling import Filters

characters = st.characters(exclude_categories=["Cs"])
shares = st.none() | st.floats(0, 1, exclude_min=True)
all_filters = st.builds(
    Filters, top_k=st.none() | st.integers(1, 10**9), top_p=shares, min_p=st.none() | st.floats(0, 1), typical_p=shares
)
temperatures = st.floats(0, 1e9) | st.just(math.inf)


@st.composite
def runs(draw):
    text = draw(st.text(characters, min_size=1, max_size=30))
    places = st.integers(0, len(text) - 1)
    changes = sorted({0, *draw(st.sets(places, max_size=5))})
    names = st.sampled_from(["nietzsche-book", "other", "名"])
    knobs = tuple(
        Knobs(place, draw(names), draw(st.integers(0, 10**6)), draw(temperatures), draw(all_filters))
        for place in changes
    )
    picked = {place: text[place] for place in sorted(draw(st.sets(places, max_size=5)))}
    return Run(draw(st.text(characters, max_size=50)), draw(st.integers(0, 2**64 - 1)), knobs, picked, text)


SMALL = {
    "format": 1,
    "seed_text": "the ",
    "random_seed": 1,
    "knobs": [{"from": 0, "model": "nietzsche-book", "epoch": 20, "temperature": 0.5, "filters": {}}],
    "picked": [{"position": 1, "character": "e"}],
    "text": "self",
}


def changed(**changes):
    """Return the bytes of SMALL with some fields changed; ... removes one."""
    return json.dumps({name: value for name, value in (SMALL | changes).items() if value is not ...}).encode()


def knobs(**changes):
    """Return knobs as SMALL has them, some fields changed."""
    return [SMALL["knobs"][0] | changes]


@given(runs())
def test_what_was_written_is_read(run):
    """Every run comes back whole, its temperatures to the last bit."""
    assert parse_run(run_bytes(run)) == run


def test_small_file_is_a_run():
    """The one that the other tests spoil."""
    assert parse_run(changed()).picked == {1: "e"}


DAMAGED = {
    "empty": (b"", "not readable JSON"),
    "cut off": (changed()[:-20], "not readable JSON"),
    "bad UTF-8": (b'{"format": 1, "text": "\xff"}', "not readable JSON"),
    "half a surrogate pair": (changed().replace(b'"the "', b'"\\ud800"'), "not readable JSON"),
    "deep nesting": (b"[" * 100_000, "not readable JSON"),
    "huge number": (changed().replace(b'"random_seed": 1', b'"random_seed": ' + b"9" * 5000), "not readable JSON"),
    "large number": (changed(random_seed=10**50), "random_seed is a number of more than 40 digits"),
    "NaN": (changed(knobs=knobs(temperature=math.nan)), "NaN is not a number that JSON knows"),
    "Infinity": (changed(random_seed=math.inf), "Infinity is not a number"),
    "overflow": (changed().replace(b"0.5", b"1e999"), "the temperature is inf, not a number from 0 up"),
    "twice": (changed().replace(b'"format": 1', b'"format": 1, "text": "x"'), "a field stands twice"),
    "not an object": (b"[1]", "the format version is None, which is unknown"),
    "later format": (changed(format=2), "the format version is 2, which is unknown: this program reads version 1"),
    "format true": (changed(format=True), "the format version is True"),
    "missing": (changed(seed_text=...), "the run lacks the field seed_text"),
    "unknown": (changed(code="import os"), "the run has a field 'code' that is unknown"),
    "seed text": (changed(seed_text=5), "seed_text is 5, not a text"),
    "long seed text": (changed(seed_text="a" * 200_001), "seed_text has 200,001 characters; the longest allowed"),
    "long text": (changed(text="a" * (LONGEST_RUN + 1)), "text has 20,001 characters"),
    "no text": (changed(text="", picked=[]), "text is empty"),
    "random seed": (changed(random_seed=-1), "random_seed is -1, not a whole number"),
    "random seed 1.0": (changed(random_seed=1.0), "random_seed is 1.0, not a whole number"),
    "knobs": (changed(knobs={}), "knobs is {}, not a list"),
    "no knobs": (changed(knobs=[]), "knobs does not begin at position 0"),
    "knobs late": (changed(knobs=knobs(**{"from": 1})), "knobs does not begin at position 0"),
    "knobs twice": (changed(knobs=knobs() * 2), "the positions of knobs must rise"),
    "knobs beyond": (changed(knobs=[*knobs(), *knobs(**{"from": 9})]), "position 9, which is not in the text"),
    "many knobs": (changed(knobs=knobs() * 5), "knobs has 5 entries, more than the text has characters"),
    "path": (changed(knobs=knobs(model="../secret")), "the model is '../secret', not a folder's name"),
    "epoch": (changed(knobs=knobs(epoch=-1)), "the epoch is -1, not a whole number"),
    "temperature": (changed(knobs=knobs(temperature=-0.5)), "the temperature is -0.5, not a number from 0 up"),
    "temperature text": (changed(knobs=knobs(temperature="0.5")), "the temperature is '0.5', not a number"),
    "filter": (changed(knobs=knobs(filters={"top_q": 1})), "there is no filter 'top_q'"),
    "filter type": (changed(knobs=knobs(filters={"top_p": [1]})), "top_p is [1], not a finite number"),
    "filter range": (changed(knobs=knobs(filters={"top_k": 0})), "top_k is 0; it must be a whole number"),
    "picked": (
        changed(picked=[{"position": 1, "character": "x"}]),
        "'x' was picked at position 1, but the text has 'e'",
    ),
    "picked beyond": (changed(picked=[{"position": 4, "character": "f"}]), "position 4, which is not in the text"),
    "large file": (b" " * (LARGEST_FILE + 1), "larger than 8,000,000 bytes"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_run_is_refused_in_one_sentence(damage, tmp_path):
    """The sentence names the file, the field and the reason."""
    content, told = DAMAGED[damage]
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunError) as error:
        read_run(tmp_path / "run.json")
    message = str(error.value)
    assert told in message
    assert message.startswith(f"{tmp_path / 'run.json'}: ")
    assert "\n" not in message
    assert len(message) < 400


def test_networks_that_change_without_end_are_refused():
    """Each change has the network read all the text again, so a file could keep a server busy for hours."""
    text = "a" * LONGEST_RUN
    changes = [SMALL["knobs"][0] | {"from": place, "epoch": place % 2} for place in range(LONGEST_RUN)]
    with pytest.raises(RunError, match="the network changes 19,999 times"):
        parse_run(changed(text=text, knobs=changes, picked=[]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
PLACES = [(name,) for name in SMALL] + [("knobs", 0, name) for name in SMALL["knobs"][0]]
PLACES += [("knobs", 0), ("picked", 0), ("picked", 0, "position"), ("picked", 0, "character")]


def read_or_refused(content):
    """Read bytes as a run: nothing but a run or a RunError may come of it."""
    try:
        run = parse_run(content)
    except RunError as error:
        assert "\n" not in str(error)
    else:
        assert parse_run(run_bytes(run)) == run


@settings(max_examples=300)
@given(st.sampled_from(PLACES), json_values)
def test_nothing_but_a_run_or_a_sentence_comes_of_any_value(place, value):
    """Any JSON value in any field."""
    content = json.loads(json.dumps(SMALL))
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    read_or_refused(json.dumps(content).encode())


@settings(max_examples=300)
@given(st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()), st.integers(0, 300))
def test_nothing_but_a_run_or_a_sentence_comes_of_any_bytes(content, place):
    """Any bytes, alone or in the middle of a run."""
    whole = changed()
    read_or_refused(content)
    read_or_refused(whole[:place] + content + whole[place + len(content) :])
