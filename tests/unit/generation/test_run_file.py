"""A run's file: it is read as it was written, and whatever is wrong with it is one sentence."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.generation.filters import Filters
from charlstm.generation.run import Original, Run, RunSettings, whole_runs
from charlstm.generation.run_file import (
    LARGEST_FILE,
    LONGEST_RUN,
    MOST_LOOKED_AHEAD,
    RunError,
    parse_run,
    read_run,
    run_bytes,
)

characters = st.characters(exclude_categories=["Cs"])
shares = st.none() | st.floats(0, 1, exclude_min=True)
all_filters = st.builds(
    Filters, top_k=st.none() | st.integers(1, 10**9), top_p=shares, min_p=st.none() | st.floats(0, 1), typical_p=shares,
    dry_multiplier=shares, mirostat_tau=shares, beam_width=st.none() | st.integers(1, 32), ban=st.text(characters),
    bias=st.dictionaries(characters, st.floats(-100, 100)).map(lambda bias: tuple(bias.items())),
    order=st.sampled_from([(), ("xtc", "top_k")]),
)  # fmt: skip
temperatures = st.floats(0, 1e9) | st.just(math.inf)


@st.composite
def written(draw, start):
    """What is written from a position on: settings, picked characters and text."""
    text = draw(st.text(characters, min_size=1, max_size=30))
    places = st.integers(start, start + len(text) - 1)
    changes = sorted({start, *draw(st.sets(places, max_size=5))})
    names = st.sampled_from(["nietzsche-book", "other", "名"])
    knobs = tuple(
        RunSettings(
            place, draw(names), draw(st.integers(0, 10**6)), draw(temperatures), draw(all_filters), draw(st.booleans())
        )
        for place in changes
    )
    return knobs, {place: text[place - start] for place in sorted(draw(st.sets(places, max_size=5)))}, text


@st.composite
def runs(draw):
    knobs, picked, text = draw(written(0))
    original = None
    if draw(st.booleans()):
        position = draw(st.integers(0, len(text)))
        original = Original(position, *draw(written(position)))
    seed_text, random_seed = draw(st.text(characters, max_size=50)), draw(st.integers(0, 2**64 - 1))
    return Run(seed_text, random_seed, knobs, picked, text, original)


SMALL: dict[str, Any] = {
    "format": 1,
    "seed_text": "the ",
    "random_seed": 1,
    "knobs": [{"from": 0, "model": "nietzsche-book", "epoch": 20, "temperature": 0.5, "filters": {}}],
    "picked": [{"position": 1, "character": "e"}],
    "text": "self",
}


ORIGINAL: dict[str, Any] = {
    "from": 2,
    "knobs": [{"from": 2, "model": "nietzsche-book", "epoch": 20, "temperature": 1.2, "filters": {}}],
    "picked": [{"position": 3, "character": "x"}],
    "text": "axy",
}


def changed(**changes):
    """Return the bytes of SMALL with some fields changed; ... removes one."""
    return json.dumps({name: value for name, value in (SMALL | changes).items() if value is not ...}).encode()


def knobs(**changes):
    """Return the field "knobs" of SMALL with some fields of its entry changed."""
    return [SMALL["knobs"][0] | changes]


def branch(**changes):
    """Return the bytes of SMALL with an original, some of whose fields are changed."""
    return changed(original={name: value for name, value in (ORIGINAL | changes).items() if value is not ...})


@given(runs())
def test_parse_run_reads_what_run_bytes_wrote(run):
    """Every run comes back whole, its temperatures exactly."""
    assert parse_run(run_bytes(run)) == run


def test_small_file_is_a_run():
    """The one that the other tests damage."""
    assert parse_run(changed()).picked == {1: "e"}


def test_small_file_with_an_original_is_a_branch():
    """Both are whole runs that share their beginning."""
    alone, original = whole_runs(parse_run(branch()))
    assert (alone.text, original.text) == ("self", "seaxy")
    assert (alone.picked, original.picked) == ({1: "e"}, {1: "e", 3: "x"})
    assert [settings.position for settings in original.settings] == [0, 2]


def test_file_without_an_original_does_not_name_it():
    """So that an older program opens it."""
    assert b"original" not in run_bytes(parse_run(changed()))


DAMAGED = {
    "empty": (b"", "not readable JSON"),
    "cut off": (changed()[:-20], "not readable JSON"),
    "bad UTF-8": (b'{"format": 1, "text": "\xff"}', "not readable JSON"),
    "half a surrogate pair": (changed().replace(b'"the "', b'"\\ud800"'), "not readable JSON"),
    "deep nesting": (b"[" * 100_000, "not readable JSON"),
    "huge number": (changed().replace(b'"random_seed": 1', b'"random_seed": ' + b"9" * 5000), "not readable JSON"),
    "large number": (changed(random_seed=10**50), "random_seed is a number of more than 40 digits"),
    "NaN": (
        changed(knobs=knobs(temperature=math.nan)),
        "knobs[0].temperature is nan; it must be a number from 0 up or 'inf'",
    ),
    "Infinity": (changed(random_seed=math.inf), "random_seed is inf; it must be a whole number"),
    "overflow": (changed().replace(b"0.5", b"1e999"), "knobs[0].temperature is inf; it must be a number from 0 up"),
    "twice": (changed().replace(b'"format": 1', b'"format": 1, "text": "x"'), "a field stands twice"),
    "not an object": (b"[1]", "the format version is None, which is unknown"),
    "later format": (changed(format=2), "the format version is 2, which is unknown: this program reads version 1"),
    "format true": (changed(format=True), "the format version is True"),
    "missing": (changed(seed_text=...), "the field seed_text is missing"),
    "unknown": (changed(code="import os"), "the field 'code' is unknown"),
    "seed text": (changed(seed_text=5), "seed_text is 5; it must be a text of 0 to 200,000 characters"),
    "long seed text": (changed(seed_text="a" * 200_001), "it must be a text of 0 to 200,000 characters"),
    "long text": (changed(text="a" * (LONGEST_RUN + 1)), "it must be a text of 0 to 20,000 characters"),
    "no text": (changed(text="", picked=[]), "text is empty: nothing was written"),
    "random seed": (
        changed(random_seed=-1),
        "random_seed is -1; it must be a whole number from 0 to 18,446,744,073,709,551,615",
    ),
    "random seed 1.0": (changed(random_seed=1.0), "random_seed is 1.0; it must be a whole number"),
    "knobs": (changed(knobs={}), "knobs is {}; it must be a list"),
    "no knobs": (changed(knobs=[]), "knobs does not begin at position 0"),
    "knobs late": (changed(knobs=knobs(**{"from": 1})), "knobs does not begin at position 0"),
    "knobs twice": (changed(knobs=knobs() * 2), "the positions of knobs must rise"),
    "knobs beyond": (changed(knobs=[*knobs(), *knobs(**{"from": 9})]), "position 9, which is not in the text"),
    "many knobs": (changed(knobs=knobs() * 5), "the positions of knobs must rise"),
    "path": (changed(knobs=knobs(model="../secret")), "knobs[0].model is '../secret'; it must be a folder's name"),
    "epoch": (changed(knobs=knobs(epoch=-1)), "knobs[0].epoch is -1; it must be a whole number"),
    "temperature": (
        changed(knobs=knobs(temperature=-0.5)),
        "knobs[0].temperature is -0.5; it must be a number from 0 up",
    ),
    "temperature text": (changed(knobs=knobs(temperature="0.5")), "knobs[0].temperature is '0.5'; it must be a number"),
    "filter": (changed(knobs=knobs(filters={"top_q": 1})), "'knobs[0].filters.top_q' is unknown; known: top_k, top_p"),
    "filter type": (
        changed(knobs=knobs(filters={"top_p": [1]})),
        "knobs[0].filters.top_p is [1]; it must be a finite number",
    ),
    "filter range": (
        changed(knobs=knobs(filters={"top_k": 0})),
        "knobs[0].filters: top_k is 0; it must be a whole number",
    ),
    "picked": (
        changed(picked=[{"position": 1, "character": "x"}]),
        "'x' was picked at position 1, but the text has 'e'",
    ),
    "picked beyond": (changed(picked=[{"position": 4, "character": "f"}]), "position 4, which is not in the text"),
    "original": (changed(original=None), "original is None; it must be an object"),
    "original missing": (branch(text=...), "the field original.text is missing"),
    "original unknown": (branch(seed_text="x"), "the field 'original.seed_text' is unknown; known: from, knobs"),
    "original of the original": (branch(original=ORIGINAL), "the field 'original.original' is unknown"),
    "original from": (branch(**{"from": -1}), "original.from is -1; it must be a whole number from 0 to 19,999"),
    "original late": (branch(**{"from": 5}), "original.from is 5, which is after the end of the text"),
    "original no text": (branch(text=""), "original.text is empty: nothing was written"),
    "original no knobs": (branch(knobs=[]), "original.knobs does not begin at position 2"),
    "original knobs early": (branch(knobs=knobs()), "original.knobs does not begin at position 2"),
    "original knobs late": (branch(knobs=knobs(**{"from": 3})), "original.knobs does not begin at position 2"),
    "original knobs beyond": (
        branch(knobs=[*ORIGINAL["knobs"], *knobs(**{"from": 5})]),
        "original.knobs has the position 5, which is not in the text",
    ),
    "original temperature": (
        branch(knobs=knobs(**{"from": 2, "temperature": -1})),
        "original.knobs[0].temperature is -1; it must be a number from 0 up",
    ),
    "original filter": (
        branch(knobs=knobs(**{"from": 2, "filters": {"top_k": 0}})),
        "original.knobs[0].filters: top_k is 0; it must be a whole number",
    ),
    "original picked": (
        branch(picked=[{"position": 3, "character": "y"}]),
        "'y' was picked at position 3, but the text has 'x' there",
    ),
    "original picked early": (
        branch(picked=[{"position": 1, "character": "e"}]),
        "'e' was picked at position 1, but original.text begins at 2",
    ),
    "original picked beyond": (
        branch(picked=[{"position": 5, "character": "y"}]),
        "original.picked has the position 5, which is not in the text",
    ),
    "original too long": (
        branch(text="a" * (LONGEST_RUN - 1), picked=[]),
        "original.text ends after character 20,000, the last that a run may have",
    ),
    "large file": (b" " * (LARGEST_FILE + 1), "larger than 8,000,000 bytes"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_read_run_names_the_file_the_field_and_the_reason(damage, tmp_path):
    """In one line, however the file is damaged."""
    content, reason = DAMAGED[damage]
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(RunError) as error:
        read_run(tmp_path / "run.json")
    message = str(error.value)
    assert reason in message
    assert message.startswith(f"{tmp_path / 'run.json'}: ")
    assert "\n" not in message
    assert len(message) < 400


def test_parse_run_refuses_too_many_network_changes():
    """Each change prefills a network with all the text so far, so a file could keep a server busy for hours."""
    text = "a" * LONGEST_RUN
    changes = [SMALL["knobs"][0] | {"from": place, "epoch": place % 2} for place in range(LONGEST_RUN)]
    with pytest.raises(RunError, match="the network changes 19,999 times"):
        parse_run(changed(text=text, knobs=changes, picked=[]))


def test_parse_run_refuses_too_many_network_changes_in_an_original():
    """It is written again, too."""
    changes = [SMALL["knobs"][0] | {"from": place, "epoch": place % 2} for place in range(2, LONGEST_RUN)]
    with pytest.raises(RunError, match="the network changes 19,998 times"):
        parse_run(branch(text="a" * (LONGEST_RUN - 2), knobs=changes, picked=[]))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
PLACES: list[tuple[Any, ...]] = [(name,) for name in SMALL] + [("knobs", 0, name) for name in SMALL["knobs"][0]]
PLACES += [("knobs", 0), ("picked", 0), ("picked", 0, "position"), ("picked", 0, "character")]
PLACES += [("original", *place) for place in [(), ("from",), *PLACES] if place[:1] not in [("format",), ("seed_text",)]]


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
def test_parse_run_survives_any_value_in_a_field(place, value):
    """Whatever JSON value a field has, the result is a run or a RunError."""
    content = json.loads(branch())
    inner = content
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    read_or_refused(json.dumps(content).encode())


@settings(max_examples=300)
@given(st.binary(max_size=40) | json_values.map(lambda value: json.dumps(value).encode()), st.integers(0, 500))
def test_parse_run_survives_any_bytes(content, place):
    """Alone or in the middle of a run, the result is a run or a RunError."""
    whole = branch()
    read_or_refused(content)
    read_or_refused(whole[:place] + content + whole[place + len(content) :])


@pytest.mark.parametrize("kind", ["settings", "picked"])
def test_beam_search_that_begins_anew_without_end_is_refused(kind):
    """By settings that are said again, or by picked characters; as often as allowed, it is read."""
    filters = Filters(beam_width=32, beam_lookahead=200)
    most = MOST_LOOKED_AHEAD // (32 * 200)
    for searches in (most, most + 1):
        knobs = tuple(RunSettings(place, "small", 0, 1.0, filters, True) for place in range(searches))
        picked = dict.fromkeys(range(searches - 1), "a")
        text = "a" * searches
        run = Run("", 1, knobs, {}, text) if kind == "settings" else Run("", 1, knobs[:1], picked, text)
        if searches == most:
            assert parse_run(run_bytes(run)) == run
        else:
            with pytest.raises(RunError, match="beam search begins anew more often than this program follows"):
                parse_run(run_bytes(run))


@pytest.mark.parametrize("value", [False, 1, "true", None])
def test_search_that_begins_is_true_or_left_out(value):
    """The field is named."""
    content = json.loads(run_bytes(Run("", 1, (RunSettings(0, "small", 0, 1.0),), {}, "a")))
    content["knobs"][0]["search_begins"] = value
    with pytest.raises(RunError, match=r"knobs\[0\].search_begins is .*; it must be true, or left out"):
        parse_run(json.dumps(content).encode())
