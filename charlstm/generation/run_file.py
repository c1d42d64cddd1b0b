"""A run as a JSON file: written, and read with every field checked.

    {"format": 1, "seed_text": "…", "random_seed": 1,
     "knobs": [{"from": 0, "model": "nietzsche-book", "epoch": 20, "temperature": 0.5, "filters": {}}, …],
     "picked": [{"position": 12, "character": "s"}, …],
     "text": "…",
     "original": {"from": 7, "knobs": […], "picked": […], "text": "…"}}

"knobs" lists the settings, each at the position from which they hold; where beam search begins anew, one has
"search_begins": true besides. The text is there for a check: networks,
random seed, settings and picked characters give it again. Only a branch has "original": the same of the run that
it was made from, beginning where they diverge.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from charlstm.generation.filters import Filters
from charlstm.generation.run import Original, Run, RunSettings, whole_runs
from charlstm.model_folder import schema
from charlstm.model_folder.manifest import EPOCH
from charlstm.model_folder.schema import SchemaError, one_line, shown

FORMAT = 1
LARGEST_FILE = 8_000_000  # bytes
LONGEST_SEED = 200_000  # characters
LONGEST_RUN = 20_000  # characters
# A network that takes over is prefilled with all the text so far; no more characters than these in one run.
MOST_PREFILLED = 2_000_000
MOST_LOOKED_AHEAD = 4_000_000  # likewise of beam search, which reads so many characters each time it begins anew
_POSITION = schema.whole_number(0, LONGEST_RUN - 1)
_FILTER: dict[str, schema.Check] = {
    "ban": schema.TEXT,
    "bias": schema.object_of({}, others=schema.NUMBER),
    "order": schema.list_of(schema.TEXT),
}
_SETTINGS = schema.object_of(
    {
        "from": _POSITION,
        "model": schema.FOLDER_NAME,
        "epoch": EPOCH,
        "temperature": schema.number(0) | schema.one_of("inf"),
        "filters": schema.object_of(
            {}, optional={one.name: _FILTER.get(one.name, schema.NUMBER) for one in fields(Filters)}
        ),
    },
    optional={"search_begins": schema.Rule("true, or left out", lambda value: value is True)},
)
_WRITTEN: dict[str, schema.Check] = {
    "knobs": schema.list_of(_SETTINGS),
    "picked": schema.list_of(schema.object_of({"position": _POSITION, "character": schema.TEXT})),
    "text": schema.text(0, LONGEST_RUN),
}
_FIELDS = schema.object_of(
    {
        "seed_text": schema.text(0, LONGEST_SEED),
        "random_seed": schema.whole_number(0, 2**64 - 1),
        **_WRITTEN,
    },
    optional={"original": schema.object_of({"from": _POSITION, **_WRITTEN})},
)


class RunError(ValueError):
    """A file does not hold a run; the message says which file, which field, and why."""


def run_bytes(run: Run) -> bytes:
    """Return the content of a run's file."""
    content = {
        "format": FORMAT,
        "seed_text": run.seed_text,
        "random_seed": run.random_seed,
        **_written_as_json(run),
    }
    if run.original is not None:
        content["original"] = {"from": run.original.position, **_written_as_json(run.original)}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def json_temperature(temperature: float) -> float | str:
    """Return a temperature as JSON holds it, which knows no infinity."""
    return "inf" if math.isinf(temperature) else temperature


def _written_as_json(written: Run | Original) -> dict[str, Any]:
    return {
        "knobs": [_settings_as_json(settings) for settings in written.settings],
        "picked": [{"position": position, "character": character} for position, character in written.picked.items()],
        "text": written.text,
    }


def _settings_as_json(settings: RunSettings) -> dict[str, Any]:
    return {
        "from": settings.position,
        "model": settings.model,
        "epoch": settings.epoch,
        "temperature": json_temperature(settings.temperature),
        "filters": settings.filters.active(),
        **({"search_begins": True} if settings.search_begins else {}),
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
    written = _written_of(content, 0, "")
    original = _original_of(content["original"], len(written[2])) if "original" in content else None
    run = Run(content["seed_text"], content["random_seed"], *written, original)
    for one in whole_runs(run):
        _check_network_changes(one)
        _check_searches(one)
    return run


def _original_of(content: dict[str, Any], branch_length: int) -> Original:
    start = content["from"]
    if start > branch_length:
        raise SchemaError(f"original.from is {start}, which is after the end of the text")
    original = Original(start, *_written_of(content, start, "original."))
    if start + len(original.text) > LONGEST_RUN:
        raise SchemaError(f"original.text ends after character {LONGEST_RUN:,}, the last that a run may have")
    return original


def _written_of(
    content: dict[str, Any], start: int, prefix: str
) -> tuple[tuple[RunSettings, ...], dict[int, str], str]:
    """Return settings, picked characters and text of a run from the position `start` on."""
    text = content["text"]
    if not text:
        raise SchemaError(f"{prefix}text is empty: nothing was written")
    end = start + len(text)
    _check_positions([entry["from"] for entry in content["knobs"]], end, f"{prefix}knobs")
    if not content["knobs"] or content["knobs"][0]["from"] != start:
        raise SchemaError(f"{prefix}knobs does not begin at position {start}")
    settings = tuple(_settings_of(entry, f"{prefix}knobs[{index}]") for index, entry in enumerate(content["knobs"]))
    _check_positions([entry["position"] for entry in content["picked"]], end, f"{prefix}picked")
    return settings, _picked_of(content["picked"], text, start, f"{prefix}text"), text


def _settings_of(entry: dict[str, Any], name: str) -> RunSettings:
    try:
        filters = Filters.of(entry["filters"])
    except ValueError as error:
        raise SchemaError(f"{name}.filters: {one_line(error)}") from error
    temperature, search_begins = float(entry["temperature"]), entry.get("search_begins", False)
    return RunSettings(entry["from"], entry["model"], entry["epoch"], temperature, filters, search_begins)


def _picked_of(entries: list[dict[str, Any]], text: str, start: int, name: str) -> dict[int, str]:
    picked = {entry["position"]: entry["character"] for entry in entries}
    for position, character in picked.items():
        if position < start:
            raise SchemaError(f"{shown(character)} was picked at position {position}, but {name} begins at {start}")
        if character != text[position - start]:
            raise SchemaError(
                f"{shown(character)} was picked at position {position}, but the text has {text[position - start]!r} "
                "there"
            )
    return picked


def _check_positions(positions: Sequence[int], end: int, name: str) -> None:
    """Raise SchemaError unless these positions rise, and are all before the end of the text."""
    if any(later <= earlier for earlier, later in pairwise(positions)):
        raise SchemaError(f"the positions of {name} must rise, each listed once")
    if positions and positions[-1] >= end:
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


def _check_searches(run: Run) -> None:
    """Raise SchemaError where beam search begins anew so often that generating the text again would never end."""
    ends = [settings.position for settings in run.settings[1:]] + [len(run.text)]
    picked, looked_ahead = sorted(run.picked), 0
    for settings, end in zip(run.settings, ends, strict=True):
        if settings.filters.beam_width is not None:
            searches = 1 + bisect_left(picked, end) - bisect_left(picked, settings.position)
            looked_ahead += searches * settings.filters.beam_width * (settings.filters.beam_lookahead or 0)
    if looked_ahead > MOST_LOOKED_AHEAD:
        raise SchemaError("beam search begins anew more often than this program follows")
