"""A run as a JSON file: written, and read with every field checked.

    {"format": 1, "seed_text": "…", "random_seed": 1,
     "knobs": [{"from": 0, "model": "nietzsche-book", "epoch": 20, "temperature": 0.5, "filters": {}}, …],
     "picked": [{"position": 12, "character": "s"}, …],
     "text": "…"}

The knobs stand where they change. The text is there for a check: networks, dice and knobs give it again.
"""

import json
import math
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from charlstm.generation.run import Knobs, Run
from charlstm.generation.sampling import Filters
from charlstm.model_folder.manifest import LARGEST_EPOCH, is_finite, is_name, is_whole, one_line, shown

FORMAT = 1
LARGEST_FILE = 8_000_000  # bytes
LONGEST_SEED = 200_000  # characters
LONGEST_RUN = 20_000  # characters
LARGEST_RANDOM_SEED = 2**64 - 1
# A network that takes over reads all the text so far; so many characters may be read in that way.
MOST_READ_AGAIN = 2_000_000
FILTERS = tuple(one.name for one in fields(Filters))


class RunError(ValueError):
    """A file does not hold a run; the message says which file, which field, and why."""


def run_bytes(run: Run) -> bytes:
    """Return the content of a run's file."""
    content = {
        "format": FORMAT,
        "seed_text": run.seed_text,
        "random_seed": run.random_seed,
        "knobs": [_knobs_as_json(knobs) for knobs in run.knobs],
        "picked": [{"position": position, "character": character} for position, character in run.picked.items()],
        "text": run.text,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def json_temperature(temperature: float) -> float | str:
    """Return a temperature as JSON holds it, which knows no infinity."""
    return "inf" if math.isinf(temperature) else temperature


def _knobs_as_json(knobs: Knobs) -> dict[str, Any]:
    return {
        "from": knobs.position,
        "model": knobs.model,
        "epoch": knobs.epoch,
        "temperature": json_temperature(knobs.temperature),
        "filters": knobs.filters.active(),
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
    return _run_of(_json_of(content))


def _json_of(content: bytes) -> Any:
    if len(content) > LARGEST_FILE:
        raise RunError(f"the file is larger than {LARGEST_FILE:,} bytes, which no run is")
    try:
        read = json.loads(content.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
        # An escaped half of a surrogate pair is JSON, but no text that could be shown or written.
        json.dumps(read, ensure_ascii=False).encode()
    except RunError:
        raise
    except (ValueError, RecursionError) as error:
        raise RunError(f"this is not readable JSON ({one_line(error)})") from error
    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RunError("a field stands twice in one object")
    return found


def _no_number(text: str) -> None:
    raise RunError(f"{text} is not a number that JSON knows")


def _run_of(content: Any) -> Run:
    names = ("format", "seed_text", "random_seed", "knobs", "picked", "text")
    version = content.get("format") if type(content) is dict else None
    if type(version) is not int or version != FORMAT:
        raise RunError(
            f"the format version is {shown(version)}, which is unknown: this program reads version {FORMAT} of a run"
        )
    _, seed_text, random_seed, knobs, picked, text = _fields(content, names, "the run")
    seed_text = _text(seed_text, LONGEST_SEED, "seed_text")
    text = _text(text, LONGEST_RUN, "text")
    if not text:
        raise RunError("text is empty: nothing was written")
    if not is_whole(random_seed, 0, LARGEST_RANDOM_SEED):
        raise RunError(f"random_seed is {shown(random_seed)}, not a whole number from 0 to {LARGEST_RANDOM_SEED}")
    run = Run(seed_text, random_seed, _all_knobs(knobs, len(text)), _picked(picked, text), text)
    _check_networks(run)
    return run


def _fields(content: Any, names: tuple[str, ...], where: str) -> list[Any]:
    """Return the values of exactly these fields."""
    if type(content) is not dict:
        raise RunError(f"{where} is {shown(content)}, not an object")
    for name in sorted(content.keys() - set(names)):
        raise RunError(f"{where} has a field {shown(name)} that is unknown")
    for name in names:
        if name not in content:
            raise RunError(f"{where} lacks the field {name}")
    return [content[name] for name in names]


def _text(value: Any, longest: int, name: str) -> str:
    if type(value) is not str:
        raise RunError(f"{name} is {shown(value)}, not a text")
    if len(value) > longest:
        raise RunError(f"{name} has {len(value):,} characters; the longest allowed has {longest:,}")
    return value


def _list(value: Any, name: str, most: int) -> list[Any]:
    if type(value) is not list:
        raise RunError(f"{name} is {shown(value)}, not a list")
    if len(value) > most:
        raise RunError(f"{name} has {len(value):,} entries, more than the text has characters")
    return value


def _positions(positions: list[Any], length: int, name: str) -> None:
    """Raise unless these are places in the text, rising."""
    for position in positions:
        if not is_whole(position, 0, length - 1):
            raise RunError(f"{name} has the position {shown(position)}, which is not in the text")
    if any(later <= earlier for earlier, later in pairwise(positions)):
        raise RunError(f"the positions of {name} must rise, each listed once")


def _all_knobs(value: Any, length: int) -> tuple[Knobs, ...]:
    knobs = [_knobs(entry) for entry in _list(value, "knobs", length)]
    _positions([one.position for one in knobs], length, "knobs")
    if not knobs or knobs[0].position != 0:
        raise RunError("knobs does not begin at position 0")
    return tuple(knobs)


def _knobs(entry: Any) -> Knobs:
    names = ("from", "model", "epoch", "temperature", "filters")
    position, model, epoch, temperature, filters = _fields(entry, names, "an entry of knobs")
    if not is_name(model):
        raise RunError(f"the model is {shown(model)}, not a folder's name")
    if not is_whole(epoch, 0, LARGEST_EPOCH):
        raise RunError(f"the epoch is {shown(epoch)}, not a whole number from 0 to {LARGEST_EPOCH:,}")
    if temperature != "inf" and not (is_finite(temperature) and temperature >= 0):
        raise RunError(f"the temperature is {shown(temperature)}, not a number from 0 up, or 'inf'")
    return Knobs(position, model, epoch, float(temperature), _filters(filters))


def _filters(value: Any) -> Filters:
    if type(value) is not dict:
        raise RunError(f"filters is {shown(value)}, not an object")
    for name, one in value.items():
        if name not in FILTERS:
            raise RunError(f"there is no filter {shown(name)}; known: {', '.join(FILTERS)}")
        if not is_finite(one):
            raise RunError(f"{name} is {shown(one)}, not a finite number")
    try:
        return Filters(**value)
    except ValueError as error:
        raise RunError(one_line(error)) from error


def _picked(value: Any, text: str) -> dict[int, str]:
    entries = [
        _fields(entry, ("position", "character"), "an entry of picked") for entry in _list(value, "picked", len(text))
    ]
    _positions([position for position, _ in entries], len(text), "picked")
    for position, character in entries:
        if character != text[position]:
            raise RunError(
                f"{shown(character)} was picked at position {position}, but the text has {text[position]!r} there"
            )
    return dict(entries)


def _check_networks(run: Run) -> None:
    """Raise if networks take over so often that making the run again would never end."""
    changes = [
        later for earlier, later in pairwise(run.knobs) if (earlier.model, earlier.epoch) != (later.model, later.epoch)
    ]
    if sum(len(run.seed_text) + knobs.position for knobs in changes) > MOST_READ_AGAIN:
        raise RunError(f"the network changes {len(changes):,} times, more often than this program follows")
