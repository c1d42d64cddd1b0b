"""Recipes: everything a training run needs to know besides the corpus, as a TOML file that a person can read."""

import math
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

from charlstm.corpora.corpus import Corpus
from charlstm.corpora.split import least_length
from charlstm.model_folder.manifest import shown
from charlstm.networks.architecture import LARGEST_UNITS, LARGEST_WIDTH, Architecture, GatedConvolutions, LstmLayers
from charlstm.networks.network import Context

BUILT_IN = Path(__file__).resolve().parent
LONGEST_FILE = 100_000  # bytes


class TrainingError(ValueError):
    """Training cannot start or go on; the message says why, and what is kept."""


@dataclass(frozen=True)
class Recipe:
    """A training run, down to the random seed; None stands where a field does not apply.

    Attributes:
        examples: "windows" is the book's: the last `maxlen` characters, and the one that follows;
            the network is then asked that way too. "stream" is a loss at every character of
            stretches of `maxlen` characters; the network then carries its state.
        maxlen: characters in a window or a stretch.
        step: characters from one window's start to the next; windows only.
        batch_size: windows or stretches in a batch.
        folding: "plain" writes a printer's quotes, dashes and blanks as a typewriter's; or "none".
        least_count: characters rarer than this in the corpus are folded onto others, or left out.
        network: "lstm" or "convolutions".
        units: memory cells of each LSTM layer.
        channels, width, dilations: of the convolutions, see `GatedConvolutions`.
        dropout: share of the numbers between two layers left out at random while learning.
        optimizer: "rmsprop" or "adamw".
        learning_rate: the highest.
        weight_decay: of AdamW.
        clip_norm: the largest norm of all gradients together.
        schedule: "constant", or "cosine": rising over `warmup_steps`, then falling to 0.
        averaging: how much of the weights' moving average stays at each step; it is what is kept.
        epochs: passes over the training text, at most.
        patience: epochs without a better held-out loss after which to stop.
        keep: "all" epochs' weights, or those of the "best" only.
        random_seed: of the first weights, of the order of the examples, and of the samples' dice.
        when_diverging: "stop" at a loss that is NaN or infinite, or "continue".
        sample_seed_text: what each sample goes on from.
        sample_length: characters in a sample.
    """

    name: str
    examples: Literal["windows", "stream"]
    maxlen: int
    batch_size: int
    folding: Literal["none", "plain"]
    least_count: int
    network: Literal["lstm", "convolutions"]
    dropout: float
    optimizer: Literal["rmsprop", "adamw"]
    learning_rate: float
    schedule: Literal["constant", "cosine"]
    epochs: int
    keep: Literal["all", "best"]
    random_seed: int
    when_diverging: Literal["stop", "continue"]
    sample_seed_text: str
    sample_length: int
    step: int | None = None
    units: tuple[int, ...] | None = None
    channels: int | None = None
    width: int | None = None
    dilations: tuple[int, ...] | None = None
    weight_decay: float | None = None
    clip_norm: float | None = None
    warmup_steps: int | None = None
    averaging: float | None = None
    patience: int | None = None

    def __post_init__(self) -> None:
        _check_values(self)
        _check_belonging(self)

    @property
    def architecture(self) -> Architecture:
        """The network's kind and size."""
        if self.network == "lstm":
            return LstmLayers(self.units or ())
        return GatedConvolutions(self.channels or 0, self.width or 0, self.dilations or ())

    @property
    def context(self) -> Context:
        """How the network is asked."""
        return "window" if self.examples == "windows" else "carried"

    def with_changes(self, **changes: str) -> "Recipe":
        """Return the recipe with some fields changed.

        Args:
            changes: by a field's name, what a person would type: 0.01, adamw, "512, 256", or "none"
                where a field no longer applies.

        Raises:
            TrainingError: a value is not one that the field can have, or does not go with the others.
        """
        return replace(self, **{name: _typed(name, text) for name, text in changes.items()})

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that apply as JSON types, for the model folder."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value is not None
        }


# The ranges of the numbers: (least, most, whether the least itself is allowed).
RANGES = {
    "maxlen": (1, 4_096, True),
    "step": (1, 4_096, True),
    "batch_size": (1, 65_536, True),
    "least_count": (1, 10**9, True),
    "channels": (1, LARGEST_UNITS, True),
    "width": (1, LARGEST_WIDTH, True),
    "dropout": (0.0, 0.95, True),
    "learning_rate": (0.0, math.inf, False),
    "weight_decay": (0.0, 10.0, True),
    "clip_norm": (0.0, math.inf, False),
    "warmup_steps": (0, 10**9, True),
    "averaging": (0.0, 0.999999, True),
    "epochs": (1, 1_000_000, True),
    "patience": (1, 1_000_000, True),
    "random_seed": (0, 2**32 - 1, True),
    "sample_length": (1, 1_000_000, True),
}
LISTS = ("units", "dilations")
OPTIONAL = tuple(field.name for field in fields(Recipe) if field.default is None)
# Fields that must be there with one value of another, and must not be with any other.
BELONGING = {
    ("network", "lstm"): ("units",),
    ("network", "convolutions"): ("channels", "width", "dilations"),
    ("examples", "windows"): ("step",),
    ("optimizer", "adamw"): ("weight_decay",),
    ("schedule", "cosine"): ("warmup_steps",),
}


