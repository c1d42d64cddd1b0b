"""A run as a JSON file: written, and read with every field checked.

    {"format": 1, "seed_text": "…", "random_seed": 1,
     "knobs": [{"from": 0, "model": "nietzsche-book", "epoch": 20, "temperature": 0.5, "filters": {}}, …],
     "picked": [{"position": 12, "character": "s"}, …],
     "text": "…"}

"knobs" lists the settings, each at the position from which they hold. The text is there for a check: networks,
random seed, settings and picked characters give it again.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from charlstm.generation.run import Run, RunSettings
from charlstm.generation.sampling import Filters
from charlstm.model_folder import schema
from charlstm.model_folder.manifest import EPOCH
from charlstm.model_folder.schema import SchemaError, one_line, shown

FORMAT = 1
LARGEST_FILE = 8_000_000  # bytes
LONGEST_SEED = 200_000  # characters
LONGEST_RUN = 20_000  # characters
# A network that takes over is prefilled with all the text so far; no more characters than these in one run.
MOST_PREFILLED = 2_000_000
_POSITION = schema.whole_number(0, LONGEST_RUN - 1)
_SETTINGS = schema.object_of(
    {
        "from": _POSITION,
        "model": schema.FOLDER_NAME,
        "epoch": EPOCH,
        "temperature": schema.number(0) | schema.one_of("inf"),
        "filters": schema.object_of({}, optional={one.name: schema.NUMBER for one in fields(Filters)}),
    }
)
_FIELDS = schema.object_of(
    {
        "seed_text": schema.text(0, LONGEST_SEED),
        "random_seed": schema.whole_number(0, 2**64 - 1),
        "knobs": schema.list_of(_SETTINGS),
        "picked": schema.list_of(schema.object_of({"position": _POSITION, "character": schema.TEXT})),
        "text": schema.text(0, LONGEST_RUN),
    }
)


class RunError(ValueError):
    """A file does not hold a run; the message says which file, which field, and why."""


def run_bytes(run: Run) -> bytes:
    """Return the content of a run's file."""
    content = {
        "format": FORMAT,
        "seed_text": run.seed_text,
        "random_seed": run.random_seed,
        "knobs": [_settings_as_json(settings) for settings in run.settings],
        "picked": [{"position": position, "character": character} for position, character in run.picked.items()],
        "text": run.text,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def json_temperature(temperature: float) -> float | str:
    """Return a temperature as JSON holds it, which knows no infinity."""
    return "inf" if math.isinf(temperature) else temperature


def _settings_as_json(settings: RunSettings) -> dict[str, Any]:
    return {
        "from": settings.position,
        "model": settings.model,
        "epoch": settings.epoch,
        "temperature": json_temperature(settings.temperature),
        "filters": settings.filters.active(),
    }


def read_run(path: Path) -> Run:
    """Return the run that a file holds, every field checked.

    Raises:
        RunError: names the file, the field and the reason.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        return parse_run(content)
    except RunError as error:
        raise RunError(f"{path}: {error}") from error


def parse_run(content: bytes) -> Run:
    """Return the run that the bytes of a file hold, every field checked.

    Raises:
        RunError: names the field and the reason.
    """
    if len(content) > LARGEST_FILE:
        raise RunError(f"the file is larger than {LARGEST_FILE:,} bytes, which no run is")
    try:
        return _run_of(schema.parse_json(content))
    except SchemaError as error:
        raise RunError(str(error)) from error


def _run_of(content: Any) -> Run:
    content = schema.without_format(content, FORMAT)
    _FIELDS(content, "")
    written = content["text"]
    if not written:
        raise SchemaError("text is empty: nothing was written")
    _check_positions([entry["from"] for entry in content["knobs"]], len(written), "knobs")
    if not content["knobs"] or content["knobs"][0]["from"] != 0:
        raise SchemaError("knobs does not begin at position 0")
    settings = tuple(_settings_of(entry, f"knobs[{index}]") for index, entry in enumerate(content["knobs"]))
    run = Run(content["seed_text"], content["random_seed"], settings, _picked_of(content["picked"], written), written)
    _check_network_changes(run)
    return run


def _settings_of(entry: dict[str, Any], name: str) -> RunSettings:
    try:
        filters = Filters(**entry["filters"])
    except ValueError as error:
        raise SchemaError(f"{name}.filters: {one_line(error)}") from error
    return RunSettings(entry["from"], entry["model"], entry["epoch"], float(entry["temperature"]), filters)


def _picked_of(entries: list[dict[str, Any]], written: str) -> dict[int, str]:
    picked = {entry["position"]: entry["character"] for entry in entries}
    _check_positions([entry["position"] for entry in entries], len(written), "picked")
    for position, character in picked.items():
        if character != written[position]:
            raise SchemaError(
                f"{shown(character)} was picked at position {position}, but the text has {written[position]!r} there"
            )
    return picked


def _check_positions(positions: Sequence[int], length: int, name: str) -> None:
    """Raise SchemaError unless these positions rise, and are all in a text of this length."""
    if any(later <= earlier for earlier, later in pairwise(positions)):
        raise SchemaError(f"the positions of {name} must rise, each listed once")
    if positions and positions[-1] >= length:
        raise SchemaError(f"{name} has the position {positions[-1]}, which is not in the text")


def _check_network_changes(run: Run) -> None:
    """Raise SchemaError where networks take over so often that generating the text again would never end."""
    changes = [
        later
        for earlier, later in pairwise(run.settings)
        if (earlier.model, earlier.epoch) != (later.model, later.epoch)
    ]
    if sum(len(run.seed_text) + settings.position for settings in changes) > MOST_PREFILLED:
        raise SchemaError(f"the network changes {len(changes):,} times, more often than this program follows")
