"""The options that take numbers and texts: an error names what was typed and the rule, which Typer's own does not."""

import math
from typing import Annotated, Any

import typer

from charlstm.model_folder.location import DEFAULT_NAME, models_folder
from charlstm.model_folder.schema import Rule, shown, whole_number

MODELS = models_folder()
DEFAULT_MODEL = MODELS / DEFAULT_NAME
TEMPERATURE = Rule("a temperature, which is a number from 0 up to inf", lambda value: value >= 0.0)
SHARE = Rule("a share, which is a number from 0 to 1", lambda value: 0.0 <= value <= 1.0)
SHARE_ABOVE_ZERO = Rule("a share, which is a number above 0, up to 1", lambda value: 0.0 < value <= 1.0)


ENCODING = Annotated[str, typer.Option(metavar="NAME", help="Of the text's bytes, such as cp1252 or utf-16.")]


def any_text(explanation: str) -> Any:
    """Return an option that takes any text in UTF-8."""

    def parse(text: str) -> str:
        try:
            text.encode()
        except UnicodeEncodeError as error:  # Python reads such bytes as halves of surrogate pairs
            raise typer.BadParameter("the text has a byte that is not UTF-8") from error
        return text

    return typer.Option(parser=parse, metavar="TEXT", help=explanation)


def number(rule: Rule, explanation: str) -> Any:
    """Return an option that takes the numbers that a rule allows."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        return _checked(value, rule, text)

    return typer.Option(parser=parse, metavar="NUMBER", help=explanation)


def whole(least: int, most: int, explanation: str) -> Any:
    """Return an option that takes the whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        return _checked(value, whole_number(least, most), text)

    return typer.Option(parser=parse, metavar="INTEGER", help=explanation)


def _checked(value: Any, rule: Rule, text: str) -> Any:
    if not rule.allows(value):
        raise typer.BadParameter(f"{shown(text)} is not {rule.description}")
    return value
