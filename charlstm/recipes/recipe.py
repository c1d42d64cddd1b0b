"""A recipe: everything that a training run needs besides the corpus, read from a TOML file."""

import re
import tomllib
from dataclasses import MISSING, asdict, dataclass, fields, replace
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_type_hints

from charlstm.corpora.corpus import MAX_IN_MEMORY_BYTES, Corpus, InMemoryCorpus
from charlstm.corpora.split import min_text_length
from charlstm.model_folder.schema import SchemaError, one_line, shown
from charlstm.networks.architecture import Architecture, GatedConvolutions, GruLayers, LstmLayers, NgramCounts
from charlstm.networks.network import Context
from charlstm.recipes.checks import check_combinations, check_values
from charlstm.text.decoding import Case

BUILT_IN = Path(__file__).resolve().parent
LONGEST_FILE = 100_000  # bytes


class TrainingError(ValueError):
    """Training cannot start or go on; the message says why, and what is kept."""


@dataclass(frozen=True)
class Recipe:
    """A training run, down to the random seed; a field that does not apply is None.

    Attributes:
        examples: "windows" is the book's: each window of `maxlen` characters predicts the one that
            follows, and the network generates from windows too. "stream" has a loss at every character
            of chunks of `maxlen` characters, and the network is stateful when it generates.
        maxlen: characters in a window or a chunk.
        step: characters from the start of one window to the next; windows only.
        batch_size: windows or chunks in a batch.
        folding: "plain" writes a printer's quotes, dashes and blanks as a typewriter's; or "none".
        least_count: characters rarer than this in the corpus are folded onto others, or left out.
        network: "lstm", "gru", "convolutions" or "counts", to which no field applies that is about learning.
        units: memory cells of each LSTM or GRU layer.
        channels, width, dilations: of the convolutions, see `GatedConvolutions`.
        order: characters of the longest n-grams that are counted; epoch n counts those of n characters.
        least_ngram_count: n-grams of two characters and more that occur less often are left out.
        dropout: the rate between two layers, in training.
        optimizer: "rmsprop" or "adamw".
        learning_rate: the highest of the schedule.
        weight_decay: of AdamW.
        clip_norm: the largest global norm of the gradients.
        schedule: "constant", or "cosine": rising over `warmup_steps`, then falling to 0.
        averaging: the momentum of an exponential moving average (EMA) of the weights, which is what is kept.
        epochs: passes over the training text, at most.
        patience: epochs without a better held-out loss after which to stop.
        keep: the weights of "all" epochs, or of the "best" only.
        random_seed: of the first weights, of the order of the examples, and of the samples' uniform draws.
        when_diverging: "stop" at a loss that is NaN or infinite, or "continue".
        sample_seed_text: the seed text of each sample; see `recipes.sample_seed`.
        sample_length: characters in a sample.
        title: what people shall call the network.
        case: "lower" lowers the capitals of the text, as the book does; "keep" keeps them.

    Raises:
        TrainingError: a value is not one that its field can have, or does not go with the others.
    """

    name: str
    folding: Literal["none", "plain"]
    least_count: int
    network: Literal["lstm", "gru", "convolutions", "counts"]
    random_seed: int
    sample_seed_text: str
    sample_length: int
    examples: Literal["windows", "stream"] | None = None
    maxlen: int | None = None
    batch_size: int | None = None
    dropout: float | None = None
    optimizer: Literal["rmsprop", "adamw"] | None = None
    learning_rate: float | None = None
    schedule: Literal["constant", "cosine"] | None = None
    epochs: int | None = None
    keep: Literal["all", "best"] | None = None
    when_diverging: Literal["stop", "continue"] | None = None
    step: int | None = None
    units: tuple[int, ...] | None = None
    channels: int | None = None
    width: int | None = None
    dilations: tuple[int, ...] | None = None
    order: int | None = None
    least_ngram_count: int | None = None
    weight_decay: float | None = None
    clip_norm: float | None = None
    warmup_steps: int | None = None
    averaging: float | None = None
    patience: int | None = None
    title: str | None = None
    case: Case = "lower"

    def __post_init__(self) -> None:
        try:
            check_values(vars(self), _TYPES)
            check_combinations(vars(self))
        except SchemaError as error:
            raise TrainingError(str(error)) from error
        try:
            _ = self.architecture
        except ValueError as error:
            raise TrainingError(f"the recipe's network cannot be: {error}") from error

    @property
    def architecture(self) -> Architecture:
        """The network's kind and size."""
        if self.network == "lstm":
            return LstmLayers(self.units or ())
        if self.network == "gru":
            return GruLayers(self.units or ())
        if self.network == "counts":
            return NgramCounts((0,) * (self.last_epoch - 1))  # how many there are, the text says
        return GatedConvolutions(self.channels or 0, self.width or 0, self.dilations or ())

    @property
    def last_epoch(self) -> int:
        """The number of the last epoch, at most; of counts, whose epoch n counts the n-grams of n characters."""
        return self.epochs or self.order or 1

    @property
    def context(self) -> Context:
        """How the network generates: from a "window" of characters, or with a "carried" state."""
        return "window" if self.examples == "windows" else "carried"

    def with_changes(self, **changes: str) -> "Recipe":
        """Return the recipe with some fields changed, and then without a title that tells of the recipe as it was.

        Args:
            changes: by a field's name, what a person would type: 0.01, adamw, "512, 256", "[512, 256]", or "none"
                where a field no longer applies.

        Raises:
            TrainingError: a value is not one that the field can have, or does not go with the others.
        """
        changed = replace(self, **{name: _from_text(name, text) for name, text in changes.items()})
        return changed if "title" in changes or changed == self else replace(changed, title=None)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that apply as JSON types, for the model folder, which has the title elsewhere.

        The usual case is left out, as in the folders of those recipes that had no such field.
        """
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value is not None and name != "title" and (name, value) != ("case", "lower")
        }


_TYPES = get_type_hints(Recipe)


def _from_text(name: str, text: str) -> Any:
    """Return what a person typed as the field's type; what cannot be that stays a text, which the checks refuse."""
    kinds = get_args(_TYPES[name]) or (_TYPES[name],)
    if NoneType in kinds and text.strip() == "none":
        return None
    try:
        if int in kinds:
            return int(text)
        if float in kinds:
            return float(text)
        if tuple[int, ...] in kinds:
            bracketed = re.fullmatch(r"\s*\[(.*)\]\s*", text)
            return tuple(map(int, (bracketed[1] if bracketed else text).split(",")))
    except ValueError:
        pass
    return text


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
        with path.open("rb") as file:
            content = file.read(LONGEST_FILE + 1)
    except OSError as error:
        raise TrainingError(f"the recipe {path} cannot be read ({error.strerror})") from error
    if len(content) > LONGEST_FILE:
        raise TrainingError(f"{path} is too long to be a recipe: it has more than {LONGEST_FILE:,} bytes")
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise TrainingError(f"the recipe {path} is not a TOML file ({one_line(error)})") from error
    try:
        return _recipe_of(values)
    except TrainingError as error:
        raise TrainingError(f"{path}: {error}") from error