def _check_values(recipe: Recipe) -> None:
    for name, expected in get_type_hints(Recipe).items():
        value = getattr(recipe, name)
        if value is None and type(None) in get_args(expected):
            continue
        problem = _problem_with(name, value, expected)
        if problem:
            raise TrainingError(f"the recipe's {name} is {shown(value)}; it must be {problem}")
    try:
        _ = recipe.architecture if (recipe.network == "lstm") == (recipe.units is not None) else None
    except ValueError as error:
        raise TrainingError(f"the recipe's network cannot be: {error}") from error


def _typed(name: str, text: str) -> Any:
    """Return what a person typed as the field's type; what cannot be that stays a text, and will be refused."""
    if name not in RANGES and name not in LISTS:
        return None if text == "none" and name in OPTIONAL else text
    if text.strip() == "none":
        return None
    kind = int if name in LISTS or isinstance(RANGES[name][0], int) else float
    try:
        return tuple(map(int, text.split(","))) if name in LISTS else kind(text)
    except ValueError:
        return text


def _problem_with(name: str, value: Any, expected: Any) -> str | None:
    if name in RANGES:
        least, most, closed = RANGES[name]
        whole = isinstance(least, int)
        valid = type(value) is int if whole else type(value) in (int, float) and math.isfinite(value)
        if not valid or not (least <= value <= most if closed else least < value <= most):
            highest = "" if math.isinf(most) else f" to {most:,}"
            return f"a {'whole ' if whole else ''}number {'from' if closed else 'above'} {least:,}{highest}"
    elif name in LISTS:
        if type(value) is not tuple:
            return "whole numbers, one for each layer"
    elif expected is str:
        if type(value) is not str:
            return "a text"
    elif type(value) is not str or value not in get_args(expected):
        return " or ".join(map(repr, get_args(expected)))
    return None


def _check_belonging(recipe: Recipe) -> None:
    for (name, value), needed in BELONGING.items():
        for field in needed:
            there = getattr(recipe, field) is not None
            applies = getattr(recipe, name) == value
            if applies and not there:
                raise TrainingError(f"the recipe has {name} = {value!r} but no {field}, which it needs")
            if there and not applies:
                raise TrainingError(
                    f"the recipe has {field}, which goes only with {name} = {value!r}, "
                    f"not with {getattr(recipe, name)!r}"
                )
    if recipe.network == "convolutions" and recipe.examples == "windows":
        raise TrainingError("the recipe asks convolutions to learn from 'windows'; they learn from a 'stream'")
    if recipe.examples == "windows" and (recipe.dropout or len(recipe.units or ()) != 1):
        raise TrainingError("the recipe learns from 'windows' with more than the book's one LSTM; use a 'stream'")


def recipe_names() -> list[str]:
    """Return the names of the recipes that come with the program."""
    return sorted(path.stem for path in BUILT_IN.glob("*.toml"))


def find_recipe(name_or_path: str) -> Recipe:
    """Return the recipe of that name, or of that TOML file.

    Raises:
        TrainingError: there is none, or it is not a whole and consistent recipe; says which field.
    """
    if name_or_path in recipe_names():
        return read_recipe(BUILT_IN / f"{name_or_path}.toml")
    path = Path(name_or_path)
    if path.suffix != ".toml":
        raise TrainingError(
            f"there is no recipe {name_or_path!r}; known: {', '.join(recipe_names())}, or the path of a .toml file"
        )
    return read_recipe(path)


def read_recipe(path: Path) -> Recipe:
    """Return the recipe of a TOML file.

    Raises:
        TrainingError: it cannot be read, or is not a whole and consistent recipe; says which field.
    """
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise TrainingError(f"{path} is too long to be a recipe")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingError(f"the recipe {path} cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise TrainingError(f"the recipe {path} is not a TOML file ({error})") from error
    known = {field.name: field.default is not None for field in fields(Recipe)}
    for name in content:
        if name not in known:
            raise TrainingError(f"{path}: the field {shown(name)} is unknown")
    for name, needed in known.items():
        if needed and name not in content:
            raise TrainingError(f"{path}: the field {name} is missing")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
    try:
        return Recipe(**values)
    except TrainingError as error:
        raise TrainingError(f"{path}: {error}") from error


def check_corpus(corpus: Corpus, recipe: Recipe) -> None:
    """Raise TrainingError, in one sentence, when the corpus cannot fill a window or teaches nothing."""
    if len(set().union(*corpus.sample)) < 2:
        raise TrainingError(
            f"the corpus {corpus.name} has only one different character, so there is nothing to predict: give it a text"
        )
    if max(map(len, corpus.held_out), default=0) <= recipe.maxlen:
        needed = least_length(recipe.maxlen + 1)
        raise TrainingError(
            f"the corpus {corpus.name} has {corpus.characters:,} characters; its last tenth must be longer than "
            f"a window of {recipe.maxlen}, so give it at least {needed:,}"
        )
