"""The options of `generate` for what changes the distribution besides the temperature."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import partial
from typing import Annotated, Any

import typer

from charlstm.cli.options import SHARE, SHARE_ABOVE_ZERO, any_text, number, whole
from charlstm.generation.filters import (
    BEAM_LOOKAHEAD,
    DRY_ALLOWED_LENGTH,
    DRY_BASE,
    DRY_MULTIPLIER,
    MIROSTAT_ETA,
    PENALTY_WINDOW,
    USUAL_ORDER,
    XTC_THRESHOLD,
    Filters,
)
from charlstm.model_folder.schema import Rule, shown
from charlstm.text.character_class import characters_in, numbers_in
from charlstm.text.vocabulary import Vocabulary

_FIELD = re.compile(r"\b(?:" + "|".join(one.name for one in fields(Filters) if "_" in one.name) + r")\b")
# Of each field of `Filters` that is a number; the rest are below.
_HELP = {
    "top_k": "From the k likeliest only; 1 is greedy.",
    "top_p": "From the likeliest whose sum reaches p.",
    "min_p": "From those p times as likely as the first.",
    "typical_p": "From the least astonishing whose sum reaches p.",
    "top_n_sigma": "From those whose logit is at most n standard deviations below the largest.",
    "mirostat_tau": "Mirostat 2.0: so many bits of surprisal on average.",
    "mirostat_eta": f"How fast Mirostat follows; {MIROSTAT_ETA} by default.",
    "xtc_probability": "XTC: how often all but the last of the likely choices are removed.",
    "xtc_threshold": f"The probability from which on a choice is likely; {XTC_THRESHOLD} by default.",
    "repetition_penalty": "Multiplies the log probability of what stands in the text; above 1 it becomes rarer.",
    "frequency_penalty": "Is subtracted from a logit as often as the character stands in the text.",
    "presence_penalty": "Is subtracted once if it stands there.",
    "penalty_window": f"Characters of the text that these three see; {PENALTY_WINDOW} by default.",
    "dry_multiplier": f"The strength of DRY; --dry is {DRY_MULTIPLIER}.",
    "dry_base": f"By what DRY grows with each repeated character; {DRY_BASE} by default.",
    "dry_allowed_length": f"Repeated characters from which on DRY acts; {DRY_ALLOWED_LENGTH} by default.",
    "beam_width": "Beam search: find the likeliest text with so many candidates, and draw nothing.",
    "beam_lookahead": f"Characters that beam search reads ahead; {BEAM_LOOKAHEAD} by default.",
}


def _options() -> dict[str, Any]:
    """Return the options of what changes the distribution besides the temperature."""
    options: dict[str, Any] = {}
    for one in fields(Filters):
        if one.name not in _HELP:
            continue
        if one.metadata.get("whole"):
            most = min(one.metadata["most"], 10**9)
            options[one.name] = Annotated[int | None, whole(one.metadata["least"], most, _HELP[one.name])]
        else:
            share = {"from 0 to 1": SHARE, "above 0, up to 1": SHARE_ABOVE_ZERO}.get(one.metadata["rule"])
            least, most = one.metadata["least"], one.metadata["most"]
            rule = share or Rule(f"a number {one.metadata['rule']}", partial(_between, least, most))
            options[one.name] = Annotated[float | None, number(rule, _HELP[one.name])]
    dry = Annotated[bool | None, typer.Option("--dry", help="Against loops: do not repeat yourself (DRY).")]
    before_dry = list(options).index("dry_multiplier")
    return {
        **dict(list(options.items())[:before_dry]),
        "dry": dry,
        **dict(list(options.items())[before_dry:]),
        "ban": Annotated[str | None, any_text('Characters that are never drawn, such as "0-9".')],
        "bias": Annotated[
            list[str] | None,
            typer.Option(
                metavar="CHARACTERS=NUMBER", help='Is added to their logits, such as "e=-2"; may be repeated.'
            ),
        ],
        "order": Annotated[
            str | None,
            typer.Option(
                metavar="NAMES",
                help=f"What acts first, with commas. The usual order: bias and bans, then {', '.join(USUAL_ORDER)}.",
            ),
        ],
    }


def _between(least: float, most: float, value: float) -> bool:
    return least <= value <= most


FILTER_OPTIONS = _options()


def filters_of(given_options: Mapping[str, Any], vocabulary: Vocabulary) -> Filters:
    """Return the filters that the options of a command ask for, of which those that were not given are None.

    Raises:
        ValueError: a value is outside its range, or belongs to another one that is not there.
        typer.BadParameter: a pattern names no character of the network.
    """
    given = {
        name: value for name, value in given_options.items() if value is not None and value is not False and value != []
    }
    if given.pop("dry", False):
        given.setdefault("dry_multiplier", DRY_MULTIPLIER)
    if "ban" in given:
        given["ban"] = _ban(given["ban"], vocabulary)
    given["bias"] = _bias(given.get("bias", ()), vocabulary)
    if "order" in given:
        given["order"] = [name.strip() for name in given["order"].split(",")]
    others = [name for name in given if not name.startswith("beam_") and name not in ("ban", "bias")]
    if "beam_width" in given and others:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in others)
        raise typer.BadParameter(f"beam search draws nothing, so nothing comes of {flags}: leave that out")
    try:
        return Filters.of(given)
    except ValueError as error:
        raise ValueError(_FIELD.sub(lambda found: f"--{found[0].replace('_', '-')}", str(error))) from error


def _ban(pattern: str, vocabulary: Vocabulary) -> str:
    found = characters_in(pattern, vocabulary.characters)
    if not found:
        raise typer.BadParameter(f"{shown(pattern)} of --ban {_unknown(pattern, vocabulary)}")
    if len(found) == len(vocabulary):
        raise typer.BadParameter(f"{shown(pattern)} of --ban names all characters: leave one that can be drawn")
    return found


def _unknown(pattern: str, vocabulary: Vocabulary) -> str:
    """Return why a pattern names no character."""
    if not pattern:
        return "is empty: name at least one character"
    lower = pattern.lower() != pattern and not any(map(str.isupper, vocabulary.characters))
    return f"names no character that this network knows{': it has no capitals' if lower else ''}"


def _bias(texts: Iterable[str], vocabulary: Vocabulary) -> dict[str, float]:
    """Return the bias of each character, of texts such as "e=-2"."""
    bias: dict[str, float] = {}
    for text in texts:
        found = numbers_in(text, vocabulary.characters)
        if not found:
            raise typer.BadParameter(f"{shown(text)} of --bias {_unknown(text, vocabulary)}")
        bias |= found
    return bias
