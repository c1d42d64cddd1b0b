"""The options that take numbers and texts: an error names what was typed and the rule, which Typer's own does not."""

import inspect
import math
from collections.abc import Callable, Mapping
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


def add_options(command: Callable[..., None], options: Mapping[str, Any]) -> Callable[..., None]:
    """Return a command with more options, whose values it gets under `**` by name; None where none was given.

    Args:
        command: has a parameter `**`, in whose place the options are listed.
        options: the annotation of each, by name.
    """
    signature = inspect.signature(command)
    parameters = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in options.items()
    ]

    def with_options(**given: Any) -> None:
        command(**given)

    with_options.__signature__ = signature.replace(parameters=[*parameters, *more])  # type: ignore[attr-defined]
    with_options.__annotations__ = {one.name: one.annotation for one in (*parameters, *more)}
    with_options.__name__, with_options.__doc__ = command.__name__.lstrip("_"), command.__doc__
    return with_options


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
