"""model.json: what a network is, what it learned from, what it scored; every field checked."""

import json
import math
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

from charlstm.networks.architecture import Architecture, architecture_of, record_of
from charlstm.networks.network import Context
from charlstm.text.vocabulary import Vocabulary

FORMAT = 2
LARGEST_WINDOW = 4_096  # the window context keeps this many memories for each text
LARGEST_EPOCH = 1_000_000


class ModelError(ValueError):
    """A model folder cannot be used; the message says which file, which tensor, and why."""


@dataclass(frozen=True)
class Manifest:
    """model.json.

    Attributes:
        architecture: the network's kind and size.
        context: "window" or "carried".
        window: characters in a window; of those it was trained on where the context is carried.
        epochs: the kept epochs, rising.
        best_epoch: the kept epoch with the lowest held-out loss: the folder's default.
        held_out_loss: of that epoch, in nats a character; NaN (null in the file) where it is not known.
        characters_by_frequency: the vocabulary, the most frequent in the corpus first.
        recipe, corpus, libraries: a record of how it was made, for people; a GPU is the library "device".
    """

    name: str
    architecture: Architecture
    vocabulary: tuple[str, ...]
    context: Context
    window: int
    epochs: tuple[int, ...]
    best_epoch: int
    held_out_loss: float
    characters_by_frequency: tuple[str, ...] = ()
    recipe: dict[str, Any] = field(default_factory=dict)
    corpus: dict[str, Any] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)


def read_manifest(path: Path) -> Manifest:
    """Return what model.json says, every field checked.

    Raises:
        ModelError: names the file, the field and the reason.
    """
    content = read_json(path)
    version = content.pop("format", None) if isinstance(content, dict) else None
    if type(version) is not int or version != FORMAT:
        raise ModelError(
            f"{path} has the format version {shown(version)}, which is unknown: this program reads version {FORMAT}"
        )
    known = {one.name: one for one in fields(Manifest)}
    for name in sorted(content.keys() - known.keys()):
        raise ModelError(f"{path}: there is a field {shown(name)} that is unknown")
    for name in known:
        if name not in content:
            raise ModelError(f"{path}: the field {name} is missing")
    for name in ("vocabulary", "epochs", "characters_by_frequency"):
        if type(content[name]) is not list:
            raise ModelError(f"{path}: {name} is {shown(content[name])}, not a list")
        content[name] = tuple(content[name])
    if content["held_out_loss"] is None:
        content["held_out_loss"] = math.nan
    try:
        content["architecture"] = architecture_of(content["architecture"])
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from error
    manifest = Manifest(**content)
    problem = _problem_with(manifest)
    if problem:
        raise ModelError(f"{path}: {problem}")
    return manifest


def read_json(path: Path) -> Any:
    """Return the content of a JSON file of a model folder; raises ModelError where it has none."""
    if not path.is_file():
        raise ModelError(f"{path} is missing: this is not a model folder")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        # An escaped half of a surrogate pair is JSON, but no text that could be shown or written.
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is not readable JSON ({one_line(error)})") from error
    return content


def _problem_with(manifest: Manifest) -> str | None:
    """Return what is wrong with the fields that the rest of the program relies on, or None."""
    if not is_name(manifest.name):
        return f"the name is {shown(manifest.name)}, not a folder's name"
    try:
        Vocabulary(manifest.vocabulary)
    except ValueError as error:
        return str(error)
    if not is_whole(manifest.window, 1, LARGEST_WINDOW):
        return f"window is {shown(manifest.window)}, not a whole number from 1 to {LARGEST_WINDOW:,}"
    contexts = ("window", "carried") if manifest.architecture.kind == "lstm" else ("carried",)
    if manifest.context not in contexts:
        return f"the context is {shown(manifest.context)}, not {' or '.join(map(repr, contexts))}"
    if not all(is_whole(epoch, 0, LARGEST_EPOCH) for epoch in manifest.epochs) or not manifest.epochs:
        return f"epochs must list at least one epoch, each from 0 to {LARGEST_EPOCH:,}"
    if any(later <= earlier for earlier, later in pairwise(manifest.epochs)):
        return "epochs must rise, each listed once"
    if not is_whole(manifest.best_epoch, 0, LARGEST_EPOCH) or manifest.best_epoch not in manifest.epochs:
        return f"the best epoch, {shown(manifest.best_epoch)}, is not among the epochs kept"
    if manifest.held_out_loss is not math.nan and not is_finite(manifest.held_out_loss):
        return f"held_out_loss is {shown(manifest.held_out_loss)}, not a finite number"
    if set(map(repr, manifest.characters_by_frequency)) != set(map(repr, manifest.vocabulary)) or len(
        manifest.characters_by_frequency
    ) != len(manifest.vocabulary):
        return "characters_by_frequency does not list the characters of the vocabulary"
    return _problem_with_records(manifest)


def _problem_with_records(manifest: Manifest) -> str | None:
    """Return what is wrong with what people read: the recipe, the corpus, the libraries."""
    for name in ("recipe", "corpus", "libraries"):
        record = getattr(manifest, name)
        if type(record) is not dict:
            return f"{name} is {shown(record)}, not an object"
        for key, value in record.items():
            numbers = value if type(value) is list and name == "recipe" else [value]
            if type(value) is not str and (name == "libraries" or not all(map(is_finite, numbers))):
                return f"{name} has {shown(value)} for {shown(key)}, not a text{' or a number' * (name != 'libraries')}"
    for name in ("recipe", "corpus"):
        value = getattr(manifest, name).get("name", "")
        if type(value) is not str:
            return f"the name of the {name} is {shown(value)}, not a text"
    for key in ("training_characters", "held_out_characters"):
        value = manifest.corpus.get(key, 0)
        if not is_whole(value, 0, 10**15):
            return f"{key} of the corpus is {shown(value)}, not a whole number"
    return None


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the content of a model.json."""
    content = {"format": FORMAT, **asdict(manifest), "architecture": record_of(manifest.architecture)}
    if math.isnan(manifest.held_out_loss):
        content["held_out_loss"] = None
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def is_whole(value: Any, least: int, most: int) -> bool:
    """Whether this is an int (not a bool) from `least` to `most`."""
    return type(value) is int and least <= value <= most


def is_finite(value: Any) -> bool:
    """Whether this is an int or float that arithmetic and formats can take."""
    return type(value) in (int, float) and -1e300 <= value <= 1e300


def is_name(value: Any) -> bool:
    """Whether this is one part of a path, and can be shown on one line."""
    return (
        type(value) is str
        and 0 < len(value) <= 255
        and value.isprintable()
        and value not in (".", "..")
        and not set(value) & set("/\\")
    )


def shown(value: Any) -> str:
    """Return a value as an error names it: on one line, and not too long."""
    if type(value) is int and abs(value) >= 10**40:
        return "a number of more than 40 digits"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_line(error: BaseException) -> str:
    """Return what another library's error says, on one line, and not too long."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else f"{text[:157]}..."
