"""The public API: open a model, write with it, look at its choices, score a text.

>>> import charlstm
>>> model = charlstm.open_model()
>>> steps = list(charlstm.generate(model, "what is noble? ", temperature=0.2, length=12))
>>> charlstm.text_of(model, steps)
'is the spiri'

A network can also be driven step by step, without any of this:

>>> network = model.network()
>>> state = network.prefill(model.vocabulary.encode("what is nobl"))
>>> probs = network.probs(state)                          # float64 (57,)
>>> model.vocabulary.characters[probs.argmax()]
'e'
>>> network.step(state, int(probs.argmax()))              # the state has now read "what is noble"
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from charlstm.evaluation.scoring import ScoredText
from charlstm.evaluation.scoring import score_text as _score_text
from charlstm.generation import loop
from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.sampling import ranking
from charlstm.generation.step import Step
from charlstm.model_folder import store
from charlstm.model_folder.location import DEFAULT_NAME, models_folder
from charlstm.model_folder.store import Model


def open_model(folder: Path | str | None = None) -> Model:
    """Read a model folder and check all of it.

    Args:
        folder: of the model; None for the book's network, which comes with charlstm.

    Returns:
        The model: `model.vocabulary`, `model.network(epoch)`, `model.manifest`, `model.history`, ….

    Raises:
        ModelError: a file is missing, damaged or contradictory; names the file and the reason.
    """
    return store.open_model(models_folder() / DEFAULT_NAME if folder is None else folder)


def generate(
    model: Model,
    seed_text: str = "",
    *,
    temperature: float = 0.5,
    length: int = 400,
    random_seed: int = 1,
    filters: Filters = NO_FILTERS,
    epoch: int | None = None,
) -> Iterator[Step]:
    """Yield the steps that continue a seed text, one character each.

    Args:
        model: from `open_model`.
        seed_text: any text; characters that the network does not know are folded onto others, or dropped.
        temperature: in [0, infinity].
        length: characters to write, zero or more.
        random_seed: zero or more; the same one gives the same text.
        filters: what changes the distribution besides the temperature.
        epoch: whose weights; None for the best epoch.

    Raises:
        ValueError: the temperature or the random seed is outside its range.
        ModelError: that epoch was not kept.
    """
    seed_ids = model.vocabulary.fold_and_encode(seed_text)
    characters = model.vocabulary.characters
    return loop.generate(model.network(epoch), seed_ids, temperature, length, random_seed, filters, characters)


def text_of(model: Model, steps: Iterable[Step]) -> str:
    """Return the text that steps have written."""
    return model.vocabulary.decode(step.character_id for step in steps)


def distribution(model: Model, step: Step) -> list[dict[str, Any]]:
    """Return a step's two distributions as rows for a chart or a data frame, the likeliest character first.

    Returns:
        Dicts with the keys character (str), raw and reweighted (float, in [0, 1]) and drawn (bool).
    """
    return [
        {
            "character": model.vocabulary.characters[id_],
            "raw": float(step.raw[id_]),
            "reweighted": float(step.reweighted[id_]),
            "drawn": id_ == step.character_id,
        }
        for id_ in ranking(step.raw).tolist()
    ]


def score_text(model: Model, text: str, epoch: int | None = None) -> ScoredText:
    """Return how surprising each character of a text is to a network, in nats; their mean is its loss.

    Args:
        model: from `open_model`.
        text: any text; it is folded onto the characters that the network knows.
        epoch: whose weights; None for the best epoch.

    Raises:
        ModelError: that epoch was not kept.
    """
    return _score_text(model.network(epoch), model.vocabulary, text)
