"""Rules for files from outside: the sentence about each kind of wrong value, and what JSON is refused."""

from typing import Any

import pytest

from charlstm.model_folder.schema import (
    NUMBER,
    TEXT,
    SchemaError,
    list_of,
    number,
    number_above,
    object_of,
    one_of,
    parse_json,
    shown,
    text,
    whole_number,
)


@pytest.mark.parametrize(
    ("rule", "value", "message"),
    [
        (whole_number(1, 4096), True, "x is True; it must be a whole number from 1 to 4,096"),
        (whole_number(1, 4096), 5000, "x is 5000; it must be a whole number from 1 to 4,096"),
        (number(0.0, 0.95), float("nan"), "x is nan; it must be a number from 0.0 to 0.95"),
        (number(0.0), 10**400, "x is a number of more than 40 digits; it must be a number from 0.0 up"),
        (number_above(0.0), 0, "x is 0; it must be a number above 0.0"),
        (text(1, 3), "", "x is ''; it must be a text of 1 to 3 characters"),
        (one_of("a", "b"), ["a"], "x is ['a']; it must be 'a' or 'b'"),
        (NUMBER | TEXT, None, "x is None; it must be a finite number or a text"),
        (list_of(TEXT), "ab", "x is 'ab'; it must be a list"),
        (list_of(TEXT), ["a", 1], "x[1] is 1; it must be a text"),
        (object_of({"a": TEXT}), [], "x is []; it must be an object"),
        (object_of({"a": TEXT}), {}, "the field x.a is missing"),
        (object_of({"a": TEXT}), {"a": 1}, "x.a is 1; it must be a text"),
        (object_of({"a": TEXT}), {"a": "", "b\n": 1}, "the field 'x.b\\n' is unknown; known: a"),
        (object_of({"a": TEXT}, optional={"b": TEXT}), {"a": "", "c": 1}, "the field 'x.c' is unknown; known: a, b"),
        (object_of({}, optional={"b": TEXT}), {"b": 1}, "x.b is 1; it must be a text"),
        (object_of({"a": TEXT}, others=NUMBER), {"a": "", "b\n": ""}, "x['b\\n'] is ''; it must be a finite number"),
    ],
)
def test_rule_names_the_field_the_value_and_the_rule(rule, value, message):
    """In one line, whatever the value is."""
    with pytest.raises(SchemaError) as error:
        rule(value, "x")
    assert str(error.value) == message


def test_rule_allows_what_it_describes():
    """The bounds included; optional fields may be missing."""
    whole_number(1, 9)(9, "x")
    number(0.0, 1.0)(1, "x")
    (number(0.0) | one_of("inf"))("inf", "x")
    object_of({"a": TEXT}, optional={"b": TEXT}, others=NUMBER)({"a": "", "c": 0.5}, "x")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "this is not readable JSON"),
        (b"\xff", "this is not readable JSON"),
        (b'"\\ud800"', "this is not readable JSON"),
        (b"[" * 100_000, "this is not readable JSON"),
        (b"9" * 5000, "this is not readable JSON"),
        (b'{"a": {"b": 1, "b": 1}}', "a field stands twice in one object"),
    ],
)
def test_parse_json_refuses_what_is_no_json(content, message):
    """Bytes that are no UTF-8, half a surrogate pair, deep nesting, a huge number, and a field that is there twice."""
    with pytest.raises(SchemaError) as error:
        parse_json(content)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


def nested(depth):
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_shown_is_one_short_line():
    """Also of values whose repr Python refuses."""
    for value in ("a\n" * 1000, 10**5000, [10**5000], nested(5_000), {"a": "b" * 100}):
        assert len(shown(value)) <= 60
        assert "\n" not in shown(value)
