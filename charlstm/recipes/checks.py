"""Which values the fields of a recipe can have, alone and together."""

import re
from collections.abc import Mapping
from types import NoneType
from typing import Any, get_args

from charlstm.model_folder.schema import TITLE, Rule, SchemaError, number, number_above, one_of, whole_number
from charlstm.networks.architecture import LARGEST_UNITS, LARGEST_WIDTH
from charlstm.networks.ngrams import LARGEST_ORDER

_TEXT = Rule("a text in UTF-8", lambda value: type(value) is str and not re.search("[\ud800-\udfff]", value))
_SIZES = Rule("whole numbers, one for each layer, such as [512, 256]", lambda value: type(value) is tuple)
# Of numbers, lists of numbers and the title; what other fields can be is in their types.
_RULES = {
    "maxlen": whole_number(1, 4_096),
    "step": whole_number(1, 4_096),
    "batch_size": whole_number(1, 65_536),
    "least_count": whole_number(1, 10**9),
    "units": _SIZES,
    "channels": whole_number(1, LARGEST_UNITS),
    "width": whole_number(1, LARGEST_WIDTH),
    "dilations": _SIZES,
    "order": whole_number(1, LARGEST_ORDER),
    "least_ngram_count": whole_number(1, 10**9),
    "dropout": number(0.0, 0.95),
    "learning_rate": number_above(0.0),
    "weight_decay": number(0.0, 10.0),
    "clip_norm": number_above(0.0),
    "warmup_steps": whole_number(0, 10**9),
    "averaging": number(0.0, 0.999999),
    "epochs": whole_number(1, 1_000_000),
    "patience": whole_number(1, 1_000_000),
    "random_seed": whole_number(0, 2**32 - 1),
    "sample_length": whole_number(1, 1_000_000),
    "title": TITLE,
}
# The fields about learning: what all networks but counts need, and what they may have.
_NEEDED_TO_LEARN = (
    *("examples", "maxlen", "batch_size", "dropout", "optimizer", "learning_rate", "schedule", "epochs", "keep"),
    "when_diverging",
)
_OF_LEARNING = (*_NEEDED_TO_LEARN, "clip_norm", "averaging", "patience")
# The fields that some values of another field need, and that no other value of it allows.
_NEEDED_BY = {
    ("network", ("lstm", "gru")): ("units",),
    ("network", ("convolutions",)): ("channels", "width", "dilations"),
    ("network", ("counts",)): ("order", "least_ngram_count"),
    ("examples", ("windows",)): ("step",),
    ("optimizer", ("adamw",)): ("weight_decay",),
    ("schedule", ("cosine",)): ("warmup_steps",),
}


def check_values(recipe: Mapping[str, Any], types: Mapping[str, Any]) -> None:
    """Raise SchemaError where a field is not of its type or out of its range.

    Args:
        recipe: the value of each field.
        types: the type of each field.
    """
    for name, expected in types.items():
        if recipe[name] is None and NoneType in get_args(expected):
            continue
        rule = _RULES.get(name) or (_TEXT if expected is str else one_of(*_choices(expected)))
        rule(recipe[name], f"the recipe's {name}")


def _choices(expected: Any) -> list[str]:
    """Return the texts of a Literal, which may be one that can be None."""
    parts = [part for one in get_args(expected) for part in get_args(one) or (one,)]
    return [part for part in parts if part is not NoneType]


def check_combinations(recipe: Mapping[str, Any]) -> None:
    """Raise SchemaError where fields lack each other, or do not go together."""
    if recipe["network"] == "counts":
        for field in _OF_LEARNING:
            if recipe[field] is not None:
                raise SchemaError(f"the recipe has {field}, which does not go with network = 'counts'")
    else:
        for field in _NEEDED_TO_LEARN:
            if recipe[field] is None:
                raise SchemaError(f"the field {field} is missing")
    for (name, values), needed in _NEEDED_BY.items():
        for field in needed:
            if recipe[name] in values and recipe[field] is None:
                raise SchemaError(f"the recipe has {name} = {recipe[name]!r} but no {field}, which it needs")
            if recipe[name] not in values and recipe[field] is not None:
                allowed = " or ".join(map(repr, values))
                raise SchemaError(
                    f"the recipe has {field}, which goes only with {name} = {allowed}, not with {recipe[name]!r}"
                )
    if recipe["examples"] == "windows":
        if recipe["network"] == "convolutions":
            raise SchemaError("the recipe asks convolutions to learn from 'windows'; they learn from a 'stream'")
        if recipe["dropout"] or len(recipe["units"]) != 1:
            raise SchemaError("the recipe learns from 'windows' with more than the book's one layer; use a 'stream'")
