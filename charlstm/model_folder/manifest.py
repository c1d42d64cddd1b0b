"""model.json: what a network is, what it learned from, what it scored; every field checked."""

import json
import math
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from charlstm.model_folder import schema
from charlstm.model_folder.atomic_write import write_whole
from charlstm.model_folder.schema import SchemaError, shown
from charlstm.networks.architecture import Architecture, architecture_of, record_of
from charlstm.networks.layers.stack import LayerStack
from charlstm.networks.network import Context
from charlstm.text.vocabulary import Vocabulary

MANIFEST = "model.json"
FORMAT = 2
LARGEST_WINDOW = 4_096  # in the window context the state of a text has a row for each of these characters
LARGEST_EPOCH = 1_000_000
EPOCH = schema.whole_number(0, LARGEST_EPOCH)
_CHARACTERS = schema.whole_number(0, 10**15)
_NUMBERS = schema.Rule("a list of numbers", lambda value: type(value) is list and all(map(schema.is_finite, value)))
_FIELDS = schema.object_of(
    {
        "name": schema.FOLDER_NAME,
        "architecture": schema.OBJECT,
        "vocabulary": schema.LIST,
        "context": schema.one_of("window", "carried"),
        "window": schema.whole_number(1, LARGEST_WINDOW),
        "epochs": schema.list_of(EPOCH),
        "best_epoch": EPOCH,
        "held_out_loss": schema.NUMBER | schema.NULL,
        "characters_by_frequency": schema.list_of(schema.TEXT),
        "recipe": schema.object_of({}, optional={"name": schema.TEXT}, others=schema.TEXT | schema.NUMBER | _NUMBERS),
        "corpus": schema.object_of(
            {},
            optional={"name": schema.TEXT, "training_characters": _CHARACTERS, "held_out_characters": _CHARACTERS},
            others=schema.TEXT | schema.NUMBER,
        ),
        "libraries": schema.object_of({}, others=schema.TEXT),
    },
    optional={"title": schema.TITLE},
)


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
        held_out_loss: of that epoch, in nats per character; NaN (null in the file) where it is not known.
        characters_by_frequency: the vocabulary, the most frequent in the corpus first.
        recipe, corpus, libraries: a record of how it was made, for people; a GPU is the library "device".
        given_title: "title" in the file; None where it has none.
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
    given_title: str | None = None

    @property
    def title(self) -> str:
        """What people call the network: the title that it was given, or else one that tells its kind and size."""
        return self.given_title or self.architecture.title


def read_manifest(path: Path) -> Manifest:
    """Return what model.json says, every field checked.

    Raises:
        ModelError: names the file, the field and the reason.
    """
    if not path.is_file():
        raise ModelError(f"{path} is missing: this is not a model folder")
    try:
        return _manifest_of(schema.parse_json(path.read_bytes()))
    except ValueError as error:
        raise ModelError(f"{path}: {error}") from error


def _manifest_of(content: Any) -> Manifest:
    content = schema.without_format(content, FORMAT)
    _FIELDS(content, "")
    for name in ("vocabulary", "epochs", "characters_by_frequency"):
        content[name] = tuple(content[name])
    if content["held_out_loss"] is None:
        content["held_out_loss"] = math.nan
    content["architecture"] = architecture_of(content["architecture"])
    content["given_title"] = content.pop("title", None)
    manifest = Manifest(**content)
    Vocabulary(manifest.vocabulary)
    _check_consistency(manifest)
    return manifest


def _check_consistency(manifest: Manifest) -> None:
    """Raise SchemaError where fields contradict each other."""
    architecture, characters = manifest.architecture, len(manifest.vocabulary)
    if manifest.context not in architecture.contexts:
        raise SchemaError(
            f"context is {manifest.context!r}; it must be {architecture.contexts[0]!r} for {architecture.kind}"
        )
    if isinstance(architecture, LayerStack) and architecture.output_width(characters) != characters:
        raise SchemaError(f"the last layer does not give a number for each of the {characters} characters")
    if not manifest.epochs:
        raise SchemaError("epochs is empty; it must list at least one epoch")
    if any(later <= earlier for earlier, later in pairwise(manifest.epochs)):
        raise SchemaError(f"epochs is {shown(list(manifest.epochs))}; it must rise, each epoch listed once")
    if manifest.best_epoch not in manifest.epochs:
        raise SchemaError(f"best_epoch is {manifest.best_epoch}; it must be among the epochs kept")
    if sorted(manifest.characters_by_frequency) != sorted(manifest.vocabulary):
        raise SchemaError("characters_by_frequency does not list the characters of the vocabulary")


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the content of a model.json."""
    said = asdict(manifest) | {"architecture": record_of(manifest.architecture)}
    title = said.pop("given_title")
    content = {"format": FORMAT, "name": said.pop("name")} | ({} if title is None else {"title": title}) | said
    if math.isnan(manifest.held_out_loss):
        content["held_out_loss"] = None
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write model.json."""
    write_whole(folder / MANIFEST, manifest_bytes(manifest))
