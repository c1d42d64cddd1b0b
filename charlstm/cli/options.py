"""What a person may type for the numbers of a command; what they may not is one sentence."""

import math
from collections.abc import Callable
from typing import Any

import typer

from charlstm.model_folder.location import DEFAULT, models_folder
from charlstm.model_folder.manifest import shown

MODELS = models_folder()
DEFAULT_MODEL = MODELS / DEFAULT


def _number(text: str, rule: str, allowed: Callable[[float], bool]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not allowed(value):
        raise typer.BadParameter(f"{shown(text)} is not {rule}")
    return value


def parse_temperature(text: str) -> float:
    """Return a temperature as a person types it; refuse what is none."""
    return _number(text, "a temperature, which is a number from 0 up to inf", lambda value: value >= 0.0)


def parse_share(text: str) -> float:
    """Return a share above 0; refuse what is none."""
    return _number(text, "a share, which is a number above 0, up to 1", lambda value: 0.0 < value <= 1.0)


def parse_share_or_none(text: str) -> float:
    """Return a share that may be 0; refuse what is none."""
    return _number(text, "a share, which is a number from 0 to 1", lambda value: 0.0 <= value <= 1.0)


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise typer.BadParameter(f"{shown(text)} is not a whole number from {least} to {most:,}")
        return value

    return parse


def number(parser: Callable[[str], float], explanation: str) -> Any:
    """Return an option that takes what `parser` allows."""
    return typer.Option(parser=parser, metavar="NUMBER", help=explanation)


def whole(least: int, most: int, explanation: str) -> Any:
    """Return an option that takes the whole numbers from `least` to `most`."""
    return typer.Option(parser=_whole_number(least, most), metavar="INTEGER", help=explanation)
