"""Rules for what a file from outside may hold, and one sentence about whatever breaks a rule.

A rule checks one value; `list_of` and `object_of` build rules for whole files from the rules for their fields.

>>> SETTINGS = object_of({"epoch": whole_number(0, 99), "temperature": number(0.0) | one_of("inf")})
>>> list_of(SETTINGS)([{"epoch": 1, "temperature": 0.5}, {"epoch": -1, "temperature": "inf"}], "settings")
Traceback (most recent call last):
charlstm.model_folder.schema.SchemaError: settings[1].epoch is -1; it must be a whole number from 0 to 99
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST = sys.float_info.max
LONGEST_TITLE = 60  # characters
LONGEST_LIST = 200  # characters of names in a message
Check = Callable[[Any, str], None]  # called with a value and its name; raises SchemaError


class SchemaError(ValueError):
    """Content breaks a rule; the message names the field, its value and the rule, on one line of bounded length."""


@dataclass(frozen=True)
class Rule:
    """What a single value must be; `rule | other` allows what either of them allows.

    Attributes:
        description: follows "it must be" in the message.
        allows: whether a value, which may be of any type, keeps the rule.
    """

    description: str
    allows: Callable[[Any], bool]

    def __call__(self, value: Any, name: str) -> None:
        """Raise SchemaError unless the value, which has this name, keeps the rule."""
        if not self.allows(value):
            raise SchemaError(f"{name} is {shown(value)}; it must be {self.description}")

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(
            f"{self.description} or {other.description}", lambda value: self.allows(value) or other.allows(value)
        )


def is_whole(value: Any, least: int, most: int) -> bool:
    """Whether this is an int (not a bool) from `least` to `most`."""
    return type(value) is int and least <= value <= most


def is_finite(value: Any) -> bool:
    """Whether this is an int or float (not a bool) that arithmetic and formats can take."""
    return type(value) in (int, float) and -MOST <= value <= MOST


def is_name(value: Any) -> bool:
    """Whether this is one part of a path, and can be shown on one line."""
    return (
        type(value) is str
        and 0 < len(value) <= 255
        and value.isprintable()
        and value not in (".", "..")
        and not set(value) & set("/\\")
    )


def is_title(value: Any) -> bool:
    """Whether this is a text that a person can read on one line, and that begins and ends with a character."""
    return type(value) is str and 0 < len(value) <= LONGEST_TITLE and value.isprintable() and value == value.strip()


NUMBER = Rule("a finite number", is_finite)
TEXT = Rule("a text", lambda value: type(value) is str)
NULL = Rule("null", lambda value: value is None)
LIST = Rule("a list", lambda value: type(value) is list)
OBJECT = Rule("an object", lambda value: type(value) is dict)
FOLDER_NAME = Rule("a folder's name", is_name)
TITLE = Rule(f"one line of 1 to {LONGEST_TITLE} characters, without blanks around it", is_title)


def whole_number(least: int, most: int) -> Rule:
    """Return the rule for an int from `least` to `most`."""
    return Rule(f"a whole number from {least:,} to {most:,}", lambda value: is_whole(value, least, most))


def number(least: float, most: float = math.inf) -> Rule:
    """Return the rule for a finite int or float from `least` to `most`."""
    upper = f"to {most:,}" if most < math.inf else "up"
    return Rule(f"a number from {least:,} {upper}", lambda value: is_finite(value) and least <= value <= most)


def number_above(least: float) -> Rule:
    """Return the rule for a finite int or float greater than `least`."""
    return Rule(f"a number above {least:,}", lambda value: is_finite(value) and value > least)


def text(shortest: int, longest: int) -> Rule:
    """Return the rule for a text of so many characters."""
    return Rule(
        f"a text of {shortest:,} to {longest:,} characters",
        lambda value: type(value) is str and shortest <= len(value) <= longest,
    )


def one_of(*choices: str) -> Rule:
    """Return the rule for one of these texts."""
    return Rule(" or ".join(map(repr, choices)), lambda value: type(value) is str and value in choices)


def list_of(entry: Check) -> Check:
    """Return the rule for a list of any length whose entries all keep a rule."""

    def check(value: Any, name: str) -> None:
        LIST(value, name)
        for index, one in enumerate(value):
            entry(one, f"{name}[{index}]")

    return check


def object_of(
    fields: Mapping[str, Check], *, optional: Mapping[str, Check] | None = None, others: Check | None = None
) -> Check:
    """Return the rule for an object.

    Args:
        fields: the rule for each field.
        optional: the rule for each field that may be missing.
        others: the rule for fields of other names; without it there may be none.
    """
    known = {**fields, **(optional or {})}

    def check(value: Any, name: str) -> None:
        OBJECT(value, name or "the content")
        prefix = f"{name}." if name else ""
        for field in fields:
            if field not in value:
                raise SchemaError(f"the field {prefix}{field} is missing")
        for field, one in value.items():
            rule = known.get(field, others)
            if rule is None:
                raise SchemaError(f"the field {shown(prefix + field)} is unknown; known: {_some(known)}")
            rule(one, prefix + field if field in known else f"{name}[{shown(field)}]")

    return check


def _some(names: Iterable[str]) -> str:
    """Return names with commas, of many the first ones."""
    listed = ", ".join(names)
    return listed if len(listed) <= LONGEST_LIST else listed[: listed.rindex(", ", 0, LONGEST_LIST)] + ", …"


def without_format(content: Any, known: int) -> dict[str, Any]:
    """Return the fields of an object but its format version; raise SchemaError where that is not `known`."""
    version = content.get("format") if type(content) is dict else None
    if not is_whole(version, known, known):
        raise SchemaError(
            f"the format version is {shown(version)}, which is unknown: this program reads version {known}"
        )
    return {name: value for name, value in content.items() if name != "format"}


def parse_json(content: bytes) -> Any:
    """Return what JSON says, encoded in UTF-8.

    Raises:
        SchemaError: it is not JSON, nested too deeply, names a field twice, or has a text that is no Unicode.
    """
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_object)
        # An escaped half of a surrogate pair is JSON, but no text that could be shown or written.
        json.dumps(value, ensure_ascii=False).encode()
    except SchemaError:
        raise
    except (json.JSONDecodeError, UnicodeError) as error:
        raise SchemaError(f"this is not readable JSON ({one_line(error)})") from error
    except RecursionError as error:
        raise SchemaError("this is not readable JSON (it is nested too deeply)") from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        raise SchemaError("this is not readable JSON (a number has too many digits)") from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise SchemaError("a field stands twice in one object")
    return found


def shown(value: Any) -> str:
    """Return a value as an error names it: on one line, of at most 60 characters."""
    if type(value) is int and abs(value) >= 10**40:
        return "a number of more than 40 digits"
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # of a number of thousands of digits in a list, of lists in lists in lists
        return "a value too large to show"
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_line(error: BaseException) -> str:
    """Return the message of another library's error on one line, of at most 160 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else f"{text[:157]}..."
