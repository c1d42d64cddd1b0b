"""What the chart knows in the browser: the choice that is shown, the temperature, and where its parts are."""

from collections.abc import Mapping
from typing import Any

from charlstm.generation.sampling import BOOK_TEMPERATURES

CHOICE_EVENT, TEMPERATURE_EVENT = "charlstm-choice", "charlstm-temperature"
COLUMNS_EVENT, TEMPERATURES_EVENT = "charlstm-columns", "charlstm-temperatures"
NARROW = 420  # pixels; a chart of less width, on a phone, has smaller texts
MOST_ROWS = 14
BOOK_STRIPS = ", ".join(f"{temperature:g}" for temperature in BOOK_TEMPERATURES)

# The parts, from the top: a heading, the rows, their axis, the strips, and under them the random number.
LAYOUT = {
    "narrow": f"width < {NARROW}",
    "font": "narrow ? 14 : 18",
    "line": "narrow ? 19 : 24",  # the height of one line of text
    "number_width": "narrow ? 56 : 76",
    "bars_left": "narrow ? 22 : 30",
    "bars_width": "width - bars_left - 2 * number_width - 6",
    "strips_left": "narrow ? 44 : 60",
    "strips_width": "width - strips_left - 2",
    "strips": "height >= (narrow ? 280 : 330) ? 5 : 1",
    "strip_pitch": "line + 1",
    "strips_top": "height - line - strips * strip_pitch - 4",
    "rows_height": "strips_top - 2 * line - 6",
    "rows": f"clamp(floor(rows_height / (narrow ? 24 : 25)), 2, {MOST_ROWS})",
    "pitch": "min(rows_height / rows, 44)",
    "rows_bottom": "line + rows * pitch",
}

# `hand` is the temperature of the slider in the browser. As long as the server has not heard of it, the shown
# choice is reweighted by it here; after that the choice has the temperature with which it was, or will be, made.
# With filters in force, the choice waits for the server.
STATE = {
    "moved": "choice && !choice.filtered && hand !== null && hand !== choice.slider",
    "temperature": "!choice ? 1 : moved ? hand : choice.temperature === null ? 1 / 0 : choice.temperature",
    "stage": "choice ? (moved ? max(choice.stage, 2) : choice.stage) : 0",
}


def signals() -> list[dict[str, Any]]:
    """Return the signals; Vega-Lite hands those in its config on to Vega."""
    return [heard("choice", CHOICE_EVENT), hand(), *computed(STATE), *computed(LAYOUT)]


def hand() -> dict[str, Any]:
    """Return the signal `hand`, the temperature of the slider in the browser; null until one is there."""
    return heard("hand", TEMPERATURE_EVENT)


def heard(name: str, event: str) -> dict[str, Any]:
    """Return a signal that has the detail of the last event of the browser's window; null before the first."""
    change = {"events": {"source": "window", "type": event}, "update": "event.detail"}
    return {"name": name, "value": None, "on": [change]}


def computed(expressions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return signals that are computed from others before them."""
    return [{"name": name, "update": expression} for name, expression in expressions.items()]


def power(probability: str, temperature: str) -> str:
    """Return the expression of what `sampling.reweight` normalises, for the likeliest character's `largest`."""
    share = f"{probability} / datum.largest"
    return f"{probability} <= 0 ? 0 : {temperature} <= 0 ? (datum.rank == 0 ? 1 : 0) : pow({share}, 1 / {temperature})"


def bar_x(share: str) -> str:
    """Return the place of a probability on the axis of the bars, in pixels."""
    return f"bars_left + ({share}) * bars_width"


def strip_x(share: str) -> str:
    """Return the place of a number from 0 to 1 on the axis of the strips, in pixels."""
    return f"strips_left + ({share}) * strips_width"


def row_y(place: str) -> str:
    """Return the top of a row, in pixels."""
    return f"line + ({place}) * pitch"
