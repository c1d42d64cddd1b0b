"""Named, complete recipes: everything a training run needs to know besides the corpus."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from charlstm.corpus import HELD_OUT_SHARE, Corpus

SAMPLE_TEMPERATURES = (0.2, 0.5, 1.0, 1.2)


class TrainingError(ValueError):
    """Training cannot start or go on; the message says why, and what is kept."""


@dataclass(frozen=True)
class Recipe:
    """A training run, down to the random seed.

    Attributes:
        units: memory cells of the LSTM.
        maxlen: characters in a window.
        step: characters from one window's start to the next.
        batch_size: windows in a batch.
        learning_rate: of RMSprop.
        epochs: passes over the training windows.
        random_seed: of the first weights, of the order of the windows, and of the samples' dice.
        when_diverging: "stop" at a loss that is NaN or infinite, or "continue".
        sample_seed_text: what each sample goes on from.
        sample_length: characters in a sample.
    """

    name: str
    units: int
    maxlen: int
    step: int
    batch_size: int
    learning_rate: float
    epochs: int
    random_seed: int
    when_diverging: Literal["stop", "continue"]
    sample_seed_text: str
    sample_length: int

    def with_changes(self, **changes: Any) -> "Recipe":
        """Return the recipe with the given fields changed; None leaves a field as it is."""
        return replace(self, **{name: value for name, value in changes.items() if value is not None})

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types, for the model folder."""
        return asdict(self)


RECIPES = {
    # Deep Learning with Python, listings 8.2 to 8.8. It diverges late in its own printed run, and
    # a learner should see that, so a loss that explodes does not end it.
    "book": Recipe(
        name="book",
        units=128,
        maxlen=60,
        step=3,
        batch_size=128,
        learning_rate=0.01,
        epochs=59,
        random_seed=1,
        when_diverging="continue",
        sample_seed_text="a machine that reads the philosophers learns their spelling first, and only later ",
        sample_length=400,
    ),
}


def find_recipe(name: str) -> Recipe:
    """Return the recipe of that name.

    Raises:
        TrainingError: there is none; names those there are.
    """
    if name not in RECIPES:
        raise TrainingError(f"there is no recipe {name!r}; known: {', '.join(RECIPES)}")
    return RECIPES[name]


def check_corpus(corpus: Corpus, recipe: Recipe) -> None:
    """Raise TrainingError, in one sentence, when the corpus cannot fill a window or teaches nothing."""
    if len(set(corpus.text)) < 2:
        raise TrainingError(
            f"the corpus {corpus.name} has only one different character, so there is nothing to predict: give it a text"
        )
    held_out = len(corpus.text) - corpus.training_characters
    if held_out <= recipe.maxlen:
        needed = math.ceil((recipe.maxlen + 1) / HELD_OUT_SHARE)
        raise TrainingError(
            f"the corpus {corpus.name} has {len(corpus.text):,} characters; its last tenth must be longer than "
            f"a window of {recipe.maxlen}, so give it at least {needed:,}"
        )