def _recipe_of(values: dict[str, Any]) -> Recipe:
    known = {field.name: field.default is MISSING for field in fields(Recipe)}
    for name in values:
        if name not in known:
            raise TrainingError(f"the field {shown(name)} is unknown")
    for name, needed in known.items():
        if needed and name not in values:
            raise TrainingError(f"the field {name} is missing")
    typed: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Recipe(**typed)


def check_corpus(corpus: Corpus, recipe: Recipe) -> None:
    """Raise TrainingError where a recipe cannot learn a corpus: it is too short or too long, or one character only."""
    if len(set().union(*corpus.sample)) < 2:
        raise TrainingError(
            f"the corpus {corpus.name} has only one different character, so there is nothing to predict: give it a text"
        )
    if recipe.network == "counts" and not isinstance(corpus, InMemoryCorpus):
        raise TrainingError(
            f"the corpus {corpus.name} is too long to be counted, which is done in memory: "
            f"give it at most {MAX_IN_MEMORY_BYTES // 1_000_000} MB, or choose another recipe"
        )
    window = recipe.maxlen or recipe.last_epoch
    if max(map(len, corpus.held_out), default=0) <= window:
        several = len(corpus.held_out) > 1
        raise TrainingError(
            f"the corpus {corpus.name} has {corpus.characters:,} characters; "
            f"{'the last tenth of one of its texts' if several else 'its last tenth'} must be longer than "
            f"{'a window' if recipe.maxlen else 'an n-gram'} of {window}, so give it "
            f"{'a text of ' if several else ''}at least {min_text_length(window + 1):,}"
        )
