"""A run: all that decides a text, so that it can be written again to the letter."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from charlstm.generation.loop import Step, TextGenerator
from charlstm.generation.sampling import NO_FILTERS, Filters
from charlstm.model_folder.store import Model
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary


class Source(NamedTuple):
    """A network and its characters, and the model and epoch that it is of."""

    network: Network
    vocabulary: Vocabulary
    model: str = ""
    epoch: int = 0


class Knobs(NamedTuple):
    """What is in force from a position on: which network, at which temperature, with which filters."""

    position: int
    model: str
    epoch: int
    temperature: float
    filters: Filters = NO_FILTERS


class Run(NamedTuple):
    """All that decides a text, and the text itself, for a check.

    Attributes:
        seed_text: only characters that the first network knows.
        random_seed: starts the dice.
        knobs: over time, at rising positions, the first 0.
        picked: the characters that a person picked, by position.
        text: what was written after the seed text, at least one character.
    """

    seed_text: str
    random_seed: int
    knobs: tuple[Knobs, ...]
    picked: dict[int, str]
    text: str


def check_models(run: Run, models: Mapping[str, Model]) -> None:
    """Raise ValueError where a model or an epoch of the run is missing, or does not know the run's characters."""
    for knobs in run.knobs:
        if knobs.model not in models:
            raise ValueError(f"there is no model {knobs.model!r} here; there are: {', '.join(models) or 'none'}")
        if knobs.epoch not in models[knobs.model].manifest.epochs:
            raise ValueError(f"the model {knobs.model} here has not kept epoch {knobs.epoch}")
    needed = [(0, character) for character in sorted(set(run.seed_text))] + sorted(run.picked.items())
    for position, character in needed:
        model = next(knobs.model for knobs in reversed(run.knobs) if knobs.position <= position)
        if character not in models[model].vocabulary.ids:
            raise ValueError(f"the network {model} does not know the character {character!r} of the run")


def replay(run: Run, source_of: Callable[[str, int], Source]) -> Iterator[tuple[Source, Step]]:
    """Yield the steps of a run, made again, each with the network that made it.

    A network that takes over reads the text so far as well as its characters allow (`Vocabulary.fold`).

    Args:
        run: which; `check_models` has found nothing wrong.
        source_of: gives the network of a model's name and an epoch, the same object each time.
    """
    text = run.seed_text
    changes = {knobs.position: knobs for knobs in run.knobs}
    writer = None
    for position in range(len(run.text)):
        if position in changes:
            _, model, epoch, temperature, filters = changes[position]
            source = source_of(model, epoch)
            if writer is None or writer.network is not source.network:
                writer = TextGenerator(
                    source.network, source.vocabulary.fold_and_encode(text), run.random_seed, position
                )
        assert writer is not None  # the first change stands at 0
        if position in run.picked:
            step = writer.pick(source.vocabulary.ids[run.picked[position]], temperature, filters)
        else:
            step = writer.step(temperature, filters)
        text += source.vocabulary.characters[step.character_id]
        yield source, step


def first_difference(written: str, expected: str) -> int | None:
    """Return the first position at which two texts differ, or None where they are the same.

    >>> first_difference("abc", "abd")
    2
    """
    if written == expected:
        return None
    both = zip(written, expected, strict=False)
    return next((place for place, (one, other) in enumerate(both) if one != other), min(len(written), len(expected)))
